"""The checklist: what the rules in force say to a visit (書類の確認（受付）, never 本人確認).

``judge`` is a pure function of a rule set and a visit. Showing more documents or papers never turns a complete
visit into an incomplete one.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from backend.documents.ages import age_on
from backend.documents.errors import UnknownCodeError
from backend.documents.rule_set import RuleSet
from backend.documents.rules import (
    DocumentClass,
    NoteRule,
    Person,
    PolicyKind,
    PolicyValue,
    RecipientType,
    VisitForm,
)
from backend.documents.tally import Tally, count, shortest
from backend.documents.visit import CombinationState, Missing, Note, Verdict, Visit

ENGINE_NOTES = (
    "never_accepted",
    "age_unclear",
    "age_not_checked",
    "birth_date_incomplete",
    "facts_contradict",
    "guardian_needed",
    "authority_waived",
    "visitor_documents_not_needed",
    "document_expired",
    "document_not_yet",
    "document_not_adopted",
    "document_not_for_person",
    "document_proves_nothing",
    "copy_will_do",
    "certificate_age",
    "check_ward_practice",
)
"""Notes that come from here and not from a rule file; the catalogue has words for each."""


@dataclass(frozen=True, slots=True)
class _Ages:
    """Least and greatest age that the applicant may have on the day, or nothing known."""

    least: int | None = None
    greatest: int | None = None


@dataclass(frozen=True, slots=True)
class _Assessment:
    """What is missing under one set of policies."""

    missing: tuple[Missing, ...]
    combinations: tuple[CombinationState, ...]
    tallies: tuple[Tally, ...]
    waived: tuple[str, ...]


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

    result = _assess(rule_set, rule_set.policies, recipient, visit)
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
    notes = reasons + _notes(rule_set, recipient, visit, result, {item.what for item in missing}, ages)
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


def _ages(visit: Visit) -> _Ages:
    if visit.born is None:
        return _Ages()
    earliest, latest = visit.born.candidates(visit.on)
    return _Ages(age_on(latest, visit.on), age_on(earliest, visit.on))


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
    return tuple(
        code
        for code, fact in rule_set.fact_table.items()
        if code in visit.facts and fact.not_with & visit.facts
    )


def _assess(
    rule_set: RuleSet, policies: Mapping[str, PolicyValue], recipient: RecipientType, visit: Visit
) -> _Assessment:
    """Compare what is there with what is asked for, in the order in which a clerk asks."""
    missing: list[Missing] = []
    states: list[CombinationState] = []
    tallies: list[Tally] = []
    persons = [(Person.APPLICANT, recipient.applicant, "applicant_id")]
    if recipient.visit.has_visitor:
        persons.append((Person.VISITOR, recipient.visitor, "visitor_id"))
    for person, choice, what in persons:
        tally = count(rule_set, policies, recipient, person, visit)
        allowed = choice.allowed(policies)
        lacks = {code: tally.lack(rule_set.combination_table[code]) for code in allowed}
        satisfied = tuple(code for code, lack in lacks.items() if lack is None)
        states.append(CombinationState(person, satisfied, allowed))
        tallies.append(tally)
        if not satisfied:
            ways = shortest([lack for lack in lacks.values() if lack is not None])
            missing.append(Missing(what, allowed, ways))

    papers = set(visit.papers)
    for document in tallies[0].counted:
        papers.update(document.proves)
    if rule_set.notice_is_needed(recipient, policies) and "notice" not in papers:
        missing.insert(0, Missing("notice", ("notice",)))
    waived = tuple(fact for fact in recipient.waive_if if fact in visit.facts) if recipient.authority else ()
    if not waived:
        missing.extend(
            Missing("authority", (paper,), unless=recipient.waive_if)
            for paper in recipient.authority
            if paper not in papers
        )
    if recipient.proof_any and not papers & set(recipient.proof_any):
        missing.append(Missing("proof", recipient.proof_any))
    missing.extend(
        Missing("extra", (extra.paper,))
        for extra in recipient.extras
        if extra.fact in visit.facts and extra.paper not in papers
    )
    return _Assessment(tuple(missing), tuple(states), tuple(tallies), waived)


def _notes(
    rule_set: RuleSet,
    recipient: RecipientType,
    visit: Visit,
    result: _Assessment,
    missing: set[str],
    ages: _Ages,
) -> list[Note]:
    """What the clerk should know beside what is missing: refused documents, next steps, things to look at."""
    notes: list[Note] = [note for tally in result.tallies for note in tally.refused]

    def give(rules: Iterable[NoteRule], about: tuple[str, ...] = ()) -> None:
        notes.extend(
            Note(rule.code, rule.about or about) for rule in rules if _applies(rule, visit, missing, ages)
        )

    give(recipient.notes)
    counted = tuple(dict.fromkeys(document for tally in result.tallies for document in tally.counted))
    for document in counted:
        give(document.notes, (document.code,))
    for code, fact in rule_set.fact_table.items():
        if code in visit.facts:
            give(fact.notes)
    if result.waived:
        notes.append(Note("authority_waived", result.waived))
    if visit.visitor and not recipient.visit.has_visitor:
        notes.append(Note("visitor_documents_not_needed"))
    wants_tn = any(
        rule_set.combination_table[code].tn for one in result.combinations for code in one.would_do
    )
    if not wants_tn:
        notes.extend(
            Note("document_proves_nothing", (document.code,))
            for document in counted
            if document.kind is DocumentClass.TN
        )
    for card in rule_set.one_card:
        since = card.since is None or visit.on >= card.since
        if since and any(card.documents <= {one.code for one in tally.counted} for tally in result.tallies):
            notes.append(Note(card.note, tuple(sorted(card.documents))))
    copies = tuple(
        code
        for code, paper in rule_set.paper_table.items()
        if paper.copy_allowed and code in recipient.proof_any
    )
    if copies:
        notes.append(Note("copy_will_do", copies))
    unverified = tuple(document.code for document in counted if document.evidence.unverified)
    notes.extend(_policy_notes(rule_set, recipient, visit, result, unverified))
    return notes


def _policy_notes(
    rule_set: RuleSet,
    recipient: RecipientType,
    visit: Visit,
    result: _Assessment,
    unverified: tuple[str, ...],
) -> list[Note]:
    """Notes about what the ward decides: a policy that turns the outcome, or a rule that nobody has read."""
    notes: list[Note] = []
    deciding: list[str] = []
    for code, policy in rule_set.policy_table.items():
        value = rule_set.policies[code]
        if policy.kind is PolicyKind.MONTHS:
            dated = tuple(
                paper
                for paper in recipient.authority
                if paper in visit.papers and rule_set.paper_table[paper].certificate
            )
            if value and dated:
                notes.append(Note("certificate_age", dated))
            continue
        for other in policy.other_values(value):
            changed = _assess(rule_set, {**rule_set.policies, code: other}, recipient, visit)
            if bool(changed.missing) != bool(result.missing):
                deciding.append(code)
                break
    about = (*((recipient.code,) if recipient.evidence.unverified else ()), *unverified, *deciding)
    if about:
        notes.append(Note("check_ward_practice", about))
    return notes


def _applies(rule: NoteRule, visit: Visit, missing: Container[str], ages: _Ages) -> bool:
    """Tell whether every condition of a note holds. With a partly known birth date a possible age is enough."""
    return (
        (rule.if_fact is None or rule.if_fact in visit.facts)
        and (rule.unless_fact is None or rule.unless_fact not in visit.facts)
        and (rule.if_paper is None or rule.if_paper in visit.papers)
        and (rule.unless_paper is None or rule.unless_paper not in visit.papers)
        and (rule.if_missing is None or rule.if_missing in missing)
        and (
            rule.if_age_at_least is None
            or (ages.greatest is not None and ages.greatest >= rule.if_age_at_least)
        )
        and (rule.if_age_below is None or (ages.least is not None and ages.least < rule.if_age_below))
    )
