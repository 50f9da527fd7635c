"""``uketsuke audit``: verify, head, export and archive at the console."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update

from backend.__main__ import cli
from backend.protection.tables import audit, audit_seals, outlets
from backend.protection.trail.heads import read_head
from backend.protection.trail.keys import TrailKey
from backend.protection.trail.sealer import TrailSealer
from backend.storage.unit_of_work import utc_now
from tests.support import House
from tests.trail_support import owner_of, write


class Console:
    """The console of a server."""

    def __init__(self, house: House, folder: Path) -> None:
        self.folder = folder
        self._settings = folder / "server.toml"
        settings = house.graph.settings
        self._settings.write_text(
            f'database_url = "{settings.database_url}"\nvar_dir = "{settings.var_dir}"\n'
        )

    def __call__(self, *words: object) -> Result:
        """Run a command."""
        return CliRunner().invoke(cli, ["audit", *map(str, words), "--config", str(self._settings)])

    def verdict(self, *words: object) -> dict[str, Any]:
        """What ``verify --json`` prints."""
        told: dict[str, Any] = json.loads(self("verify", "--json", *words).stdout)
        return told


@pytest.fixture
def console(small_house: House, tmp_path: Path) -> Console:
    """A server with five entries."""
    write(small_house.database, *(f"t{number}" for number in range(1, 6)))
    return Console(small_house, tmp_path)


def seal(house: House) -> None:
    """Seal with the key of the server."""
    key = TrailKey((house.graph.settings.var_dir / "secret.key").read_bytes())
    assert TrailSealer(house.database, key, batch=2).seal_all()


def test_the_verdict_is_an_object_and_a_text(console: Console, small_house: House) -> None:
    """Programs read one object, people some lines; the exit code says whether the trail is whole."""
    assert console.verdict() == {
        "ok": True, "entries": 0, "sealed_until": None, "unsealed": 5, "broken": [],
    }  # fmt: skip
    seal(small_house)
    done = console("verify")
    assert (done.exit_code, "the trail is as it was written" in done.stdout) == (0, True)
    with owner_of(small_house.database) as connection:
        connection.execute(update(audit).where(audit.c.seq == 3).values(actor="somebody"))
    told = console.verdict()
    assert (told["ok"], told["entries"], told["unsealed"]) == (False, 5, 0)
    assert [(one["entry"], one["kind"]) for one in told["broken"]] == [(3, "changed")]
    assert told["broken"][0]["at"] == told["sealed_until"]
    done = console("verify")
    assert (done.exit_code, "entry 3: changed" in done.stdout) == (1, True)


def test_a_head_is_written_and_finds_a_cut(console: Console, small_house: House) -> None:
    """A head seals first, goes to a file or the paper, and later tells of a tail that is gone; without the key, too."""
    file = console.folder / "head.txt"
    assert console("head", "--out", file).exit_code == 0
    assert read_head(file.read_text()).entries == 5
    assert read_head(console("head").stdout).entries == 5
    assert "Error" in console("head", "--out", file).output
    assert console.verdict("--head", file)["ok"]
    with owner_of(small_house.database) as connection:
        connection.execute(delete(audit))
        connection.execute(delete(audit_seals))
    assert console.verdict()["ok"]
    assert [one["kind"] for one in console.verdict("--head", file)["broken"]] == ["cut"]
    assert [one["kind"] for one in console.verdict("--head", file, "--without-key")["broken"]] == ["cut"]
    assert (
        console("verify", "--without-key").exit_code == 2
        or "--head" in console("verify", "--without-key").output
    )


@pytest.mark.parametrize("text", [b"", b"\xff\x00", b"uketsuke trail head 1\n"])
def test_a_file_that_is_no_head_is_refused(console: Console, text: bytes) -> None:
    """A wrong file is told in one sentence and is no verdict about the trail."""
    file = console.folder / "head.txt"
    file.write_bytes(text)
    done = console("verify", "--head", file)
    assert done.exit_code != 0
    assert "is no head of a trail" in done.output
    assert "cannot be read" in console("verify", "--head", console.folder / "none").output


def test_an_empty_trail_has_no_head(small_house: House, tmp_path: Path) -> None:
    """There is nothing to keep before anything was done."""
    assert "nothing stands in the trail" in Console(small_house, tmp_path)("head").output


def test_entries_are_exported_by_day_and_entered(console: Console, small_house: House) -> None:
    """A file of some days, readable by its owner alone, is in the list of files that left."""
    file = console.folder / "trail.csv"
    day = small_house.clock.now.date().isoformat()
    done = console("export", "--from", day, "--to", day, "--out", file)
    assert (done.exit_code, done.stdout) == (0, "5 entries\n")
    assert file.stat().st_mode & 0o077 == 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        assert [row["object"] for row in csv.DictReader(opened)] == ["t5", "t4", "t3", "t2", "t1"]
    assert console("export", "--to", "2020-01-01", "--out", file, "--replace").stdout == "0 entries\n"
    assert "YYYY-MM-DD" in console("export", "--from", "yesterday", "--out", file, "--replace").output
    with small_house.database.read() as connection:
        kinds = connection.execute(select(outlets.c.kind).order_by(outlets.c.at)).scalars().all()
    assert kinds == ["trail_export"] * 2


def test_what_is_older_than_the_policy_is_archived(small_house: House, tmp_path: Path) -> None:
    """Six years on, whole days leave into a file; younger ones never do, and nothing does where the trail is broken."""
    console, file = Console(small_house, tmp_path), tmp_path / "old.jsonl"
    small_house.clock.now = utc_now() - timedelta(days=6 * 366)
    write(small_house.database, "old1", "old2")
    seal(small_house)
    assert "is kept for 5 years" in console("archive", "--before", "2026-11-01", "--out", file).output
    for actor, told in (("x", "the trail is broken"), ("console", "2 entries of ")):
        with owner_of(small_house.database) as connection:
            connection.execute(update(audit).where(audit.c.subject == "old2").values(actor=actor))
        assert told in console("archive", "--out", file).output
        assert file.exists() is (actor == "console")
    assert "nothing is older" in console("archive", "--out", tmp_path / "more.jsonl").output
    assert console.verdict()["ok"]
    assert console.verdict()["entries"] >= 4
