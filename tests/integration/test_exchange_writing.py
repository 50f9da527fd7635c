"""A file is written while the counter works: in pieces, one at a time, and on from where it was stopped."""

import os
import signal
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from backend.cards.tables import card_persons, cards
from backend.cards.ward_words import WardWord
from backend.exchange.import_report import ImportReport
from backend.exchange.import_run import UnfinishedError, only_import, unfinished
from backend.exchange.importing import import_rows
from backend.exchange.missing_cards import missing_cards
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.exchange.sample import SampleExport, write_sample
from backend.exchange.tables import RunState, import_runs
from backend.exchange.writing import Writing
from backend.reception.changed_cards import tell_changed_cards
from backend.reception.commands import ShowNotice
from backend.storage.database import Database
from backend.storage.errors import StorageBusyError
from backend.storage.unit_of_work import UnitOfWork
from tests.counter import kiosk_at
from tests.exchange_support import DIRECTORY, KEY
from tests.migrated import migrated_sqlite
from tests.support import MORNING, House, events_of
from tests.warm_programs import warm_program


def rows(count: int, first: int = 0, **said: object) -> list[ReservationRecord]:
    """Rows of cards that are booked."""
    return [
        ReservationRecord(
            **{
                "number": f"8{place:07d}",
                "name": "受付 花子",
                "state": WardWord.BOOKED.value,
                "card_number": f"CARD{place:05d}",
                "office_id": "00",
                "starts_at": MORNING,
                **said,
            }  # type: ignore[arg-type] # any column
        )
        for place in range(first, first + count)
    ]


def imported(house: House, some: list[ReservationRecord], **asked: object) -> ImportReport:
    """Import a file."""
    file = ParsedFile(tuple(some), 0, (), "utf-8")
    return import_rows(
        house.database,
        house.graph.records,
        file,
        KEY,
        identifying=("card_number",),
        **asked,  # type: ignore[arg-type] # any option
    )


def stop_after(count: int) -> object:
    """A progress that stops the import as a kill does, once so many rows are done."""

    def progress(done: int, _total: int) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return progress


def count(house: House) -> int:
    """How many cards there are."""
    with house.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(cards)).scalar_one())


def runs(house: House) -> list[tuple[str, int, int, int]]:
    """State, rows done, accepted and changed of every import."""
    query = select(import_runs.c.state, import_runs.c.done, import_runs.c.accepted, import_runs.c.changed)
    with house.database.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(import_runs.c.started_at))]


@pytest.mark.dialect
def test_visitors_check_in_between_the_pieces(house: House) -> None:
    """While some hundreds of rows are written, a kiosk gives numbers: after every piece one is committed."""
    house.reserve("12345679", card_number="KIOSK0000")
    for place in range(40):
        house.reserve(f"7{place:07d}", card_number=f"KIOSK{place:04d}X")
    given: list[str] = []

    def check_in(_done: int, _total: int) -> None:
        if len(given) < 40:
            show = ShowNotice(f"7{len(given):07d}", typed=True, language="ja")
            reply = house.graph.runner.run(uuid4(), show, kiosk_at("00", "kiosk-1"))
            assert reply.ticket is not None
            given.append(reply.ticket.number)

    report = imported(house, rows(600), progress=check_in, tell=tell_changed_cards)
    assert report.accepted == 600
    assert report.pieces > 3
    assert len(set(given)) == min(40, report.pieces)
    assert report.longest > 0
    assert report.as_json()["written"]["pieces"] == report.pieces


def test_every_time_the_writer_is_held_is_measured(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest that is told is the longest that there was; making keys holds nobody up."""
    held = []
    took = Writing.__dict__["_stand_back"]

    def standing_back(writing: Writing) -> None:
        held.append(writing.longest)
        took(writing)

    monkeypatch.setattr(Writing, "_stand_back", standing_back)
    report = imported(small_house, rows(60))
    assert held == sorted(held)
    assert len(held) == report.pieces
    assert report.longest >= held[-1]


@pytest.mark.dialect
def test_the_same_file_goes_on_after_a_stop(house: House) -> None:
    """What was written is not written again, and the report counts both starts."""
    some = rows(100)
    with pytest.raises(KeyboardInterrupt):
        imported(house, some, progress=stop_after(30))
    there = count(house)
    assert 30 <= there < 100
    assert runs(house) == [("running", there, there, 0)]
    report = imported(house, some)
    assert (report.accepted, report.unchanged, report.resumed_after) == (100, 0, there)
    assert runs(house) == [("done", 100, 100, 0)]
    (event,) = [one for one in events_of(house.database) if one.kind == "reservations_imported"]
    assert event.facts["accepted"] == 100
    assert imported(house, some).unchanged == 100
    assert len(runs(house)) == 1, "what changes nothing is no import to remember"


@pytest.mark.dialect
def test_another_file_waits_for_the_rest_of_the_one_that_was_stopped(house: House) -> None:
    """Half of a file of changes is not forgotten without somebody saying so."""
    with pytest.raises(KeyboardInterrupt):
        imported(house, rows(100), progress=stop_after(30))
    there = count(house)
    with pytest.raises(UnfinishedError) as refused:
        imported(house, rows(10, 200))
    assert (refused.value.run.done, refused.value.run.rows) == (there, 100)
    assert count(house) == there
    assert imported(house, rows(10, 200), give_up=True).accepted == 10
    assert [state for state, *_ in runs(house)] == ["given_up", "done"]
    with house.database.read() as connection:
        assert unfinished(connection) is None


def test_an_import_that_wrote_nothing_is_in_nobodys_way(small_house: House) -> None:
    """A file that was refused by a full disk at its first row does not stop the next one."""
    with small_house.database.write() as work:
        imported_nothing(work)
    assert imported(small_house, rows(5)).accepted == 5


def imported_nothing(work: UnitOfWork) -> None:
    """An import that began and was stopped before its first piece."""
    known = dict.fromkeys(("rows", "done", "accepted", "changed", "conflicts", "refused"), 0)
    work.connection.execute(
        import_runs.insert().values(
            id="0" * 32,
            digest="0" * 64,
            state=RunState.RUNNING.value,
            whole=False,
            started_at=work.now,
            updated_at=work.now,
            **known,
        )
    )


@pytest.mark.dialect
def test_two_imports_at_once_are_one_too_many(house: House) -> None:
    """The second one says so in a sentence and writes nothing; a dry run may look meanwhile."""
    with only_import(house.database):
        with pytest.raises(StorageBusyError, match=r"another import.* is writing"):
            imported(house, rows(3))
        assert imported(house, rows(3), dry_run=True).accepted == 3
    assert count(house) == 0
    assert imported(house, rows(3)).accepted == 3


def test_a_card_is_written_whole_or_not_at_all(small_house: House) -> None:
    """Two bookings of one card are one step, wherever a file is stopped."""
    pairs = [
        row
        for first, second in zip(rows(60), rows(60, 100), strict=True)
        for row in (
            first,
            ReservationRecord(
                number=second.number, name="受付 花子", state="cancelled", card_number=first.card_number
            ),
        )
    ]
    with pytest.raises(KeyboardInterrupt):
        imported(small_house, pairs, progress=stop_after(20))
    with small_house.database.read() as connection:
        persons = connection.execute(select(func.count()).select_from(card_persons)).scalar_one()
    ((state, done, accepted, changed),) = runs(small_house)
    assert (state, done, accepted, changed) == ("running", persons * 2, persons * 2, 0)


@pytest.mark.dialect
def test_what_a_whole_file_does_not_name_is_told_and_stays(house: House) -> None:
    """Cards that wait are counted, with the numbers of those that are booked; those that are over are nobody's concern."""
    imported(
        house,
        [*rows(4), *rows(1, 10, state=WardWord.ISSUED.value), *rows(1, 11, state="notified", starts_at=None)],
    )
    report = imported(house, rows(2), whole=True)
    assert report.missing is not None
    assert (report.missing.count, report.missing.booked) == (3, ("80000002", "80000003"))
    assert report.as_json()["missing"] == {"cards": 3, "booked": ["80000002", "80000003"]}
    assert count(house) == 6
    assert imported(house, rows(2)).missing is None
    with house.database.read() as connection:
        assert missing_cards(connection, set()).count == 5


@pytest.mark.dialect
def test_an_older_file_after_a_newer_one_sets_nothing_back(house: House) -> None:
    """Also where the newer one changed nothing: its rows are counted and left out. Without a time the last file holds."""
    noon = MORNING + timedelta(hours=3)
    imported(house, rows(3, as_of=MORNING))
    assert imported(house, rows(3, as_of=noon)).unchanged == 3
    late = rows(3, as_of=MORNING + timedelta(hours=1), starts_at=MORNING + timedelta(days=1))
    report = imported(house, [*late, *rows(1, 10, as_of=MORNING)])
    assert (report.accepted, report.changed, report.older) == (1, 0, 3)
    assert report.as_json()["older"] == 3
    newer = rows(3, as_of=noon + timedelta(hours=1), starts_at=MORNING + timedelta(days=1))
    assert imported(house, newer).changed == 3
    assert imported(house, rows(3)).changed == 3, "a file without a time is what was told last"
    assert imported(house, rows(3, phone="0352733601"), as_of=MORNING).older == 3


def test_what_holds_of_a_row_is_looked_up_once_more_in_its_piece(small_house: House) -> None:
    """A card that is handed over while the file is compared is not set back by what the file says."""
    imported(small_house, rows(40))
    taken: list[str] = []

    def hand_over(_done: int, _total: int) -> None:
        if not taken:
            with small_house.database.write() as work:
                order = select(cards.c.id).where(cards.c.progress == "notified")
                taken.extend(work.connection.execute(order).scalars())
                work.connection.execute(update(cards).values(progress="issued"))

    imported(small_house, rows(40, phone="0352733601"), progress=hand_over)
    with small_house.database.read() as connection:
        assert set(connection.execute(select(cards.c.progress)).scalars()) == {"issued"}


@pytest.fixture
def at_home(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A folder with a database and a large export, and the surroundings of a process there."""
    migrated_sqlite(tmp_path / "var" / "uketsuke.db")
    write_sample(tmp_path / "a.csv", SampleExport(DIRECTORY, 1, date(2026, 11, 24)).rows(1500))
    url = f"sqlite:///{tmp_path}/var/uketsuke.db"
    return tmp_path, os.environ | {"UKETSUKE_VAR_DIR": str(tmp_path / "var"), "UKETSUKE_DATABASE_URL": url}


def test_kill_9_in_the_middle_and_the_same_command_goes_on(at_home: tuple[Path, dict[str, str]]) -> None:
    """As a process: killed while it writes, started again by hand, everything is there once."""
    folder, surroundings = at_home
    command = ["uketsuke", "import", str(folder / "a.csv"), "--json"]
    program = warm_program("backend")
    database = Database(f"sqlite:///{folder}/var/uketsuke.db")
    with program.start(command, env=surroundings) as process:
        while process.poll() is None:
            with database.read() as connection:
                stopped = unfinished(connection)
            if stopped is not None and stopped.accepted:
                process.send_signal(signal.SIGKILL)
                break
        process.wait()
    assert process.returncode == -signal.SIGKILL
    with database.read() as connection:
        there = int(connection.execute(select(func.count()).select_from(cards)).scalar_one())
        assert there == connection.execute(select(func.count()).select_from(card_persons)).scalar_one()
    assert 0 < there < 1500
    done = program.call(command, env=surroundings)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"accepted": 1500, "changed": 0, "unchanged": 0' in done.stdout
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(cards)).scalar_one() == 1500
    database.dispose()
