"""Compares what was shown with what a recipient type asks for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from backend.documents.judging.tally import ReadTable, Tally, count, shortest
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.policy import PolicyValue
from backend.documents.model.recipient import NoticeNeed, RecipientType
from backend.documents.model.rule_set import SEAL_FACT, RuleSet
from backend.documents.model.visit import CombinationState, Missing, Visit


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is missing under one set of policies.

    Attributes:
        missing: what is missing, in the order in which a clerk asks.
        combinations: for each person whose documents are asked for, the combinations.
        tallies: for each of these persons, the documents that count.
        waived: facts that make the papers of authority unnecessary.
        notice_waived: facts that replace a missing notice.
        notice_replaced: papers that replace a missing notice.
        judged_as: code of the type without notice by which the visit is complete, or None.
    """

    missing: tuple[Missing, ...]
    combinations: tuple[CombinationState, ...]
    tallies: tuple[Tally, ...]
    waived: tuple[str, ...]
    notice_waived: tuple[str, ...]
    notice_replaced: tuple[str, ...] = ()
    judged_as: str | None = None


def assess(
    rule_set: RuleSet,
    policies: Mapping[str, PolicyValue],
    recipient: RecipientType,
    visit: Visit,
    table: ReadTable | None = None,
) -> Assessment:
    """Compare what was shown with what is asked for, in the order in which a clerk asks.

    A visit without the notice is also compared with the type for that (``no_notice``); complete by it is complete.
    ``table`` is this visit's, where it is judged under several sets of policies.
    """
    table = table or ReadTable(rule_set, visit)
    result = _assess(rule_set, policies, recipient, visit, table)
    if recipient.no_notice is not None and any(item.what == "notice" for item in result.missing):
        other = rule_set.recipient(recipient.no_notice)
        without = _assess(rule_set, policies, other, visit, table)
        if other.visit is not VisitForm.NEVER and not without.missing:
            return replace(without, judged_as=recipient.no_notice)
    return result


def _assess(
    rule_set: RuleSet,
    policies: Mapping[str, PolicyValue],
    recipient: RecipientType,
    visit: Visit,
    table: ReadTable,
) -> Assessment:
    missing: list[Missing] = []
    states: list[CombinationState] = []
    tallies: list[Tally] = []
    persons = [(Person.APPLICANT, recipient.applicant, "applicant_id")]
    if recipient.visit.has_visitor:
        persons.append((Person.VISITOR, recipient.visitor, "visitor_id"))
    for person, choice, what in persons:
        tally = count(table, policies, recipient, person)
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
    papers |= tallies[0].handed_in
    notice_waived: tuple[str, ...] = ()
    notice_replaced: tuple[str, ...] = ()
    if rule_set.notice_is_needed(recipient, policies) and "notice" not in papers:
        notice_waived = tuple(fact for fact in recipient.notice_waive_if if fact in visit.facts)
        notice_replaced = tuple(paper for paper in recipient.notice_or if paper in papers)
        if not notice_waived and not notice_replaced:
            missing.insert(0, Missing("notice", ("notice",)))
    # Only a notice that was shown can be sealed; it need not be if the reply is on another form.
    unsealed = recipient.notice is NoticeNeed.SEALED and SEAL_FACT in visit.facts and "notice" in papers
    if (
        unsealed
        and papers.isdisjoint(recipient.notice_or)
        and not any(rule_set.fact_table[code].no_seal for code in visit.facts)
    ):
        missing.append(Missing("seal", ("notice",)))
    waived = tuple(fact for fact in recipient.waive_if if fact in visit.facts) if recipient.authority else ()
    if not waived:
        missing.extend(
            Missing("authority", (paper,), unless=rule_set.told(recipient.waive_if))
            for paper in recipient.authority
            if paper not in papers
        )
    proofs = recipient.proof_any(policies)
    if proofs and not papers & set(proofs):
        missing.append(Missing("proof", proofs))
    missing.extend(_extras(rule_set, recipient, visit, papers))
    return Assessment(tuple(missing), tuple(states), tuple(tallies), waived, notice_waived, notice_replaced)


def _extras(
    rule_set: RuleSet, recipient: RecipientType, visit: Visit, papers: Collection[str]
) -> Iterable[Missing]:
    """Papers that facts ask for and that were not shown, each once."""
    asked = set(papers)
    for extra in rule_set.extras_for(recipient):
        if extra.asked_with(visit.facts) and extra.paper not in asked:
            asked.add(extra.paper)
            # A fact that excludes a known one cannot waive the paper: somebody who forgot the card has not lost it.
            unless = tuple(
                one for one in extra.unless_facts if not rule_set.fact_table[one].not_with & visit.facts
            )
            yield Missing("extra", (extra.paper,), unless=unless)
