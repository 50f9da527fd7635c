"""Sealing the trail: what is committed is numbered without gaps and chained, whoever commits when; and nothing changes it."""

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from backend.protection.audit import record_audit
from backend.protection.tables import audit, audit_seals
from backend.protection.trail.keys import TrailKey
from backend.protection.trail.sealer import TrailSealer
from backend.storage.database import Database
from backend.storage.errors import StorageBusyError
from backend.storage.unit_of_work import utc_now
from backend.web.stream.sealing import Sealing
from tests.migrated import closing_database
from tests.support import HandClock, House, serving, wait_until
from tests.trail_support import KEY, checked, faults, sealed, subjects_sealed, write


@pytest.mark.dialect
def test_what_is_committed_is_sealed_in_blocks_that_follow_each_other(database: Database) -> None:
    """Every entry is in exactly one block; a second round finds nothing to do; the verdict names what came since."""
    write(database, "t1", "t2", "t3")
    assert sealed(database, batch=2) == 3
    assert sealed(database) == 0
    write(database, "t4")
    verdict = checked(database)
    assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, 3, 1)
    assert verdict.sealed_until == database.clock()
    assert sealed(database) == 1
    assert subjects_sealed(database) == ["t1", "t2", "t3", "t4"]
    verdict = checked(database)
    assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, 4, 0)


@pytest.mark.dialect
def test_an_empty_trail_is_whole(database: Database) -> None:
    """A new server has nothing to seal, and nothing broken."""
    assert sealed(database) == 0
    verdict = checked(database)
    assert (verdict.ok, verdict.entries, verdict.sealed_until) == (True, 0, None)


@pytest.mark.dialect
def test_the_database_itself_refuses_to_change_the_trail(database: Database) -> None:
    """A slip at the console, or a fault of a program, changes no entry and no seal."""
    write(database, "t1")
    sealed(database)
    for change in (
        update(audit).values(actor="somebody"),
        delete(audit),
        update(audit_seals).values(high=7),
        delete(audit_seals),
    ):
        with pytest.raises(DBAPIError, match="only added to"), database.engine.begin() as connection:
            connection.execute(change)
    assert checked(database).ok


@pytest.mark.dialect
def test_nobody_empties_the_tables_at_once(database: Database) -> None:
    """TRUNCATE passes by the triggers of rows, and has its own."""
    write(database, "t1")
    sealed(database)
    if not database.is_sqlite:
        for table in ("audit", "audit_seals"):
            with pytest.raises(DBAPIError, match="only added to"), database.engine.begin() as connection:
                connection.execute(text(f"TRUNCATE {table}"))
    assert (checked(database).entries, checked(database).ok) == (1, True)


@pytest.mark.dialect
def test_an_entry_that_is_committed_late_is_sealed_late(database: Database) -> None:
    """A transaction that began first and is committed last is not skipped: its number is a hole until it comes."""
    if database.is_sqlite:
        # One writer at a time: nobody can be late, and numbers that were taken back are given again.
        write(database, "t1", "t2")
        assert sealed(database) == 2
        with database.read() as connection:
            assert connection.execute(select(audit_seals.c.holes)).scalar_one() == "[]"
        return
    sealer = TrailSealer(database, KEY)
    row = {"at": database.clock(), "actor": "a", "action": "tick", "facts": {}}
    with database.engine.connect() as slow:
        transaction = slow.begin()
        slow.execute(insert(audit).values(subject="slow", **row))
        with database.engine.connect() as broken, broken.begin() as taken_back:
            broken.execute(insert(audit).values(subject="never", **row))
            taken_back.rollback()
        write(database, "fast")
        assert sealer.seal_all() == 1
        verdict = checked(database)
        assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, 1, 0)
        transaction.commit()
    assert checked(database).unsealed == 1
    assert sealer.seal_all() == 1
    write(database, "last")
    assert sealer.seal_all() == 1
    assert subjects_sealed(database) == ["fast", "slow", "last"]
    assert (checked(database).ok, checked(database).unsealed) == (True, 0)


@pytest.mark.dialect
def test_a_hole_that_nobody_fills_is_given_up(database: Database) -> None:
    """The number of a transaction that was taken back is looked for no longer than any transaction lasts; who fills it then is found."""
    now = [0.0]
    sealer = TrailSealer(database, KEY, monotonic=lambda: now[0])
    row = {"at": database.clock(), "actor": "a", "action": "tick", "facts": {}}
    with database.engine.begin() as connection:
        connection.execute(insert(audit).values(seq=5, subject="t5", **row))
    sealer.seal_all()
    with database.read() as connection:
        assert connection.execute(select(audit_seals.c.holes)).scalar_one() == "[1, 2, 3, 4]"
    with database.engine.begin() as connection:
        connection.execute(insert(audit).values(seq=4, subject="late", **row))
    assert sealer.seal_all() == 1
    now[0] = 3601.0
    with database.engine.begin() as connection:
        connection.execute(insert(audit).values(seq=3, subject="much too late", **row))
        connection.execute(insert(audit).values(seq=6, subject="t6", **row))
    assert sealer.seal_all() == 1
    assert subjects_sealed(database) == ["t5", "late", "t6"]
    assert faults(database) == [(0, "inserted")]


@pytest.mark.dialect
def test_of_two_sealers_one_seals(migrated_url: str, clock: HandClock) -> None:
    """Two server processes give no number twice: the one that is slower finds that its block is there already."""
    with closing_database(migrated_url) as first, closing_database(migrated_url) as second:
        first.clock = second.clock = clock
        write(first, "t1", "t2")
        slow = TrailSealer(second, KEY)
        kept = slow._keep
        seen: list[bool] = []

        def overtaken(block: object) -> bool:
            if not seen:
                sealed(first)
            seen.append(kept(block))  # type: ignore[arg-type] # the block as it came
            return seen[-1]

        slow._keep = overtaken  # type: ignore[method-assign] # in the moment between looking and writing
        assert slow.seal() == 0
        assert seen == [False]
        assert (checked(first).ok, checked(first).entries) == (True, 2)


@pytest.mark.dialect
def test_while_another_process_seals_nobody_waits(migrated_url: str) -> None:
    """The lock of the database says who seals: the other one goes on without waiting, and tries again a second later."""
    with closing_database(migrated_url) as database:
        database.clock = utc_now
        write(database, "t1")
        if not database.is_sqlite:
            with database.engine.begin() as other:
                other.execute(text("SELECT pg_advisory_xact_lock(1953653100)"))
                assert sealed(database) == 0
        assert sealed(database) == 1


@pytest.mark.dialect
def test_a_block_has_the_entries_of_one_day(database: Database, clock: HandClock) -> None:
    """A day of Tokyo ends with a block, also when the clock is set back: whole days can be archived."""
    write(database, "t1")
    clock.advance(hours=20)
    write(database, "t2")
    clock.advance(hours=-40)
    write(database, "t3")
    assert sealed(database) == 3
    with database.read() as connection:
        days = connection.execute(select(audit_seals.c.day).order_by(audit_seals.c.number)).scalars().all()
    assert [day.isoformat() for day in days] == ["2026-11-25", "2026-11-26", "2026-11-24"]
    assert checked(database).ok


def test_a_round_that_fails_is_made_up_for(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between reading and writing, nothing is half sealed: the next round seals the same entries."""
    write(sqlite, "t1")

    class Killed(BaseException):
        """The end of a process."""

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("backend.protection.trail.sealer.keep_block", dies)
        sealed(sqlite)
    assert (checked(sqlite).entries, checked(sqlite).unsealed) == (0, 1)
    assert sealed(sqlite) == 1
    assert checked(sqlite).ok


def test_a_server_seals_by_itself_and_when_it_stops(small_house: House) -> None:
    """What is done while the server runs is sealed without anybody's order, and what is done at its end, too."""
    write(small_house.database, "t1")

    def entries() -> int:
        key = TrailKey((small_house.graph.settings.var_dir / "secret.key").read_bytes())
        return checked(small_house.database, key=key).entries

    with serving(small_house):
        wait_until(lambda: entries() == 1)
        write(small_house.database, "t2")
    assert entries() == 2


def test_a_failure_to_seal_is_told_once_and_its_end_too(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is away fills no log: one line when sealing stops, one when it goes on."""
    write(sqlite, "t1")
    sealing = Sealing(TrailSealer(sqlite, KEY))
    with capture_logs() as logs:
        with monkeypatch.context() as patched:
            patched.setattr(sqlite, "read", _away)
            sealing.seal()
            sealing.seal()
        sealing.seal()
        sealing.seal()
    assert [line["event"] for line in logs] == ["trail_not_sealed", "trail_sealed_again"]
    assert checked(sqlite).entries == 1


def _away() -> None:
    raise StorageBusyError("away")


@pytest.mark.dialect
def test_twelve_digits_and_html_are_sealed_as_they_are_or_withheld(database: Database) -> None:
    """Whatever stands in a field is sealed and checked; a 12-digit number never comes so far."""
    write(database, "<script>alert(1)</script>", place="<b>", role="'; --")
    with database.write() as work:
        record_audit(work, "a", "tick", None, {"fact": "123456789018", "<i>": "\u2028\n"})
    sealed(database)
    assert checked(database).ok
    with database.read() as connection:
        content = b"".join(connection.execute(select(audit_seals.c.content)).scalars())
    assert b"123456789018" not in content
    assert b"***" in content
