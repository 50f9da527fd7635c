"""Questions that lead to the recipient type (受取人種別): who has come, how old they are, why not in person.

Pure and driven by the rows of the rule file: a question is asked only if its answer still makes a difference. A birth
date and the papers that were shown answer what they can. A reason is a code, never a diagnosis or free text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from backend.documents.model.ages import BirthDate
from backend.documents.model.errors import DocumentsError, UnknownCodeError
from backend.documents.model.persons import VisitForm
from backend.documents.model.questions import GuideRow, Question
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Note


class GuideAnswerError(DocumentsError):
    """Answers that cannot all be true."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The next question, and the options that are still possible, in display order."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The recipient types that fit, the best first."""

    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The card cannot be received this way.

    Args:
        note: for the clerk: why; its ``about`` names types that would fit.
        recipient: the type that was refused (``X1`` for a reason that is never accepted), or None.
    """

    note: Note
    recipient: str | None = None


GuideStep = Ask | Resolved | Refused


def guide(
    rule_set: RuleSet,
    answers: Mapping[str, str],
    *,
    on: date,
    born: BirthDate | None = None,
    papers: frozenset[str] = frozenset(),
) -> GuideStep:
    """The next question, or the recipient types or refusal to which the answers lead.

    Args:
        rule_set: the rules of the visit's day.
        answers: the answers given so far, option by question.
        on: day of the visit, in Asia/Tokyo.
        born: birth date of the applicant, if it is known; it answers every question about age.
        papers: papers that were shown; they answer the questions whether they are there.

    Raises:
        UnknownCodeError: there is no such question or option.
        GuideAnswerError: no row fits the answers.
        BirthDateError: the birth date lies after the visit.
    """
    known = _known(rule_set, answers, on, born, papers)
    rows = [row for row in rule_set.guide.values() if _fits(row, known)]
    if not rows:
        raise GuideAnswerError("The answers contradict each other.")
    if len({_outcome(row) for row in rows}) == 1:
        return _arrive(rule_set, rows[0], on, born)
    for question in rule_set.questions.values():
        if question.code in known:
            continue
        options = tuple(option for option in question.options if _rows_after(rows, question, option))
        if len({_outcomes(_rows_after(rows, question, option)) for option in options}) > 1:
            return Ask(question.code, options)
    raise GuideAnswerError("No question tells the possible answers apart.")


_MOST_WAYS = 2000
"""More ways through the guide than this are an error: nobody could check them. The shipped rules have under 100."""


def walk(rule_set: RuleSet, on: date) -> Iterator[tuple[Mapping[str, str], Resolved | Refused]]:
    """Every way through the guide with nothing known beforehand: the answers, and where they lead.

    Raises:
        GuideAnswerError: some answers lead nowhere, or no question can tell two rows apart.
    """
    ways = 0

    def follow(answers: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], Resolved | Refused]]:
        nonlocal ways
        step = guide(rule_set, answers, on=on)
        if not isinstance(step, Ask):
            ways += 1
            if ways > _MOST_WAYS:
                raise GuideAnswerError(f"The questions have more than {_MOST_WAYS} ways through them.")
            yield answers, step
            return
        for option in step.options:
            yield from follow({**answers, step.question: option})

    if rule_set.guide:
        yield from follow({})


def _known(
    rule_set: RuleSet,
    answers: Mapping[str, str],
    on: date,
    born: BirthDate | None,
    papers: frozenset[str],
) -> dict[str, str]:
    """The answers, completed by the birth date and the papers; a given answer wins over these."""
    for code, option in answers.items():
        if code not in rule_set.questions:
            raise UnknownCodeError("question", code, rule_set.questions)
        if option not in rule_set.questions[code].options:
            raise UnknownCodeError("option", option, rule_set.questions[code].options)
    known = dict(answers)
    for question in rule_set.questions.values():
        if question.paper is not None and question.paper in papers:
            known.setdefault(question.code, question.options[0])
        if question.ages and born is not None:
            first, last = (_by_age(question, day, on) for day in born.candidates(on))
            if first == last:
                known[question.code] = first
    return known


def _by_age(question: Question, birth: date, on: date) -> str:
    """The option of a question about age for somebody born on a day: the first that holds, or else the last."""
    fitting = (option for option, span in question.ages.items() if span.holds(birth, on))
    return next(fitting, question.options[-1])


def _fits(row: GuideRow, known: Mapping[str, str]) -> bool:
    return all(known[question] in options for question, options in row.when.items() if question in known)


def _rows_after(rows: list[GuideRow], question: Question, option: str) -> tuple[GuideRow, ...]:
    return tuple(row for row in rows if option in row.when.get(question.code, question.options))


def _outcome(row: GuideRow) -> tuple[str | None, str | None, tuple[str, ...]]:
    return row.recipient, row.refuse, row.instead


def _outcomes(rows: tuple[GuideRow, ...]) -> frozenset[tuple[str | None, str | None, tuple[str, ...]]]:
    return frozenset(_outcome(row) for row in rows)


def _arrive(rule_set: RuleSet, row: GuideRow, on: date, born: BirthDate | None) -> GuideStep:
    """Where a row leads on this day and for this age."""
    if row.recipient is None:
        return Refused(Note(row.refuse or "", rule_set.open_types(row.instead, on, born)))
    recipient = rule_set.recipient(row.recipient)
    if recipient.visit is VisitForm.NEVER:
        return Refused(Note(recipient.why, rule_set.open_types(recipient.instead, on, born)), recipient.code)
    age = recipient.age_under(rule_set.policies)
    if age is not None and born is not None and not age.may_hold(born, on):
        return Refused(Note(age.note, rule_set.open_types(age.instead, on, born)), recipient.code)
    return Resolved((recipient.code,))
