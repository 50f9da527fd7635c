"""What of a visit something may be concluded from: not what did not exist on the day, nor what contradicts itself."""

from dataclasses import dataclass, replace
from datetime import date

from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Visit


@dataclass(frozen=True, slots=True)
class Grounds:
    """A visit with the facts that count.

    ``too_early``: facts that did not exist on the day. ``contradiction``: facts, and papers on the counter, of which not all can be
    true, in the order of the rule set; nothing follows from those facts until it is settled which.
    """

    visit: Visit
    too_early: tuple[str, ...]
    contradiction: tuple[str, ...]


def grounds_of(rule_set: RuleSet, visit: Visit) -> Grounds:
    """Part what is known of a visit from what cannot be so."""
    facts = facts_on(rule_set, visit.facts, visit.on)
    too_early = tuple(code for code in rule_set.fact_table if code in visit.facts - facts)
    papers = [
        paper
        for paper in rule_set.paper_table.values()
        if paper.code in visit.papers and paper.not_with_facts & facts
    ]
    denied = frozenset[str]().union(*(paper.not_with_facts for paper in papers))
    contradicting = tuple(
        code
        for code, fact in rule_set.fact_table.items()
        if code in facts and (fact.not_with & facts or code in denied)
    )
    return Grounds(
        replace(visit, facts=facts.difference(contradicting)),
        too_early,
        (*contradicting, *(paper.code for paper in papers)),
    )


def facts_on(rule_set: RuleSet, facts: frozenset[str], on: date) -> frozenset[str]:
    """Those of some facts that there are on a day of visit."""
    return frozenset(code for code in facts if rule_set.fact_table[code].exists_on(on))
