"""Writes the figures as a table for people, as JSON for comparisons, and as a document."""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.common.console import product_version
from tests.bench.measurement import TIMES, Measurement

_WIDTH = 180
"""Width in columns if the output is not a terminal; in a narrower table every line would be broken."""


def print_table(found: Sequence[Measurement], console: Console | None = None) -> None:
    """Print every measurement, area by area."""
    console = console or Console()
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table(title="Uketsuke: measured figures", title_justify="left")
    table.add_column("what", min_width=44)
    for heading in ("n", "p50", "p95", "p99"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("unit", "p50 is", "figure to reach", "and"):
        table.add_column(heading)
    area = ""
    for one in by_area(found):
        if one.area != area:
            area = one.area
            table.add_section()
            table.add_row(f"[bold]{area}[/bold]")
        table.add_row(
            one.name,
            str(one.n),
            *_percentiles(one),
            one.unit,
            "\n".join(f"{_number(ratio)} × {name}" for name, ratio in one.ratios.items()),
            _figure(one),
            ", ".join(f"{name}: {value}" for name, value in one.facts.items()),
        )
    console.print(table)


def by_area(found: Sequence[Measurement]) -> list[Measurement]:
    """The measurements grouped by area; areas are in the order in which they first appear."""
    areas = list(dict.fromkeys(one.area for one in found))
    return sorted(found, key=lambda one: areas.index(one.area))


def write_json(found: Sequence[Measurement], file: Path, *, quick: bool, seconds: float) -> None:
    """Write every measurement, and a description of the machine.

    Args:
        found: the measurements, references first.
        file: overwritten; its folder is made.
        quick: whether this was the short run, whose figures are not meaningful.
        seconds: how long the run took.

    Raises:
        OSError: the file cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "product": product_version(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "seconds": round(seconds, 1),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.system(),
            "architecture": platform.machine(),
            "python": platform.python_version(),
            "load": [round(load, 2) for load in os.getloadavg()],
        },
        "measurements": [_plain(one) for one in by_area(found)],
    }
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def write_markdown(found: Sequence[Measurement], file: Path, *, seconds: float) -> None:
    """Write the figures as a document: one table per area, every figure with its references.

    Raises:
        OSError: the file cannot be written.
    """
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    lines = [
        "# Figures",
        "",
        'Made by `make bench ARGS="--markdown docs/figures.md"`. What each line means: [performance.md](performance.md).',
        "Machines differ: compare the multiples, not the milliseconds.",
        "",
        f"Version {product_version()}, {datetime.now(UTC):%Y-%m-%d}, {machine}, Python {platform.python_version()}.",
        f"Load at the end {os.getloadavg()[0]:.1f}; {seconds:.0f} s in all.",
    ]
    area = ""
    for one in by_area(found):
        if one.area != area:
            area = one.area
            lines += [
                "",
                f"## {area}",
                "",
                "| what | n | p50 | p95 | p99 | unit | p50 is | figure to reach | and |",
                "|---|--:|--:|--:|--:|---|---|---|---|",
            ]
        cells = [
            one.name,
            str(one.n),
            *_percentiles(one),
            one.unit,
            "<br>".join(f"{_number(ratio)} × {name}" for name, ratio in one.ratios.items()),
            _figure(one),
            ", ".join(f"{name}: {value}" for name, value in one.facts.items()),
        ]
        lines.append("| " + " | ".join(re.sub(r"\[/?\w+\]", "", cell) for cell in cells) + " |")
    file.write_text("\n".join(lines) + "\n", "utf-8")


def _plain(one: Measurement) -> Mapping[str, object]:
    figure = None
    if one.figure is not None and one.share_of_figure is not None:
        figure = {
            "statistic": one.figure.statistic,
            "limit": round(one.figure.limit, 4),
            "at_least": one.figure.at_least,
            "words": one.figure.words,
            "share": round(one.share_of_figure, 4),
            "reached": one.share_of_figure <= 1,
        }
    return {
        "area": one.area,
        "name": one.name,
        "unit": one.unit,
        "n": one.n,
        "p50": round(one.p50, 4),
        "p95": round(one.p95, 4),
        "p99": round(one.p99, 4),
        "ratios": {name: round(ratio, 4) for name, ratio in one.ratios.items()},
        "facts": dict(one.facts),
        "figure": figure,
    }


def _figure(one: Measurement) -> str:
    share = one.share_of_figure
    if one.figure is None or share is None:
        return ""
    verdict = "[green]reached[/green]" if share <= 1 else "[red]missed[/red]"
    if one.unit == TIMES:
        return f"{one.figure.words}: {verdict}"
    return f"{one.figure.statistic} {share:.2f} × {one.figure.words}: {verdict}"


def _percentiles(one: Measurement) -> tuple[str, str, str]:
    """The three percentiles as texts; a multiple has only one value."""
    if one.unit == TIMES:
        return _number(one.p50), "", ""
    return _number(one.p50), _number(one.p95), _number(one.p99)


def _number(value: float) -> str:
    """Three significant digits."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3f}"
