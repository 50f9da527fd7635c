"""Check-in on both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from backend.common.tokyo import in_tokyo
from backend.protection.actor import Actor
from backend.reception.errors import TicketStateError
from backend.reception.storing.tables import refusals, tickets
from backend.storage.errors import RequestIdReusedError
from backend.storage.requests import requests
from backend.wire.codes import CheckInReason, ErrorCode, PrinterTrouble, PrintState, RefusalKind, TicketState
from backend.wire.messages import CheckInReply, CheckInRequest, PrintReport, RefusalReport, WalkInRequest
from tests.support import (
    BRANCH,
    KIOSK,
    OTHER_KIOSK,
    HandClock,
    House,
    events_of,
    kinds,
    make_house,
    ticket_rows,
)


def check_in(
    house: House, number: str, caller: Actor = KIOSK, request_id: UUID | None = None
) -> CheckInReply:
    """Type a number at a kiosk."""
    return house.counter.check_in(CheckInRequest(request_id=request_id or uuid4(), number=number), caller)


@pytest.mark.dialect
def test_on_time_gets_the_first_number_of_the_reservation_series(house: House) -> None:
    """A visitor at the reserved time gets a number of the series for reservations, and an event says so."""
    house.reserve("12345679")
    reply = check_in(house, "1234-5679")
    assert reply.reason is CheckInReason.ON_TIME
    assert reply.ticket is not None
    assert reply.ticket.number == "M-001"
    assert reply.ticket.state is TicketState.WAITING
    (event,) = events_of(house.database)
    assert (event.kind, event.facts["number"], event.facts["waiting"]) == ("ticket_issued", "M-001", 1)


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        (11, CheckInReason.EARLY),
        (10, CheckInReason.ON_TIME),
        (0, CheckInReason.ON_TIME),
        (-5, CheckInReason.ON_TIME),
        (-6, CheckInReason.LATE),
    ],
)
def test_early_on_time_and_late_are_told_apart_to_the_minute(
    house: House, minutes: int, reason: CheckInReason
) -> None:
    """The two limits of the ward decide, and both belong to on time; every one of them gets a number."""
    house.reserve("12345679", house.clock.now + timedelta(minutes=minutes))
    reply = check_in(house, "12345679")
    assert reply.reason is reason
    assert reply.ticket is not None


@pytest.mark.dialect
def test_the_same_notice_on_the_same_day_is_the_same_ticket(house: House) -> None:
    """A second scan, at another kiosk too, gives the same ticket and no second number."""
    house.reserve("12345679")
    first = check_in(house, "12345679")
    second = check_in(house, "12345679", OTHER_KIOSK)
    assert second.reason is CheckInReason.ALREADY_CHECKED_IN
    assert first.ticket is not None
    assert second.ticket is not None
    assert second.ticket.ticket_id == first.ticket.ticket_id
    assert ticket_rows(house) == 1


@pytest.mark.dialect
def test_a_repeated_request_is_answered_with_the_first_reply(house: House) -> None:
    """A retry after a lost reply says what the lost reply said, and does nothing again."""
    house.reserve("12345679")
    request_id = uuid4()
    first = check_in(house, "12345679", request_id=request_id)
    house.clock.advance(minutes=30)
    assert check_in(house, "12345679", request_id=request_id) == first
    assert ticket_rows(house) == 1


def test_a_request_of_yesterday_is_not_answered_with_yesterdays_number(house: House) -> None:
    """Nobody is shown a number that is dead, or a reason of yesterday, because a kiosk asks again after midnight."""
    house.reserve("12345679")
    house.reserve("12345680", starts_at=house.clock.now + timedelta(days=1))
    shown, again, elsewhere = (
        CheckInRequest(request_id=uuid4(), number=number) for number in ("12345679", "12345679", "12345680")
    )
    alone = WalkInRequest(request_id=uuid4())
    for request in (shown, again, elsewhere):
        house.counter.check_in(request, KIOSK)
    house.counter.walk_in(alone, KIOSK)
    house.clock.advance(days=1)
    for request in (shown, again, elsewhere):
        with pytest.raises(TicketStateError) as refused:
            house.counter.check_in(request, KIOSK)
        assert refused.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(TicketStateError):
        house.counter.walk_in(alone, KIOSK)
    assert check_in(house, "12345680").reason is CheckInReason.ON_TIME


def test_a_number_of_yesterday_that_an_older_version_kept_is_not_told_again(house: House) -> None:
    """What was kept before the update has no day of its own; the day of its number tells."""
    house.reserve("12345679")
    request_id = uuid4()
    first = check_in(house, "12345679", request_id=request_id)
    with house.database.write() as work:
        kept = work.connection.execute(select(requests.c.reply)).scalar_one()
        without = {name: value for name, value in kept.items() if name != "day"}
        work.connection.execute(requests.update().values(reply=without))
    assert check_in(house, "12345679", request_id=request_id) == first
    house.clock.advance(days=1)
    with pytest.raises(TicketStateError):
        check_in(house, "12345679", request_id=request_id)


def test_a_request_id_belongs_to_its_body(house: House) -> None:
    """The same id with another number is refused instead of answered with somebody else's ticket."""
    house.reserve("12345679")
    house.reserve("12345680")
    request_id = uuid4()
    check_in(house, "12345679", request_id=request_id)
    with pytest.raises(RequestIdReusedError):
        check_in(house, "12345680", request_id=request_id)
    assert ticket_rows(house) == 1


def test_another_day_names_the_reserved_time(house: House) -> None:
    """A notice of tomorrow gives no number but the time to come."""
    tomorrow = house.clock.now + timedelta(days=1)
    house.reserve("12345679", tomorrow)
    reply = check_in(house, "12345679")
    assert (reply.reason, reply.ticket, reply.reserved_for) == (CheckInReason.ANOTHER_DAY, None, tomorrow)
    assert reply.number_offered is True


def test_another_office_names_the_office(house: House) -> None:
    """A notice of a branch office gives no number here but says where to go."""
    house.reserve("12345679", office_id="05")
    reply = check_in(house, "12345679")
    assert (reply.reason, reply.office_id, reply.office_name) == (
        CheckInReason.ANOTHER_OFFICE,
        "05",
        "大久保特別出張所",
    )


@pytest.mark.parametrize(("kept_at", "offered"), [("00", True), ("05", False), (None, False)])
def test_a_card_that_lies_here_is_offered_a_number_where_the_office_lets_it(
    tmp_path: Path, kept_at: str | None, *, offered: bool
) -> None:
    """Booked at a branch, and the card is here: the place is named, and whoever takes the number is received like anybody who asks."""
    url = f"sqlite:///{tmp_path}/u.db"
    house = make_house(url, tmp_path / "var", HandClock(), card_here_offers_number=True)
    house.reserve("12345679", office_id="05", kept_at=kept_at)
    reply = check_in(house, "12345679")
    assert (reply.reason, reply.ticket, reply.number_offered) == (CheckInReason.ANOTHER_OFFICE, None, offered)
    house.database.dispose()


@pytest.mark.parametrize(
    ("days", "opens"),
    [(0, "2026-11-25T08:30"), (2, "2026-11-27T08:30"), (-6, "2026-11-25T08:30")],
)
def test_another_office_comes_with_what_leads_there_and_with_its_day(
    house: House, days: int, opens: str
) -> None:
    """Name, address, telephone, hours in which somebody can come, and the reserved day, whatever day it is."""
    starts_at = house.clock.now + timedelta(days=days)
    house.reserve("12345679", starts_at, office_id="05")
    reply = check_in(house, "12345679")
    assert (reply.reason, reply.reserved_for, reply.ticket) == (
        CheckInReason.ANOTHER_OFFICE,
        starts_at,
        None,
    )
    place = reply.office
    assert place is not None
    assert (place.office_id, place.name["en"]) == ("05", "Okubo Branch Office")
    assert place.address == {"ja": "新宿区大久保2-12-7", "en": "2-12-7 Okubo, Shinjuku-ku, Tokyo"}
    assert place.opens_at is not None
    assert place.closes_at is not None
    assert in_tokyo(place.opens_at).isoformat()[:16] == opens
    assert place.closes_at - place.opens_at == timedelta(hours=8, minutes=30)
    assert place.phone is None


def test_an_office_that_the_ward_gave_up_is_not_made_up(house: House) -> None:
    """A reservation at an office that is not in the file says another office, and nothing that would be invented."""
    house.reserve("12345679", office_id="99")
    reply = check_in(house, "12345679")
    assert (reply.reason, reply.office_id) == (CheckInReason.ANOTHER_OFFICE, "99")
    assert (reply.office_name, reply.office) == (None, None)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("cancelled", CheckInReason.NOT_RESERVED),
        ("withdrawn", CheckInReason.NO_CARD),
        ("issued", CheckInReason.ALREADY_ISSUED),
    ],
)
def test_a_closed_reservation_gives_no_number(house: House, state: str, reason: CheckInReason) -> None:
    """A card for which nothing is booked any more, that is gone or was handed out: each is told."""
    house.reserve("12345679", state=state)
    reply = check_in(house, "12345679")
    assert (reply.reason, reply.ticket) == (reason, None)


@pytest.mark.dialect
def test_an_unknown_code_is_recorded_without_its_content(house: House) -> None:
    """Of what nobody knows, a keyed fingerprint is kept, not the text."""
    reply = check_in(house, "HELLO-999999")
    assert reply.reason is CheckInReason.UNKNOWN
    with house.database.read() as connection:
        row = connection.execute(select(refusals)).one()
    assert row.reason == "unknown"
    assert "999999" not in str(row._mapping)


@pytest.mark.parametrize(
    "shown",
    [
        "123456789018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "マイナンバー:123456789018",
        "1234-5678-9018",
        "]Q1123456789018",
        "]Q2\\000026123456789018",
    ],
)
def test_a_my_number_is_refused_and_leaves_nothing(house: House, shown: str) -> None:
    """Twelve digits in any form are refused, and neither the refusal nor the request keeps them."""
    reply = check_in(house, shown)
    assert (reply.reason, reply.ticket) == (CheckInReason.REFUSED, None)
    with house.database.read() as connection:
        refused = connection.execute(select(refusals)).one()
        assert connection.execute(select(func.count()).select_from(requests)).scalar_one() == 0
    assert (refused.reason, refused.fingerprint) == ("my_number", None)


def test_the_id_of_a_refused_my_number_is_as_good_as_new(house: House) -> None:
    """What was refused for its digits left nothing, so the same id may be used for what the visitor shows next."""
    house.reserve("12345679")
    request_id = uuid4()
    for _ in range(2):
        assert check_in(house, "123456789018", request_id=request_id).reason is CheckInReason.REFUSED
    assert check_in(house, "12345679", request_id=request_id).ticket is not None


def test_a_closed_office_says_when_it_opens(house: House) -> None:
    """Before the kiosk's lead time there is no number, but the next opening."""
    house.clock.now = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # Wednesday 25 November, 5:00 in Tokyo
    house.reserve("12345679", house.clock.now + timedelta(hours=5))
    reply = check_in(house, "12345679")
    assert reply.reason is CheckInReason.CLOSED
    assert reply.opens_at == datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


def test_a_walk_in_gets_the_other_series(house: House) -> None:
    """A visitor without a notice gets a number of the assisted queue."""
    reply = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    assert reply.reason is CheckInReason.WALK_IN
    assert reply.ticket is not None
    assert reply.ticket.number == "W-400"


def test_numbers_of_offices_do_not_meet(house: House) -> None:
    """Each office counts for itself."""
    house.reserve("12345679")
    house.reserve("12345680", office_id="05")
    first, second = check_in(house, "12345679"), check_in(house, "12345680", BRANCH)
    assert first.ticket is not None
    assert second.ticket is not None
    assert (first.ticket.number, second.ticket.number) == ("M-001", "M-001")


@pytest.mark.dialect
def test_a_failed_print_leaves_the_ticket_valid_and_flagged(house: House) -> None:
    """Paper is a report about a ticket: when it fails, the visitor still waits, and everybody can see the flag."""
    house.reserve("12345679")
    ticket = check_in(house, "12345679").ticket
    assert ticket is not None
    report = PrintReport(request_id=uuid4(), state=PrintState.FAILED, trouble=PrinterTrouble.PAPER_OUT)
    reply = house.counter.report_print(ticket.ticket_id, report, KIOSK)
    assert reply is not None
    assert (reply.ticket.state, reply.ticket.print_state) == (TicketState.WAITING, PrintState.FAILED)
    assert kinds(house)[-1] == "print_failed"


def test_a_print_report_for_another_office_is_not_found(house: House) -> None:
    """A kiosk reports about the tickets of its own office only."""
    house.reserve("12345679")
    ticket = check_in(house, "12345679").ticket
    assert ticket is not None
    report = PrintReport(request_id=uuid4(), state=PrintState.PRINTED)
    with pytest.raises(TicketStateError) as refused:
        house.counter.report_print(ticket.ticket_id, report, BRANCH)
    assert refused.value.code is ErrorCode.NOT_FOUND
    with house.database.read() as connection:
        kept = connection.execute(select(requests.c.command)).scalars().all()
    assert kept == ["check_in"], "an error is not stored"


@pytest.mark.dialect
def test_a_refusal_of_the_kiosk_is_counted_once(house: House) -> None:
    """The counter of refused codes counts a retried report once."""
    report = RefusalReport(request_id=uuid4(), kind=RefusalKind.MY_NUMBER)
    house.counter.count_refusal(report, KIOSK)
    house.counter.count_refusal(report, KIOSK)
    with house.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(refusals)).scalar_one() == 1


@pytest.mark.dialect
def test_a_wrapped_range_skips_numbers_that_are_still_held(house: House) -> None:
    """After the last number comes the first that nobody holds."""
    series = house.graph.directory["00"].series["W"]
    count = series.last - series.first + 1
    first = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket
    assert first is not None
    for _ in range(count - 1):
        reply = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
        assert reply.ticket is not None
    full = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    assert (full.reason, full.ticket) == (CheckInReason.NUMBERS_EXHAUSTED, None)
    with house.database.write() as work:
        work.connection.execute(
            tickets.update().where(tickets.c.label == "W-401").values(state=TicketState.ISSUED.value)
        )
    after = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    assert after.ticket is not None
    assert after.ticket.number == "W-401"
