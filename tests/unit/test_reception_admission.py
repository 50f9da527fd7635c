"""Who gets a number, and what becomes of somebody who has one: every card at every office, as one table."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, strategies as st

from backend.cards.states import CardProgress
from backend.reception.deciding.admission import (
    Admission,
    Again,
    admission,
    need_look,
    number_offered,
    offers_number,
    shown_again,
    told,
)
from backend.reception.deciding.case import CardVisit, CaseState
from backend.reception.deciding.order import PRIORITY_ARRIVAL, PRIORITY_RETURNED
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reservations.match import Booking, CardMatch
from backend.reservations.reservation_state import ReservationState
from backend.wire.codes import CheckInReason, TicketState
from tests.shipped_rules import DAY
from tests.ticket_support import a_ticket

AT_TEN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Ten in the morning of that day in Tokyo."""
STAYS = Again(CheckInReason.ALREADY_CHECKED_IN)
BY_TIME = Admission(None, gives_number=True)
"""Booked here today: the reserved time decides."""
TRACKED = QueuePolicy(track_cards=True)
OPEN_DOOR = QueuePolicy(unbooked_get_number=True)


def a_card(
    progress: CardProgress = CardProgress.NOTIFIED,
    *,
    office_id: str | None = "00",
    starts_at: datetime = AT_TEN,
    state: ReservationState = ReservationState.BOOKED,
    kept_at: str | None = None,
    last_day: date | None = None,
) -> CardMatch:
    """A card and its booking; none without an office."""
    booking = Booking("r1", office_id, starts_at, state) if office_id else None
    return CardMatch("c1", progress, kept_at, last_day, booking=booking)


def no(reason: CheckInReason) -> Admission:
    """An admission without a number, with its reason."""
    return Admission(reason, gives_number=False)


def assisted(reason: CheckInReason) -> Admission:
    """An admission to the assisted queue, with its reason."""
    return Admission(reason, gives_number=True, assisted=True)


@pytest.mark.parametrize("progress", CardProgress)
def test_a_card_that_is_not_there_any_more_gives_no_number(progress: CardProgress) -> None:
    """Whoever comes for a card that was handed out or discarded is told so at once, whatever else is booked."""
    admitted = admission(a_card(progress, last_day=date(2020, 1, 1)), "00", DAY, QueuePolicy())
    if progress is CardProgress.ISSUED:
        assert admitted == no(CheckInReason.ALREADY_ISSUED)
    elif not progress.receivable:
        assert admitted == no(CheckInReason.NO_CARD)
    else:
        assert admitted == assisted(CheckInReason.CARD_EXPIRED)


@pytest.mark.parametrize(
    ("days", "admitted"), [(-1, assisted(CheckInReason.CARD_EXPIRED)), (0, BY_TIME), (1, BY_TIME)]
)
def test_a_card_is_handed_over_on_its_last_day_still(days: int, admitted: Admission) -> None:
    """Who comes on the last day is received as usual; the day after, staff have to look at it."""
    assert admission(a_card(last_day=DAY + timedelta(days=days)), "00", DAY, QueuePolicy()) == admitted


def test_another_office_comes_before_another_day() -> None:
    """Somebody who is wrong in both learns the place, with its time; nobody is sent here for another day in vain."""
    tomorrow = AT_TEN + timedelta(days=1)
    assert admission(a_card(office_id="03"), "00", DAY, QueuePolicy()) == no(CheckInReason.ANOTHER_OFFICE)
    there = a_card(office_id="03", starts_at=tomorrow)
    assert admission(there, "00", DAY, QueuePolicy()) == no(CheckInReason.ANOTHER_OFFICE)
    later = a_card(starts_at=tomorrow)
    assert admission(later, "00", DAY, OPEN_DOOR) == no(CheckInReason.ANOTHER_DAY)


@pytest.mark.parametrize(
    ("days", "there", "kept_at", "lets", "tracks", "offered"),
    [
        (1, True, "00", True, False, True),
        (0, True, "00", True, True, True),
        (0, True, None, False, False, False),
        (1, True, "00", False, True, False),
        (1, True, "03", True, True, False),
        (1, True, None, True, True, False),
        (-1, True, None, False, False, True),
        (-1, True, "03", False, True, True),
        (1, False, None, False, True, True),
        (1, False, "00", False, True, True),
        (1, False, "03", True, True, False),
        (1, False, "03", False, False, True),
        (-1, False, "03", False, True, True),
    ],
)
def test_a_number_is_offered_to_who_is_booked_elsewhere_where_the_card_lies(
    days: int, *, there: bool, kept_at: str | None, lets: bool, tracks: bool, offered: bool
) -> None:
    """Nobody waits an hour for a card that is not here; who has it here may ask for it, where the office lets them."""
    booked = a_card(
        starts_at=AT_TEN + timedelta(days=days), office_id="03" if there else "00", kept_at=kept_at
    )
    policy = QueuePolicy(card_here_offers_number=lets, track_cards=tracks)
    assert offers_number(booked, "00", DAY, policy) is offered
    reason = CheckInReason.ANOTHER_OFFICE if there else CheckInReason.ANOTHER_DAY
    assert number_offered(reason, booked, "00", DAY, policy, has_number=False) is offered
    assert number_offered(reason, booked, "00", DAY, policy, has_number=True) is False
    assert number_offered(reason, None, "00", DAY, policy, has_number=False) is False
    assert number_offered(CheckInReason.NOT_RESERVED, booked, "00", DAY, policy, has_number=False) is None


@pytest.mark.parametrize(
    ("days", "policy", "admitted"),
    [
        (0, QueuePolicy(), BY_TIME),
        (-1, QueuePolicy(), no(CheckInReason.NOT_RESERVED)),
        (-1, OPEN_DOOR, assisted(CheckInReason.WALK_IN)),
    ],
)
def test_a_booking_that_was_missed_counts_on_its_own_day(
    days: int, policy: QueuePolicy, admitted: Admission
) -> None:
    """Who is late comes after the ward has noted a no-show, and is received; last week's booking is none."""
    missed = a_card(starts_at=AT_TEN + timedelta(days=days), state=ReservationState.NO_SHOW)
    assert admission(missed, "00", DAY, policy) == admitted


@pytest.mark.parametrize(
    ("kept_at", "booked", "policy", "admitted"),
    [
        ("05", True, TRACKED, assisted(CheckInReason.CARD_NOT_ARRIVED)),
        ("05", True, QueuePolicy(), BY_TIME),
        ("00", True, TRACKED, BY_TIME),
        (None, True, TRACKED, BY_TIME),
        ("05", False, TRACKED, no(CheckInReason.CARD_ELSEWHERE)),
        ("05", False, QueuePolicy(), no(CheckInReason.NOT_RESERVED)),
        (None, False, TRACKED, no(CheckInReason.NOT_RESERVED)),
        (
            "05",
            False,
            QueuePolicy(track_cards=True, unbooked_get_number=True),
            no(CheckInReason.CARD_ELSEWHERE),
        ),
        ("00", False, OPEN_DOOR, assisted(CheckInReason.WALK_IN)),
    ],
)
def test_a_card_counts_as_elsewhere_only_where_that_is_known(
    kept_at: str | None, booked: bool, policy: QueuePolicy, admitted: Admission
) -> None:
    """A ward that does not follow its cards receives everybody; one that does learns at once that a card is missing."""
    card = a_card(office_id="00" if booked else None, kept_at=kept_at)
    assert admission(card, "00", DAY, policy) == admitted


@pytest.mark.parametrize(
    ("clock", "reason"),
    [
        (datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC), CheckInReason.ANOTHER_DAY),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), CheckInReason.ANOTHER_DAY),
    ],
)
def test_the_day_of_a_reservation_is_that_of_tokyo(clock: datetime, reason: CheckInReason | None) -> None:
    """A reserved morning is today's in Shinjuku, though it is yesterday where UTC is."""
    assert admission(a_card(starts_at=clock), "00", DAY, QueuePolicy()).reason is reason


@pytest.mark.parametrize(
    ("last_day", "kept_at", "track", "told_of"),
    [
        (None, None, True, None),
        (date(2026, 11, 24), None, True, CheckInReason.CARD_EXPIRED),
        (date(2026, 11, 25), None, True, None),
        (date(2026, 11, 24), "03", True, CheckInReason.CARD_EXPIRED),
        (None, "03", True, CheckInReason.CARD_NOT_ARRIVED),
        (None, "03", False, None),
        (None, "00", True, None),
    ],
)
def test_what_staff_have_to_look_at_goes_by_the_card_alone(
    last_day: date | None, kept_at: str | None, track: bool, told_of: CheckInReason | None
) -> None:
    """A card that is found at a window is looked at like one whose notice was shown, whatever is booked for it."""
    match = CardMatch("c1", CardProgress.NOTIFIED, last_day=last_day, kept_at=kept_at)
    assert need_look(match, "00", date(2026, 11, 25), QueuePolicy(track_cards=track)) is told_of


@pytest.mark.parametrize("reason", CheckInReason)
def test_the_hall_never_hears_what_is_for_staff(reason: CheckInReason) -> None:
    """What a kiosk is told says nothing of expiry or of where a card lies, and still whether there is a number."""
    heard = told(reason)
    assert not heard.for_staff
    assert (heard is reason) is not reason.for_staff
    if reason.for_staff:
        gives = reason is not CheckInReason.CARD_ELSEWHERE
        assert heard is (CheckInReason.WALK_IN if gives else CheckInReason.NOT_RESERVED)


@pytest.mark.parametrize(
    ("state", "card", "here", "returns"),
    list(product(TicketState, CaseState, (True, False), (True, False))),
    ids=str,
)
def test_a_notice_that_is_shown_again(state: TicketState, card: CaseState, here: bool, returns: bool) -> None:
    """The same notice is the same ticket: only who was absent, or fetched papers, waits once more, and only where they wait.

    A card that was handed out is so, wherever the others of its party are.
    """
    policy = QueuePolicy(absent_returns_at_kiosk=returns)
    again = shown_again(CardVisit(a_ticket(state), card), "00" if here else "03", policy)
    if card is CaseState.ISSUED:
        assert again == Again(CheckInReason.ALREADY_ISSUED)
    elif not here:
        assert again == Again(CheckInReason.ANOTHER_OFFICE)
    elif state is TicketState.INCOMPLETE:
        assert again == Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_ARRIVAL)
    elif state in {TicketState.ABSENT, TicketState.ISSUANCE_ABSENT} and returns:
        assert again == Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_RETURNED)
    else:
        assert again == STAYS


@given(
    minutes=st.integers(0, 24 * 60 - 1),
    state=st.sampled_from([ReservationState.BOOKED, ReservationState.NO_SHOW]),
)
def test_no_hour_of_the_day_speaks_against_a_number(minutes: int, state: ReservationState) -> None:
    """Early and late are places in the queue, never a reason to send somebody away."""
    starts_at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    assert admission(a_card(starts_at=starts_at, state=state), "00", DAY, QueuePolicy()) == BY_TIME
