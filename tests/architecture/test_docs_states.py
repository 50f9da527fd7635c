"""docs/states.md says of cards, notices, reservations and cases what the code does: its tables are tried with every combination."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product

import pytest

from backend.cards.states import CardProgress, NoticeState
from backend.offices.office import Series
from backend.reception.deciding.admission import Admission, admission
from backend.reception.deciding.answer import KioskAnswer, NewNumber
from backend.reception.deciding.case import Case, CaseState, ended_as
from backend.reception.deciding.order import PRIORITY_ARRIVAL, QueuePlace
from backend.reception.deciding.party import Party, answer_joining
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reservations.match import Booking, CardMatch, Shown
from backend.reservations.reservation_state import ReservationState
from backend.wire.codes import JOINABLE_STATES, CheckInReason
from tests.architecture.papers import codes_in, table_of, text_of
from tests.shipped_rules import DAY
from tests.ticket_support import a_ticket

HERE, THERE = "00", "05"
AT_TEN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
STATES: dict[str, type[StrEnum]] = {
    "progress": CardProgress,
    "notice state": NoticeState,
    "reservation state": ReservationState,
    "case state": CaseState,
}
"""The lists of states by the first cell of their tables."""


@dataclass(frozen=True)
class Row:
    """A row of the table of admission; an empty cell is None and stands for anything."""

    card: frozenset[str] | None
    over: bool
    booked: str | None
    elsewhere: bool
    unbooked: bool
    admitted: Admission

    def holds(self, match: CardMatch, policy: QueuePolicy) -> bool:
        """Whether it is about a card that is shown here today."""
        over = match.last_day is not None and match.last_day < DAY
        elsewhere = policy.track_cards and match.kept_at == THERE
        return (
            (self.card is None or match.progress.value in self.card)
            and (not self.over or over)
            and (self.booked is None or self.booked == booked_as(match.booking))
            and (not self.elsewhere or elsewhere)
            and (not self.unbooked or policy.unbooked_get_number)
        )


def booked_as(booking: Booking | None) -> str:
    """The word of the table for what is booked."""
    if booking is None:
        return "no"
    today = booking.starts_at == AT_TEN
    if booking.state is ReservationState.NO_SHOW and not today:
        return "no"
    if booking.office_id != HERE:
        return "another office"
    return "here today" if today else "another day"


def rows() -> list[Row]:
    """The table of admission, as it is written."""
    found = []
    for card, last_day, booked, lies, unbooked, reason, number in table_of("states.md", "card").rows:
        assert last_day in {"", "over"}
        assert lies in {"", "elsewhere"}
        assert unbooked in {"", "get a number"}
        codes = [CheckInReason(code) for code in codes_in(reason)]
        admitted = Admission(
            codes[0] if len(codes) == 1 else None,
            gives_number={"no": False, "assisted": True, "of the reserved": True}[number],
            assisted=number == "assisted",
        )
        found.append(
            Row(
                frozenset(codes_in(card)) or None,
                bool(last_day),
                booked or None,
                bool(lies),
                bool(unbooked),
                admitted,
            )
        )
    return found


def test_the_table_of_admission_is_what_the_server_does() -> None:
    """Who checks a complaint against the paper finds what happened, for every card, booking, office and setting."""
    table = rows()
    bookings = [
        Booking("r1", office, AT_TEN + timedelta(days=days), state)
        for office, days, state in product(
            (HERE, THERE), (-1, 0, 1), (ReservationState.BOOKED, ReservationState.NO_SHOW)
        )
    ]
    last_days = (None, *(DAY + timedelta(days=days) for days in (-1, 0, 1)))
    used = set()
    for progress, last_day, booking, kept_at, track, unbooked in product(
        CardProgress, last_days, (None, *bookings), (None, HERE, THERE), (False, True), (False, True)
    ):
        match = CardMatch("c1", progress, kept_at, last_day, Shown.NOTICE, booking)
        policy = QueuePolicy(track_cards=track, unbooked_get_number=unbooked)
        place, row = next((place, row) for place, row in enumerate(table) if row.holds(match, policy))
        used.add(place)
        assert admission(match, HERE, DAY, policy) == row.admitted, (match, policy)
    assert used == set(range(len(table))), "every row is about somebody"


def test_the_end_of_a_ticket_is_what_its_cases_say() -> None:
    """Which end several cards of one number make is written down, for every mixture of up to three."""
    table = [
        (codes_in(first)[0], codes_in(then))
        for first, then in table_of("states.md", "among the latest cases").rows
    ]
    for count in (1, 2, 3):
        for states in product(CaseState, repeat=count):
            cases = [
                Case(str(at), f"card {at}", None, Shown.NOTICE, state, place=at + 1)
                for at, state in enumerate(states)
            ]
            told = next(then for state, then in table if state in states)
            ended = ended_as(cases)
            assert ([] if ended is None else [ended.value]) == told, states


def test_the_table_of_joining_is_what_the_server_does() -> None:
    """Who asks why a child has a number of its own finds the row: by state, by the card itself, by the places taken."""
    table = [tuple(row) for row in table_of("states.md", "the number").rows]
    (first, _, _, refused), (_, _, _, nowhere), *joining = table
    assert set(codes_in(first)) == {state.value for state in JOINABLE_STATES}
    assert (codes_in(refused), codes_in(nowhere)) == (["wrong_state"], ["not_found"])
    card, limit = CardMatch("c1", CardProgress.NOTIFIED), 3
    place = QueuePlace(CheckInReason.WALK_IN, PRIORITY_ARRIVAL, AT_TEN)
    alone = {
        "has a number today, of this party or another": KioskAnswer(
            CheckInReason.ALREADY_CHECKED_IN, card, a_ticket()
        ),
        "gets no number": KioskAnswer(CheckInReason.NOT_RESERVED, card),
        "would get a number": KioskAnswer(
            CheckInReason.WALK_IN, card, number=NewNumber(Series("W", 1, 9), place, None)
        ),
    }
    sizes = {"": (1, limit), "as many as `party_limit`": (limit, limit + 1), "fewer": (1, limit - 1)}
    for _, by_itself, taken, answer in joining:
        for cards in sizes[taken]:
            told = answer_joining(alone[by_itself], Party(a_ticket(), cards), QueuePolicy(party_limit=limit))
            assert (codes_in(answer)[:1] or [alone[by_itself].reason.value]) == [told.reason.value]


@pytest.mark.parametrize("header", STATES)
def test_every_state_is_in_its_table_and_in_its_picture(header: str) -> None:
    """A new state is explained, and drawn, before anything is in it."""
    states = {state.value for state in STATES[header]}
    table = table_of("states.md", header)
    assert set(table.codes()) == states
    under = text_of("states.md").split(f"## {table.heading}\n")[1].split("\n## ")[0]
    drawn = set(re.findall(r"\w+", " ".join(re.findall(r"^ {4}(.+ --> .+)$", under, re.MULTILINE))))
    assert {name.removesuffix("_case") for name in drawn} == states


def test_which_cards_are_handed_over_is_told_right() -> None:
    """The end of a card's way is the same in the paper and in the code."""
    told = {row[0].strip("`"): row[2] for row in table_of("states.md", "progress").rows}
    assert told == {state.value: "yes" if state.receivable else "no" for state in CardProgress}
