"""Whatever holds personal data and leaves is entered before it has its name, and what became of it is noted."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from backend.__main__ import cli
from backend.protection.outlet import Leaving, Outlet, let_out, outlets_since
from backend.protection.register_entries import OutletKind, OutletState
from backend.protection.tables import audit, outlets
from backend.storage.database import Database
from backend.storage.errors import StorageError, StorageFullError
from tests.support import HandClock, House

MY_NUMBER = "123456789018"


def entries(
    database: Database, since: datetime | None = None, kind: OutletKind | None = None
) -> list[Outlet]:
    """What was entered."""
    with database.read() as connection:
        return outlets_since(connection, since, kind)


def uketsuke(house: House, *arguments: object) -> Result:
    """Run a command with the settings of a house."""
    settings = house.graph.settings
    environment = {"UKETSUKE_DATABASE_URL": settings.database_url, "UKETSUKE_VAR_DIR": str(settings.var_dir)}
    return CliRunner(env=environment).invoke(cli, [str(one) for one in arguments])


def full(*_: object, **__: object) -> NoReturn:
    """What a database says whose disk is full."""
    raise StorageFullError("the disk is full")


@pytest.mark.dialect
def test_a_file_is_entered_before_it_is_there(database: Database, tmp_path: Path) -> None:
    """While it is written others see that it begins, and then that it was written, with its kind, count, place and last day."""
    target = tmp_path / "sheets"
    with let_out(database, Leaving(OutletKind.NOTICE_SHEET, 3, target)):
        (begun,) = entries(database)
        assert not target.exists()
        target.mkdir()
    (written,) = entries(database)
    assert (begun.state, written.state) == (OutletState.BEGUN, OutletState.WRITTEN)
    assert written == Outlet(
        begun.id,
        database.clock(),
        "console",
        OutletKind.NOTICE_SHEET,
        3,
        str(target),
        date(2026, 12, 25),
        OutletState.WRITTEN,
    )


def lines(database: Database) -> list[tuple[str, str, str | None, object]]:
    """Actor, action, subject and facts of every line of the audit trail about a file."""
    with database.read() as connection:
        rows = connection.execute(
            select(audit.c.actor, audit.c.action, audit.c.subject, audit.c.facts)
            .where(audit.c.action == "file_left")
            .order_by(audit.c.seq)
        )
        return [tuple(row) for row in rows]


@pytest.mark.dialect
def test_the_trail_has_a_line_for_every_file(database: Database, tmp_path: Path) -> None:
    """Who asked, what, of how many and until when; not its place; and once, whatever becomes of the file."""
    with let_out(database, Leaving(OutletKind.NOTICE_SHEET, 3, tmp_path / "hanako", actor="a1")):
        (line,) = lines(database)
    with pytest.raises(OSError, match="torn"), let_out(database, Leaving(OutletKind.BACKUP, 7, tmp_path)):
        raise OSError("torn")
    backup, sheet = sorted(entries(database), key=lambda one: one.kind)
    assert lines(database) == [
        ("a1", "file_left", sheet.id, {"kind": "notice_sheet", "count": 3, "until": "2026-12-25"}),
        ("console", "file_left", backup.id, {"kind": "backup", "count": 7, "until": "2026-12-30"}),
    ]
    assert line[2] == sheet.id


def test_an_entry_and_its_line_are_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the line there is no entry, and nothing leaves."""
    monkeypatch.setattr("backend.protection.outlet.record_audit", full)
    with pytest.raises(StorageFullError), let_out(database, Leaving(OutletKind.BACKUP, 1, tmp_path)):
        pytest.fail("it left")
    assert (entries(database), lines(database)) == ([], [])


@pytest.mark.dialect
def test_a_file_that_could_not_be_written_says_so(database: Database, tmp_path: Path) -> None:
    """An entry does not claim that something left, and the error is the caller's own."""
    with pytest.raises(OSError, match="torn"), let_out(database, Leaving(OutletKind.BACKUP, 1, tmp_path)):
        raise OSError("torn")
    assert [one.state for one in entries(database)] == [OutletState.FAILED]


def test_whoever_interrupts_a_file_leaves_the_entry_begun(database: Database, tmp_path: Path) -> None:
    """Nobody knows how far it came, so the list does not claim that nothing left."""
    with pytest.raises(KeyboardInterrupt), let_out(database, Leaving(OutletKind.BACKUP, 1, tmp_path)):
        raise KeyboardInterrupt
    assert [one.state for one in entries(database)] == [OutletState.BEGUN]


def test_nothing_leaves_that_could_not_be_entered(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an entry the block that writes is never begun; a backup alone leaves all the same, and that is said."""
    monkeypatch.setattr(database, "write", full)
    leaving = Leaving(OutletKind.NOTICE_SHEET, 1, tmp_path)
    with pytest.raises(StorageFullError), let_out(database, leaving):
        (tmp_path / "sheet").touch()
    assert not (tmp_path / "sheet").exists()
    told: list[StorageError] = []
    with let_out(database, leaving, missed=told.append):
        (tmp_path / "sheet").touch()
    assert (len(told), (tmp_path / "sheet").exists()) == (1, True)


def test_a_database_that_fails_meanwhile_leaves_the_entry_begun(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is there, so the command does not fail; the entry goes on saying that it may be there."""
    with let_out(database, Leaving(OutletKind.BACKUP, 1, tmp_path)):
        monkeypatch.setattr(database, "write", full)
    assert [one.state for one in entries(database)] == [OutletState.BEGUN]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("sheets", "{folder}/sheets"),
        (f"of-{MY_NUMBER}", "***"),
        ("x" * 200 + "/" + "y" * 200, None),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "{folder}/caf\ufffd"),
    ],
)
def test_a_place_is_whole_and_tells_no_number(
    database: Database, tmp_path: Path, name: str, shown: str | None
) -> None:
    """Names that no database takes do not stop a file, and twelve digits in one are withheld."""
    with let_out(database, Leaving(OutletKind.BACKUP, 1, tmp_path / name)):
        pass
    (entry,) = entries(database)
    if shown is None:
        assert (len(entry.place), str(tmp_path / name).endswith(entry.place)) == (400, True)
    else:
        assert entry.place == shown.format(folder=tmp_path)


@pytest.mark.dialect
@pytest.mark.parametrize("change", [{"kind": "letter"}, {"state": "lost"}, {"count": -1}])
def test_the_database_takes_only_kinds_and_states_that_there_are(
    database: Database, tmp_path: Path, change: dict[str, str | int]
) -> None:
    """A list for auditors has no entry that nobody can read."""
    with let_out(database, Leaving(OutletKind.BACKUP, 1, tmp_path)):
        pass
    with pytest.raises(IntegrityError), database.write() as work:
        work.connection.execute(update(outlets).values(change))


@pytest.mark.dialect
def test_entries_are_found_by_time_and_kind(database: Database, clock: HandClock, tmp_path: Path) -> None:
    """Oldest first, and only what was asked for."""
    for kind in (OutletKind.BACKUP, OutletKind.NOTICE_SHEET, OutletKind.BACKUP):
        with let_out(database, Leaving(kind, 1, tmp_path)):
            clock.advance(days=1)
    assert [one.kind for one in entries(database)] == ["backup", "notice_sheet", "backup"]
    assert [one.at.day for one in entries(database, kind=OutletKind.BACKUP)] == [25, 27]
    assert [one.at.day for one in entries(database, since=datetime(2026, 11, 26, tzinfo=UTC))] == [26, 27]


def test_notices_are_entered_with_their_folder(small_house: House, tmp_path: Path) -> None:
    """Sheets are called after reservations; the list knows how many they were, and where."""
    small_house.reserve("88871018")
    small_house.reserve("38848826")
    done = uketsuke(small_house, "notice", "88871018", "38848826", "--out", tmp_path / "n")
    assert done.exit_code == 0, done.output
    (entry,) = entries(small_house.database)
    assert (entry.kind, entry.count, entry.state) == (OutletKind.NOTICE_SHEET, 2, OutletState.WRITTEN)
    assert entry.place == str(tmp_path / "n")
    assert uketsuke(small_house, "notice", "88871018", "--out", tmp_path / "n").exit_code == 1
    assert len(entries(small_house.database)) == 1


def test_a_backup_is_entered_and_listed(small_house: House, tmp_path: Path) -> None:
    """The list tells day, kind, cards, state, last day and place, for people and for programs."""
    small_house.reserve("88871018")
    target = tmp_path / "b.tar"
    done = uketsuke(small_house, "backup", target)
    assert (done.exit_code, done.stderr) == (0, "")
    listed = uketsuke(small_house, "outlets", "--kind", "backup").output.split()
    assert (listed[2:5], listed[6]) == (["backup", "1", "written"], str(target))
    (told,) = json.loads(uketsuke(small_house, "outlets", "--json", "--kind", "backup").output)
    assert (told["kind"], told["count"], told["state"], told["place"]) == (
        "backup",
        1,
        "written",
        str(target),
    )
    assert date.fromisoformat(told["until"]) > datetime.fromisoformat(told["at"]).date()
    assert uketsuke(small_house, "outlets", "--kind", "notice_sheet").output == ""
    assert uketsuke(small_house, "outlets", "--since", "2199-01-01").output == ""


def test_a_backup_is_made_where_it_cannot_be_entered(small_house: House, tmp_path: Path) -> None:
    """The database of an older version has no list: it is copied as it is, not upgraded, and a warning says so."""
    with small_house.database.write() as work:
        work.connection.execute(text("DROP TABLE outlets"))
        work.connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    done = uketsuke(small_house, "backup", tmp_path / "b.tar")
    assert (done.exit_code, (tmp_path / "b.tar").exists()) == (0, True)
    assert "could not be entered" in done.stderr
    with small_house.database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0009"


def test_a_backup_that_fails_is_entered_as_failed(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that did not take it leaves no file, and an entry that says so."""
    monkeypatch.setattr("backend.storage.archive.os.fsync", _torn)
    assert uketsuke(small_house, "backup", tmp_path / "b.tar").exit_code == 1
    monkeypatch.undo()
    assert not (tmp_path / "b.tar").exists()
    assert [one.state for one in entries(small_house.database)] == [OutletState.FAILED]


def _torn(_handle: int) -> None:
    raise OSError("torn")


def test_the_register_is_printed_and_written(small_house: House, tmp_path: Path) -> None:
    """An auditor gets a list that a spreadsheet opens, or an object that a program reads."""
    printed = uketsuke(small_house, "register")
    assert uketsuke(small_house, "register", "--out", tmp_path / "r.csv").exit_code == 0
    assert (tmp_path / "r.csv").read_bytes() == b"\xef\xbb\xbf" + printed.stdout_bytes
    told = json.loads(uketsuke(small_house, "register", "--json").output)
    assert {"table", "sealed", "file"} <= told.keys()
