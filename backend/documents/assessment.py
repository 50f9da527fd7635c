"""Comparing what is there with what a recipient type asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.documents.rule_set import SEAL_FACT, RuleSet
from backend.documents.rules import NoticeNeed, Person, PolicyValue, RecipientType
from backend.documents.tally import Tally, count, shortest
from backend.documents.visit import CombinationState, Missing, Visit


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is missing under one set of policies.

    ``waived``: facts that make the authority unnecessary; ``notice_waived``: those that stand in for a notice that is
    not there.
    """

    missing: tuple[Missing, ...]
    combinations: tuple[CombinationState, ...]
    tallies: tuple[Tally, ...]
    waived: tuple[str, ...]
    notice_waived: tuple[str, ...]


def assess(
    rule_set: RuleSet, policies: Mapping[str, PolicyValue], recipient: RecipientType, visit: Visit
) -> Assessment:
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
    notice_waived: tuple[str, ...] = ()
    if rule_set.notice_is_needed(recipient, policies) and "notice" not in papers:
        notice_waived = tuple(fact for fact in recipient.notice_waive_if if fact in visit.facts)
        if not notice_waived:
            missing.insert(0, Missing("notice", ("notice",)))
    if recipient.notice is NoticeNeed.SEALED and SEAL_FACT in visit.facts:
        missing.append(Missing("seal", ("notice",)))
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
    return Assessment(tuple(missing), tuple(states), tuple(tallies), waived, notice_waived)
