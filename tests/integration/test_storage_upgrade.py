"""The upgrade to cards: of everything that a ward's database held nothing is lost, whatever happens in the middle."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, MetaData, event, func, select, text

from backend.__main__ import cli
from backend.bootstrap import all_tables
from backend.cards.sealed_persons import PERSON
from backend.cards.tables import card_persons, cards, notices
from backend.cli.options import changes_of
from backend.reception.storing.tables import cases, ticket_steps, tickets
from backend.reservations.tables import reservation_contacts, reservations
from backend.sealing.key_store import KeyStore
from backend.sealing.records import Records
from backend.storage.database import Database
from backend.storage.errors import MigrationRefusedError, StorageFullError
from backend.storage.requests import requests
from backend.storage.schema import differences
from tests.migrated import KEYS, closing_database, upgrade
from tests.old_ward import (
    BOOKINGS,
    CARDS,
    CASES,
    CASES_APART,
    CASES_WITHOUT_CARD,
    DIFFERING,
    GROUP,
    NOTICES,
    REPLACED,
    REVISION,
    OldWard,
)
from tests.proof import examples
from tests.support import TODAY, HandClock
from tests.warm_programs import warm_program

GROUPS = examples(60)
"""60 000 reservations and a month of visits in a proof."""
FEW = 12
CHILD = """
import resource
import sys
from pathlib import Path

from backend.storage import migration
from backend.sealing.key_store import KeyStore
from backend.sealing.records import Records
from backend.storage.database import Database
from tests.migrated import upgrade
from tests.support import HandClock


def stand_still(*_arguments):
    print("here", flush=True)
    sys.stdin.read()


def after(owner, name, times=1):
    real, calls = getattr(owner, name), []

    def called(*arguments, **named):
        told = real(*arguments, **named)
        calls.append(1)
        if len(calls) == times:
            stand_still()
        return told

    setattr(owner, name, called)


def in_the_copy():
    real = migration.let_shrink

    def called(database):
        raw = database.engine.raw_connection()
        raw.driver_connection.set_progress_handler(later, 500)
        raw.close()
        real(database)

    steps = []

    def later():
        steps.append(1)
        if len(steps) == 5:
            stand_still()
        return 0

    migration.let_shrink = called


def no_room():
    real = migration.let_shrink

    def called(database):
        size = Path(database.engine.url.database).stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))
        real(database)

    migration.let_shrink = called


{
    "no room": no_room,
    "keys made": lambda: after(KeyStore, "make_keys"),
    "half sealed": lambda: after(Records, "seal", 100),
    "all written": lambda: after(migration, "need_tables"),
    "copied": in_the_copy,
}[sys.argv[1]]()
upgrade(Database(sys.argv[2], clock=HandClock()), Path(sys.argv[3]))
"""


@pytest.fixture
def old(database_url: str, clock: HandClock) -> Iterator[Database]:
    """An empty database, to be filled as it was before."""
    with closing_database(database_url) as opened:
        opened.clock = clock
        yield opened


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """The server's folder."""
    folder = tmp_path / "var"
    folder.mkdir()
    return folder


def counts(connection: Connection, table: Any, column: str = "state") -> Counter[str]:
    """How many rows there are of each state."""
    query = select(table.c[column], func.count()).group_by(table.c[column])
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def times(shapes: dict[str, int], groups: int) -> dict[str, int]:
    """What so many groups hold."""
    return {name: count * groups for name, count in shapes.items()}


def assert_taken_over(database: Database, var: Path, ward: OldWard, groups: int, living: int = 0) -> None:
    """Everything is there once, in its new place, and whole."""
    with database.write() as work:
        assert differences(work.connection, all_tables()) == []
    with database.read() as connection:
        assert counts(connection, reservations) == times(BOOKINGS, groups)
        assert counts(connection, notices) == times(NOTICES, groups)
        assert counts(connection, cases)["open"] == CASES["open"] * groups + living
        assert counts(connection, cases)["issued"] == CASES["issued"] * groups
        assert counts(connection, cards, "progress") == {
            "notified": (CARDS - 2) * groups,
            "issued": groups,
            "withdrawn": groups,
        }
        assert connection.execute(select(func.count()).select_from(tickets)).scalar_one() == ward.tickets
        assert connection.execute(select(func.count()).select_from(ticket_steps)).scalar_one() == ward.tickets
        apart = select(func.count()).select_from(cases).where(cases.c.card_id.is_(None))
        assert connection.execute(apart).scalar_one() == CASES_WITHOUT_CARD * groups
        kept = {
            row["number"]: (row["id"], row["window_name"], row["ward_ticket_number"], row["starts_at"])
            for row in connection.execute(select(reservations)).mappings()
        }
        assert kept == {
            row["number"]: (row["id"], row["window_name"], row["ward_ticket_number"], row["starts_at"])
            for row in ward.rows
            if row["state"] != "notified"
        }
        assert connection.execute(select(func.count()).select_from(card_persons)).scalar_one() == keys_of(var)
        assert_replies_name_cards(connection, groups)
        assert_persons_open(connection, var, ward)
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert connection.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2


def keys_of(var: Path) -> int:
    """How many keys a store has."""
    with closing_database(f"sqlite:///{var / KEYS}") as store, store.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM data_keys")).scalar_one())


def assert_replies_name_cards(connection: Connection, groups: int) -> None:
    """A request that is repeated after the upgrade finds the card that it was about."""
    found = connection.execute(select(requests.c.reply)).scalars().all()
    assert len(found) == groups
    known = set(connection.execute(select(cards.c.id)).scalars())
    assert all(set(reply) == {"reason", "card_id"} and reply["card_id"] in known for reply in found)


def assert_persons_open(connection: Connection, var: Path, ward: OldWard) -> None:
    """Of the last group every person is what the newest row said, and every contact what its row said."""
    store = KeyStore(f"sqlite:///{var / KEYS}")
    records = Records(store)
    try:
        last = {row["id"]: row for row in ward.rows[-GROUP:]}
        query = (
            select(
                reservations.c.id,
                reservations.c.card_id,
                card_persons.c.sealed,
                reservation_contacts.c.sealed,
            )
            .join(card_persons, card_persons.c.card_id == reservations.c.card_id)
            .outerjoin(reservation_contacts, reservation_contacts.c.reservation_id == reservations.c.id)
            .where(reservations.c.id.in_(last))
        )
        rows = connection.execute(query).all()
        assert len(rows) == GROUP - 1
        for row_id, card_id, person, contact in rows:
            row = last[row_id]
            opened = records.open(card_id, PERSON, person)
            assert opened is not None
            for name in (
                "name",
                "name_kana",
                "alias",
                "birth",
                "card_number",
                "application_id",
                "stay_expires_on",
            ):
                assert opened.get(name) == row[name], name
            told = records.open(card_id, "contact", contact)
            wanted = {name: row[name] for name in ("phone", "email", "proxy_name") if row[name]}
            assert told == wanted
    finally:
        store.dispose()


@pytest.mark.dialect
def test_a_ward_is_taken_over_and_what_changed_is_counted(old: Database, var: Path) -> None:
    """Bookings, codes and visits of a month come over one by one; cards, replaced bookings and doubtful persons are told."""
    ward = OldWard()
    ward.fill(old, GROUPS)
    upgraded = upgrade(old, var)
    assert (upgraded.before, upgraded.told) == (
        REVISION,
        {
            "cards": CARDS * GROUPS,
            "reservations": GROUP * GROUPS,
            "replaced": REPLACED * GROUPS,
            "differing": DIFFERING * GROUPS,
            "cases_apart": CASES_APART * GROUPS,
        },
    )
    assert_taken_over(old, var, ward, GROUPS)
    told = " ".join(changes_of(upgraded))
    for count in upgraded.told.values():
        assert str(count) in told
    assert ward.marker not in told
    assert changes_of(upgrade(old, var)) == []


@pytest.mark.parametrize(("command", "code"), [(["migrate"], 0), (["account", "unlock", "nobody"], 1)])
def test_whoever_upgrades_is_told_what_changed(
    tmp_path: Path, var: Path, command: list[str], code: int, old: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command, and any other start after an update, say in counts what became of the ward's reservations; once."""
    ward = OldWard()
    ward.fill(old, FEW)
    old.dispose()
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "uketsuke.toml"
    config.write_text(f'database_url = "{old.url}"\nvar_dir = "{var}"\n', "utf-8")
    said = [CliRunner().invoke(cli, [*command, "--config", str(config)]) for _ in range(2)]
    assert [one.exit_code for one in said] == [code, code]
    assert f"{GROUP * FEW} reservations became {CARDS * FEW} cards" in said[0].stderr
    assert f"{DIFFERING * FEW} cards had reservations with different persons" in said[0].stderr
    assert "reservations" not in said[1].stderr
    assert_taken_over(old, var, ward, FEW)


@pytest.mark.dialect
def test_numbers_of_today_stay_what_they_are(old: Database, var: Path, clock: HandClock) -> None:
    """Somebody who waits keeps their number's meaning: nothing is upgraded until the day is over."""
    ward = OldWard()
    ward.fill(old, 1, living_on=TODAY)
    with pytest.raises(MigrationRefusedError, match="1 numbers of today"):
        upgrade(old, var)
    assert rows_of_old(old) == GROUP
    assert not (var / KEYS).exists()
    clock.advance(days=1)
    upgrade(old, var)
    assert_taken_over(old, var, ward, 1, living=1)


def rows_of_old(database: Database) -> int:
    """How many reservations there are in the old tables, which are whole."""
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == REVISION
        found = MetaData()
        found.reflect(connection, only=["reservations", "tickets", "notices"])
        assert "name" in found.tables["reservations"].c
        assert "reservation_id" in found.tables["tickets"].c
        return int(connection.execute(text("SELECT count(*) FROM reservations")).scalar_one())


def killed(database: Database, var: Path, where: str) -> None:
    """Upgrade a database in a process of its own, which is killed at a point."""
    database.dispose()
    url = database.engine.url.render_as_string(hide_password=False)
    with warm_program("backend").start(["-c", where, url, str(var)], code=CHILD) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        process.kill()
    assert told == "here\n"


@pytest.mark.dialect
@pytest.mark.parametrize("where", ["keys made", "half sealed", "all written"])
def test_an_upgrade_that_is_killed_begins_anew(old: Database, var: Path, where: str) -> None:
    """Wherever the program dies, the old tables are whole; the next start takes them over and needs no other keys."""
    ward = OldWard()
    ward.fill(old, FEW)
    killed(old, var, where)
    assert keys_of(var) == CARDS * FEW
    assert rows_of_old(old) == GROUP * FEW
    upgrade(old, var)
    assert_taken_over(old, var, ward, FEW)


def test_a_copy_that_is_killed_begins_anew(old: Database, var: Path) -> None:
    """A file that is not yet written anew when the program dies is upgraded all the same, and written anew at the next start."""
    ward = OldWard()
    ward.fill(old, FEW)
    as_it_was(old)
    killed(old, var, "copied")
    assert not can_shrink(old)
    upgrade(old, var)
    assert_taken_over(old, var, ward, FEW)


def test_an_upgrade_without_room_is_said_and_begins_anew(old: Database, var: Path) -> None:
    """A full disk ends the upgrade in one sentence; the old tables are whole, and with room it goes through."""
    ward = OldWard()
    ward.fill(old, FEW)
    room: list[int] = []

    def limit(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {room[0] + pages if room else 1_000_000_000}")

    event.listen(old.engine, "begin", limit, insert=True)
    for pages in (0, 10, 40):
        room[:] = [pages]
        with pytest.raises(StorageFullError, match="disk is full"):
            upgrade(old, var)
        room.clear()
        assert rows_of_old(old) == GROUP * FEW
    upgrade(old, var)
    assert_taken_over(old, var, ward, FEW)


def test_a_copy_without_room_is_said_and_begins_anew(old: Database, var: Path) -> None:
    """Where the upgraded file cannot be written anew the program says what it needs, and the next start tries again."""
    ward = OldWard()
    ward.fill(old, FEW)
    as_it_was(old)
    old.dispose()
    done = warm_program("backend").call(["-c", "no room", old.url, str(var)], code=CHILD)
    assert "StorageFullError: the database was upgraded" in done.stderr.splitlines()[-1]
    assert not can_shrink(old)
    upgrade(old, var)
    assert_taken_over(old, var, ward, FEW)


def as_it_was(database: Database) -> None:
    """Write a file anew as version 0.1.0 made it, which gives no page back."""
    database.dispose()
    with closing(sqlite3.connect(str(database.engine.url.database))) as straight:
        straight.execute("PRAGMA auto_vacuum=NONE")
        straight.execute("VACUUM")


def can_shrink(database: Database) -> bool:
    """Whether the file gives pages back."""
    with database.read() as connection:
        return bool(connection.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2)
