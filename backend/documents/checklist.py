"""The checklist: what the rules in force say to a visit (書類の確認（受付）, never 本人確認).

``judge`` is a pure function of a rule set and a visit. Showing more documents or papers never turns a complete
visit into an incomplete one.
"""

from collections.abc import Container, Iterable

from backend.documents.ages import age_on
from backend.documents.assessment import assess
from backend.documents.errors import UnknownCodeError
from backend.documents.notes import AgeSpan, notes_for
from backend.documents.rule_set import RuleSet
from backend.documents.rules import RecipientType, VisitForm
from backend.documents.visit import Missing, Note, Verdict, Visit


def judge(rule_set: RuleSet, visit: Visit) -> Verdict:
    """Judge a visit.

    Where the birth date is known in part, an age counts only if every day that it may be gives it. Where it is not
    given at all, ages are left to the clerk and a note says so.

    Raises:
        UnknownCodeError: the visit names a recipient type, document, paper or fact that the rule set does not know.
        BirthDateError: the birth date lies after the visit.
    """
    recipient = rule_set.recipient(visit.recipient)
    _check_codes(rule_set, visit)
    ages = _ages(visit)
    if recipient.visit is VisitForm.NEVER:
        return _refused(rule_set, Note("never_accepted", recipient.instead))
    forbidden = [fact for fact in recipient.not_for_facts if fact in visit.facts]
    if forbidden:
        return _refused(rule_set, Note("guardian_needed", recipient.instead))
    fits = _fits_age(recipient, visit)
    if fits is False and recipient.age is not None:
        return _refused(rule_set, Note(recipient.age.note, recipient.age.instead))

    result = assess(rule_set, rule_set.policies, recipient, visit)
    missing = list(result.missing)
    reasons: list[Note] = []
    if fits is None:
        reasons.append(Note("age_unclear"))
        missing.insert(0, Missing("birth_date", ("birth_date",)))
    if visit.born is not None and not visit.born.known:
        reasons.append(Note("birth_date_incomplete"))
    if visit.born is None and recipient.age is not None:
        reasons.append(Note("age_not_checked"))
    contradiction = _contradiction(rule_set, visit)
    if contradiction:
        reasons.append(Note("facts_contradict", contradiction))
        missing.append(Missing("contradiction", contradiction))
    accepted = fits is not None
    notes = reasons + notes_for(rule_set, recipient, visit, result, {item.what for item in missing}, ages)
    return Verdict(
        rule_set=rule_set.name,
        accepted=accepted,
        complete=accepted and not missing,
        missing=tuple(missing),
        combinations=result.combinations,
        to_return=rule_set.returns_if_held if accepted else (),
        notes=tuple(dict.fromkeys(notes)),
    )


def _check_codes(rule_set: RuleSet, visit: Visit) -> None:
    """Refuse unknown codes; of several the first in order is named, so that the message is always the same."""

    def check(kind: str, codes: Iterable[str], known: Container[str], listed: Iterable[str]) -> None:
        for code in sorted(codes):
            if code not in known:
                raise UnknownCodeError(kind, code, listed)

    for codes in (visit.applicant, visit.visitor):
        check("document", codes, rule_set.document_table, rule_set.document_table)
    check("paper", visit.papers, rule_set.paper_table, rule_set.paper_table)
    check("fact", visit.facts, rule_set.fact_table, rule_set.fact_table)


def _refused(rule_set: RuleSet, reason: Note) -> Verdict:
    """The verdict where nothing that is shown would help."""
    return Verdict(rule_set.name, False, False, (), (), (), (reason,))  # noqa: FBT003 - the names stand in Verdict


def _ages(visit: Visit) -> AgeSpan:
    """The span of ages that the birth date allows."""
    if visit.born is None:
        return AgeSpan()
    earliest, latest = visit.born.candidates(visit.on)
    return AgeSpan(age_on(latest, visit.on), age_on(earliest, visit.on))


def _fits_age(recipient: RecipientType, visit: Visit) -> bool | None:
    """Whether the applicant has the age for a type; None where the known part of the birth date does not tell.

    An age rule has one end only, so the first and the last possible day of birth decide for all between.
    """
    if recipient.age is None or visit.born is None:
        return True
    earliest, latest = visit.born.candidates(visit.on)
    first, last = recipient.age.holds(earliest, visit.on), recipient.age.holds(latest, visit.on)
    return first if first == last else None


def _contradiction(rule_set: RuleSet, visit: Visit) -> tuple[str, ...]:
    """Facts of the visit that cannot hold together, in the order of the rule set."""
    return tuple(
        code
        for code, fact in rule_set.fact_table.items()
        if code in visit.facts and fact.not_with & visit.facts
    )
