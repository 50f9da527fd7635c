"""The facts of a visit that can be relied on: not those that did not exist on the day or contradict each other."""

from dataclasses import dataclass, replace
from datetime import date

from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Visit


@dataclass(frozen=True, slots=True)
class Grounds:
    """A visit with only the facts that can be relied on.

    Attributes:
        visit: the visit without the facts in ``contradiction``.
        too_early: facts that did not exist on the day.
        contradiction: facts and shown papers that cannot all be true, in the order of the rule set; these facts are not
            used until the contradiction is resolved.
    """

    visit: Visit
    too_early: tuple[str, ...]
    contradiction: tuple[str, ...]


def grounds_of(rule_set: RuleSet, visit: Visit) -> Grounds:
    """Separate the reliable facts of a visit from those that did not exist yet or contradict each other."""
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
    """The facts among these that exist on a day of visit."""
    return frozenset(code for code in facts if rule_set.fact_table[code].exists_on(on))
