"""The answer of a kiosk, as plain values: from which series a number comes, and what a ticket of today changes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.cards.states import CardProgress
from backend.offices.directory import Directory
from backend.reception.answering import Answering
from backend.reception.deciding.admission import Admission, counting
from backend.reception.deciding.answer import answer_again, answer_with_number, answer_without_notice
from backend.reception.deciding.case import CardVisit, CaseState
from backend.reception.deciding.order import PRIORITY_ARRIVAL, PRIORITY_RESERVED
from backend.reception.deciding.queue_policy import Policies, QueuePolicy
from backend.reservations.match import Booking, CardMatch
from backend.reservations.reservation_state import ReservationState
from backend.wire.codes import CheckInReason, TicketState
from tests.support import MORNING
from tests.ticket_support import a_ticket

POLICY = QueuePolicy()
BOOKED = CardMatch("c1", CardProgress.NOTIFIED, booking=Booking("r1", "00", MORNING))
AS_BOOKED = Admission(None, gives_number=True)


@pytest.mark.parametrize(
    ("minutes", "reason", "priority"),
    [
        (-11, CheckInReason.EARLY, PRIORITY_RESERVED),
        (0, CheckInReason.ON_TIME, PRIORITY_RESERVED),
        (6, CheckInReason.LATE, PRIORITY_ARRIVAL),
    ],
)
def test_a_booked_visitor_gets_a_number_of_the_booked_series(
    directory: Directory, minutes: int, reason: CheckInReason, priority: int
) -> None:
    """The booked time says why and where in the queue, and stands on the ticket."""
    now = MORNING + timedelta(minutes=minutes)
    answer = answer_with_number(BOOKED, AS_BOOKED, directory["00"], now, POLICY)
    assert answer.number is not None
    assert (answer.reason, answer.number.place.priority) == (reason, priority)
    assert (answer.number.series.code, answer.number.reserved_for) == ("M", MORNING)


ASSISTED = Admission(CheckInReason.WALK_IN, gives_number=True, assisted=True)


@pytest.mark.parametrize("with_notice", [False, True])
def test_the_assisted_queue_does_not_go_by_what_is_booked(directory: Directory, with_notice: bool) -> None:
    """Visitors without a notice, and those whom staff must help, get a number of the assisted queue, by arrival."""
    office = directory["00"]
    answer = (
        answer_with_number(BOOKED, ASSISTED, office, MORNING, POLICY)
        if with_notice
        else answer_without_notice(None, office, MORNING, POLICY)
    )
    assert answer.number is not None
    assert (answer.reason, answer.number.series.code) == (CheckInReason.WALK_IN, "W")
    assert (answer.number.reserved_for, answer.number.place.priority) == (None, PRIORITY_ARRIVAL)


def test_a_number_without_notice_is_for_what_was_chosen(directory: Directory) -> None:
    """What somebody comes for goes with the number, from the series of that kind; an old kiosk's is what is offered first."""
    office = directory["00"]
    kinds = (office.kinds[0], replace(office.kinds[1], series="M"))
    for wanted, kind, series in ((None, "pick_up", "W"), ("consultation", "consultation", "M")):
        number = answer_without_notice(wanted, replace(office, kinds=kinds), MORNING, POLICY).number
        assert number is not None
        assert (number.kind, number.series.code) == (kind, series)


def test_an_old_kiosk_asks_for_what_is_offered_first_and_for_a_card_where_nothing_is(
    directory: Directory,
) -> None:
    """The order of the office decides, not the order in which kinds were invented; with nothing to offer, people come for a card."""
    office = directory["00"]
    turned = replace(office, kinds=office.kinds[::-1])
    shut = replace(office, kinds=tuple(replace(kind, walk_in=False) for kind in office.kinds))
    for where, kind in ((turned, turned.kinds[0].code), (shut, "pick_up")):
        number = answer_without_notice(None, where, MORNING, POLICY).number
        assert number is not None
        assert number.kind == kind


@pytest.mark.parametrize("wanted", ["pin_reset", "nonsense", "consultation"])
def test_what_the_office_does_not_offer_gives_no_number(directory: Directory, wanted: str) -> None:
    """A kind that is off, unknown, or only for people with a reservation is refused; nobody waits for nothing."""
    office = directory["00"]
    closed = replace(office, kinds=(office.kinds[0], replace(office.kinds[1], walk_in=False)))
    answer = answer_without_notice(wanted, closed, MORNING, POLICY)
    assert (answer.reason, answer.number) == (CheckInReason.KIND_NOT_OFFERED, None)


@pytest.mark.parametrize(
    ("state", "card", "office", "reason", "moves"),
    [
        (TicketState.WAITING, CaseState.OPEN, "00", CheckInReason.ALREADY_CHECKED_IN, False),
        (TicketState.ABSENT, CaseState.OPEN, "00", CheckInReason.ALREADY_CHECKED_IN, True),
        (TicketState.INCOMPLETE, CaseState.INCOMPLETE, "00", CheckInReason.ALREADY_CHECKED_IN, True),
        (TicketState.ABSENT, CaseState.OPEN, "01", CheckInReason.ANOTHER_OFFICE, False),
        (TicketState.ISSUED, CaseState.ISSUED, "00", CheckInReason.ALREADY_ISSUED, False),
        (TicketState.INCOMPLETE, CaseState.ISSUED, "00", CheckInReason.ALREADY_ISSUED, False),
    ],
)
def test_a_ticket_of_today_is_the_answer(
    state: TicketState, card: CaseState, office: str, reason: CheckInReason, moves: bool
) -> None:
    """No second number; who had gone waits once more, at their own office only; not for a card that was handed out."""
    answer = answer_again(BOOKED, CardVisit(a_ticket(state), card), office, POLICY)
    assert (answer.reason, answer.number, answer.waits_again is not None) == (reason, None, moves)


def test_a_missed_booking_counts_on_its_own_day_only() -> None:
    """Who is late may be on the way when the ward notes that nobody came; yesterday's is over."""
    missed = CardMatch(
        "c1", CardProgress.NOTIFIED, booking=Booking("r1", "00", MORNING, ReservationState.NO_SHOW)
    )
    assert counting(missed, MORNING.date()) == missed.booking
    assert counting(missed, MORNING.date() + timedelta(days=1)) is None
    assert counting(BOOKED, MORNING.date() + timedelta(days=1)) == BOOKED.booking


def test_who_asks_without_a_notice_is_answered_by_the_hour(directory: Directory) -> None:
    """In the hours of the office, and half an hour before, there is a number; else there is none."""
    answering = Answering(directory, Policies(), lambda *_: None)
    assert answering.without_notice("00", None, MORNING).number is not None
    assert answering.without_notice("00", None, MORNING - timedelta(minutes=90)).number is not None
    for hours in (-1.6, 7.5):
        closed = answering.without_notice("00", None, MORNING + timedelta(hours=hours))
        assert (closed.reason, closed.number) == (CheckInReason.CLOSED, None)
