"""How an import's report is printed: as a table for people, or as JSON for programs; never a value of the file but a number."""

import json
from collections.abc import Iterable

import click

from backend.cards import grouped
from backend.exchange import REASON_WORDS, REMARK_WORDS, ImportReport

_SHOWN = 40


def print_json(report: ImportReport) -> None:
    """Print a report as one JSON object on stdout."""
    click.echo(json.dumps(report.as_json(), ensure_ascii=False))


def print_report(report: ImportReport, *, dry_run: bool) -> None:
    """Print a report as a table, no more than a screenful of each kind of line."""
    click.echo(f"encoding    {report.encoding}")
    _print_counts(report)
    _print_some(
        f"line {one.line}{_column(one.column)}: {one.reason.value}{_words(REASON_WORDS.get(one.reason))}"
        for one in report.refused
    )
    if report.pieces:
        click.echo(f"written in {report.pieces} pieces, the longest {report.longest * 1000:.0f} ms")
    if report.remarks:
        click.echo(f"{'remarks':<10}{len(report.remarks):>8}")
    _print_some(
        f"line {one.line}{_column(one.column)}: {one.remark.value}{_words(REMARK_WORDS[one.remark])}"
        for one in report.remarks
    )
    if dry_run:
        click.echo("Dry run: nothing was written.")


def _print_counts(report: ImportReport) -> None:
    counts = (
        ("accepted", report.accepted, None),
        ("changed", report.changed, None),
        ("unchanged", report.unchanged, None),
        ("refused", report.refused_rows, None),
        ("older", report.older or None, "a newer file has told of these cards; left as they are"),
        ("conflicts", report.conflicts or None, "changed here and in the ward's system; see 'uketsuke conflicts'"),
    )  # fmt: skip
    for name, count, words in counts:
        if count is not None:
            click.echo(f"{name:<10}{count:>8}{_words(words, space='  ')}")
    if report.resumed_after is not None:
        click.echo(
            f"went on after {report.resumed_after} rows that were done before; the counts are of both starts"
        )
    if report.missing is not None:
        click.echo(f"{'missing':<10}{report.missing.count:>8}  (cards here that the file does not name; they stay)")  # fmt: skip
        _print_some(f"booked here, not in the file: {grouped(number)}" for number in report.missing.booked)


def _print_some(lines: Iterable[str]) -> None:
    every = list(lines)
    for line in every[:_SHOWN]:
        click.echo(f"  {line}")
    if len(every) > _SHOWN:
        click.echo(f"  … and {len(every) - _SHOWN} more; --json lists every one.")


def _column(column: str | None) -> str:
    return f", column {column}" if column else ""


def _words(words: str | None, space: str = " ") -> str:
    return f"{space}({words})" if words else ""
