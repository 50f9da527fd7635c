"""A ticket's end follows from its cases, and cases follow the steps of their ticket."""

from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from backend.reception.deciding.case import CASE_AFTER, Case, CaseState, ended_as
from backend.reservations.match import Shown
from backend.wire.codes import EventKind, TicketState


def a_case(state: CaseState, card_id: str | None = "card") -> Case:
    """A case of a card."""
    return Case("case", card_id, None, Shown.NOTICE, state)


@pytest.mark.parametrize("state", CaseState)
def test_one_card_ends_its_ticket_as_it_ends(state: CaseState) -> None:
    """A visit about one card is over when the card is, and not before."""
    ends = {"open": None, "issued": "issued", "incomplete": "incomplete", "cancelled": "cancelled"}
    told = ended_as([a_case(state)])
    assert (told.value if told else None) == ends[state]


@pytest.mark.parametrize("cards", list(permutations(["one", "two", "three"])))
def test_somebody_who_may_come_back_keeps_the_number(cards: tuple[str, ...]) -> None:
    """Of a party one card was handed out, one was given up, one lacks papers: the number lives, in whatever order."""
    states = (CaseState.ISSUED, CaseState.CANCELLED, CaseState.INCOMPLETE)
    cases = [a_case(state, card) for state, card in zip(states, cards, strict=True)]
    assert ended_as(cases) is TicketState.INCOMPLETE
    assert ended_as(cases[:2]) is TicketState.ISSUED


def test_of_each_card_the_latest_case_counts() -> None:
    """Who fetched the papers and has the card is done, though the first try was incomplete."""
    again = [a_case(CaseState.INCOMPLETE), a_case(CaseState.OPEN)]
    assert ended_as(again) is None
    assert ended_as([again[0], a_case(CaseState.ISSUED)]) is TicketState.ISSUED


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(CaseState)), min_size=1, max_size=6))
def test_an_open_case_leaves_the_visit_open(drawn: list[tuple[str, CaseState]]) -> None:
    """No ticket ends while a card of it is being worked on, and each ends when none is."""
    latest = dict(drawn)
    cases = [a_case(state, card) for card, state in drawn]
    assert (ended_as(cases) is None) is (CaseState.OPEN in latest.values())


def test_only_three_steps_end_cases() -> None:
    """Calls, absences and hand-overs leave a card's case open, so that its number stays the card's."""
    assert {kind.value: state.value for kind, state in CASE_AFTER.items()} == {
        "issued": "issued",
        "ended_incomplete": "incomplete",
        "ticket_cancelled": "cancelled",
    }
    assert EventKind.HANDED_OVER not in CASE_AFTER
