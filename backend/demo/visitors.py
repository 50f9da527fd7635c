"""The invented visitors while the demonstration runs: their notices, and their reserved times, which move along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update

from backend.bootstrap import open_directory
from backend.cards import void_notices
from backend.demo.errors import DemoError
from backend.demo.expected import Expected, Outcome, holds, reserved_for, write_changes
from backend.demo.sheets import print_card_back, print_foreign_code, print_front, print_together
from backend.documents import DocumentsError
from backend.exchange import Encoding, OfficeNames, import_rows, load_mapping, parse_file, read_csv
from backend.offices import business_day
from backend.reception import CaseState, cases
from backend.reservations import (
    Notice,
    NoticeError,
    ReservationState,
    issue_notices,
    reservations,
)
from backend.sealing import Records, open_key_store
from backend.settings import Settings
from backend.storage import Database, StorageError, load_secret
from backend.ward_rules import open_rules

CARD_BACK, FOREIGN, TOGETHER = "card-back", "foreign-code", "two-notices"
_GROUP = "demo-1"
"""The グループ番号 of the visitors who are booked together."""


@dataclass(frozen=True)
class Sample:
    """Something to hold up to the kiosk.

    Attributes:
        name: the name of its picture file, without suffix.
        picture: the picture file; it may not exist yet.
        shows: the kiosk's answer, for the person at the console.
    """

    name: str
    picture: Path
    shows: str


class Visitors:
    """Makes sure that each notice has the outcome that the console names, however long the demonstration runs.

    Used by one thread; ``samples`` may be read by others.

    Args:
        settings: the settings of the demonstration's server.
        folder: folder for the pictures; it is created.
        expected: the visitors of the export that the server has imported, in which everybody is booked.
        now: when that export was written, aware.

    Raises:
        DocumentsError, OfficesError, StorageError: as when the server starts with these settings.
    """

    def __init__(self, settings: Settings, folder: Path, expected: Sequence[Expected], now: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._folder = folder
        self._expected = tuple(expected)
        self._directory = open_directory(settings)
        self._rules = open_rules(settings)
        self._database = Database(settings.database_url)
        self._key = load_secret(settings.var_dir, self._database)
        self._records = Records(open_key_store(settings))
        self._starts = {one.number: reserved_for(one.outcome, now) for one in expected}
        self._notices: dict[str, Notice] = {}
        self._to_print: list[str] = []
        self.samples = (
            *(Sample(one.number, self._picture(one.number), one.shows) for one in expected),
            *self._others(),
        )

    @property
    def prints_all(self) -> bool:
        """Whether every picture is there and up to date."""
        return not self._to_print

    def send_notices(self, now: datetime) -> None:
        """Give everybody a notice; then make the later changes: cancelled, moved away, issued, notice revoked.

        Raises:
            DemoError: the server's own rules refused it.
        """
        numbers = [one.number for one in self._expected]
        self._book_together([one.number for one in self._expected if one.together])
        self._issue(numbers)
        after = [one for one in self._expected if one.changes_later]
        if after:
            self._bring_in(after, now)
        self._take_back([one.number for one in self._expected if one.outcome is Outcome.UNKNOWN])
        self._to_print = [*numbers, CARD_BACK, FOREIGN, TOGETHER]

    def print_next(self) -> str | None:
        """Print the next picture that is missing or out of date and return its name; None if there is none.

        Raises:
            DemoError: it cannot be printed.
        """
        if not self._to_print:
            return None
        name = self._to_print[0]
        try:
            self._print(name)
        except (DocumentsError, OSError) as error:
            raise DemoError(f"the picture {name} cannot be printed: {error}") from None
        self._to_print.pop(0)
        return name

    def number_of(self, outcome: Outcome) -> str:
        """The 予約番号 of the first visitor whose check-in has this outcome.

        Raises:
            DemoError: there is none.
        """
        found = next((one.number for one in self._expected if one.outcome is outcome), None)
        if found is None:
            raise DemoError(f"there is nobody who is {outcome}")
        return found

    def renew(self, now: datetime) -> list[str]:
        """Move the reserved times of everybody whose notice would soon end differently, and return their numbers.

        This is done by an import of changes, as the ward sends them. Visitors who have a ticket today are left alone.

        Raises:
            DemoError: the import refused it.
        """
        due = [one for one in self._expected if not holds(one.outcome, self._starts[one.number], now)]
        due = [one for one in due if reserved_for(one.outcome, now) != self._starts[one.number]]
        if not due:
            return []
        awaited = self._awaited(now)
        moving = [one for one in due if one.number in awaited]
        if not moving:
            return []
        self._bring_in(moving, now)
        numbers = [one.number for one in moving]
        self._issue(numbers)
        self._to_print += [number for number in numbers if number not in self._to_print]
        return numbers

    def close(self) -> None:
        """Close the database."""
        self._records.store.dispose()
        self._database.dispose()

    def _bring_in(self, moving: Sequence[Expected], now: datetime) -> None:
        """Import the rows of some visitors with new reserved times."""
        starts = {one.number: reserved_for(one.outcome, now) for one in moving}
        path = self._settings.var_dir / "changes.csv"
        write_changes(path, [one.moved_to(starts[one.number]) for one in moving])
        mapping = load_mapping()
        parsed = parse_file(
            read_csv(path, Encoding.CP932), mapping, OfficeNames(self._directory, mapping.offices), now
        )
        try:
            report = import_rows(
                self._database,
                self._records,
                parsed,
                self._key,
                identifying=self._settings.identifying_numbers,
            )
        except StorageError as error:
            raise DemoError(f"the visitors' reserved times could not be moved: {error}") from None
        if report.refused:
            raise DemoError("the visitors' reserved times could not be moved: the import refused them")
        self._starts |= starts

    def _book_together(self, numbers: Sequence[str]) -> None:
        """Give bookings the same group number; the sample's export has no column for it."""
        with self._database.write() as work:
            found = update(reservations).where(reservations.c.number.in_(numbers))
            work.connection.execute(found.values(group_number=_GROUP))

    def _issue(self, numbers: Sequence[str]) -> None:
        try:
            with self._database.write() as work:
                self._notices |= dict(zip(numbers, issue_notices(work, numbers, self._key), strict=True))
        except (NoticeError, StorageError) as error:
            raise DemoError(f"the notices could not be made: {error}") from None

    def _take_back(self, numbers: Sequence[str]) -> None:
        with self._database.write() as work:
            found = select(reservations.c.card_id).where(reservations.c.number.in_(numbers))
            void_notices(work, work.connection.execute(found).scalars().all())

    def _awaited(self, now: datetime) -> set[str]:
        """The numbers of the visitors who are booked and have no ticket today."""
        here = select(cases.c.card_id).where(
            cases.c.card_id == reservations.c.card_id,
            cases.c.business_day == business_day(now),
            cases.c.state != CaseState.CANCELLED.value,
        )
        query = select(reservations.c.number).where(
            reservations.c.number.in_(self._starts),
            reservations.c.state == ReservationState.BOOKED.value,
            ~here.exists(),
        )
        try:
            with self._database.read() as connection:
                return set(connection.execute(query).scalars())
        except StorageError as error:
            raise DemoError(f"the visitors' reserved times could not be moved: {error}") from None

    def _print(self, name: str) -> None:
        picture = self._picture(name)
        if name == CARD_BACK:
            print_card_back(picture)
        elif name == FOREIGN:
            print_foreign_code(picture)
        elif name == TOGETHER:
            print_together(picture, [self._picture(one.number) for one in self._on_time()])
        else:
            print_front(picture, self._notices[name], self._directory, self._rules)

    def _others(self) -> list[Sample]:
        if len(self._on_time()) < 2:
            return []
        told = {
            CARD_BACK: "refused: a 12-digit My Number, as on the back of a card",
            FOREIGN: "not ours: somebody else's code",
            TOGETHER: "hold up one only: two notices in view",
        }
        return [Sample(name, self._picture(name), shows) for name, shows in told.items()]

    def _on_time(self) -> list[Expected]:
        return [one for one in self._expected if one.outcome is Outcome.ON_TIME][:2]

    def _picture(self, name: str) -> Path:
        return self._folder / f"{name}.png"
