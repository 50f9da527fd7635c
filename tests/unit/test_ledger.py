"""The ledger of a run of tests: what it counts, what it calls too much, and which orders PostgreSQL never got."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.ledger import BUDGET, command, judge
from tests.sql_orders import ROOT, Order, missed, orders

FOLDERS = {one.name for one in (ROOT / "tests").iterdir() if any(one.glob("test_*.py"))}


def line(**folders: float) -> dict[str, Any]:
    """What one process writes: these seconds, on a machine where the loop takes two milliseconds."""
    everywhere = [[order.file, order.first] for order in orders()]
    return {
        "loop": 0.002, "folders": folders, "functions": {}, "fixtures": {},
        "orders": everywhere, "outcomes": {"passed": 1},
    }  # fmt: skip


def test_a_folder_above_its_budget_is_named() -> None:
    """Two processes that together took more loops than allowed: the sentence says which folder, and how many."""
    budget = {"unit": 1000.0, "web": 1000.0}
    assert judge([line(unit=1.0), line(unit=0.9, web=2.0)], budget) == []
    (told,) = judge([line(unit=1.0), line(unit=1.1, web=2.0)], budget)
    assert told.startswith("tests/unit took 1050 bare loops of CPU time and may take 1000")


def test_a_folder_without_a_budget_is_named() -> None:
    """A new folder of tests must have a budget, or the run fails."""
    (told,) = judge([line(unit=1.0, novel=0.1)], {"unit": 1000.0})
    assert told.startswith("tests/novel has no budget")


def test_an_order_that_postgresql_never_got_is_named() -> None:
    """What only SQLite was asked may be wrong on PostgreSQL; the sentence says file, line and function."""
    first = orders()[0]
    told = line(unit=1.0)
    told["orders"] = [place for place in told["orders"] if place != [first.file, first.first]]
    (sentence,) = [one for one in judge([told], {"unit": 1000.0}) if str(first) in one]
    assert "was never carried out on PostgreSQL" in sentence


def test_orders_are_found_where_they_stand(tmp_path: Path) -> None:
    """An order over several lines counts by any of them, one in an inner function as that function's."""
    source = tmp_path / "room.py"
    source.write_text(
        "def outer(connection):\n    def act():\n        connection.execute(\n            ORDER,\n        )\n"
        "    return act, connection.close()\n"
    )
    found = orders(tmp_path, tmp_path)
    assert found == [Order("room.py", 3, 5, "act", "ORDER")]
    assert missed(found, [("room.py", 4)]) == []
    assert missed(found, [("room.py", 6), ("other.py", 4)]) == found


def test_every_folder_of_tests_has_a_budget() -> None:
    """The file of budgets names what is there and nothing that is not."""
    import tomllib

    named = tomllib.loads(BUDGET.read_text("utf-8"))["bare_loops"]
    assert set(named) == FOLDERS | {"start"}
    assert all(loops > 0 for loops in named.values())


def test_the_dearest_are_told_over_all_processes(tmp_path: Path) -> None:
    """Who makes tests cheaper begins with what costs most, wherever its cases ran; no more are shown than were asked for."""
    cheap, dear = "tests/unit/test_a.py::test_cheap", "tests/unit/test_b.py::test_dear"
    lines = [
        {"functions": {cheap: [1.0, 1], dear: [0.75, 3]}, "fixtures": {"house": [0.5, 4]}},
        {"functions": {dear: [0.75, 2]}, "fixtures": {"house": [0.25, 1]}},
    ]
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text("".join(f"{json.dumps(one)}\n" for one in lines), "utf-8")
    shown = CliRunner().invoke(command, [str(ledger), "--dearest", "1"])
    assert shown.exit_code == 0
    rows = [row.split() for row in shown.output.splitlines() if row.startswith(" ")]
    assert rows == [["1.50", "5", "tests/unit/test_b.py"], ["1.50", "5", dear], ["0.75", "5", "house"]]


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_run_writes_what_its_tests_cost(workers: tuple[str, ...], tmp_path: Path) -> None:
    """With and without workers: the work of a test and of its children is its folder's, and all tests are counted."""
    ledger = tmp_path / "ledger.jsonl"
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", "-p", "tests.ledger", *workers,
            "tests/unit/test_locator.py",
        ],
        cwd=ROOT, env={"PATH": "/usr/bin:/bin", "UKETSUKE_LEDGER": str(ledger)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    shown = CliRunner().invoke(command, [str(ledger)])
    lines = [json.loads(one) for one in ledger.read_text("utf-8").splitlines()]
    assert sum(one["folders"].get("unit", 0.0) for one in lines) > 0
    counted = [times for one in lines for _, times in one["functions"].values()]
    assert sum(counted) == sum(one["outcomes"].get("passed", 0) for one in lines) > 0
    assert f"all parts: {sum(one['outcomes'].get('passed', 0) for one in lines)} passed" in shown.output
    assert len(lines) == (3 if workers else 1)
