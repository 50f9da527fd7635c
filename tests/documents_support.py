"""Visits written in a few words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from backend.documents.judging.checklist import judge
from backend.documents.model.ages import BirthDate
from backend.documents.model.policy import PolicyValue
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Verdict, Visit


def judged_by(
    rules: RuleSet,
    on: date,
    recipient: str,
    applicant: str = "",
    visitor: str = "",
    papers: str = "",
    facts: str = "",
    born: str | None = None,
    card_expires: date | None = None,
) -> Verdict:
    """Judge a visit; codes are separated by spaces, and the birth date is written as on the command line."""
    visit = Visit.of(
        recipient,
        on,
        born=BirthDate.parse(born) if born else None,
        applicant=applicant.split(),
        visitor=visitor.split(),
        papers=papers.split(),
        facts=facts.split(),
        card_expires=card_expires,
    )
    return judge(rules, visit)


def with_policies(rules: RuleSet, values: Mapping[str, PolicyValue]) -> RuleSet:
    """The same rules in a ward that does some things differently."""
    table = dict(rules.policy_table)
    for code, value in values.items():
        table[code] = replace(table[code], ward=value)
    return replace(rules, policy_table=table)


def note_codes(verdict: Verdict) -> set[str]:
    """The codes of a verdict's notes."""
    return {note.code for note in verdict.notes}
