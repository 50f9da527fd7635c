"""Searching the trail on both databases: by an index, whatever is asked, and with the same result."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from backend.protection.roles import DeviceKind, Role
from backend.protection.tables import audit
from backend.protection.trail import searching
from backend.protection.trail.searching import Place, Wanted, every_entry, page_query, search_trail
from backend.storage.database import Database
from backend.web.app import create_app
from tests.pages_support import arrive, at_window, serve, somebody
from tests.support import MORNING, NUMBER, House

_MANY = 300
_CASES: list[tuple[Wanted, str]] = [
    (Wanted(), "ix_audit_at"),
    (Wanted(since=MORNING, until=MORNING + timedelta(days=1)), "ix_audit_at"),
    (Wanted(actor="a3"), "ix_audit_actor"),
    (Wanted(actor="a3", action="tick", office_id="05"), "ix_audit_actor"),
    (Wanted(action="tick", since=MORNING), "ix_audit_action"),
    (Wanted(objects=frozenset({"t7", "t9"})), "ix_audit_subject"),
    (Wanted(office_id="05"), "ix_audit_at"),
]


def fill(database: Database) -> None:
    """Entries of several actors, several of them in the same moment."""
    rows: list[dict[str, Any]] = [
        {
            "at": MORNING + timedelta(seconds=number // 3),
            "actor": f"a{number % 7}",
            "action": ("tick", "issue")[number % 2],
            "subject": f"t{number}",
            "office_id": ("00", "05")[number % 50 == 0],
            "facts": {},
        }
        for number in range(_MANY)
    ]
    with database.engine.begin() as connection:
        connection.execute(insert(audit), rows)


@pytest.mark.dialect
def test_every_search_reads_an_index(database: Database) -> None:
    """A page takes as long at ten million entries as at a thousand: no search reads the table, or sorts what it read."""
    fill(database)
    after = Place(MORNING + timedelta(seconds=50), 7)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        for wanted, index in _CASES:
            if not database.is_sqlite:
                # A table as small as this one would be read whole; what the planner could do at all is asked. Entries of
                # some objects are few, and sorted.
                for way in ("enable_seqscan", "enable_sort", "enable_incremental_sort"):
                    on = way != "enable_seqscan" and wanted.objects is not None
                    connection.execute(text(f"SET LOCAL {way} = {'on' if on else 'off'}"))
            for place in (None, after):
                query = page_query(wanted, place, 50)
                said = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
                how = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
                plan = "\n".join(map(str, connection.execute(text(f"{how} {said}".replace(":", "\\:")))))
                assert index in plan, (wanted, plan)
                assert "Seq Scan" not in plan
                assert "SCAN audit\n" not in plan


@pytest.mark.dialect
def test_pages_are_those_of_a_list_that_is_filtered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, however little is looked through for each, every wanted entry comes once, newest first."""
    monkeypatch.setattr(searching, "_LOOKED_THROUGH", 40)
    fill(database)
    with database.read() as connection:
        everything = list(every_entry(connection, Wanted(), 10_000))
        assert [entry.seq for entry in everything] == sorted(
            (entry.seq for entry in everything), reverse=True
        )
        for wanted, _ in _CASES:
            expected = [
                entry.subject
                for entry in everything
                if (wanted.actor in {None, entry.actor})
                and (wanted.action in {None, entry.action})
                and (wanted.office_id in {None, entry.office_id})
                and (wanted.objects is None or entry.subject in wanted.objects)
            ]
            found: list[str | None] = []
            after: Place | None = None
            while True:
                page = search_trail(connection, wanted, after, most=7)
                found += [entry.subject for entry in page.entries]
                after = page.following
                if after is None:
                    break
            assert found == expected, wanted


@pytest.mark.dialect
def test_who_looked_at_a_card_is_found_on_both_databases(house: House) -> None:
    """From the number to the entries, by name of handler or device, on the page and in the file."""
    app = create_app(house.graph)
    house.reserve(NUMBER, card_number="A1B000001")
    arrive(house, NUMBER)
    serve(at_window(app, house, "clerk01", "1"))
    token = house.device(DeviceKind.DISPLAY)
    auditor = somebody(app, house, "kansa01", Role.AUDITOR)
    asked: Any = {"kind": "card_number", "card_number": "A1B000001"}
    others: list[Any] = [{}, {"actor": "clerk01"}, {"office": "00"}, {"actor": "clerk01", "action": "start"}]
    for more in others:
        told = auditor.post("/trail", **asked, **more).text
        assert "clerk01" in told
        assert "応対を始めた</td>" in told
        assert "受付 花子" not in told
    assert "応対を始めた</td>" not in auditor.post("/trail", **asked, actor="kansa01").text
    rows = auditor.post("/trail/export", **asked).content.decode("utf-8-sig").splitlines()
    assert any("clerk01" in row and "start" in row for row in rows)
    assert token.startswith("display.")
    assert "応対を始めた</td>" not in auditor.post("/trail", actor="nobody of this name").text
