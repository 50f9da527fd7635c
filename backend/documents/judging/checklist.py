"""The checklist: the verdict of the rules in force on a visit (書類の確認（受付）, never 本人確認).

``judge`` is a pure function of a rule set and a visit. Showing more documents or papers never turns a complete
visit into an incomplete one.
"""

from collections.abc import Container, Iterable
from dataclasses import replace

from backend.documents.judging.assessment import assess
from backend.documents.judging.card_expiry import CardState, card_state
from backend.documents.judging.grounds import grounds_of
from backend.documents.judging.next_step import LATER_FACT, next_steps
from backend.documents.judging.notes import PossibleAges, notes_for
from backend.documents.judging.tally import ReadTable
from backend.documents.model.ages import OLDEST, age_on
from backend.documents.model.errors import UnknownCodeError
from backend.documents.model.missing import NextStep
from backend.documents.model.persons import VisitForm
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import AGE_SETTLED, RuleSet
from backend.documents.model.shown import read_shown
from backend.documents.model.visit import Missing, Note, Verdict, Visit


def judge(rule_set: RuleSet, visit: Visit) -> Verdict:
    """Judge a visit.

    A note names the given facts that make no difference, so that nobody thinks that they did. If the birth date is
    only partly known, an age counts only if every possible day gives it. If it is not given at all, ages are left to
    the clerk and a note says so.

    Raises:
        UnknownCodeError: the visit names a recipient type, document, flaw, paper or fact that the rule set does not know.
        ContradictingDocumentError: a document is given twice, with different flaws.
        BirthDateError: the birth date lies after the visit.
    """
    recipient = rule_set.recipient(visit.recipient)
    check_codes(rule_set, visit)
    too_early = grounds_of(rule_set, visit).too_early
    verdict = _judge(rule_set, recipient, replace(visit, facts=visit.facts.difference(too_early)))
    return _with_note(verdict, "fact_not_yet", too_early)


def _with_note(verdict: Verdict, code: str, about: tuple[str, ...]) -> Verdict:
    """The verdict with one more note; unchanged if the note would be about nothing."""
    return replace(verdict, notes=(*verdict.notes, Note(code, about))) if about else verdict


def _judge(rule_set: RuleSet, recipient: RecipientType, visit: Visit) -> Verdict:
    """The verdict by facts that all exist on the day, with a note on those that make no difference."""
    refusal = refusal_of(rule_set, recipient, visit)
    if refusal is not None:
        return _refused(rule_set, recipient, *refusal)
    verdict = _judged(rule_set, recipient, visit)
    idle: list[str] = []
    for fact in rule_set.fact_table:
        if fact not in visit.facts or fact == LATER_FACT:
            continue
        without = replace(visit, facts=visit.facts - {fact})
        other = _judged(rule_set, recipient, without)
        if _asked(rule_set, recipient, visit) == _asked(rule_set, recipient, without) and _same(
            verdict, other, fact
        ):
            visit, verdict = without, other
            idle.append(fact)
    return _with_note(verdict, "fact_without_effect", tuple(idle))


def _asked(rule_set: RuleSet, recipient: RecipientType, visit: Visit) -> frozenset[tuple[str, str]]:
    """Pairs of fact and paper for every paper that a fact asks for, whether it was shown or not."""
    extras = rule_set.extras_for(recipient)
    return frozenset((extra.fact, extra.paper) for extra in extras if extra.asked_with(visit.facts))


def _same(one: Verdict, other: Verdict, fact: str) -> bool:
    """Whether two verdicts say the same, apart from the advice to ask about this fact."""
    notes: list[Note] = []
    for note in one.notes:
        about = tuple(code for code in note.about if code != fact)
        if note.code != "check_ward_practice":
            notes.append(note)
        elif about:
            notes.append(Note(note.code, about))
    return replace(one, notes=tuple(notes)) == other


def _judged(rule_set: RuleSet, recipient: RecipientType, visit: Visit) -> Verdict:
    """The verdict on a visit that is not refused, with every fact as given."""
    grounds = grounds_of(rule_set, visit)
    visit, contradiction = grounds.visit, grounds.contradiction
    ages = _ages(visit)
    impossible = ages.least is not None and ages.least > OLDEST
    fits = None if impossible else _fits_age(rule_set, recipient, visit)
    if fits is None and AGE_SETTLED in visit.facts:
        fits = True

    table = ReadTable(rule_set, visit)
    result = assess(rule_set, rule_set.policies, recipient, visit, table)
    missing = list(result.missing)
    reasons: list[Note] = []
    if impossible:
        reasons.append(Note("birth_date_impossible"))
    if fits is None:
        reasons += [] if impossible else [Note("age_unclear")]
        missing.insert(0, Missing("birth_date", ("birth_date_impossible" if impossible else "birth_date",)))
    elif visit.born is not None and not visit.born.known and not impossible:
        reasons.append(Note("birth_date_incomplete"))
    if visit.born is None and recipient.ages and AGE_SETTLED not in visit.facts:
        reasons.append(Note("age_not_checked"))
    if contradiction:
        missing.append(Missing("contradiction", contradiction))
    accepted = fits is not None
    notes = reasons + notes_for(
        rule_set, recipient, visit, result, {item.what for item in missing}, ages, table
    )
    return Verdict(
        rule_set=rule_set.name,
        accepted=accepted,
        complete=accepted and not missing,
        missing=tuple(missing),
        combinations=result.combinations,
        to_return=rule_set.returns_if_held if accepted else (),
        notes=tuple(dict.fromkeys(notes)),
        next_steps=next_steps(
            rule_set,
            recipient,
            visit,
            missing,
            ask_staff=any(tally.needs_staff for tally in result.tallies),
        ),
    )


def refusal_of(
    rule_set: RuleSet, recipient: RecipientType, visit: Visit
) -> tuple[Note, NextStep, str] | None:
    """Why a visit is refused whatever is shown: the note, what to say, and the rule; None if papers can help."""
    if card_state(rule_set, visit.card_expires, visit.on) is CardState.EXPIRED:
        return Note("card_expired"), NextStep.APPLY_AGAIN, "card_expiry"
    for fact in rule_set.fact_table.values():
        if fact.stops is not None and fact.code in visit.facts:
            code = fact.notes[0].code if fact.notes else "stopped"
            return Note(code, (fact.code,)), fact.stops, f"facts.{fact.code}"
    rule = f"recipients.{recipient.code}"

    def refused(note: str, step: NextStep, rule: str, instead: tuple[str, ...]) -> tuple[Note, NextStep, str]:
        return Note(note, rule_set.open_types(instead, visit.on, visit.born, visit.facts)), step, rule

    if recipient.visit is VisitForm.NEVER:
        step = NextStep.APPLICANT_COMES if recipient.reasons else NextStep.OTHER_TYPE
        return refused(recipient.why, step, rule, recipient.instead)
    if any(fact in visit.facts for fact in recipient.not_for_facts):
        return refused("guardian_needed", NextStep.OTHER_TYPE, f"{rule}.not_for_facts", recipient.instead)
    age = recipient.age_under(rule_set.policies)
    if age is not None and _fits_age(rule_set, recipient, visit) is False:
        return refused(age.note, NextStep.OTHER_TYPE, f"{rule}.age", age.instead)
    return None


def check_codes(rule_set: RuleSet, visit: Visit) -> None:
    """Refuse unknown codes; of several, the first in order is named, so that the message is always the same."""

    def check(kind: str, codes: Iterable[str], known: Container[str], listed: Iterable[str]) -> None:
        for code in sorted(codes):
            if code not in known:
                raise UnknownCodeError(kind, code, listed)

    for person, codes in (("applicant", visit.applicant), ("visitor", visit.visitor)):
        shown = read_shown(codes)
        check(f"{person} document", shown, rule_set.document_table, rule_set.document_table)
        flaws = [flaw for of_one in shown.values() for flaw in of_one]
        check("flaw", flaws, rule_set.flaw_table, rule_set.flaw_table)
    check("paper", visit.papers, rule_set.paper_table, rule_set.paper_table)
    rule_set.need_facts(visit.facts)


def _refused(
    rule_set: RuleSet, recipient: RecipientType, reason: Note, step: NextStep, _rule: str
) -> Verdict:
    """The verdict on a visit that is refused whatever is shown; if the rule is unverified, a note says to ask the ward."""
    never = recipient.visit is VisitForm.NEVER and recipient.evidence.unverified
    ask = (Note("check_ward_practice", (recipient.code,)),) if never else ()
    return Verdict(
        rule_set.name,
        accepted=False,
        complete=False,
        missing=(),
        combinations=(),
        to_return=(),
        notes=(reason, *ask),
        next_steps=(step,),
    )


def _ages(visit: Visit) -> PossibleAges:
    """The span of ages that the birth date allows."""
    if visit.born is None:
        return PossibleAges()
    earliest, latest = visit.born.candidates(visit.on)
    return PossibleAges(age_on(latest, visit.on), age_on(earliest, visit.on))


def _fits_age(rule_set: RuleSet, recipient: RecipientType, visit: Visit) -> bool | None:
    """Whether the applicant has the age for a type; None if a partly known birth date leaves it open.

    An age rule has only one limit, so the first and the last possible birth date decide for all between.
    """
    age = recipient.age_under(rule_set.policies)
    if age is None or visit.born is None:
        return True
    first, last = (age.span.holds(day, visit.on) for day in visit.born.candidates(visit.on))
    return first if first == last else None
