"""``uketsuke export``: gives the ward's system back what was booked, received and handed out here."""

import errno
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from backend.bootstrap import open_directory
from backend.cli.export_printing import export_lines
from backend.cli.options import database_option, day_of, office_from, open_existing
from backend.cli.progress_bar import progress_bar
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import need_target
from backend.common import CommandFailedError, InputFile, OutputFile, output_file, replace_option
from backend.exchange import (
    EXPORT_ENCODINGS,
    Encoding,
    MappingError,
    OfficeNames,
    Written,
    load_mapping,
    write_rows,
)
from backend.handing_back import OUTLET_OF, Hand, Period, WardFile, since_export
from backend.offices import OfficesError, business_day
from backend.protection import Leaving, let_out, outlet_with
from backend.sealing import Records, opened_key_store
from backend.settings import Settings
from backend.storage import Database, StorageError, utc_now

_OWNER_ONLY = 0o600
_SHOWN = 40
Decorated = Callable[..., Any]


@dataclass(frozen=True)
class Exported:
    """What an export did.

    Attributes:
        outlet: the id under which the file was entered; ``--since`` takes it.
        written: what was written.
        encoding: how.
    """

    outlet: str
    written: Written
    encoding: Encoding

    def as_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {"id": self.outlet, "encoding": self.encoding.value, **self.written.as_json()}


mapping_option = click.option(
    "--mapping",
    "mapping_file",
    type=InputFile(),
    metavar="FILE",
    help="TOML file with the ward's columns and words; see docs/export.md.",
)


@click.command(
    "export",
    short_help="Write reservations, receptions or results as CSV for the ward's system.",
    epilog="Example: uketsuke export results --from 2026-11-25 --to 2026-11-25 --out results.csv",
)
@click.argument("content", type=click.Choice([one.value for one in WardFile]))
@click.option(
    "--out", type=OutputFile(), required=True, help="The CSV file; it can be read by its owner only."
)
@click.option("--from", "first", metavar="DATE", help="From this day in Tokyo on, YYYY-MM-DD.")
@click.option("--to", "last", metavar="DATE", help="Until this day, included.")
@click.option("--office", "office_id", help="Id of one office; all of them by default.")
@click.option(
    "--since",
    metavar="ID",
    help="Only what changed since a former export, named by the id that it printed.",
)
@click.option(
    "--encoding",
    type=click.Choice([one.value for one in EXPORT_ENCODINGS]),
    default=Encoding.CP932.value,
    show_default=True,
    help="Encoding of the file; utf-8-sig is UTF-8 with the mark that spreadsheets look for.",
)
@mapping_option
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object on stdout.")
@replace_option
@config_option
@database_option
def command(
    content: str,
    out: Path,
    first: str | None,
    last: str | None,
    office_id: str | None,
    since: str | None,
    encoding: str,
    mapping_file: Path | None,
    as_json: bool,
    replace: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Write CONTENT in the columns and words of the ward's card delivery system (個人番号カード交付管理システム).

    reservations are bookings, by the day that is booked: a file that 'uketsuke import' reads back without changing
    anything. receptions are the cards of the numbers of a day (today by default) with the times of each step; results say
    what became of each card. A character that CP932 lacks is replaced and listed. The file is entered in the list of files
    that left, see 'uketsuke outlets'.
    """
    settings = settings_from(config, database_url=database_url)
    kind = WardFile(content)
    need_target(out, settings, [config, mapping_file], replace=replace)
    if office_id is not None:
        office_from(settings, office_id)
    days = (day_of("--from", first), day_of("--to", last))
    if kind is not WardFile.RESERVATIONS and days == (None, None) and since is None:
        days = (business_day(utc_now()),) * 2
    if days[0] and days[1] and days[1] < days[0]:
        raise CommandFailedError("--to is a day before --from.")
    done = export(
        settings,
        kind,
        out,
        period=lambda database: Period(*days, office_id, _since(database, kind, since)),
        encoding=Encoding(encoding),
        mapping_file=mapping_file,
        replace=replace,
    )
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        for line in export_lines(done.as_json(), _SHOWN):
            click.echo(line)


def export(
    settings: Settings,
    content: WardFile,
    out: Path,
    *,
    period: Callable[[Database], Period],
    encoding: Encoding,
    mapping_file: Path | None = None,
    replace: bool = False,
    actor: str = "console",
    not_empty: bool = False,
) -> Exported:
    """Write a file for the ward, enter it as a file that leaves, and say what was written.

    Args:
        settings: of the command.
        content: what is written.
        out: where to; the caller has looked whether it may be written.
        period: says of a database of which days, which office and since when.
        encoding: of the file.
        mapping_file: the ward's columns and words.
        replace: whether a file that is there is replaced.
        actor: who asked for it.
        not_empty: write no file where there is nothing to write; the id is empty then.

    Raises:
        CommandFailedError: nothing was written; the message says why.
    """
    try:
        mapping = load_mapping(mapping_file or settings.mapping_file)
        offices = OfficeNames.of(open_directory(settings), mapping)
        database = open_existing(settings)
        try:
            with opened_key_store(settings) as store:
                hand = Hand(mapping, offices, Records(store))
                meant = period(database)
                with database.read() as connection:
                    store.check(connection, to_write=False)
                    found = hand.find(connection, content, meant)
                if not_empty and not found.ids:
                    return Exported("", Written(0, (), 0, {}), encoding)
                leaving = Leaving(OUTLET_OF[content], found.persons, out, actor)
                with let_out(database, leaving) as outlet:
                    written = _write(database, hand, content, meant, out, encoding, replace=replace)
                return Exported(outlet or "", written, encoding)
        finally:
            database.dispose()
    except (MappingError, OfficesError, StorageError) as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}; nothing was written.") from None
    except OSError as error:
        why = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else error.strerror
        raise CommandFailedError(f"{out} cannot be written: {why}; nothing was written.") from None


def _write(
    database: Database,
    hand: Hand,
    content: WardFile,
    period: Period,
    out: Path,
    encoding: Encoding,
    *,
    replace: bool,
) -> Written:
    if replace and out.is_file():
        # A file that takes the place of another one has its rights, and this one is for its owner only.
        out.chmod(_OWNER_ONLY)
    with (
        output_file(out, replace=replace) as draft,
        database.read() as connection,
        progress_bar("writing") as told,
    ):
        # Looked for again, behind the moment of the entry: the next one that asks what changed since then misses nothing.
        found = hand.find(connection, content, period)
        rows = hand.rows_for(connection, found)
        return write_rows(draft, hand.header(content), rows, encoding, len(found.ids), told)


def _since(database: Database, content: WardFile, outlet: str | None) -> datetime | None:
    """From when on a change is missing in a former export."""
    if outlet is None:
        return None
    with database.read() as connection:
        found = outlet_with(connection, outlet.strip())
    if found is None or found.kind is not OUTLET_OF[content]:
        raise CommandFailedError(
            f"no export of {content} has the id of --since; 'uketsuke outlets --json --kind {OUTLET_OF[content]}' lists them."
        )
    return since_export(database, found.at)
