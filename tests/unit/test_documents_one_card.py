"""One physical card or paper counts once, even if there are several codes for it."""

from itertools import combinations, product

import pytest

from backend.documents.judging.checklist import judge
from backend.documents.model.ages import BirthDate
from backend.documents.model.persons import Person
from backend.documents.model.visit import Visit
from tests.documents_support import judged_by, with_policies
from tests.shipped_rules import DAY, RULES

ONE_SHEET = [(one.code, other) for one in RULES.documents() for other in sorted(one.same_card_as)]
GENEROUS = with_policies(RULES, {"mothers_boshi_techo": True})
AGES = ("1990-01-31", "2012-06-01", "2023-06-01", "2026-10-01", "1940-01-01")
ALL_PAPERS = frozenset(RULES.paper_table) - {
    "old_card",
    "bp_facility",
    "bp_home",
    "bp_legal_rep",
    "bp_public_support",
}


@pytest.mark.parametrize(
    ("recipient", "applicant", "papers", "facts", "born", "complete"),
    [
        ("R2", "A09 B33", "notice", "same_household_parent_child", "2018-06-01", False),
        ("R2", "A10 B33", "notice", "same_household_parent_child", "2018-06-01", False),
        ("R2", "A09 A10", "notice", "same_household_parent_child", "2018-06-01", False),
        ("R2", "B33 B22", "notice", "same_household_parent_child", "2018-06-01", True),
        ("R2", "A09 B33 B22", "notice", "same_household_parent_child", "2018-06-01", True),
        ("P1", "A13 B33", "notice koseki", "", "2018-06-01", False),
        ("P1", "A13 B22", "notice koseki", "", "2018-06-01", True),
        ("P1", "A01 B32", "notice koseki", "", "2023-06-01", False),
        ("P1", "A13 B32", "notice koseki", "", "2023-06-01", False),
        ("P1", "A13 B32 B33", "notice koseki", "", "2023-06-01", False),
        ("P1", "A01 B33", "notice koseki", "", "2023-06-01", True),
        ("R1-NL", "A07 A07n", "", "", "1990-01-31", False),
        ("R1-NL", "A09 A10", "", "", "1990-01-31", False),
        ("R1-NL", "A13 A01", "", "", "1990-01-31", False),
        ("R1-NL", "A13 A09", "", "", "1990-01-31", False),
        ("R1-NL", "A13 A01 A09", "", "", "1990-01-31", False),
        ("R1-NL", "A13 A01 A09 A10", "", "", "1990-01-31", False),
        ("R1-NL", "A13:expired A01 A09", "", "", "1990-01-31", False),
        ("R1-NL", "A13 A01 A09 B21", "", "", "1990-01-31", True),
        ("R1-NL", "A01 A09", "", "", "1990-01-31", True),
        ("R1", "B29 B29n", "notice", "", "2005-01-31", False),
        ("R1", "B29 B21", "notice", "", "2005-01-31", True),
    ],
)  # fmt: skip
def test_one_sheet_under_several_codes_counts_once(
    recipient: str, applicant: str, papers: str, facts: str, born: str, complete: bool
) -> None:
    """Two forms of one card, or a card and what it took the place of, are one document; another one still completes."""
    assert judged_by(RULES, DAY, recipient, applicant, "A03 A05", papers, facts, born).complete is complete


def complete(recipient: str, born: str, person: Person, codes: tuple[str, ...]) -> bool:
    """Whether a visit is complete in which everything is there but what one person shows."""
    plenty = ("A03", "A05")
    mine, theirs = (codes, plenty) if person is Person.APPLICANT else (plenty, codes)
    age = BirthDate.parse(born)
    visit = Visit.of(recipient, DAY, born=age, applicant=mine, visitor=theirs, papers=ALL_PAPERS)
    return judge(GENEROUS, visit).complete


@pytest.mark.parametrize(("one", "other"), ONE_SHEET)
def test_no_two_codes_of_one_sheet_complete_what_one_of_them_does_not(one: str, other: str) -> None:
    """For every type, age and person and with any third document: the second code of a sheet adds nothing."""
    thirds: tuple[tuple[str, ...], ...] = ((), ("B22",), ("A05",), ("TN",))
    for row, born, third, person in product(RULES.recipient_types(), AGES, thirds, Person):
        if complete(row.code, born, person, (one, other, *third)):
            alone = (complete(row.code, born, person, (code, *third)) for code in (one, other))
            assert any(alone), (row.code, born, third, person)


def test_every_pair_of_one_sheet_has_its_sentence_and_its_evidence() -> None:
    """A clerk who ticks both is told that they count once, and an auditor how that is known."""
    told = {frozenset(card.documents): card for card in RULES.one_card}
    for one, other in ONE_SHEET:
        card = told[frozenset({one, other})]
        assert (card.note, card.evidence is None, card.since) == ("counted_once", False, None)
    for pair in combinations(["B29", "B29n"], 2):
        verdict = judged_by(RULES, DAY, "R1", " ".join(pair), "", "notice", "", "2005-01-31")
        assert ("counted_once", pair) in [(note.code, note.about) for note in verdict.notes]
