"""Counting documents under several sets of policies: what is kept from one to the next never changes what is counted."""

from itertools import product

import pytest

from backend.documents.judging.tally import ReadTable, count
from backend.documents.model.ages import BirthDate
from backend.documents.model.persons import Person
from backend.documents.model.policy import PolicyValue
from backend.documents.model.visit import Visit
from tests.shipped_rules import DAY, RULES

EVERYTHING = frozenset(RULES.document_table)
CHANGES: list[tuple[str, PolicyValue]] = [
    (code, value) for code, policy in RULES.policy_table.items() for value in policy.other_values(policy.ward)
] + [(code, not value) for code, value in RULES.policies.items() if isinstance(value, bool)]


def visit(recipient: str, born: BirthDate) -> Visit:
    """Somebody who brought every document and every paper there is."""
    return Visit(recipient, DAY, born, EVERYTHING, EVERYTHING, frozenset(RULES.paper_table))


@pytest.mark.parametrize("born", [BirthDate(1980, 1, 1), BirthDate(2020, 6, 1)])
@pytest.mark.parametrize("recipient", ["R1", "R2", "P5", "P7"])
def test_a_table_that_is_read_again_counts_as_a_new_one(recipient: str, born: BirthDate) -> None:
    """Counting with one shared table gives the same result as with a new table, for every value of every policy."""
    brought = visit(recipient, born)
    kept = ReadTable(RULES, brought)
    row = RULES.recipient(recipient)
    for person, (code, value) in product(Person, CHANGES):
        for policies in (RULES.policies, {**RULES.policies, code: value}):
            assert count(kept, policies, row, person) == count(
                ReadTable(RULES, brought), policies, row, person
            )


def test_one_table_counts_for_two_recipient_types() -> None:
    """A visit without the notice is judged as two types with one table, and cached results are not mixed up."""
    brought = visit("R1", BirthDate(1980, 1, 1))
    kept = ReadTable(RULES, brought)
    for code, person in product(("R1", "R1-NL", "P7", "R1"), Person):
        row = RULES.recipient(code)
        assert count(kept, RULES.policies, row, person) == count(
            ReadTable(RULES, brought), RULES.policies, row, person
        )


def test_what_no_policy_has_a_say_in_is_read_once() -> None:
    """A document is evaluated again under other policies only if it depends on one of them."""
    table = ReadTable(RULES, visit("P7", BirthDate(1980, 1, 1)))
    row = RULES.recipient("P7")
    turned = {code: not value for code, value in RULES.policies.items()}
    again = {True: 0, False: 0}
    for line in table.shown(Person.APPLICANT):
        first = table.reading(line, RULES.policies, row, Person.APPLICANT)
        same = table.reading(line, turned, row, Person.APPLICANT) is first
        assert same is not bool(line.policies)
        again[same] += 1
    assert again[True] > again[False] > 0
