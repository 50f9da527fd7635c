"""``uketsuke figures``: how many cards, notices, bookings, cases and tickets are in which state."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from backend.cards import (
    CardCount,
    Milestones,
    NoticeCount,
    count_cards,
    count_notices,
    milestones,
)
from backend.cli.options import database_option, day_of, open_existing
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError, in_tokyo
from backend.reception import CaseCount, KindCount, TicketCount, count_cases, count_kinds, count_tickets
from backend.reservations import BookingCount, count_bookings
from backend.storage import Connection, StorageError, utc_now

Shape = dict[str, Any]


@dataclass(frozen=True)
class _Figures:
    """Everything that is counted, seen at one moment."""

    totals: Milestones
    cards: list[CardCount]
    notices: list[NoticeCount]
    bookings: list[BookingCount]
    cases: list[CaseCount]
    tickets: list[TicketCount]
    kinds: list[KindCount]


@click.command(
    "figures",
    short_help="Count cards, notices, bookings, cases and tickets by state, office and day.",
    epilog="Example: uketsuke figures --day 2026-11-25 --json",
)
@click.option(
    "--day", "written", metavar="DATE", help="Bookings, cases and tickets of this day only, YYYY-MM-DD."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@config_option
@database_option
def command(written: str | None, config: Path | None, database_url: str | None, *, as_json: bool) -> None:
    """Print the four figures of the work (申請, 納品, 発送, 交付) and every state with its count.

    Counted are the records that are kept, as they are now; docs/figures-of-work.md says what each figure means and what is
    not known. Nothing about anybody is read.
    """
    day = day_of("--day", written)
    settings = settings_from(config, database_url=database_url)
    now = utc_now()
    try:
        database = open_existing(settings)
        try:
            with database.read() as connection:
                found = _counted(connection, day)
        finally:
            database.dispose()
    except StorageError as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}.") from None
    if as_json:
        click.echo(json.dumps(_shape(found, now, day), ensure_ascii=False))
    else:
        _print(found, now, day)


def _counted(connection: Connection, day: date | None) -> _Figures:
    return _Figures(
        milestones(connection),
        count_cards(connection),
        count_notices(connection),
        count_bookings(connection, day),
        count_cases(connection, day),
        count_tickets(connection, day),
        count_kinds(connection, day),
    )


def _shape(found: _Figures, now: datetime, day: date | None) -> Shape:
    return {
        "at": in_tokyo(now).isoformat(timespec="seconds"),
        "day": day.isoformat() if day else None,
        "totals": {
            "applied": found.totals.applied,
            "delivered": found.totals.delivered,
            "notified": found.totals.notified,
            "issued": found.totals.issued,
        },
        "cards": _grouped(({"office": one.office_id}, one.state, one.count) for one in found.cards),
        "notices": _grouped(({"kind": one.kind.value}, one.state, one.count) for one in found.notices),
        "reservations": _grouped((_place(one), one.state, one.count) for one in found.bookings),
        "cases": _grouped((_place(one), one.state, one.count) for one in found.cases),
        "tickets": _grouped((_place(one), one.state, one.count) for one in found.tickets),
        "kinds": _grouped(((_place(one), one.kind, one.count) for one in found.kinds), "kinds"),
    }


def _place(one: BookingCount | CaseCount | TicketCount | KindCount) -> Mapping[str, str | None]:
    return {"office": one.office_id, "day": one.day.isoformat() if one.day else None}


def _grouped(rows: Iterable[tuple[Mapping[str, str | None], str, int]], by: str = "states") -> list[Shape]:
    """Rows of one place as one object: where, how many in all, and how many in each state, or ``by`` what else."""
    groups: dict[tuple[str | None, ...], Shape] = {}
    for where, state, count in rows:
        group = groups.setdefault(tuple(where.values()), {**where, "count": 0, by: {}})
        group["count"] += count
        group[by][str(state)] = count
    return list(groups.values())


def _print(found: _Figures, now: datetime, day: date | None) -> None:
    shape = _shape(found, now, day)
    click.echo(f"as of {in_tokyo(now):%Y-%m-%d %H:%M}")
    for name, count in shape["totals"].items():
        click.echo(f"  {name:<24}{count:>9}")
    for name in ("cards", "notices", "reservations", "cases", "tickets", "kinds"):
        click.echo(name if day is None or name in {"cards", "notices"} else f"{name} of {day.isoformat()}")
        if not shape[name]:
            click.echo("  none")
        for group in shape[name]:
            where = [
                str(value or "unknown")
                for key, value in group.items()
                if key not in {"count", "states", "kinds"}
            ]
            click.echo(f"  {' '.join(where)}")
            for state, count in group.get("states", group.get("kinds", {})).items():
                click.echo(f"    {state:<22}{count:>9}")
