"""What the bench compares with: an earlier version, a stand-in, blocks in turns, counted statements."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from rich.console import Console

from backend.protection.roles import DeviceKind
from tests.bench import crowd, noting_server, parts
from tests.bench.databases import Postgres
from tests.bench.fast_path import COMMIT, OLDER, STAND_IN, TODAY, Blocks, in_turns, sqlite_rows, stand_in
from tests.bench.line import Line
from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.people import Kiosk
from tests.bench.pictures import Sheets
from tests.bench.plan import QUICK
from tests.bench.reference import References
from tests.bench.release import ABSENT, VERSION, older_counter, unpack
from tests.bench.report import print_table
from tests.bench.statements import Count, Noted, logged_words, noted_words


@pytest.mark.parametrize(("value", "share"), [(6.0, 0.5), (3.0, 1.0), (1.5, 2.0)])
def test_where_more_is_better_the_share_is_the_other_way_round(value: float, share: float) -> None:
    """A figure with a minimum is reached up to a share of 1, just like one with a maximum."""
    told = Measurement.of("area", "name", [value], figure=Figure("p50", 3.0, "words", at_least=True))
    assert told.share_of_figure == share


def test_a_multiple_is_the_ratio_of_the_medians_of_the_rounds() -> None:
    """One slow round of either side does not change the multiple, and the spread of the rounds is reported."""
    told = Measurement.multiple("area", "name", [10.0, 12.0, 90.0], [4.0, 30.0, 3.0])
    assert (told.p50, told.n, told.unit) == (3.0, 3, "×")
    assert told.facts["rounds"] == "0.40 to 30.00"


@pytest.mark.parametrize(("ours", "theirs"), [([], []), ([1.0], [1.0, 2.0])])
def test_a_multiple_of_other_rounds_is_an_error(ours: list[float], theirs: list[float]) -> None:
    """Results of different numbers of rounds are not compared."""
    with pytest.raises(BenchError, match="same rounds"):
        Measurement.multiple("area", "name", ours, theirs)


def test_the_table_tells_a_multiple_once() -> None:
    """A multiple of medians has no percentiles; the target and whether it was reached stand beside it."""
    figure = Figure("p50", 2.0, "at most 2 × theirs")
    printed = StringIO()
    print_table(
        [Measurement.multiple("area", "name", [7.0], [2.0], figure=figure)], Console(file=printed, width=180)
    )
    row = next(line for line in printed.getvalue().splitlines() if "name" in line)
    assert re.findall(r"│ +3.50 │ +│ +│ × ", row)
    assert "at most 2 × theirs: missed" in row


def test_blocks_take_turns_and_every_second_round_goes_back() -> None:
    """The order is reversed in every second round, and bare commits are made before every block."""
    done: list[str] = []

    def part(name: str) -> Callable[[], Blocks]:
        def block() -> Blocks:
            done.append(name)
            blocks = Blocks()
            blocks.add([float(len(done))], acts=1.0)
            return blocks

        return block

    found = in_turns({(name, "work"): part(name) for name in "abc"}, 2, lambda: [0.5])
    assert "".join(done) == "abccba"
    assert found["a", "work"].each("p50") == [1.0, 6.0]
    assert found["a", "work"].rates == {"acts": [1.0, 1.0]}
    assert found[COMMIT, "commit"].times == [[0.5] * 3] * 2


def test_a_pace_is_kept_by_whoever_was_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow reply does not lower the rate: later acts are still due at their planned times."""
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    monkeypatch.setattr(crowd, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    pace = crowd.Pace(0.2, 0.05)
    pace.wait()
    now[0] += 0.5
    for _ in range(3):
        pace.wait()
    assert slept == [0.05, 0.0, 0.0, 0.1]
    crowd.Pace(0.0, 0.0).wait()
    assert len(slept) == 4


def test_the_stand_in_is_a_queue_that_knows_no_repetition(tmp_path: Path) -> None:
    """Numbers follow each other and are called in order; a request that comes twice draws two numbers, which ours never does."""
    again = {"request_id": "00000000-0000-4000-8000-000000000001"}
    with stand_in(tmp_path) as address, Line(address) as line:
        drawn = [line.post_json("/walk-ins", again).json()["number"] for _ in range(3)]
        called = [line.post_json("/calls", again).json()["number"] for _ in range(4)]
    assert drawn == [1, 2, 3]
    assert called == [1, 2, 3, None]


def test_the_stand_in_writes_as_durably_as_ours(tmp_path: Path) -> None:
    """The stand-in commits durably, in a write-ahead log, so that the comparison is fair."""
    with stand_in(tmp_path) as address, Line(address) as line:
        line.post_json("/walk-ins", {})
    with closing(sqlite3.connect(tmp_path / "stand-in.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("SELECT number, state FROM tickets").fetchall() == [(1, "waiting")]


def test_a_version_that_the_repository_does_not_hold_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a clone without the history, the earlier version is skipped with one message, and the rest is measured."""
    monkeypatch.setattr(parts, "unpack", lambda folder: unpack(folder, "0" * 40))
    bare = Measurement.of("references", "bare", [1.0])
    work = parts.Work(tmp_path, QUICK, References(bare, bare, bare, bare), Sheets(), Postgres(), None, None)
    assert (work.release, work.release) == (None, None)
    assert capsys.readouterr().err == f"{ABSENT}\n"


@pytest.mark.parametrize("held", [True, False])
def test_the_multiples_of_a_run_are_of_what_was_measured(held: bool) -> None:
    """Each row divides its own figure by its own reference; without the earlier version its rows and facts are gone."""
    found = {(COMMIT, "commit"): blocks(2.0)}
    for whose, ms in {TODAY: 4.0, STAND_IN: 1.0, **({OLDER: 8.0} if held else {})}.items():
        for what in ("issue, one client", "walk-in, one client", "walk-in, 4 kiosks", "4 + 4"):
            found[whose, what] = blocks(ms)
    rows = {one.name.partition(" (")[0]: (one.p50, one.facts.get(VERSION)) for one in sqlite_rows(found)}
    older = {f"4 + 4: commands a second ÷ {VERSION}'s": (0.5, None)} if held else {}
    assert rows == {
        "issue, one client: p50 ÷ bare commit": (2.0, "4.00" if held else None),
        "walk-in, one client: p50 ÷ stand-in's": (4.0, "8.00" if held else None),
        "walk-in, 4 kiosks: p95 ÷ stand-in's": (4.0, "8.00" if held else None),
        "walk-in, 4 kiosks: issued a second ÷ stand-in's": (4.0, "8.00" if held else None),
        "4 + 4: p50 ÷ bare commit": (2.0, "4.00" if held else None),
        "4 + 4: p99 ÷ bare commit": (2.0, "4.00" if held else None),
        **older,
    }


def blocks(ms: float) -> Blocks:
    """Three blocks of acts that took so many milliseconds; as many a second, so that every rate has its own value."""
    made = Blocks()
    for _ in range(3):
        made.add([ms] * 10, issued=ms, commands=ms)
    return made


def test_the_earlier_version_runs_beside_this_one(tmp_path: Path) -> None:
    """Its own programs make its database and serve it: today's modules and tables have no part in it."""
    release = unpack(tmp_path)
    if release is None:
        pytest.skip(f"{VERSION} is not in this clone")
    style = release / "assets" / "pages" / "app.css"
    style.write_text("/* of the earlier version */", "utf-8")
    with older_counter(release, tmp_path / "counter") as counter, counter.serving() as servers:
        served = httpx2.get(f"{servers[0].address}/static/{style.name}", trust_env=False).text
        [number] = counter.reserve(1)
        with Kiosk(servers[0].address, counter.device(DeviceKind.KIOSK)) as kiosk:
            _, ticket = kiosk.check_in(number)
        stored = counter.stored()
    assert served == style.read_text("utf-8")
    assert dict(stored.numbers) == {crowd.issued(ticket)[0]: ticket["number"]}


def test_every_statement_that_sqlite_is_given_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row of many counts, whoever sends it and however; no value is written down."""
    monkeypatch.setitem(vars(sqlite3), "connect", sqlite3.connect)
    monkeypatch.setitem(vars(sqlite3.dbapi2), "connect", sqlite3.dbapi2.connect)
    file = tmp_path / "noted.txt"
    noting_server.note_into(file)
    with closing(sqlite3.dbapi2.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE one (word TEXT)")
        noted = Noted(file, noted_words)

        def act() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("insert into one values (?)", [("secret",), ("other",)])
            connection.execute("SELECT word FROM one").fetchall()
            connection.execute("COMMIT")

        def look() -> None:
            connection.execute("BEGIN")
            connection.execute("SELECT events.word FROM one AS events").fetchall()
            connection.execute("COMMIT")

        assert noted.of(act) == Count(asked=3, frames=2)
        assert noted.of(look) == Count(asked=0, frames=0, looks=1)
    assert file.read_text("utf-8").split() == [
        "CREATE", "BEGIN", "INSERT", "INSERT", "SELECT", "COMMIT", "BEGIN", "LOOK", "COMMIT",
    ]  # fmt: skip


def test_postgresqls_log_is_counted_for_one_database() -> None:
    """Simple and prepared statements count, those of another database, their values and other lines do not."""
    log = (
        "mine LOG:  statement: BEGIN\n"
        "mine LOG:  execute <unnamed>: SELECT 1\n\tFROM tickets\n"
        "mine DETAIL:  parameters: $1 = 'statement: DROP'\n"
        "other LOG:  statement: SELECT 2\n"
        "mine LOG:  execute _pg3_4: insert into tickets VALUES ($1)\n"
        "mine LOG:  statement: COMMIT\n"
        "mine LOG:  execute _pg3_8: SELECT events.seq, events.kind\n"
        "mine ERROR:  deadlock detected\n"
    )
    assert logged_words("mine", log) == ["BEGIN", "SELECT", "INSERT", "COMMIT", "LOOK"]
