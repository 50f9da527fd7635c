"""How an import's report is told: as lines for people, or as JSON for programs; never a value of the file but a number."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import click

from backend.cards import grouped
from backend.exchange import REASON_WORDS, REMARK_WORDS, ImportReport

_SHOWN: Final = 40
_REASONS: Final = {reason.value: words for reason, words in REASON_WORDS.items()}
_REMARKS: Final = {remark.value: words for remark, words in REMARK_WORDS.items()}
_WORDS_OF_COUNTS: Final = {
    "older": "a newer file has told of these cards; left as they are",
    "conflicts": "changed here and in the ward's system; see 'uketsuke conflicts'",
}


def print_json(report: ImportReport) -> None:
    """Print a report as one JSON object on stdout."""
    click.echo(json.dumps(report.as_json(), ensure_ascii=False))


def print_report(report: ImportReport, *, dry_run: bool) -> None:
    """Print a report as a table, no more than a screenful of each kind of line."""
    for line in import_lines(report.as_json(), _SHOWN):
        click.echo(line)
    if dry_run:
        click.echo("Dry run: nothing was written.")


def import_lines(told: Mapping[str, Any], most: int | None = None) -> Iterator[str]:
    """A report in lines, the same words on the console and on a receipt.

    Args:
        told: as ``ImportReport.as_json`` tells it.
        most: how many lines of each kind; all of them where it is not said.
    """
    if told.get("encoding"):
        yield f"encoding    {told['encoding']}"
    refused = told.get("refused", [])
    counts = {name: told[name] for name in ("accepted", "changed", "unchanged") if name in told}
    counts["refused"] = len({one["line"] for one in refused})
    counts |= {name: told[name] for name in _WORDS_OF_COUNTS if name in told}
    for name, count in counts.items():
        yield f"{name:<10}{count:>8}{_words(_WORDS_OF_COUNTS.get(name), space='  ')}"
    if "resumed_after" in told:
        yield f"went on after {told['resumed_after']} rows that were done before; the counts are of both starts"
    if "missing" in told:
        missing = told["missing"]
        yield f"{'missing':<10}{missing['cards']:>8}  (cards here that the file does not name; they stay)"
        yield from some((f"booked here, not in the file: {grouped(one)}" for one in missing["booked"]), most)
    yield from some((_row(one, one["reason"], _REASONS) for one in refused), most)
    if "written" in told:
        written = told["written"]
        yield f"written in {written['pieces']} pieces, the longest {written['longest_ms']:.0f} ms"
    remarks = told.get("remarks", [])
    if remarks:
        yield f"{'remarks':<10}{len(remarks):>8}"
    yield from some((_row(one, one["remark"], _REMARKS) for one in remarks), most)


def some(lines: Iterable[str], most: int | None) -> Iterator[str]:
    """Lines of one kind, set in; where there are more than are shown, how many."""
    every = list(lines)
    for line in every[:most]:
        yield f"  {line}"
    if most is not None and len(every) > most:
        yield f"  … and {len(every) - most} more; --json lists every one."


def _row(one: Mapping[str, Any], code: str, words: Mapping[str, str]) -> str:
    place = f"line {one['line']}" if one["line"] else "the file"
    column = f", column {one['column']}" if one["column"] else ""
    return f"{place}{column}: {code}{_words(words.get(code))}"


def _words(words: str | None, space: str = " ") -> str:
    return f"{space}({words})" if words else ""
