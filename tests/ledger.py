"""A ledger of CPU time and SQL coverage: every process of `make test` writes a line, and the end of the run is judged.

A process appends one line to the file that ``UKETSUKE_LEDGER`` names: how many CPU seconds the tests of each folder
took, including the processes that they started and waited for; how long the bare loop took on this machine at this
time; and which lines of the product used PostgreSQL. ``python -m tests.ledger FILE`` prints what is wrong.
"""

import fcntl
import json
import os
import resource
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from sqlalchemy import Connection, Engine, event

from backend.storage.statements import Statement
from tests.bench.reference import loop_seconds
from tests.sql_orders import ROOT, Place, missed, orders

LEDGER: Final = "UKETSUKE_LEDGER"
BUDGET: Final = ROOT / "tests" / "budget.toml"
START: Final = "start"
"""The name for CPU time outside of tests: imports, collecting, the end of the process."""
_PRODUCT: Final = f"{ROOT / 'backend'}{os.sep}"
_STATEMENTS: Final = str(ROOT / "backend" / "storage" / "statements.py")


def cpu_seconds(*, children: bool = True) -> float:
    """User and system time of this process; with ``children``, also of processes that it started and waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) if children else (resource.RUSAGE_SELF,)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


def folder_of(path: Path) -> str:
    """The folder of a test file below ``tests``."""
    return path.relative_to(ROOT / "tests").parts[0]


class Ledger:
    """A pytest plugin that writes one line when its process ends.

    Args:
        file: the file to which the line is appended.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._folders: dict[str, float] = defaultdict(float)
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
            self._folders[folder_of(item.path)] += cpu_seconds() - began

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
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def command(file: Path) -> None:
    """Judge the ledger of a whole run: CPU time by folder, and whether PostgreSQL executed every SQL of the product."""
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
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
