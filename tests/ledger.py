"""A ledger of CPU time and SQL coverage: every process of `make test` writes a line, and the end of the run is judged.

A process appends one line to the file that ``UKETSUKE_LEDGER`` names: how many CPU seconds the tests of each folder
took, with the processes that they started and waited for, and each test function and fixture among them; how long the
bare loop took on this machine at this time; and from which lines of the product PostgreSQL was asked.
``python -m tests.ledger FILE`` says what is wrong with it, ``--dearest 40`` which files, tests and fixtures took most.
"""

import fcntl
import json
import os
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from sqlalchemy import Connection, Engine, event

from backend.storage.statements import Statement
from tests.bench.reference import loop_seconds
from tests.cpu_time import cpu_seconds
from tests.sql_orders import ROOT, Place, missed, orders

LEDGER: Final = "UKETSUKE_LEDGER"
BUDGET: Final = ROOT / "tests" / "budget.toml"
START: Final = "start"
"""The name for CPU time outside of tests: imports, collecting, the end of the process."""
_PRODUCT: Final = f"{ROOT / 'backend'}{os.sep}"
_STATEMENTS: Final = str(ROOT / "backend" / "storage" / "statements.py")


def folder_of(path: Path) -> str:
    """The folder of a test file below ``tests``."""
    return path.relative_to(ROOT / "tests").parts[0]


def function_of(item: pytest.Item) -> str:
    """A test without the case that it is run with: file and function."""
    return item.nodeid.partition("[")[0]


class Ledger:
    """A pytest plugin that writes one line when its process ends.

    Args:
        file: the file to which the line is appended.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._folders: dict[str, float] = defaultdict(float)
        self._functions: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
        self._fixtures: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
        self._loops: list[float] = []
        self._places: set[Place] = set()
        self._outcomes: Counter[str] = Counter()

    def pytest_sessionstart(self) -> None:
        """Begin to watch."""
        self._loops.append(loop_seconds())
        event.listen(Engine, "before_cursor_execute", self._note_order)
        # A compiled statement does not use SQLAlchemy's events, so it is watched separately.
        asked = self._asked = Statement._run

        def noting(statement: Statement, connection: Connection, *rest: Any) -> Any:
            self._note_order(connection)
            return asked(statement, connection, *rest)

        Statement._run = noting  # type: ignore[method-assign, assignment] # for the time of the run

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Count a test with its fixtures."""
        began = cpu_seconds()
        try:
            return (yield)
        finally:
            spent = cpu_seconds() - began
            self._folders[folder_of(item.path)] += spent
            _add(self._functions[function_of(item)], spent)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Count what a fixture takes until the test can begin, with those that it asks for while it runs."""
        began = cpu_seconds()
        try:
            return (yield)
        finally:
            _add(self._fixtures[fixturedef.argname], cpu_seconds() - began)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the outcome of a test: of its call, or of a fixture that failed or skipped it."""
        if report.when == "call" or not report.passed:
            self._outcomes[report.outcome] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the line, before a worker reports that it is done and is ended."""
        event.remove(Engine, "before_cursor_execute", self._note_order)
        Statement._run = self._asked  # type: ignore[method-assign] # as it was
        self._loops.append(loop_seconds())
        # The master process has waited for its workers, which have written lines of their own.
        alone = not session.config.pluginmanager.hasplugin("dsession")
        self._folders[START] += cpu_seconds(children=alone) - sum(self._folders.values())
        line = {
            "loop": min(self._loops),
            "folders": self._folders,
            "functions": self._functions,
            "fixtures": self._fixtures,
            "orders": sorted(self._places),
            "outcomes": self._outcomes if alone else {},
        }
        with self._file.open("a", encoding="utf-8") as ledger:
            fcntl.flock(ledger, fcntl.LOCK_EX)
            ledger.write(f"{json.dumps(line)}\n")

    def _note_order(self, connection: Connection, *_rest: Any) -> None:
        """Note which line of the product uses PostgreSQL."""
        if connection.dialect.name != "postgresql":
            return
        frame = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(_PRODUCT) and name != _STATEMENTS:
                self._places.add((name.removeprefix(f"{ROOT}{os.sep}"), frame.f_lineno))
                return
            frame = frame.f_back  # type: ignore[assignment]  # ends with None


def _add(count: list[float], seconds: float, times: float = 1) -> None:
    """One more of something that is counted in seconds and times."""
    count[0] += seconds
    count[1] += times


def dearest(lines: list[dict[str, Any]], count: int) -> list[str]:
    """The files, test functions and fixtures of a run that took most, as lines to read.

    Args:
        lines: of the ledger.
        count: how many of each.
    """
    files: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
    functions: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
    fixtures: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
    for line in lines:
        for name, (seconds, times) in line["functions"].items():
            _add(functions[name], seconds, times)
            _add(files[name.partition("::")[0]], seconds, times)
        for name, (seconds, times) in line["fixtures"].items():
            _add(fixtures[name], seconds, times)
    told = []
    for kind, spent in (("files", files), ("tests", functions), ("fixtures", fixtures)):
        told.append(f"The dearest {kind}, in seconds of CPU and times run:")
        most = sorted(spent.items(), key=lambda one: -one[1][0])[:count]
        told += [f"{seconds:9.2f} {times:6.0f}  {name}" for name, (seconds, times) in most]
    return told


def watch(config: pytest.Config) -> None:
    """Count what this process of pytest takes, where the environment names a ledger."""
    file = os.environ.get(LEDGER)
    if file:
        config.pluginmanager.register(Ledger(Path(file)))


pytest_configure = watch
"""So that ``-p tests.ledger`` counts a run that needs nothing else of ours."""


def judge(lines: list[dict[str, Any]], budget: dict[str, float]) -> list[str]:
    """What is wrong with a run, in sentences.

    Args:
        lines: the lines of the ledger.
        budget: how many bare loops of CPU time the tests of each folder may take.
    """
    spent: dict[str, float] = defaultdict(float)
    for line in lines:
        for folder, seconds in line["folders"].items():
            spent[folder] += seconds / line["loop"]
    told = [
        f"tests/{folder} took {loops:.0f} bare loops of CPU time and may take {budget[folder]:.0f}: "
        "docs/testing.md says what to do."
        for folder, loops in sorted(spent.items())
        if folder in budget and loops > budget[folder]
    ]
    told += [
        f"tests/{folder} has no budget in tests/budget.toml; it took {loops:.0f} bare loops of CPU time."
        for folder, loops in sorted(spent.items())
        if folder not in budget
    ]
    seen = {(str(file), int(line)) for one in lines for file, line in one["orders"]}
    told += [
        f"{order} was never carried out on PostgreSQL: a test that gets there must be marked dialect."
        for order in missed(orders(), seen)
    ]
    return told


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument(
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=ROOT / "var" / "test-ledger.jsonl",
)
@click.option(
    "--dearest",
    "shown",
    type=click.IntRange(1),
    help="Only show so many files, tests and fixtures that took most.",
)
def command(file: Path, shown: int | None) -> None:
    """Judge the ledger of a whole run: CPU time by folder, and that PostgreSQL saw every order of the product."""
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    if shown is not None:
        for told_line in dearest(lines, shown):
            click.echo(told_line)
        return
    budget = tomllib.loads(BUDGET.read_text("utf-8"))["bare_loops"]
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for line in lines:
        for folder, seconds in line["folders"].items():
            spent[folder][0] += seconds
            spent[folder][1] += seconds / line["loop"]
    for folder, (seconds, loops) in sorted(spent.items()):
        click.echo(
            f"{folder:14}{seconds:8.0f} s of CPU {loops:10.0f} bare loops of {budget.get(folder, 0):.0f}"
        )
    click.echo(f"{'together':14}{sum(seconds for seconds, _ in spent.values()):8.0f} s of CPU")
    told = judge(lines, budget)
    for sentence in told:
        click.echo(sentence)
    ended: Counter[str] = Counter()
    for line in lines:
        ended.update(line["outcomes"])
    click.echo(f"all parts: {', '.join(f'{count} {how}' for how, count in sorted(ended.items()))}")
    if told:
        sys.exit(1)


if __name__ == "__main__":
    command()
