"""``uketsuke export``: who may read the file, what is never overwritten, what is entered, and a disk that is full."""

import csv
import errno
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backend.__main__ import cli
from backend.cli import export, progress_bar
from backend.protection.outlet import outlet_with, outlets_since
from backend.protection.register_entries import OutletKind, OutletState
from backend.storage.unit_of_work import utc_now
from tests.party_support import come
from tests.support import House
from tests.uketsuke_command import Uketsuke


@pytest.fixture
def uketsuke(house: House) -> Uketsuke:
    """The program with the settings of a house in which somebody with an unusual name is expected."""
    house.reserve("11110001", name="𠮷田 花子", phone="+81-3-0000-0000")
    settings = house.graph.settings
    environment = {"UKETSUKE_DATABASE_URL": settings.database_url, "UKETSUKE_VAR_DIR": str(settings.var_dir)}

    def run(*arguments: object) -> Result:
        return CliRunner(env=environment).invoke(cli, [str(one) for one in arguments])

    return run


def told(result: Result) -> dict[str, Any]:
    """The report of a run."""
    assert result.exit_code == 0, result.output
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_a_file_is_for_its_owner_entered_and_says_what_was_replaced(
    uketsuke: Uketsuke, house: House, tmp_path: Path
) -> None:
    """Rights, kind and count of the entry, and the place of each lost character; a terminal shows the same."""
    file = tmp_path / "r.csv"
    report = told(uketsuke("export", "reservations", "--out", file, "--json"))
    assert report == {
        "id": report["id"],
        "encoding": "cp932",
        "rows": 1,
        "left_out": {},
        "guarded": 1,
        "replaced": [{"line": 2, "column": "氏名", "code_point": "U+20BB7"}],
    }
    assert file.stat().st_mode & 0o777 == 0o600
    with house.database.read() as connection:
        entry = outlet_with(connection, report["id"])
        assert outlet_with(connection, "none") is None
    assert entry is not None
    assert (entry.kind, entry.count, entry.state, entry.place, entry.actor) == (
        OutletKind.WARD_RESERVATIONS,
        1,
        OutletState.WRITTEN,
        str(file),
        "console",
    )
    shown = uketsuke("export", "reservations", "--out", tmp_path / "again.csv").stdout
    assert "line 2, column 氏名: U+20BB7" in shown
    assert "花子" not in shown


def test_nothing_is_overwritten_unless_asked_and_rights_stay_narrow(
    uketsuke: Uketsuke, tmp_path: Path
) -> None:
    """A file that is there is left alone; with --replace it is replaced whole, also one that all could read."""
    file = tmp_path / "r.csv"
    file.write_bytes(b"mine")
    file.chmod(0o644)
    refused = uketsuke("export", "reservations", "--out", file)
    assert (refused.exit_code, file.read_bytes()) == (1, b"mine")
    assert "exists already" in refused.stderr
    told(uketsuke("export", "reservations", "--out", file, "--replace", "--json"))
    assert file.read_bytes() != b"mine"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_told_and_leaves_nothing(
    uketsuke: Uketsuke, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half file, no draft; what was there stays; the entry says that it failed."""
    file = tmp_path / "out" / "r.csv"
    file.parent.mkdir()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    failed = uketsuke("export", "reservations", "--out", file)
    monkeypatch.undo()
    assert failed.exit_code == 1
    assert "the disk is full; nothing was written" in failed.stderr
    assert list(file.parent.iterdir()) == []
    with house.database.read() as connection:
        (entry,) = outlets_since(connection)
    assert entry.state is OutletState.FAILED


@pytest.mark.dialect
def test_a_former_export_is_named_by_its_id(uketsuke: Uketsuke, house: House, tmp_path: Path) -> None:
    """Only what changed since, of the same kind; another id is refused with a way to find the right one."""
    first = told(uketsuke("export", "reservations", "--out", tmp_path / "1.csv", "--json"))
    house.clock.now = utc_now() + timedelta(hours=1)  # the command has the clock of the machine
    house.reserve("11110002")
    second = tmp_path / "2.csv"
    report = told(uketsuke("export", "reservations", "--out", second, "--since", first["id"], "--json"))
    with second.open(encoding="cp932", newline="") as opened:
        assert [row["予約番号"] for row in csv.DictReader(opened)] == ["11110002"]
    assert report["rows"] == 1
    for content, outlet in (("results", first["id"]), ("reservations", "none")):
        wrong = uketsuke("export", content, "--out", tmp_path / "3.csv", "--since", outlet)
        assert wrong.exit_code == 1
        assert f"uketsuke outlets --json --kind ward_{content}" in wrong.stderr
    assert not (tmp_path / "3.csv").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--from", "yesterday"], "--from is a date"),
        (["--from", "2026-11-25", "--to", "2026-11-24"], "--to is a day before --from"),
        (["--office", "99"], "there is no office 99"),
        (["--mapping", "missing.toml"], "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    uketsuke: Uketsuke, tmp_path: Path, words: list[str], why: str
) -> None:
    """A wrong day, office or mapping is one sentence, and no file."""
    refused = uketsuke("export", "reservations", "--out", tmp_path / "r.csv", *words)
    assert refused.exit_code == 1
    assert why in refused.stderr
    assert not (tmp_path / "r.csv").exists()


def test_the_servers_own_files_are_left_alone(uketsuke: Uketsuke, house: House) -> None:
    """Neither the database nor the key is ever the target, also with --replace."""
    for name in ("secret.key", "keys.db"):
        target = house.graph.settings.var_dir / name
        before = target.read_bytes()
        assert uketsuke("export", "results", "--out", target, "--replace").exit_code == 1
        assert target.read_bytes() == before


def test_receptions_are_those_of_a_day(uketsuke: Uketsuke, house: House, tmp_path: Path) -> None:
    """By a day, or all since a former one; what is still under way is counted as left out of the results."""
    come(house, "11110003")
    file = tmp_path / "r.csv"
    day = ["--from", "2026-11-25", "--to", "2026-11-25"]
    assert told(uketsuke("export", "receptions", "--out", file, *day, "--json"))["rows"] == 1
    report = told(uketsuke("export", "results", "--out", tmp_path / "x.csv", *day, "--json"))
    assert (report["rows"], report["left_out"]) == (0, {"open": 1})
    # Today by default, which is another day than that of the test's clock.
    assert told(uketsuke("export", "receptions", "--out", tmp_path / "y.csv", "--json"))["rows"] == 0


def test_who_looks_at_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nobody is told, and nothing is drawn."""
    with progress_bar.progress_bar("writing") as told_nobody:
        assert told_nobody is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_bar.progress_bar("writing") as told_somebody:
        assert told_somebody is not None
        told_somebody(1, 2)
    assert [one.name for one in export.command.params][:2] == ["content", "out"]
