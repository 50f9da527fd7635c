"""Runs that print many enclosures: parts of one folder, each card in one of them, whatever interrupts them."""

import errno
import fcntl
import json
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import func, select, update

from backend.cards import (
    CardEntry,
    CardProgress,
    cards,
    has_notice,
    keep_cards,
    note_returned,
    notice_of,
    notices,
)
from backend.cards.print_runs import cards_to_notify
from backend.cli import notice_run
from backend.cli.notice_run import NoticeRun, new_run_id
from backend.cli.press import AskedNumber, numbers_of
from backend.common.console import CommandFailedError
from backend.printing.press import Press
from backend.printing.run_folder import MANIFEST, RunFolderError, take_folder
from backend.protection import OutletKind, outlets_since
from backend.reservations import AskedCard, Notice, NumberKind
from tests.exchange_support import KEY
from tests.support import House
from tests.warm_programs import warm_program

SHEETS = 3
CARDS = 8


class PaperPress:
    """Writes down what would be drawn, and breaks down before one of its parts, if it is told to."""

    def __init__(self, breaks_at: int = 0, error: BaseException | None = None) -> None:
        self._left = breaks_at
        self._error = error or KeyboardInterrupt()

    def draw_enclosures(self, printed: list[Notice]) -> bytes:
        """The sheets as text."""
        self._left -= 1
        if self._left == 0:
            raise self._error
        told = [
            [one.number, one.code, one.copy, one.printed_at.isoformat(), str(one.pickup_deadline)]
            for one in printed
        ]
        return json.dumps(told).encode()


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few sheets make a part."""
    monkeypatch.setattr(notice_run, "SHEETS_AT_MOST", SHEETS)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "out"
    made.mkdir()
    return made


@pytest.fixture
def prepared(house: House) -> House:
    """Cards that are prepared, one that is only delivered, and one whose notice is posted."""
    entries = [card(place) for place in range(CARDS)]
    others = [replace(card(90), progress=CardProgress.DELIVERED), card(91)]
    with house.database.write() as work:
        keep_cards(work, house.graph.records, [*entries, *others], ("card_number",))
        notice_of(work, others[1].card_id, KEY)
    return house


def card(place: int) -> CardEntry:
    """An invented card; the order of ids is not that of the numbers."""
    person = {"name": "受付 花子", "card_number": f"7F3{place:06d}"}
    return CardEntry(f"{99 - place:032x}", CardProgress.PREPARED, person)


def run(house: House, out: Path, press: PaperPress | None = None, *, adopt: bool = False) -> int:
    """Run into a folder."""
    with take_folder(out, new_run_id()) as folder:
        made = NoticeRun(
            house.database, house.graph.records, KEY, cast("Press", press or PaperPress()), folder
        )
        return made.print_new(date(2027, 3, 31), adopt=adopt)[1]


def printed(out: Path) -> list[str]:
    """The numbers on the sheets of a folder, in their order."""
    return [row[0] for path in sorted(out.glob("part-*.pdf")) for row in json.loads(path.read_text())]


NUMBERS = [f"7F3{place:06d}" for place in range(CARDS)]


@pytest.mark.dialect
def test_every_prepared_card_is_printed_once(prepared: House, out: Path) -> None:
    """Parts are in the order of the card numbers, the manifest says what is in them and nothing about anybody."""
    assert run(prepared, out) == 0
    assert printed(out) == NUMBERS
    text = (out / MANIFEST).read_text(encoding="utf-8")
    told = json.loads(text)
    assert [(part["part"], part["first"], part["last"], part["count"]) for part in told["parts"]] == [
        (1, 1, 3, 3),
        (2, 4, 6, 3),
        (3, 7, 8, 2),
    ]
    assert not any(number in text for number in NUMBERS)
    with prepared.database.read() as connection:
        assert cards_to_notify(connection) == []
        left = outlets_since(connection, kind=OutletKind.NOTICE_SHEET)
        copies = connection.execute(select(notices.c.copies).where(notices.c.run_id.is_not(None))).scalars()
        assert set(copies) == {1}
    assert sorted((one.count, one.state.value) for one in left) == [
        (2, "written"),
        (3, "written"),
        (3, "written"),
    ]


def test_a_second_run_makes_only_what_is_missing(prepared: House, out: Path) -> None:
    """Nothing new, nothing made; a part that was taken away comes back as it was; new cards become further parts."""
    run(prepared, out)
    before = {path: path.read_bytes() for path in out.glob("part-*")}
    times = {path: path.stat().st_mtime_ns for path in before}
    run(prepared, out)
    assert {path: path.stat().st_mtime_ns for path in before} == times
    (out / "part-0002.pdf").unlink()
    with prepared.database.write() as work:
        keep_cards(work, prepared.graph.records, [card(50)], ())
    run(prepared, out)
    assert {path: path.read_bytes() for path in before} == before
    assert printed(out) == [*NUMBERS, "7F3000050"]
    assert json.loads((out / MANIFEST).read_text())["parts"][3]["first"] == CARDS + 1


@pytest.mark.parametrize(
    "error",
    [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device"), MemoryError()],
    ids=["stopped", "full disk", "no memory"],
)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_interrupted_run_goes_on_where_it_was(
    prepared: House, out: Path, at: int, error: BaseException
) -> None:
    """Between the notices of a part and its file anything may happen: every card is printed once, as a first copy."""
    with pytest.raises(type(error)):
        run(prepared, out, PaperPress(at, error))
    run(prepared, out)
    assert printed(out) == NUMBERS
    assert {row[2] for path in out.glob("part-*") for row in json.loads(path.read_text())} == {1}
    with prepared.database.read() as connection:
        made = connection.execute(select(func.count()).where(notices.c.run_id.is_not(None))).scalar_one()
    assert made == CARDS


KILLED = """
import os, signal, sys
from pathlib import Path
from backend.cli import notice_run
from backend.cli.press import numbers_of
from backend.sealing import KeyStore, Records
from backend.storage import Database
from sqlalchemy import make_url
from tests.integration.test_cards_print_runs import KEY, PaperPress, new_run_id
from backend.cli.notice_run import NoticeRun
from backend.printing.run_folder import take_folder
notice_run.SHEETS_AT_MOST = 3
url, keys, out = sys.argv[1:]
class Deadly(PaperPress):
    def draw_enclosures(self, printed):
        if Path(out, "part-0001.pdf").exists():
            Path(out, ".uketsuke-half.part").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().draw_enclosures(printed)
with take_folder(Path(out), new_run_id()) as folder:
    NoticeRun(Database(url), Records(KeyStore(make_url(keys))), KEY, Deadly(), folder).print_new(None, adopt=False)
"""


def test_kill_9_in_the_middle_loses_nothing(prepared: House, out: Path) -> None:
    """The lock of a dead run is free, its half file is swept away, and what it began is finished."""
    out /= "run"
    keys = str(prepared.graph.settings.keys_url)
    ended = warm_program("backend").call(
        ["-c", prepared.graph.settings.database_url, keys, str(out)], code=KILLED
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert printed(out) == NUMBERS[:3]
    run(prepared, out)
    assert printed(out) == NUMBERS
    assert list(out.glob(".uketsuke-*.part")) == []


def test_two_runs_at_once_do_not_share_a_folder(prepared: House, out: Path) -> None:
    """The second one says that the first is at work, and makes nothing."""
    run(prepared, out)
    handle = os.open(out / ".uketsuke-run.lock", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(RunFolderError, match="another run is writing"):
            run(prepared, out)
    finally:
        os.close(handle)


def test_two_runs_into_two_folders_print_no_card_twice(prepared: House, out: Path) -> None:
    """Who was faster has the card: the slower run leaves it out of its part."""
    one, other = out / "one", out / "other"

    class Slow(PaperPress):
        """While its first part is drawn, the other run takes the rest."""

        def draw_enclosures(self, printed: list[Notice]) -> bytes:
            if not other.exists():
                run(prepared, other)
            return super().draw_enclosures(printed)

    run(prepared, one, Slow())
    assert printed(one) == NUMBERS[:3]
    assert printed(other) == NUMBERS[3:]


def test_what_a_lost_folder_had_begun_is_adopted_when_asked(prepared: House, out: Path) -> None:
    """A folder that is gone takes nobody's notice with it; without being asked, no run prints another one's cards."""
    with pytest.raises(KeyboardInterrupt):
        run(prepared, out / "lost", PaperPress(2))
    assert run(prepared, out / "next") == SHEETS
    assert printed(out / "next") == NUMBERS[6:]
    assert run(prepared, out / "next", adopt=True) == 0
    assert sorted(printed(out / "next")) == NUMBERS[3:]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda out: (out / "part-0001.pdf").write_bytes(b"other"), "is not what manifest.json says"),
        (lambda out: (out / MANIFEST).write_text("{}"), "cannot be read as the manifest"),
        (lambda out: (out / MANIFEST).write_text('{"format": 2, "run": "x", "parts": []}'), "cannot be read"),
        (lambda out: (out / MANIFEST).unlink(), "holds other files"),
        (
            lambda out: (out / MANIFEST).write_text(
                (out / MANIFEST).read_text().replace('"run": "', '"run": "0')
            ),
            "another database",
        ),
    ],
)
def test_a_folder_that_is_not_this_runs_is_left_alone(
    prepared: House, out: Path, spoil: Callable[[Path], object], words: str
) -> None:
    """A clear sentence, and nothing is made or overwritten."""
    run(prepared, out)
    spoil(out)
    before = {path: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(RunFolderError, match=words):
        run(prepared, out)
    assert {path: path.read_bytes() for path in out.iterdir()} == before


def test_nobody_is_printed_who_was_erased_or_whose_notice_came_back(prepared: House, out: Path) -> None:
    """A destroyed key leaves no number to print; a letter that came back waits for somebody who finds out why."""
    records = prepared.graph.records
    with prepared.database.write() as work:
        records.store.destroy(work.connection, [card(0).card_id])
        notice_of(work, card(1).card_id, KEY)
        note_returned(work, card(1).card_id)
    run(prepared, out)
    assert printed(out) == NUMBERS[2:]
    with prepared.database.read() as connection:
        assert not has_notice(connection, card(0).card_id)


def test_what_is_not_living_any_more_is_not_drawn_again(prepared: House, out: Path) -> None:
    """A part that is made once more does not send out a code that was taken back meanwhile."""
    run(prepared, out)
    (out / "part-0001.pdf").unlink()
    with prepared.database.write() as work:
        work.connection.execute(
            update(notices).where(notices.c.card_id == card(1).card_id).values(state="void")
        )
        work.connection.execute(update(cards).values(progress=CardProgress.NOTIFIED.value))
    run(prepared, out)
    assert printed(out) == [NUMBERS[0], *NUMBERS[2:]]


LISTED = [AskedNumber(f"7F3{place:06d}", f"line {place}") for place in (5, 2, 7, 0)]


def run_list(house: House, out: Path, press: PaperPress | None = None, of_list: str = "a list") -> int:
    """Run with a list into a folder."""

    def cards_of(asked: Sequence[AskedNumber]) -> list[AskedCard]:
        return [AskedCard(card(int(one.number[3:])).card_id, one.number, NumberKind.CARD) for one in asked]

    with take_folder(out, new_run_id(), of_list) as folder:
        made = NoticeRun(
            house.database, house.graph.records, KEY, cast("Press", press or PaperPress()), folder
        )
        return made.print_list(LISTED, cards_of, None)


def test_a_list_counts_a_copy_of_each(prepared: House, out: Path) -> None:
    """A reprint by list is a copy more of each sheet, in the order of the list; its folder is its own."""
    run(prepared, out / "new")
    assert run_list(prepared, out / "list") == len(LISTED)
    assert printed(out / "list") == [one.number for one in LISTED]
    rows = json.loads((out / "list" / "part-0001.pdf").read_text())
    assert {row[2] for row in rows} == {2}
    text = (out / "list" / MANIFEST).read_text()
    assert [part["count"] for part in json.loads(text)["parts"]] == [3, 1]
    assert not any(one.number in text for one in LISTED)
    for other in (None, "another list"):
        with (
            pytest.raises(RunFolderError, match="the folder of another run"),
            take_folder(out / "list", new_run_id(), other),
        ):
            pass


@pytest.mark.parametrize("at", [1, 2])
def test_a_list_goes_on_where_it_was_interrupted(prepared: House, out: Path, at: int) -> None:
    """What was drawn stays, what was not is drawn as the copy that it would have been, and then nothing is missing."""
    run(prepared, out / "new")
    with pytest.raises(KeyboardInterrupt):
        run_list(prepared, out / "list", PaperPress(at))
    before = {path: path.read_bytes() for path in (out / "list").glob("part-*")}
    assert len(before) == at - 1
    assert run_list(prepared, out / "list") == len(LISTED) - 3 * (at - 1)
    assert before.items() <= {path: path.read_bytes() for path in (out / "list").glob("part-*")}.items()
    assert printed(out / "list") == [one.number for one in LISTED]
    told = [row[2] for path in (out / "list").glob("part-*") for row in json.loads(path.read_text())]
    assert set(told) == {2}
    assert run_list(prepared, out / "list", PaperPress(1)) == 0


def test_a_part_of_a_list_that_was_taken_away_comes_back_as_it_was(prepared: House, out: Path) -> None:
    """It is the same copy once more, for its sheets were counted when they were there."""
    run_list(prepared, out / "list")
    lost = out / "list" / "part-0001.pdf"
    before = lost.read_bytes()
    lost.unlink()
    assert run_list(prepared, out / "list") == SHEETS
    assert lost.read_bytes() == before


def test_a_list_that_is_refused_leaves_no_folder(prepared: House, out: Path) -> None:
    """A folder that nothing was put into is not there afterwards, and one that was there stays."""
    there = out / "there"
    there.mkdir()
    for folder in (out / "new", there):
        with (
            pytest.raises(CommandFailedError),
            take_folder(folder, new_run_id(), "a list"),
        ):
            raise CommandFailedError("line 2: no card has this number")
    assert [path.name for path in out.iterdir()] == ["there"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8887-1018\n\n# old\n88871019\n8887 1018\n", None),
        ("number\n", None),
        ("1234-5678-9018\n", "line 1 holds a 12-digit number"),
        ("88871018\nab#\n", "line 2 is neither"),
        ("a#\n1234-5678-9018\n", "line 1 is neither .*; line 2 holds a 12-digit number"),
        ("# nothing\n", "has no number"),
    ],
)
def test_a_list_is_read_line_by_line(out: Path, text: str, words: str | None) -> None:
    """Empty lines and notes are passed over; what is wrong is told with its line, and no number is repeated."""
    listed = out / "list.txt"
    listed.write_text(text, encoding="utf-8")
    if words is None:
        assert len(numbers_of(listed)) == text.count("\n") - text.count("\n\n") - text.count("#")
        return
    with pytest.raises(CommandFailedError, match=words) as failed:
        numbers_of(listed)
    assert "5678" not in failed.value.message
