"""Old days leave the trail: written whole first, then taken away, and the check goes on over what has left."""

import base64
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from backend.protection.tables import audit, audit_seals
from backend.protection.trail import archiving
from backend.protection.trail.archiving import OldDays, drop_old_days, old_days, write_archive
from backend.storage.database import Database
from tests.support import HandClock
from tests.trail_support import KEY, checked, faults, owner_of, sealed, subjects_kept, write


def days(database: Database, clock: HandClock) -> None:
    """Three days: 25, 26 and 27 November, five entries each, in blocks of two."""
    for day in range(3):
        for number in range(5):
            write(database, f"{25 + day}-{number}")
            clock.advance(seconds=1)
        clock.advance(days=1, seconds=-5)
        sealed(database, batch=2)


def old(database: Database, day: int) -> OldDays | None:
    """What is older than a day of November."""
    with database.read() as connection:
        return old_days(connection, date(2026, 11, day))


def archive(database: Database, found: OldDays, file: Path) -> list[str]:
    """Write and take away; returns the lines of the file."""
    with database.read() as connection:
        written = write_archive(connection, found, file, KEY)
    assert sum(drop_old_days(database, found, KEY)) == written
    return file.read_text("utf-8").splitlines()


@pytest.mark.dialect
def test_old_days_leave_and_the_check_goes_on_over_them(
    database: Database, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day at a time or several, in pieces that end within a day: what stays is proven, and what left is in the file."""
    monkeypatch.setattr(archiving, "_ENTRIES_AT_ONCE", 3)
    days(database, clock)
    assert old(database, 25) is None
    found = old(database, 27)
    assert found is not None
    assert (found.first, found.last, found.entries) == (date(2026, 11, 25), date(2026, 11, 26), 10)
    lines = archive(database, found, tmp_path / "trail.jsonl")
    told = [json.loads(line) for line in lines]
    assert [one[8] for one in told if isinstance(one, list)] == [
        f"{d}-{n}" for d in (25, 26) for n in range(5)
    ]
    assert (tmp_path / "trail.jsonl").stat().st_mode & 0o077 == 0
    verdict = checked(database)
    assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, 15, 1)
    assert subjects_kept(database) == [*(f"27-{n}" for n in range(5)), None]
    with database.read() as connection:
        kept = connection.execute(
            select(audit_seals.c.day).where(audit_seals.c.content.is_(None)).order_by(audit_seals.c.number)
        ).scalars()
        assert [day.day for day in kept] == [25, 26]
        action, facts = connection.execute(
            select(audit.c.action, audit.c.facts).order_by(audit.c.seq.desc()).limit(1)
        ).one()
    assert (action, facts) == (
        "trail_archived",
        {"from": "2026-11-25", "to": "2026-11-26", "entries": 10},
    )
    assert old(database, 27) is None
    sealed(database)
    found = old(database, 28)
    assert found is not None
    archive(database, found, tmp_path / "more.jsonl")
    assert (checked(database).ok, checked(database).entries) == (True, 16)


def test_a_file_of_old_days_proves_itself(sqlite: Database, clock: HandClock, tmp_path: Path) -> None:
    """Digests and chain of the blocks in the file are those of the lines in it, down to the head that stayed here."""
    days(sqlite, clock)
    found = old(sqlite, 27)
    assert found is not None
    lines = archive(sqlite, found, tmp_path / "trail.jsonl")
    assert json.loads(lines[0])["form"] == "uketsuke trail archive 1"
    before, digest, content = "", "", b""
    for line in [*lines[1:], "{}"]:
        if line.startswith("["):
            content += line.encode() + b"\n"
            continue
        assert base64.b64encode(hashlib.sha256(content).digest()).decode() == digest or not before
        told = json.loads(line)
        assert not before or not told or told["previous"] == before
        before, digest, content = told.get("hash", before), told.get("digest", ""), b""
    with sqlite.read() as connection:
        head = connection.execute(
            select(audit_seals.c.hash).where(audit_seals.c.day == date(2026, 11, 26))
        ).scalar_one()
    assert base64.b64encode(head).decode() == before


def test_nobody_passes_a_removal_off_as_archiving(sqlite: Database, clock: HandClock) -> None:
    """Who takes days away as archiving does, without the key, is found, and so is who takes a head away."""
    days(sqlite, clock)
    with owner_of(sqlite) as connection:
        connection.execute(delete(audit).where(audit.c.seq <= 5))
        connection.execute(delete(audit_seals).where(audit_seals.c.number <= 2))
        connection.execute(
            update(audit_seals).where(audit_seals.c.number == 3).values(content=None, dropped=b"x" * 32)
        )
    assert faults(sqlite) == [(1, "block_removed")]


def test_a_head_that_is_taken_away_is_missed(sqlite: Database, clock: HandClock, tmp_path: Path) -> None:
    """The heads that stay of archived days are as little to be taken away as other blocks."""
    days(sqlite, clock)
    found = old(sqlite, 27)
    assert found is not None
    archive(sqlite, found, tmp_path / "trail.jsonl")
    with owner_of(sqlite) as connection:
        connection.execute(delete(audit_seals).where(audit_seals.c.day == date(2026, 11, 25)))
    assert [kind for _, kind in faults(sqlite)] == ["block_removed"]


@pytest.mark.dialect
def test_archiving_that_is_cut_off_goes_on(
    database: Database, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after any piece, the trail is whole, and the next archiving takes the rest; triggers are there all the while."""
    monkeypatch.setattr(archiving, "_ENTRIES_AT_ONCE", 2)
    days(database, clock)
    found = old(database, 27)
    assert found is not None
    for left in drop_old_days(database, found, KEY):
        assert left == 2
        break
    assert checked(database).ok
    with pytest.raises(Exception, match="only added to"), database.engine.begin() as connection:
        connection.execute(delete(audit))
    again = old(database, 27)
    assert again is not None
    assert again.entries == 8
    archive(database, again, tmp_path / "rest.jsonl")
    assert checked(database).ok
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(audit_seals)).scalar_one() == 2 + 3


def test_a_day_behind_a_later_one_stays(sqlite: Database, clock: HandClock, tmp_path: Path) -> None:
    """A clock that was set back leaves old entries behind newer ones: they stay until these leave."""
    write(sqlite, "t1")
    sealed(sqlite)
    clock.advance(days=2)
    write(sqlite, "t2")
    sealed(sqlite)
    clock.advance(days=-2)
    write(sqlite, "t3")
    sealed(sqlite)
    found = old(sqlite, 27)
    assert found is not None
    assert (found.entries, found.until_block) == (1, 1)
    archive(sqlite, found, tmp_path / "trail.jsonl")
    assert subjects_kept(sqlite) == ["t2", "t3", None]
    assert checked(sqlite).ok
