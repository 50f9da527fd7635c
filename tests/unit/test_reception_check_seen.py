"""What a page showed of a check travels with its form, and what would be lost by an old page is named."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from backend.reception.deciding.check_seen import Seen, lost_of, stale, versions_in, versions_text
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError
from tests.ticket_support import a_ticket

CODES = st.lists(st.from_regex(r"[A-Z][0-9]{2}(-[a-z]{1,6})?", fullmatch=True), unique=True, max_size=4).map(
    lambda codes: tuple(sorted(codes))
)


@given(
    version=st.integers(0, 999_999_999),
    applicant=CODES,
    visitor=CODES,
    papers=CODES,
    facts=CODES,
    apart=st.booleans(),
)
def test_a_form_brings_back_what_the_page_showed(
    version: int,
    applicant: tuple[str, ...],
    visitor: tuple[str, ...],
    papers: tuple[str, ...],
    facts: tuple[str, ...],
    *,
    apart: bool,
) -> None:
    """A command is held against what its page really showed: nothing is lost or moved on the way there and back."""
    seen = Seen(version, Ticks("P10", applicant, visitor, papers, facts, apart=apart))
    assert Seen.parse(str(seen)) == seen


@pytest.mark.parametrize(
    "text",
    ["x", "1", "-1 R1", "1 R1 papers", "1 R1 wishes:A01", "1 R1  papers:A01", "1 R1 papers:A01\n", "１ R1"],
)
def test_what_no_page_of_ours_sends_is_refused(text: str) -> None:
    """A form that was tampered with changes nothing; an unknown list is no list."""
    with pytest.raises(ChecklistError):
        Seen.parse(text)


def test_a_form_without_a_check_compares_nothing() -> None:
    """A program that was never shown a check is not refused for an old one."""
    assert Seen.parse("") is None


def test_what_the_other_page_undid_is_named() -> None:
    """Two pages of one clerk: what was ticked, taken away and chosen here and is not so there is told, and nothing else."""
    seen = Ticks("R1", applicant=("A01", "B02"), papers=("notice",))
    wanted = Ticks("R2", applicant=("A01", "A03"), papers=())
    present = Ticks("R1", applicant=("A01", "B02"), papers=("notice", "reply"))
    assert lost_of(seen, wanted, present) == (
        "=R2",
        "+applicant:A03",
        "-applicant:B02",
        "-papers:notice",
    )
    assert lost_of(seen, wanted, wanted) == ()
    assert lost_of(seen, replace(seen, apart=True), seen) == ("+apart:yes",)


@given(st.dictionaries(st.uuids().map(lambda one: one.hex), st.integers(0, 999_999_999), max_size=6))
def test_a_form_brings_back_the_versions_of_a_party(versions: dict[str, int]) -> None:
    """The cards that a question named are those that the answer is held against."""
    assert versions_in(versions_text(versions)) == versions


@pytest.mark.parametrize(
    "text", ["x", "a:1", f"{'0' * 32}:1 ", f"{'0' * 32}", f"{'0' * 32}:-1", f" {'0' * 32}:1"]
)
def test_versions_that_no_page_of_ours_sends_are_refused(text: str) -> None:
    """A form with manipulated versions is refused, so nobody is handed over by it."""
    with pytest.raises(ChecklistError):
        versions_in(text)


def test_of_very_many_lost_ticks_the_first_are_named_and_the_others_counted() -> None:
    """The sentence to the clerk stays short, and says that it is not all."""
    few, many = (stale(a_ticket(), [f"+papers:p{place}" for place in range(count)]) for count in (8, 11))
    assert (few.facts["lost"].count("+"), few.facts.get("more")) == (8, None)
    assert (many.facts["lost"].count("+"), many.facts["more"]) == (8, "3")
    assert many.facts["number"] == "M-007"
