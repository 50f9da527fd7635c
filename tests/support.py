"""What many tests need: a clock to move by hand, a built server with shortcuts, a real server on a free port."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import uvicorn
from sqlalchemy import func, select

from backend.bootstrap import build
from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.sealed_persons import PERSON_COLUMNS
from backend.cards.states import CardProgress, WardStatus
from backend.offices.day import business_day
from backend.protection.accounts import Account, create_account, find_account
from backend.protection.device_tokens import enrol
from backend.protection.roles import DeviceKind, Role
from backend.protection.sessions import start_session
from backend.reception.storing.tables import tickets
from backend.reservations.booking import BookingEntry, keep_bookings
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservations
from backend.settings import Settings, SpecialOpening
from backend.storage import event_log
from backend.storage.database import Database
from backend.storage.unit_of_work import utc_now
from backend.web.app import create_app
from backend.web.graph import Graph
from backend.web.http.connections import Limits
from backend.web.http.serving import server_config
from tests import thrift
from tests.counter import Counter, kiosk_at
from tests.migrated import bring_up_to_date
from tests.warm_programs import WarmProcess, warm_program

Roles = tuple[Role, ...]
BOTH: Roles = (Role.CLERK, Role.STAFF)
"""Of ward staff of a branch where no contractor works."""
_CONTACT = ("phone", "email", "proxy_name")
_OF_STATUS = {
    WardStatus.BOOKED: (CardProgress.NOTIFIED, ReservationState.BOOKED),
    WardStatus.CANCELLED: (CardProgress.NOTIFIED, ReservationState.CANCELLED),
    WardStatus.NO_SHOW: (CardProgress.NOTIFIED, ReservationState.NO_SHOW),
    WardStatus.ISSUED: (CardProgress.ISSUED, ReservationState.FULFILLED),
    WardStatus.WITHDRAWN: (CardProgress.WITHDRAWN, ReservationState.CANCELLED),
}
MORNING = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
"""Wednesday 25 November 2026, 9:30 in Tokyo: an ordinary open day."""
PASSWORD = thrift.PASSWORD
NUMBER = "12345679"
"""The number of the reservation that most tests of pages make; its last digit is the check digit."""
KIOSK = kiosk_at("00", "kiosk-1")
"""The kiosk in whose name most tests give commands."""
OTHER_KIOSK = kiosk_at("00", "kiosk-2")
"""Another kiosk of the same office."""
BRANCH = kiosk_at("05", "kiosk-3")
"""A kiosk of another office."""
TODAY = MORNING.date()
"""The business day of ``MORNING``."""


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def advance(self, **span: float) -> None:
        """Move forward, for example ``advance(minutes=5)``."""
        self.now += timedelta(**span)


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition; the deadline is only a limit for failures."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition did not come true in time")
        time.sleep(0.005)


@dataclass
class House:
    """A built server with shortcuts that tests need: reservations, devices, people.

    Attributes:
        graph: the server.
        clock: its clock.
        served_elsewhere: people sign in at a process that hashes as the product does, and would hash anew what is cheaper.
    """

    graph: Graph
    clock: HandClock
    served_elsewhere: bool = False

    @property
    def counter(self) -> Counter:
        """The counter, with a method for every command."""
        return Counter(self.graph.runner)

    @property
    def database(self) -> Database:
        """The server's database."""
        return self.graph.database

    def reserve(self, number: str, starts_at: datetime | None = None, **columns: Any) -> str:
        """Store a card of an invented person with a booking, and return the id of the booking.

        Args:
            number: 予約番号.
            starts_at: reserved time; now by default.
            columns: other values of the person, the contact, the booking or the card; ``state`` is a WardStatus. With
                ``card_id`` it is another booking of that card; with ``reservation_id``, too, a booking is changed.
        """
        reservation_id = columns.pop("reservation_id", None) or uuid4().hex
        progress, state = _OF_STATUS[WardStatus(columns.pop("state", WardStatus.BOOKED))]
        person = {"name": "受付 花子", "birth": "1990-01-31"}
        person |= {
            name: columns.pop(name) for name in PERSON_COLUMNS if name in columns and name not in _CONTACT
        }
        card = {name: columns.pop(name) for name in ("card_id", "progress", "kept_at") if name in columns}
        entry = CardEntry(card.pop("card_id", uuid4().hex), card.pop("progress", progress), person, **card)
        booking: dict[str, Any] = {
            "office_id": "00",
            "starts_at": starts_at or self.clock.now,
            "state": state,
            "recipient_type": "R1",
            "contact": {name: columns.pop(name) for name in _CONTACT if name in columns},
        }
        with self.database.write() as work:
            keep_cards(work, self.graph.records, [entry], ("card_number",))
            booked = BookingEntry(reservation_id, entry.card_id, number, **{**booking, **columns})
            keep_bookings(work, self.graph.records, [booked])
        return reservation_id

    def card_of(self, reservation_id: str) -> str:
        """The card of a reservation."""
        with self.database.read() as connection:
            query = select(reservations.c.card_id).where(reservations.c.id == reservation_id)
            return str(connection.execute(query).scalar_one())

    def device(self, kind: DeviceKind = DeviceKind.KIOSK, office_id: str = "00") -> str:
        """Enrol a device and return its token."""
        with self.database.write() as work:
            token, _ = enrol(work, f"{kind}-{uuid4().hex[:8]}", kind, office_id)
        return token

    def person(self, login: str, role: Role | Roles = Role.CLERK, office_id: str = "00") -> Account:
        """Add an account of one role or of several."""
        first, *also = (role,) if isinstance(role, Role) else role
        with thrift.as_the_product_hashes() if self.served_elsewhere else nullcontext():
            return create_account(self.database, login, PASSWORD, first, office_id, also=also)

    def account(self, login: str) -> str:
        """The id of an account."""
        with self.database.read() as connection:
            found = find_account(connection, login)
        assert found is not None
        return found.id

    def signed_in(
        self, login: str, role: Role | Roles = Role.CLERK, office_id: str = "00"
    ) -> tuple[Account, str, str]:
        """Add an account with a session; returns account, cookie token and CSRF value."""
        account = self.person(login, role, office_id)
        with self.database.write() as work:
            token, session = start_session(work, account, office_id)
        return account, token, session.csrf


def ticket_rows(house: House) -> int:
    """The number of tickets in the database."""
    with house.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(tickets)).scalar_one())


def kinds(house: House) -> list[str]:
    """The kinds of all events so far, in order."""
    return [event.kind for event in events_of(house.database)]


def events_of(database: Database, *offices: str) -> list[event_log.LoggedEvent]:
    """All events so far of some offices, or of all, in order of time."""
    with database.read() as connection:
        found = [
            event
            for office_id in offices or event_log.heads(connection)
            for event in event_log.office_events_after(connection, office_id, 0, limit=1_000_000)
        ]
    return sorted(found, key=lambda event: (event.at, event.seq))


def make_house(database_url: str, var_dir: Path, clock: HandClock, **settings: Any) -> House:
    """Build a server on a database."""
    values = Settings(database_url=database_url, var_dir=var_dir, **settings)
    if database_url.startswith("sqlite:///"):
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    opened = Database(database_url, clock=clock, patience=values.database_seconds)
    bring_up_to_date(opened)
    return House(build(values, clock=clock, database=opened), clock)


@contextmanager
def serving(house: House, limits: Limits | None = None) -> Iterator[str]:
    """A real server on a free port for a house; yields its address."""
    config = server_config(
        create_app(house.graph), limits or Limits(), host="127.0.0.1", port=0, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        house.graph.hub.close()
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def open_today(*offices: str) -> tuple[SpecialOpening, ...]:
    """Extra openings by which offices (00 by default) are open now, on any day and at any hour."""
    today = business_day(utc_now())
    return tuple(
        SpecialOpening.model_validate(
            {"office": office_id, "on": today + timedelta(days=offset), "opens": "00:00", "closes": "23:59"}
        )
        for office_id in offices or ("00",)
        for offset in (0, 1)
    )


def real_time_house(database_url: str, folder: Path, **settings: Any) -> House:
    """The counter that a server process of the same folder serves, looked at from the test."""
    house = make_house(
        database_url, folder / "var", HandClock(utc_now()), special_openings=open_today(), **settings
    )
    house.served_elsewhere = True
    return house


@contextmanager
def server_process(
    database_url: str,
    folder: Path,
    offices_file: Path | None = None,
    *,
    open_at: Sequence[str] = (),
    before: str = "",
) -> Iterator[tuple[WarmProcess, str]]:
    """A server of its own process, open around the clock; yields the process and its address.

    Args:
        database_url: its database.
        folder: folder for its files.
        offices_file: other offices than the shipped ones.
        open_at: the offices that are open; office 00 by default.
        before: Python code that the process runs first, for example to simulate a slow disk or a fault.
    """
    openings = ", ".join(
        f'{{ office = "{one.office}", on = {one.on}, opens = 00:00:00, closes = 23:59:00 }}'
        for one in open_today(*open_at)
    )
    lines = [f'var_dir = "{folder / "var"}"', f"special_openings = [{openings}]"]
    if offices_file is not None:
        lines.append(f'offices_file = "{offices_file}"')
    config = folder / "server.toml"
    config.write_text("\n".join(lines))
    with warm_program("backend").start(
        ["uketsuke", "serve", "--config", str(config), "--database", database_url, "--port", "0"],
        code=f"{before}\nmain()",
        silent=True,
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("serving on "), line
        address = line.split()[-1]
        try:
            wait_until(lambda: _answers(address), 30)
            yield process, address
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/api/v1/health", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False
