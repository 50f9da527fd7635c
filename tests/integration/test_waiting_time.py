"""What a visitor is told of the time: by the reserved time, the queue as it stands, the windows and the hours."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import update

from backend.common.shipped import locate
from backend.reception.storing.tables import tickets
from backend.wire.messages import CheckInRequest, TicketMessage, WalkInRequest
from tests.support import KIOSK, MORNING, NUMBER, HandClock, House, make_house

QUARTER_TO_NINE = MORNING - timedelta(minutes=41)
"""8:49 in Tokyo; the office is open."""


def show(house: House, number: str | None = NUMBER) -> TicketMessage:
    """A notice is shown, or a number without one is taken."""
    reply = (
        house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
        if number is None
        else house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)
    )
    assert reply.ticket is not None
    return reply.ticket


def span(ticket: TicketMessage) -> tuple[int, int]:
    """The range that is told, in minutes."""
    assert ticket.estimate is not None
    return ticket.estimate.low_minutes, ticket.estimate.high_minutes


def test_who_is_early_is_told_the_reserved_time_and_when_to_be_back(small_house: House) -> None:
    """Reserved 10:20 and there at 8:49: not 5 to 20 minutes, but from 10:20 on; and back by 10:10."""
    small_house.clock.now = QUARTER_TO_NINE
    reserved = QUARTER_TO_NINE + timedelta(minutes=91)
    small_house.reserve(NUMBER, reserved)
    for _ in range(4):
        show(small_house, None)
    ticket = show(small_house)
    # Four are before it now, and nobody will be when the time has come.
    assert (ticket.waiting_ahead, span(ticket)) == (4, (95, 105))
    assert ticket.be_back_at == reserved - timedelta(minutes=10)
    small_house.clock.advance(minutes=60)
    again = show(small_house)
    assert (span(again), again.be_back_at) == ((35, 45), reserved - timedelta(minutes=10))
    small_house.clock.advance(minutes=2)
    assert show(small_house).be_back_at is None
    small_house.clock.advance(minutes=19)
    again = show(small_house)
    assert (again.waiting_ahead, span(again), again.be_back_at) == (0, (10, 20), None)


def test_who_came_back_is_not_told_to_wait_for_the_reserved_time(small_house: House) -> None:
    """Next to be called is next to be called: no moment in the future, and nobody is sent away."""
    small_house.reserve(NUMBER, MORNING + timedelta(hours=2))
    show(small_house)
    with small_house.database.write() as work:
        work.connection.execute(update(tickets).values(state="absent"))
    ticket = show(small_house)
    assert (ticket.waiting_ahead, span(ticket), ticket.be_back_at) == (0, (0, 10), None)


def test_nobody_is_told_a_moment_before_the_opening(small_house: House) -> None:
    """The kiosk gives numbers half an hour before the office opens; until then nobody is called."""
    small_house.clock.now = MORNING - timedelta(minutes=85)  # 8:05 in Tokyo
    assert span(show(small_house, None)) == (25, 35)
    small_house.clock.now = MORNING + timedelta(hours=7, minutes=20)  # 16:50; closing does not end the queue
    assert span(show(small_house, None)) == (5, 20)


def at_noon(folder: Path, now: datetime) -> House:
    """The main office with a break from 12:00 to 13:00."""
    shipped = locate("offices", "shinjuku.toml").read_text()
    days = '{ days = ["mon", "wed", "thu", "fri"], opens = '
    path = folder / "offices.toml"
    path.write_text(
        shipped.replace(
            f"{days}08:30:00, closes = 17:00:00 }}",
            f"{days}08:30:00, closes = 12:00:00 }},\n  {days}13:00:00, closes = 17:00:00 }}",
        )
    )
    return make_house(
        f"sqlite:///{folder}/u.db", folder / "var", HandClock(now), offices_file=path, kiosk_lead_minutes=20
    )


def test_a_break_at_noon_is_not_promised_away(tmp_path: Path) -> None:
    """Who comes at 11:55 and is not called before noon waits until after it, and who comes at 12:45 until 13:00."""
    house = at_noon(tmp_path, MORNING + timedelta(hours=2, minutes=25))
    house.reserve(NUMBER, house.clock.now)
    assert span(show(house)) == (0, 70)
    assert span(show(house, None)) == (65, 80)
    house.clock.advance(minutes=50)
    assert span(show(house, None)) == (30, 45)
    # A second scan in the break is told the same way as the first one.
    assert span(show(house)) == (15, 25)
    house.database.dispose()


def test_a_device_hears_the_wait_that_the_next_number_would_tell(small_house: House) -> None:
    """Protects the kiosk's question from another figure than the ticket has a moment later, whoever waits."""
    small_house.clock.now = QUARTER_TO_NINE
    small_house.reserve(NUMBER, QUARTER_TO_NINE + timedelta(minutes=91))
    show(small_house)  # before its time: called after everybody who is here
    for _ in range(4):
        before = small_house.graph.office_info(KIOSK.office_id).walk_in_estimate
        assert before == show(small_house, None).estimate
    small_house.clock.advance(minutes=95)
    late = small_house.graph.office_info(KIOSK.office_id).walk_in_estimate
    ticket = show(small_house, None)
    assert (late, ticket.waiting_ahead) == (ticket.estimate, 5)
    small_house.clock.now = MORNING + timedelta(hours=12)
    assert small_house.graph.office_info(KIOSK.office_id).walk_in_estimate is None
