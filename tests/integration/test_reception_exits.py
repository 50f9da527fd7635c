"""The honest ways out of issuance: each is one command with its line of history, and nobody records what did not happen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.cards.tables import cards
from backend.commands.runner import NotPermittedError
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.deciding.case import CaseState
from backend.reception.errors import TicketStateError
from backend.reception.storing.boards import absent_numbers, at_windows
from backend.reception.storing.parties import count_issued
from backend.reservations.tables import reservations
from backend.wire.codes import (
    CancelReason,
    CheckInReason,
    ErrorCode,
    NotIssuedReason,
    SentBackReason,
    TicketState,
)
from backend.wire.messages import CheckInReply, CheckInRequest
from tests.party_support import check, come, ends, party, person, state_of, steps, to_staff
from tests.support import KIOSK, TODAY, House, events_of

FIRST, SECOND, THIRD = "12345679", "12345687", "12345695"
Press = Callable[[House, Actor, str], Any]


def places_told(house: House, last: int) -> list[tuple[str, int | None]]:
    """Of the last events, what each is and of which card it tells."""
    return [(event.kind, event.facts.get("place")) for event in events_of(house.database)][-last:]


def handed_over(house: House, *more: str) -> tuple[Actor, Actor, str]:
    """A clerk, a member of staff, and a visitor who was handed over with one card or several."""
    clerk = person(house, "clerk01", "1")
    staff = person(house, "staff01", "A", Role.STAFF)
    come(house, FIRST, *more)
    return clerk, staff, to_staff(house, clerk)


def called(house: House, *more: str) -> tuple[Actor, Actor, str]:
    """As ``handed_over``, and called to window A."""
    clerk, staff, ticket_id = handed_over(house, *more)
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    return clerk, staff, ticket_id


def show_again(house: House, number: str = FIRST) -> CheckInReply:
    """The notice is shown at the kiosk."""
    return house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)


def absent(house: House, staff: Actor, ticket_id: str) -> None:
    """Called often enough, and set absent."""
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    house.counter.absent_at_issuance(uuid4(), staff, ticket_id)


@pytest.mark.dialect
@pytest.mark.parametrize("reason", NotIssuedReason)
def test_a_visit_ends_without_its_card_for_every_reason(house: House, reason: NotIssuedReason) -> None:
    """Card and booking stay as they were, the window is free, and the history says who, where and why."""
    _, staff, ticket_id = called(house)
    house.counter.end_without_card(uuid4(), staff, ticket_id, reason)
    assert state_of(house, ticket_id) is TicketState.ENDED
    assert ends(house, ticket_id) == [(CaseState.ENDED, reason.value)]
    last = steps(house, ticket_id)[-1]
    assert (last.event, last.after, last.window, last.reason) == ("not_issued", "ended", "A", reason.value)
    with house.database.read() as connection:
        assert connection.execute(select(cards.c.progress)).scalars().all() == ["notified"]
        assert connection.execute(select(reservations.c.state)).scalars().all() == ["booked"]
        assert at_windows(connection, "00", TODAY) == {}
        trail = connection.execute(
            select(audit.c.actor, audit.c.subject).where(audit.c.action == "end_without_card")
        ).all()
    assert [tuple(row) for row in trail] == [(staff.id, ticket_id)]


def test_after_an_end_without_the_card_the_notice_gives_a_new_number_today_and_is_told_its_day_later(
    house: House,
) -> None:
    """The card is receivable still: today with the booking of today, tomorrow the booking is one of another day."""
    _, staff, ticket_id = called(house)
    house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.PIN_UNDECIDED)
    again = show_again(house)
    assert again.reason in {CheckInReason.ON_TIME, CheckInReason.LATE}
    assert again.ticket is not None
    assert again.ticket.ticket_id.hex != ticket_id
    house.clock.advance(days=1)
    assert show_again(house).reason is CheckInReason.ANOTHER_DAY


def test_whom_nobody_called_can_end_without_the_card_too(house: House) -> None:
    """Who leaves while the card is being prepared, or is absent, is not called for nothing."""
    clerk, staff, ticket_id = handed_over(house)
    house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.LEFT)
    come(house, SECOND)
    other = to_staff(house, clerk)
    house.counter.call_to_issuance(uuid4(), staff, other)
    absent(house, staff, other)
    house.counter.end_without_card(uuid4(), staff, other, NotIssuedReason.NOBODY_CAME)
    for one, window in ((ticket_id, None), (other, None)):
        assert state_of(house, one) is TicketState.ENDED
        assert steps(house, one)[-1].window == window


def test_absent_at_issuance_is_listed_and_comes_back_to_where_they_were(house: House) -> None:
    """Two calls, then absent: the number stands with the absent; back, it can be called again from the first call on."""
    _, staff, ticket_id = called(house)
    with pytest.raises(TicketStateError) as too_soon:
        house.counter.absent_at_issuance(uuid4(), staff, ticket_id)
    assert (too_soon.value.code, too_soon.value.facts["calls"]) == (ErrorCode.TOO_SOON, "1")
    absent(house, staff, ticket_id)
    with house.database.read() as connection:
        assert absent_numbers(connection, "00", TODAY) == ["M-001"]
    house.counter.back_to_issuance(uuid4(), staff, ticket_id)
    assert state_of(house, ticket_id) is TicketState.HANDED_OVER
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    with pytest.raises(TicketStateError):
        house.counter.absent_at_issuance(uuid4(), staff, ticket_id)
    assert [(one.event, one.after, one.window) for one in steps(house, ticket_id)[-4:]] == [
        ("ticket_recalled", "called_to_issuance", "A"),
        ("ticket_absent", "issuance_absent", "A"),
        ("ticket_returned", "handed_over", None),
        ("called_to_issuance", "called_to_issuance", "A"),
    ]


def test_who_was_called_too_early_waits_as_before(house: House) -> None:
    """The window is free for another, and the visitor keeps the place."""
    _, staff, ticket_id = called(house)
    house.counter.put_back(uuid4(), staff, ticket_id)
    assert state_of(house, ticket_id) is TicketState.HANDED_OVER
    assert steps(house, ticket_id)[-1][:3] == ("put_back", "handed_over", "A")
    assert ends(house, ticket_id) == [(CaseState.OPEN, None)]


@pytest.mark.parametrize("reason", SentBackReason)
def test_who_is_sent_back_is_next_at_reception_with_what_was_ticked(
    house: House, reason: SentBackReason
) -> None:
    """Before everybody who waits, with the same number and case; handed over again they come to the staff again."""
    clerk, staff, ticket_id = called(house)
    come(house, SECOND)
    house.counter.send_back(uuid4(), staff, ticket_id, reason)
    last = steps(house, ticket_id)[-1]
    assert (last.event, last.after, last.window, last.reason) == ("sent_back", "waiting", "A", reason.value)
    house.clock.advance(seconds=1)
    assert house.counter.call_next(uuid4(), clerk)["ticket_id"] == ticket_id
    house.counter.start(uuid4(), clerk, ticket_id)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    assert state_of(house, ticket_id) is TicketState.HANDED_OVER


@pytest.mark.dialect
@pytest.mark.parametrize("reason", CancelReason)
def test_clerk_and_staff_cancel_with_the_same_reasons(house: House, reason: CancelReason) -> None:
    """One state and one list of reasons, whoever presses."""
    clerk, staff, ticket_id = handed_over(house)
    house.counter.cancel(uuid4(), staff, ticket_id, reason)
    waiting = come(house, SECOND)
    house.counter.cancel(uuid4(), clerk, waiting, reason)
    for one in (ticket_id, waiting):
        assert state_of(house, one) is TicketState.CANCELLED
        assert ends(house, one) == [(CaseState.CANCELLED, reason.value)]
        assert steps(house, one)[-1].reason == reason.value


@pytest.mark.dialect
def test_every_card_that_was_handed_out_is_counted(house: House) -> None:
    """A family of two is two, from the first card on, and of this office and day alone; who goes without a card is none."""

    def counted() -> list[int]:
        with house.database.read() as connection:
            tomorrow = TODAY + timedelta(days=1)
            return [
                count_issued(connection, *where) for where in (("00", TODAY), ("01", TODAY), ("00", tomorrow))
            ]

    _, staff, ticket_id = called(house, SECOND)
    first, second = (case.case_id for case in party(house, ticket_id))
    assert counted() == [0, 0, 0]
    house.counter.issue(uuid4(), staff, ticket_id, first)
    assert counted() == [1, 0, 0]
    house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.CARD_DEFECT, second)
    assert counted() == [1, 0, 0]


def test_each_card_of_a_party_is_issued_by_itself(house: House) -> None:
    """Photos get swapped within households: without the card's name nothing is issued, and the last one ends the number."""
    _, staff, ticket_id = called(house, SECOND, THIRD)
    with pytest.raises(TicketStateError) as unnamed:
        house.counter.issue(uuid4(), staff, ticket_id)
    assert unnamed.value.code is ErrorCode.CASE_NEEDED
    ids = [case.case_id for case in party(house, ticket_id)]
    for case_id in reversed(ids):
        house.counter.issue(uuid4(), staff, ticket_id, case_id)
    assert state_of(house, ticket_id) is TicketState.ISSUED
    assert [(one.event, one.case_id) for one in steps(house, ticket_id)[-3:]] == [
        ("card_issued", ids[2]),
        ("card_issued", ids[1]),
        ("issued", ids[0]),
    ]
    assert places_told(house, 3) == [("card_issued", 3), ("card_issued", 2), ("issued", 1)]
    with house.database.read() as connection:
        assert set(connection.execute(select(cards.c.progress)).scalars()) == {"issued"}
        assert set(connection.execute(select(reservations.c.state)).scalars()) == {"fulfilled"}


def test_a_party_of_which_one_card_is_not_issued_ends_as_issued_and_loses_no_line(house: House) -> None:
    """The number ends as its cards say; the card that was not issued has its own reason, in the case and in the history."""
    _, staff, ticket_id = called(house, SECOND)
    first, second = (case.case_id for case in party(house, ticket_id))
    house.counter.issue(uuid4(), staff, ticket_id, first)
    house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.CARD_DEFECT, second)
    assert state_of(house, ticket_id) is TicketState.ISSUED
    assert ends(house, ticket_id) == [(CaseState.ISSUED, None), (CaseState.ENDED, "card_defect")]
    assert [one[0:1] + one[3:] for one in steps(house, ticket_id)[-3:]] == [
        ("card_issued", None, first),
        ("card_not_issued", "card_defect", second),
        ("issued", None, None),
    ]
    assert places_told(house, 3) == [("card_issued", 1), ("card_not_issued", 2), ("issued", None)]
    again = show_again(house, SECOND)
    assert again.ticket is not None, "the card that was not issued may be received anew"
    assert show_again(house, FIRST).reason is CheckInReason.ALREADY_ISSUED


@pytest.mark.dialect
def test_a_card_that_was_given_up_is_received_anew_while_others_of_its_party_are_here(house: House) -> None:
    """What counts is what became of the card, not of the number: nobody is caught in a number that still lives."""
    clerk, staff, ticket_id = called(house, SECOND, THIRD)
    first, second, _ = (case.case_id for case in party(house, ticket_id))
    house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.SYSTEM_DOWN, first)
    house.counter.issue(uuid4(), staff, ticket_id, second)
    house.counter.send_back(uuid4(), staff, ticket_id, SentBackReason.PAPERS_WRONG)
    begun_again(house, clerk, ticket_id)
    house.counter.end_incomplete(uuid4(), clerk, ticket_id)
    issued = show_again(house, SECOND)
    assert (issued.reason, issued.ticket) == (CheckInReason.ALREADY_ISSUED, None)
    assert state_of(house, ticket_id) is TicketState.INCOMPLETE, "an issued card's notice moves nobody"
    given_up = show_again(house, FIRST)
    assert given_up.ticket is not None
    assert given_up.reason is CheckInReason.ON_TIME
    assert (given_up.ticket.ticket_id.hex != ticket_id, given_up.ticket.cards) == (True, 1)
    back = show_again(house, THIRD)
    assert back.ticket is not None
    assert (back.ticket.ticket_id.hex, back.ticket.state, back.ticket.cards) == (
        ticket_id,
        TicketState.WAITING,
        1,
    )


@pytest.mark.dialect
def test_sent_back_a_party_is_looked_at_anew_as_a_whole(house: House) -> None:
    """A card whose papers were missing at the hand-over is open again before the clerk, with what was ticked for it."""
    clerk = person(house, "clerk01", "1")
    staff = person(house, "staff01", "A", Role.STAFF)
    ticket_id = come(house, FIRST, SECOND)
    begun_again(house, clerk, ticket_id)
    check(house, party(house, ticket_id)[0], clerk)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    assert ends(house, ticket_id) == [(CaseState.OPEN, None), (CaseState.INCOMPLETE, None)]
    house.counter.send_back(uuid4(), staff, ticket_id, SentBackReason.PAPERS_WRONG)
    assert ends(house, ticket_id) == [(CaseState.OPEN, None), (CaseState.OPEN, None)]
    begun_again(house, clerk, ticket_id)
    check(house, party(house, ticket_id)[1], clerk)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    assert ends(house, ticket_id) == [(CaseState.OPEN, None), (CaseState.OPEN, None)]


def begun_again(house: House, clerk: Actor, ticket_id: str) -> None:
    """The visitor is called to the reception window and served."""
    house.clock.advance(seconds=1)
    assert house.counter.call_next(uuid4(), clerk)["ticket_id"] == ticket_id
    house.counter.start(uuid4(), clerk, ticket_id)


def test_the_rest_of_a_party_ends_at_once_where_no_card_is_named(house: House) -> None:
    """The visit ends with one press; what was issued before stays issued."""
    _, staff, ticket_id = called(house, SECOND, THIRD)
    first = party(house, ticket_id)[0].case_id
    house.counter.issue(uuid4(), staff, ticket_id, first)
    house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.LEFT)
    assert state_of(house, ticket_id) is TicketState.ISSUED
    assert ends(house, ticket_id) == [
        (CaseState.ISSUED, None),
        (CaseState.ENDED, "left"),
        (CaseState.ENDED, "left"),
    ]


@pytest.mark.parametrize("give_up", ["cancelled", "day ends"])
def test_a_party_half_served_that_went_back_to_reception_can_be_given_up(house: House, give_up: str) -> None:
    """One card is issued, the other's papers were wrong and they went home: the number ends as issued."""
    clerk, staff, ticket_id = called(house, SECOND)
    house.counter.issue(uuid4(), staff, ticket_id, party(house, ticket_id)[0].case_id)
    house.counter.send_back(uuid4(), staff, ticket_id, SentBackReason.PAPERS_WRONG)
    assert state_of(house, ticket_id) is TicketState.WAITING
    if give_up == "cancelled":
        house.counter.cancel(uuid4(), clerk, ticket_id)
    else:
        house.counter.close_day(uuid4(), "00", TODAY)
    assert state_of(house, ticket_id) is TicketState.ISSUED
    reason = "went_home" if give_up == "cancelled" else "day_end"
    assert ends(house, ticket_id) == [(CaseState.ISSUED, None), (CaseState.CANCELLED, reason)]


EXITS: dict[str, tuple[Press, set[TicketState]]] = {
    "issue": (lambda house, who, of: house.counter.issue(uuid4(), who, of), set()),
    "end": (
        lambda house, who, of: house.counter.end_without_card(uuid4(), who, of, NotIssuedReason.LEFT),
        {TicketState.HANDED_OVER, TicketState.ISSUANCE_ABSENT},
    ),
    "absent": (lambda house, who, of: house.counter.absent_at_issuance(uuid4(), who, of), set()),
    "back": (
        lambda house, who, of: house.counter.back_to_issuance(uuid4(), who, of),
        {TicketState.ISSUANCE_ABSENT},
    ),
    "put back": (lambda house, who, of: house.counter.put_back(uuid4(), who, of), set()),
    "send back": (
        lambda house, who, of: house.counter.send_back(uuid4(), who, of, SentBackReason.ASKS_MORE),
        {TicketState.HANDED_OVER, TicketState.ISSUANCE_ABSENT},
    ),
}
"""Each exit with the states without a window from which it goes."""


@pytest.mark.parametrize("exit_name", EXITS)
def test_an_exit_is_refused_where_it_does_not_go_from_and_changes_nothing(
    small_house: House, exit_name: str
) -> None:
    """Waiting, served, absent at reception, ended: a clear refusal, and neither ticket, case nor history has changed."""
    house = small_house
    press, allowed = EXITS[exit_name]
    clerk, staff = person(house, "clerk01", "1"), person(house, "staff01", "A", Role.STAFF)
    at = house.counter
    waiting, served = come(house, FIRST), come(house, SECOND)
    at.call_next(uuid4(), clerk)
    at.start(uuid4(), clerk, waiting)
    cancelled = come(house, THIRD)
    at.cancel(uuid4(), clerk, cancelled)
    for one in (waiting, served, cancelled):
        before = (state_of(house, one), ends(house, one), steps(house, one))
        with pytest.raises(TicketStateError) as refused:
            press(house, staff, one)
        assert refused.value.code in {ErrorCode.WRONG_STATE, ErrorCode.TICKET_TAKEN}
        assert (state_of(house, one), ends(house, one), steps(house, one)) == before
    with pytest.raises(TicketStateError) as unknown:
        press(house, staff, "0" * 32)
    assert unknown.value.code is ErrorCode.NOT_FOUND
    assert TicketState.WAITING not in allowed


@pytest.mark.parametrize("exit_name", [name for name in EXITS if name != "back"])
def test_a_visitor_at_a_colleagues_window_stays_theirs(small_house: House, exit_name: str) -> None:
    """Whoever presses an exit of somebody else's visitor is told the window where they are."""
    press, _ = EXITS[exit_name]
    _, _, ticket_id = called(small_house)
    other = person(small_house, "staff02", "B", Role.STAFF)
    with pytest.raises(TicketStateError) as refused:
        press(small_house, other, ticket_id)
    assert (refused.value.code, refused.value.facts["window"]) == (ErrorCode.TICKET_TAKEN, "A")
    with pytest.raises(TicketStateError) as not_mine:
        small_house.counter.cancel(uuid4(), other, ticket_id)
    assert not_mine.value.code is ErrorCode.TICKET_TAKEN


@pytest.mark.parametrize("exit_name", EXITS)
def test_of_two_exits_the_second_is_told(small_house: House, exit_name: str) -> None:
    """An exit that another has taken, or the same one pressed as a new command, is refused, and the first one stands."""
    press, allowed = EXITS[exit_name]
    _, staff, ticket_id = called(small_house)
    if TicketState.CALLED_TO_ISSUANCE not in allowed and exit_name in {"absent", "back"}:
        absent(small_house, staff, ticket_id)
    if exit_name != "absent":
        press(small_house, staff, ticket_id)
    stands = (state_of(small_house, ticket_id), steps(small_house, ticket_id))
    if stands[0] not in allowed:
        with pytest.raises(TicketStateError) as refused:
            press(small_house, staff, ticket_id)
        assert refused.value.code is ErrorCode.WRONG_STATE
    assert (state_of(small_house, ticket_id), steps(small_house, ticket_id)) == stands


def test_the_same_command_sent_twice_is_carried_out_once(small_house: House) -> None:
    """A browser that sends again after a broken line gets the same answer, and the history one line."""
    _, staff, ticket_id = called(small_house)
    request_id = uuid4()
    replies = [
        small_house.counter.end_without_card(request_id, staff, ticket_id, NotIssuedReason.LEFT)
        for _ in range(2)
    ]
    assert replies[0] == replies[1]
    assert [one.event for one in steps(small_house, ticket_id)].count("not_issued") == 1


def test_a_card_whose_case_has_ended_is_not_ended_or_issued_again(small_house: House) -> None:
    """A second page that still shows the button of a card is told, and the other card is untouched."""
    _, staff, ticket_id = called(small_house, SECOND)
    first = party(small_house, ticket_id)[0].case_id
    small_house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.CARD_MISSING, first)
    with pytest.raises(TicketStateError):
        small_house.counter.issue(uuid4(), staff, ticket_id, first)
    with pytest.raises(TicketStateError):
        small_house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.LEFT, first)
    assert ends(small_house, ticket_id) == [(CaseState.ENDED, "card_missing"), (CaseState.OPEN, None)]


def test_at_midnight_a_party_half_served_is_out_of_reach_and_nothing_is_lost(small_house: House) -> None:
    """No step reaches a number of the day before; the card that was issued is issued, and the day's end closes the other."""
    _, staff, ticket_id = called(small_house, SECOND)
    first, second = (case.case_id for case in party(small_house, ticket_id))
    small_house.counter.issue(uuid4(), staff, ticket_id, first)
    small_house.clock.advance(days=1)
    with pytest.raises(TicketStateError) as gone:
        small_house.counter.issue(uuid4(), staff, ticket_id, second)
    assert gone.value.code is ErrorCode.NOT_FOUND
    small_house.counter.close_day(uuid4(), "00", TODAY)
    assert state_of(small_house, ticket_id) is TicketState.ISSUED
    assert ends(small_house, ticket_id) == [(CaseState.ISSUED, None), (CaseState.ENDED, "day_end")]


def test_clerks_have_no_exit_of_issuance_and_end_nothing_that_is_with_the_staff(small_house: House) -> None:
    """What staff do needs their permission; a clerk's own exits do not reach a visitor behind reception."""
    clerk, staff, ticket_id = handed_over(small_house)
    for press, _ in EXITS.values():
        with pytest.raises(NotPermittedError):
            press(small_house, clerk, ticket_id)
    at = small_house.counter
    for refused in (at.end_incomplete, at.set_absent, at.bring_back):
        with pytest.raises(TicketStateError):
            refused(uuid4(), clerk, ticket_id)
    at.call_to_issuance(uuid4(), staff, ticket_id)
    absent(small_house, staff, ticket_id)
    with pytest.raises(TicketStateError):
        at.bring_back(uuid4(), clerk, ticket_id)
    assert state_of(small_house, ticket_id) is TicketState.ISSUANCE_ABSENT


def test_staff_without_a_window_end_nothing_at_a_window(small_house: House) -> None:
    """A visitor who was called belongs to a window; who sits at none is told so or that the visitor is taken."""
    _, staff, ticket_id = called(small_house)
    small_house.clock.advance(seconds=timedelta(minutes=1).total_seconds())
    small_house.counter.put_back(uuid4(), staff, ticket_id)
    small_house.counter.leave_window(uuid4(), staff)
    small_house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.LEFT)
    assert state_of(small_house, ticket_id) is TicketState.ENDED
