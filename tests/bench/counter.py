"""A counter to measure: its database with devices, people and reservations, all invented, and its server processes."""

import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx2

from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.states import CardProgress
from backend.common.shipped import locate
from backend.offices.day import business_day
from backend.protection.accounts import create_account
from backend.protection.device_tokens import enrol
from backend.protection.roles import DeviceKind, Role
from backend.reservations import ReservationState
from backend.reservations.booking import BookingEntry, keep_bookings
from backend.reservations.notices import issue_notices
from backend.sealing.key_store import KeyStore
from backend.sealing.records import Records
from backend.settings import DEFAULT_KEY_STORE
from backend.storage.database import Database
from backend.storage.migration import migrate
from backend.storage.secrets import load_secret
from backend.storage.unit_of_work import utc_now
from tests.bench.measurement import BenchError
from tests.bench.process import ROOT, Process, python_module, python_script, running
from tests.bench.tally import Stored, read_stored

OFFICE = "00"
PASSWORD = "correct horse battery"
_READY_SECONDS = 90.0
"""Only a limit for failures: a busy machine needs ten times as long to start a server as an idle one."""
_LONGEST_SERIES = 9999
_SHIPPED_SERIES = ('code = "M", first = 1, last = 399', 'code = "W", first = 400, last = 599')
_SERVING = "serving on "
_PERSON = {"name": "受付 花子", "birth": "1990-01-31"}
_NOTING = Path(__file__).with_name("noting_server.py")


@dataclass(frozen=True)
class Server:
    """One server process.

    Attributes:
        process: the process.
        address: its address.
        ready_ms: milliseconds from its start until its health check succeeded.
    """

    process: Process
    address: str
    ready_ms: float


class Counter:
    """One counter: an empty database of its own in a folder of its own.

    Args:
        folder: where its files are; made if missing.
        database_url: an empty database; a SQLite file in the folder by default.
    """

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file = folder / "uketsuke.db"
        self.url = database_url or f"sqlite:///{self.file}"
        self.database = Database(self.url)
        migrate(self.database)
        self._key = load_secret(folder / "var")
        # The place where the server processes expect it.
        self._records = Records(KeyStore(f"sqlite:///{folder / 'var' / DEFAULT_KEY_STORE}"))
        offices = self._offices_file()
        self.offices: tuple[str, ...] = tuple(
            one["id"] for one in tomllib.loads(offices.read_text("utf-8"))["office"]
        )
        self._config = folder / "server.toml"
        self._config.write_text(self._settings(offices), "utf-8")
        self._booked = 0

    @property
    def today(self) -> date:
        """The business day, in Tokyo."""
        return business_day(utc_now())

    @property
    def config(self) -> Path:
        """The settings of its server."""
        return self._config

    def close(self) -> None:
        """Close the connections of this process."""
        self._records.store.dispose()
        self.database.dispose()

    def device(self, kind: DeviceKind, office: str = OFFICE) -> str:
        """Enrol a device of an office and return its token."""
        with self.database.write() as work:
            token, _ = enrol(work, f"{kind.value}-{uuid4().hex[:8]}", kind, office)
        return token

    def clerk(self, office: str = OFFICE) -> str:
        """Add a clerk of an office and return the login; the password is ``PASSWORD``."""
        return self._person(Role.CLERK, office)

    def staff(self) -> str:
        """Add a member of the ward's staff and return the login; the password is ``PASSWORD``."""
        return self._person(Role.STAFF, OFFICE)

    def reserve(self, count: int) -> list[str]:
        """Add cards of invented people with bookings for now, and return the numbers of the bookings."""
        now = utc_now()
        numbers = [f"{10_000_000 + self._booked + place}" for place in range(count)]
        self._booked += count
        booked = [_booking(number, now) for number in numbers]
        cards = [CardEntry(one.card_id, CardProgress.NOTIFIED, _PERSON) for one in booked]
        with self.database.write() as work:
            keep_cards(work, self._records, cards, ())
            keep_bookings(work, self._records, booked)
        return numbers

    def notices(self, numbers: list[str]) -> list[str]:
        """Give reservations their notices and return the texts of the codes on them."""
        with self.database.write() as work:
            return [notice.code for notice in issue_notices(work, numbers, self._key)]

    def stored(self, office: str | None = None) -> Stored:
        """The tickets and calls of today in the database, of one office or of all."""
        with self.database.read() as connection:
            return read_stored(connection, self.today, office)

    @contextmanager
    def serving(self, processes: int = 1, noting: Path | None = None) -> Iterator[list[Server]]:
        """Run server processes on free ports while the block lasts; ``noting`` as in :func:`serve`."""
        with serve(self.folder, self._config, self.url, processes, noting=noting) as servers:
            yield servers

    def _person(self, role: Role, office: str) -> str:
        login = f"{role.value}-{uuid4().hex[:8]}"
        create_account(self.database, login, PASSWORD, role, office)
        return login

    def _offices_file(self) -> Path:
        """The shipped offices, with series so long that numbers never start again from the beginning."""
        offices = self.folder / "offices.toml"
        shipped = locate("offices", "shinjuku.toml").read_text("utf-8")
        for series in _SHIPPED_SERIES:
            if series not in shipped:
                raise BenchError(f"the file of offices has no series with {series}")
            letter = series[:10]
            shipped = shipped.replace(series, f"{letter}, first = 1, last = {_LONGEST_SERIES}")
        offices.write_text(shipped, "utf-8")
        return offices

    def _settings(self, offices: Path) -> str:
        """Settings that keep every office open all day."""
        openings = "".join(
            f'\n[[special_openings]]\noffice = "{office}"\non = {day}\nopens = 00:00:00\ncloses = 23:59:00\n'
            for office in self.offices
            for day in (self.today, self.today + timedelta(days=1))
        )
        # All displays of a measurement use the token of one display.
        own = f'var_dir = "{self.folder / "var"}"\noffices_file = "{offices}"\nstreams_per_reader = 1000\n'
        return own + openings


@contextmanager
def serve(
    folder: Path, config: Path, url: str, processes: int, *, at: Path = ROOT, noting: Path | None = None
) -> Iterator[list[Server]]:
    """Run server processes on free ports while the block lasts; all start at the same time.

    Args:
        folder: folder for their output.
        config: their settings file.
        url: their database.
        processes: how many processes.
        at: the folder of the version to run: this one, or an earlier one that was unpacked.
        noting: a file for the first word of every statement that SQLite gets.
    """
    asked = ["serve", "--config", str(config), "--database", url, "--port", "0"]
    argv = python_module("backend", *asked) if noting is None else python_script(_NOTING, str(noting), *asked)
    with ExitStack() as stack:
        begun = []
        for _ in range(processes):
            says = folder / f"server-{uuid4().hex[:8]}.log"
            began = time.monotonic()
            process = stack.enter_context(
                running(argv, says=says, extra={"UKETSUKE_LOG_LEVEL": "warning"}, at=at)
            )
            begun.append((process, says, began))
        yield [
            Server(process, _ready(process, says, began + _READY_SECONDS), (time.monotonic() - began) * 1000)
            for process, says, began in begun
        ]


def _ready(process: Process, says: Path, deadline: float) -> str:
    """The address of a server, once its health check succeeds."""
    while time.monotonic() < deadline and process.poll() is None:
        told = next(
            (line for line in says.read_text("utf-8").splitlines(keepends=True) if _SERVING in line), ""
        )
        if told.endswith("\n"):
            address = told.removeprefix(_SERVING).strip()
            with httpx2.Client(trust_env=False, timeout=_READY_SECONDS) as client:
                reply = client.get(f"{address}/api/v1/health")
            if reply.status_code == httpx2.codes.OK and reply.json()["status"] == "ok":
                return address
        time.sleep(0.002)
    words = says.read_text("utf-8").strip().splitlines()
    raise BenchError(f"the server did not get ready: {words[-1] if words else 'it said nothing'}")


def _booking(number: str, now: datetime) -> BookingEntry:
    return BookingEntry(
        reservation_id=uuid4().hex,
        card_id=uuid4().hex,
        number=number,
        state=ReservationState.BOOKED,
        office_id=OFFICE,
        starts_at=now,
        recipient_type="R1",
    )
