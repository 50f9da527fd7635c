"""``uketsuke sample``: an invented export of the ward's system."""

from pathlib import Path

import click

from backend.bootstrap import open_directory
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import need_target
from backend.common import CommandFailedError, OutputFile, output_file, replace_option
from backend.exchange import (
    MAX_ROWS,
    BadDateError,
    Encoding,
    SampleError,
    SampleExport,
    parse_date,
    write_sample,
)
from backend.offices import OfficesError, business_day
from backend.storage import utc_now

_ENCODINGS = {"cp932": Encoding.CP932, "utf-8": Encoding.UTF_8, "utf-8-sig": Encoding.UTF_8_BOM}


@click.command(
    name="sample",
    short_help="Write an invented export of the ward's system.",
    epilog="Example: uketsuke sample --rows 200 --seed 1 --out var/sample.csv --on 2026-11-24",
)
@click.option(
    "--rows", type=click.IntRange(1, MAX_ROWS), default=200, show_default=True, help="How many rows."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed and day give the same file."
)
@click.option("--out", type=OutputFile(), required=True, help="File to write.")
@replace_option
@click.option(
    "--on",
    metavar="DATE",
    help="Day around which the reservations lie, for example 2026-11-24 or R8.11.24  [default: today in Tokyo]",
)
@click.option(
    "--encoding",
    type=click.Choice(list(_ENCODINGS)),
    default="cp932",
    show_default=True,
    help="CP932 shows 吉 where the name has 𠮷, as such exports do; UTF-8 holds every character.",
)
@config_option
def command(
    rows: int, seed: int, out: Path, on: str | None, encoding: str, config: Path | None, *, replace: bool
) -> None:
    """Write an invented export of the ward's system: CSV with CRLF and the ward's columns.

    Nobody in it exists. Reservations lie within the opening hours of the eleven offices in the weeks around a day; era
    dates, rare names, half-width kana, aliases, birthdays with unknown parts and proxies are among them. No field
    holds a 12-digit number.
    """
    try:
        day = parse_date(on) if on is not None else business_day(utc_now())
    except BadDateError:
        raise click.BadParameter("this is not a date", param_hint="--on") from None
    settings = settings_from(config)
    need_target(out, settings, [config], replace=replace)
    try:
        directory = open_directory(settings)
        out.parent.mkdir(parents=True, exist_ok=True)
        with output_file(out, replace=replace) as draft:
            count = write_sample(draft, SampleExport(directory, seed, day).rows(rows), _ENCODINGS[encoding])
    except (SampleError, OfficesError) as error:
        raise CommandFailedError(f"{error}.") from None
    except OSError as error:
        raise CommandFailedError(f"the file cannot be written: {error.strerror}.") from None
    click.echo(f"{count} rows around {day.isoformat()} written to {out}", err=True)
