"""A ticket's end follows from its cases, and cases follow the steps of their ticket."""

from itertools import permutations, product

import pytest
from hypothesis import given, strategies as st

from backend.reception.deciding.case import (
    CASE_AFTER,
    Case,
    CaseState,
    ended_as,
    event_of_end,
    latest_of,
    open_of,
)
from backend.reservations.match import Shown
from backend.wire.codes import EventKind, TicketState


def test_a_case_by_itself_is_the_first_of_its_party() -> None:
    """Places count from 1; whoever comes alone is a party of one."""
    assert Case("c", None, None, Shown.NOTICE, CaseState.OPEN).place == 1


def a_case(state: CaseState, place: int = 1) -> Case:
    """A case of a card, which has a place in its party."""
    return Case(f"case-{place}-{state}", f"card-{place}", None, Shown.NOTICE, state, place)


@pytest.mark.parametrize("state", CaseState)
def test_one_card_ends_its_ticket_as_it_ends(state: CaseState) -> None:
    """A visit about one card is over when the card is, and not before."""
    told = ended_as([a_case(state)])
    assert (told.value if told else "open") == state.value


@pytest.mark.parametrize("places", list(permutations([1, 2, 3])))
def test_somebody_who_may_come_back_keeps_the_number(places: tuple[int, ...]) -> None:
    """Of a party one card was handed out, one was given up, one lacks papers: the number lives, in whatever order."""
    states = (CaseState.ISSUED, CaseState.CANCELLED, CaseState.INCOMPLETE)
    cases = [a_case(state, place) for state, place in zip(states, places, strict=True)]
    assert ended_as(cases) is TicketState.INCOMPLETE
    assert ended_as(cases[:2]) is TicketState.ISSUED


def test_of_each_card_the_latest_case_counts() -> None:
    """Who fetched the papers and has the card is done, though the first try was incomplete."""
    again = [a_case(CaseState.INCOMPLETE), a_case(CaseState.OPEN)]
    assert ended_as(again) is None
    assert ended_as([again[0], a_case(CaseState.ISSUED)]) is TicketState.ISSUED


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(CaseState)), min_size=1, max_size=6))
def test_an_open_case_leaves_the_visit_open(drawn: list[tuple[int, CaseState]]) -> None:
    """No ticket ends while a card of it is being worked on, and each ends when none is."""
    latest = dict(drawn)
    cases = [a_case(state, place) for place, state in drawn]
    still_open = CaseState.OPEN in latest.values()
    assert (ended_as(cases) is None) is still_open
    assert (event_of_end(cases) is None) is still_open
    assert [case.place for case in latest_of(cases)] == sorted(latest)
    assert [case.place for case in open_of(cases)] == sorted(
        place for place, state in latest.items() if state is CaseState.OPEN
    )


@pytest.mark.parametrize("states", list(product(CaseState, repeat=3)))
def test_the_first_row_that_holds_decides_how_a_party_ends(states: tuple[CaseState, ...]) -> None:
    """Whatever became of three cards, the number is what the table of docs/states.md says."""
    order = ["open", "incomplete", "issued", "done", "ended", "cancelled"]
    cases = [a_case(state, place) for place, state in enumerate(states, 1)]
    told = ended_as(cases)
    assert (told.value if told else "open") == min((state.value for state in states), key=order.index)


def test_only_these_steps_end_cases() -> None:
    """Calls, absences and hand-overs leave a card's case open, so that the card keeps its number."""
    assert {kind.value: state.value for kind, state in CASE_AFTER.items()} == {
        "issued": "issued",
        "not_issued": "ended",
        "finished": "done",
        "ended_incomplete": "incomplete",
        "ticket_cancelled": "cancelled",
    }
    assert EventKind.HANDED_OVER not in CASE_AFTER
