"""A ward's database of version 0.1.0, of any size: cards with one or several bookings, codes, a month of visits.

Everybody in it is invented. Each group of rows has every case that the upgrade to cards must handle, so the expected
result is known by counting, without repeating the upgrade's logic.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import MetaData, insert

from backend.storage.database import Database
from tests.migrated import make_tables

REVISION: Final = "0008"
"""The last version of the tables with persons in plain text."""
GROUP: Final = 20
"""How many reservations a group has."""
CARDS, DAYS = 17, 20
BOOKINGS: Final = {"booked": 13, "replaced": 2, "cancelled": 2, "no_show": 1, "fulfilled": 1}
NOTICES: Final = {"made": 3, "superseded": 1, "void": 2}
CASES: Final = {"open": 2, "issued": 3, "incomplete": 1, "cancelled": 1}
CASES_WITHOUT_CARD: Final = 3
CASES_APART: Final = 2
REPLACED, DIFFERING = 2, 1
_FIRST_DAY: Final = date(2025, 10, 27)
_IMPORTED: Final = datetime(2026, 10, 20, 1, tzinfo=UTC)
_BORN: Final = {13: "1950", 14: "1950", 15: "1950-02"}
_STATES: Final = {11: "cancelled", 16: "no_show", 17: "issued", 18: "withdrawn", 19: "notified"}
_CARD_OF: Final = {10: 9, 12: 11}
"""Rows that are about the same card as another row."""
_TICKETS: Final = (
    (17, "issued"),
    (9, "waiting"),
    (10, "waiting"),
    (None, "incomplete"),
    (13, "issued"),
    (14, "issued"),
    (0, "cancelled"),
)
"""The visits of a group: which reservation, and how they ended. Two cards have two visits each."""


@dataclass
class OldWard:
    """The content of the database.

    Attributes:
        marker: capital letters that occur in every personal value.
        rows: every reservation, as it was written.
        tickets: the number of visits.
    """

    marker: str = "QXZJ"
    rows: list[dict[str, Any]] = field(default_factory=list)
    tickets: int = 0

    def fill(self, database: Database, groups: int, living_on: date | None = None) -> None:
        """Make the old tables in an empty database and fill them.

        Args:
            database: an empty database.
            groups: how many groups of rows.
            living_on: a day on which one visitor still waits.
        """
        make_tables(database, REVISION)
        self.rows = [self._row(group, index) for group in range(groups) for index in range(GROUP)]
        notices = [one for group in range(groups) for one in self._notices(group)]
        tickets = [one for group in range(groups) for one in self._tickets(group)]
        if living_on is not None:
            tickets.append(_ticket("living", living_on, 999, "waiting", self.id_of(0, 1)))
        self.tickets = len(tickets)
        steps = [
            {"ticket_id": one["id"], "event": "ticket_issued", "after": "waiting", "at": one["created_at"], "actor": "kiosk-1"}
            | {name: one[name] for name in ("office_id", "business_day")}
            for one in tickets
        ]  # fmt: skip
        requests = [
            {
                "request_id": uuid5(NAMESPACE_URL, f"request {group}").hex,
                "command": "check_in",
                "body_hash": "0" * 64,
                "reply": {"reason": "on_time", "reservation_id": self.id_of(group, 0)},
                "at": _IMPORTED,
            }
            for group in range(groups)
        ]
        with database.write() as work:
            tables = MetaData()
            tables.reflect(work.connection)
            for name, rows in (
                ("reservations", self.rows),
                ("notices", notices),
                ("tickets", tickets),
                ("ticket_steps", steps),
                ("requests", requests),
            ):
                work.connection.execute(insert(tables.tables[name]), rows)

    @staticmethod
    def id_of(group: int, index: int) -> str:
        """The id of a reservation."""
        return uuid5(NAMESPACE_URL, f"reservation {group} {index}").hex

    def states(self) -> Counter[str]:
        """The number of reservations by state."""
        return Counter(row["state"] for row in self.rows)

    def _row(self, group: int, index: int) -> dict[str, Any]:
        person = _CARD_OF.get(index, 13 if index == 14 else index)
        of = f"{self.marker}{group}N{person}"
        starts_at = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=index, minutes=group % 600)
        has_card = index not in (13, 14, 15)
        return {
            "id": self.id_of(group, index),
            "number": f"R{group:05d}N{index:02d}",
            "card_number": f"{self.marker}C{group}N{person}" if has_card else None,
            "dispatch_number": f"{self.marker}D{group}N{person}",
            "application_id": f"{self.marker}A{group}N{person}" if index != 15 else None,
            "name": f"{of} 見本",
            "name_kana": f"{of} ミホン",
            "alias": f"{of} 通称",
            "birth": _BORN.get(index, f"1903-{1 + group % 12:02d}-17"),
            "address": f"見本区{of}1-2-3" if index != 12 else f"見本区{of}9-9-9",
            "phone": f"080-{self.marker}-{group}-{person}",
            "email": f"{of}@example.jp",
            "foreign_category": f"{of} 永住者",
            "stay_expires_on": date(2031, 7, 13),
            "card_expires_on": date(2033, 8, 19),
            "recipient_type": "R1",
            "proxy_name": f"{of} 代理" if index == 1 else None,
            "office_id": "00",
            "starts_at": starts_at if index != 19 else None,
            "window_name": f"窓口{index}",
            "ward_ticket_number": f"T{group}-{index}",
            "state": _STATES.get(index, "booked"),
            "fingerprint": "f" * 64,
            "imported_at": _IMPORTED,
            "updated_at": _IMPORTED + timedelta(hours=index),
        }

    def _notices(self, group: int) -> Iterator[Mapping[str, Any]]:
        codes = ((0, 0, False), (1, 0, False), (1, 1, False), (2, 0, True), (3, 0, True), (3, 1, False))
        for index, later, revoked in codes:
            made = _IMPORTED + timedelta(days=later)
            yield {
                "token": uuid5(NAMESPACE_URL, f"token {group} {index} {later}").hex[:26],
                "reservation_id": self.id_of(group, index),
                "created_at": made,
                "revoked_at": made + timedelta(hours=1) if revoked else None,
            }

    def _tickets(self, group: int) -> Iterator[dict[str, Any]]:
        day = _FIRST_DAY + timedelta(days=group % DAYS)
        for nth, (index, state) in enumerate(_TICKETS):
            reservation_id = None if index is None else self.id_of(group, index)
            number = group * len(_TICKETS) + nth
            yield _ticket(f"{group} {nth}", day, number, state, reservation_id)


def _ticket(name: str, day: date, number: int, state: str, reservation_id: str | None) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + timedelta(seconds=number)
    return {
        "id": uuid5(NAMESPACE_URL, f"ticket {name}").hex,
        "office_id": "00",
        "business_day": day,
        "series": "M",
        "number": number,
        "label": f"M-{number}"[:8],
        "state": state,
        "reason": "on_time",
        "priority": 10,
        "order_at": at,
        "reservation_id": reservation_id,
        "reserved_for": None,
        "device_id": "kiosk-1",
        "language": "ja",
        "created_at": at,
        "window": None,
        "holder": None,
        "called_at": None,
        "call_count": 0,
        "print_state": "printed",
        "print_trouble": None,
        "paper_open_at": None,
    }
