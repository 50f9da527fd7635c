"""The upgrade to parties: every visit, card of a visit and check of the version before is there, in its new place."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, insert, select

from backend.bootstrap import all_tables
from backend.storage.database import Database
from backend.storage.schema import differences
from tests.history import flaws_of
from tests.migrated import closing_database, make_tables, upgrade
from tests.support import HandClock

BEFORE = "0010"
"""The last one in which a ticket had one case at a time."""
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
FIRST, AGAIN, WALK_IN = "a" * 32, "b" * 32, "c" * 32
"""Tickets: of a card that was issued, of one that came back with papers, of somebody without a notice."""
CARDS = {FIRST: "1" * 32, AGAIN: "2" * 32}
CASES = (
    ("11" * 16, FIRST, "issued", 0),
    ("22" * 16, AGAIN, "incomplete", 1),
    ("21" * 16, AGAIN, "open", 2),
    ("33" * 16, WALK_IN, "cancelled", 3),
)
"""Id, ticket, state, minutes; the later case of a ticket has the smaller id."""
NEWEST = {FIRST: "11" * 16, AGAIN: "21" * 16}
STATES = {
    FIRST: ("issued", "late"),
    AGAIN: ("waiting", "card_not_arrived"),
    WALK_IN: ("cancelled", "walk_in"),
}


@pytest.fixture
def old(database_url: str, clock: HandClock) -> Iterator[Database]:
    """A database of the version before, with a morning in it."""
    with closing_database(database_url) as opened:
        opened.clock = clock
        make_tables(opened, BEFORE)
        with opened.write() as work:
            tables = MetaData()
            tables.reflect(work.connection)
            for name, rows in ROWS.items():
                work.connection.execute(insert(tables.tables[name]), rows)
        yield opened


def _ticket(number: int, ticket_id: str) -> dict[str, Any]:
    state, reason = STATES[ticket_id]
    return {
        "id": ticket_id, "office_id": "00", "business_day": DAY, "series": "M", "number": number, "label": f"M-00{number}",
        "state": state, "reason": reason, "priority": 1, "order_at": AT, "reserved_for": None, "device_id": "kiosk-1",
        "language": "ko", "created_at": AT + timedelta(minutes=number), "window": None, "holder": None, "called_at": None,
        "call_count": 2, "print_state": "printed", "print_trouble": None, "paper_open_at": None,
    }  # fmt: skip


def _case(case_id: str, ticket_id: str, state: str, minutes: int) -> dict[str, Any]:
    opened_at = AT + timedelta(minutes=minutes)
    card_id = CARDS.get(ticket_id)
    return {
        "id": case_id, "ticket_id": ticket_id, "business_day": DAY, "card_id": card_id,
        "reservation_id": None if card_id is None else card_id.replace(card_id[0], "f"),
        "shown": "notice" if card_id else "nothing", "state": state, "opened_at": opened_at,
        "ended_at": None if state == "open" else opened_at + timedelta(seconds=30),
    }  # fmt: skip


def _check(ticket_id: str) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id, "rule_set": "2026-06-14", "fingerprint": ticket_id[:16], "version": 4, "recipient": "R2",
        "applicant": ["A03"], "visitor": ["B01", "B02"], "papers": ["notice"], "facts": [], "complete": ticket_id == FIRST,
        "checked_by": "d" * 32, "changed_at": AT,
    }  # fmt: skip


ROWS: dict[str, Sequence[dict[str, Any]]] = {
    "cards": [
        {"id": card_id, "kind": "new", "progress": "notified", "imported_at": AT, "updated_at": AT}
        for card_id in CARDS.values()
    ],
    "reservations": [
        {
            "id": "f" * 32, "number": "12345679", "card_id": CARDS[FIRST], "office_id": "00", "starts_at": AT,
            "channel": "import", "state": "booked", "updated_at": AT,
        }
    ],
    "tickets": [_ticket(number, ticket_id) for number, ticket_id in enumerate(STATES, 1)],
    "cases": [_case(*one) | {"reservation_id": "f" * 32 if one[1] == FIRST else None} for one in CASES],
    "checks": [_check(ticket_id) for ticket_id in CARDS],
}  # fmt: skip


def kept(database: Database, name: str) -> list[dict[str, Any]]:
    """Every row of a table as today's program reads it."""
    table = all_tables().tables[name]
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


@pytest.mark.dialect
def test_every_visit_comes_over_as_a_party_of_one(old: Database, tmp_path: Path) -> None:
    """Not a column is lost; each card has the first place, and knows why its visitor got a number."""
    upgraded = upgrade(old, tmp_path)
    assert upgraded.before == BEFORE
    with old.write() as work:
        assert differences(work.connection, all_tables()) == []
    for name in ("tickets", "cases"):
        found = {row["id"]: row for row in kept(old, name)}
        assert set(found) == {row["id"] for row in ROWS[name]}
        for row in ROWS[name]:
            assert {column: found[row["id"]][column] for column in row} == row
    assert {row["kind"] for row in kept(old, "tickets")} == {"pick_up"}
    for case in kept(old, "cases"):
        new = (case["place"], case["kind"], case["admitted"], case["reason"])
        assert new == (1, "pick_up", STATES[case["ticket_id"]][1], None)
    assert [row["group_number"] for row in kept(old, "reservations")] == [None]


@pytest.mark.dialect
def test_a_check_is_that_of_the_newest_case(old: Database, tmp_path: Path) -> None:
    """As the clerk's page showed it: who came back with papers goes on with what was ticked before."""
    upgrade(old, tmp_path)
    found = {row["case_id"]: row for row in kept(old, "checks")}
    assert set(found) == set(NEWEST.values())
    for row in ROWS["checks"]:
        case_id = NEWEST[row["ticket_id"]]
        wanted = {name: value for name, value in row.items() if name != "ticket_id"} | {
            "case_id": case_id,
            "apart": False,
        }
        assert found[case_id] == wanted
    with old.read() as connection:
        assert [flaw for flaw in flaws_of(connection) if "case" in flaw or "card" in flaw] == []
