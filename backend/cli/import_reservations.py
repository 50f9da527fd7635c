"""``uketsuke import``: imports the ward's export as reservations."""

import secrets
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import make_url

from backend.bootstrap import open_directory
from backend.cli.import_printing import print_json, print_report
from backend.cli.options import database_option, open_database
from backend.cli.progress_bar import progress_bar
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError, InputFile, in_tokyo, locate
from backend.documents import DocumentsError
from backend.exchange import (
    BadDateError,
    CsvFileError,
    Encoding,
    ImportOptions,
    ImportReport,
    MappingError,
    OfficeNames,
    ParsedFile,
    StoppedError,
    UnfinishedError,
    import_rows,
    load_mapping,
    parse_file,
    read_csv,
    read_moment,
    refuse_unknown_recipients,
    report_without_database,
)
from backend.offices import OfficesError
from backend.reception import tell_changed_cards
from backend.reservations import WhoseWord
from backend.sealing import Records, opened_key_store
from backend.settings import Settings
from backend.storage import Database, StorageError, is_current, load_secret, utc_now
from backend.ward_rules import open_rules

_ENCODINGS = {
    "auto": Encoding.AUTO,
    "cp932": Encoding.CP932,
    "windows-31j": Encoding.CP932,
    "shift_jis": Encoding.CP932,
    "utf-8": Encoding.UTF_8,
    "utf-8-sig": Encoding.UTF_8_BOM,
    "utf-16": Encoding.UTF_16,
}


@click.command(
    name="import",
    short_help="Import the ward's CSV export of reservations.",
    epilog="Example: uketsuke import export.csv --dry-run",
)
@click.argument("file", type=InputFile(dir_okay=True))
@click.option(
    "--encoding",
    type=click.Choice(list(_ENCODINGS), case_sensitive=False),
    default="auto",
    show_default=True,
    help="Encoding of FILE. 'auto' takes the byte order mark, then UTF-8, then CP932, and reports which it was.",
)
@click.option(
    "--mapping",
    "mapping_file",
    type=InputFile(),
    metavar="FILE",
    help="TOML file that says what other column names and values mean; see docs/import.md.  Default: mapping_file of the settings.",
)
@click.option("--dry-run", is_flag=True, help="Report what the import would do, write nothing.")
@click.option(
    "--skip-bad",
    is_flag=True,
    help="Import the good rows although others are refused; without it one refused row refuses the file.",
)
@click.option(
    "--full",
    "whole",
    is_flag=True,
    help="FILE names every card of the ward's system: report those that it does not name. Nothing is ever deleted.",
)
@click.option(
    "--as-of",
    "as_of",
    metavar="TIME",
    help="Of when FILE is (Tokyo), where its rows do not say so. What a newer file told of a card is not set back.",
)
@click.option(
    "--conflicts",
    "choice",
    type=click.Choice([one.value for one in WhoseWord]),
    default=WhoseWord.REPORT.value,
    show_default=True,
    help="A booking that was changed here and in the ward's system: keep ours, take theirs, or keep ours and list "
    "both sides in 'uketsuke conflicts'.",
)
@click.option(
    "--give-up",
    is_flag=True,
    help="Leave out the rest of another file whose import was stopped in the middle.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on stdout.")
@config_option
@database_option
def command(
    file: Path,
    encoding: str,
    mapping_file: Path | None,
    dry_run: bool,
    skip_bad: bool,
    whole: bool,
    as_of: str | None,
    choice: str,
    give_up: bool,
    as_json: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Import FILE, a CSV export of the ward's card delivery system (個人番号カード交付管理システム).

    A row with a 12-digit number in any field is refused; the report names line and column, never a value. Importing
    the same file again changes nothing. The exit code is 0 only if the import was carried out (with --dry-run: could
    be carried out).
    """
    settings = settings_from(config, database_url=database_url)
    order = ImportOptions(
        identifying=settings.identifying_numbers,
        skip_bad=skip_bad,
        dry_run=dry_run,
        choice=WhoseWord(choice),
        whole=whole,
        as_of=_moment(as_of),
        give_up=give_up,
    )
    try:
        report = _run(settings, file, _ENCODINGS[encoding.lower()], mapping_file, order)
    except CsvFileError as error:
        if as_json:
            print_json(ImportReport(0, 0, 0, (error.refusal,), error.encoding))
        raise CommandFailedError(f"{error}; nothing was imported.") from None
    except StoppedError as error:
        # The piece alone was not written.
        why = str(error).rstrip(".").removesuffix("; nothing was written")
        raise CommandFailedError(
            f"{why}; {error.done} of {error.total} rows are imported. Import the same file again: it goes "
            "on from there."
        ) from None
    except (MappingError, OfficesError, StorageError, UnfinishedError, DocumentsError) as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}; nothing was imported.") from None
    if as_json:
        print_json(report)
    else:
        print_report(report, dry_run=dry_run)
    if report.refused and not skip_bad:
        rows = "1 row was" if report.refused_rows == 1 else f"{report.refused_rows} rows were"
        raise CommandFailedError(
            f"{rows} refused and nothing was imported; correct the file, or leave bad rows out with --skip-bad."
        )
    if report.refused and not report.accepted + report.changed + report.unchanged:
        raise CommandFailedError("every row was refused and nothing was imported.")


def _run(
    settings: Settings,
    file: Path,
    encoding: Encoding,
    mapping_file: Path | None,
    order: ImportOptions,
) -> ImportReport:
    used = mapping_file or settings.mapping_file
    mapping = load_mapping(used)
    if used != locate("mappings", "default.toml"):
        refuse_unknown_recipients(used, lambda: _recipient_types(settings))
    offices = OfficeNames.of(open_directory(settings), mapping)
    content = read_csv(file, encoding)
    with progress_bar("reading") as told:
        parsed = parse_file(content, mapping, offices, utc_now(), told, settings.identifying_numbers)
    _warn_of_numbers_nobody_can_type(settings, parsed)
    if parsed.refused and not order["skip_bad"]:
        return report_without_database(parsed)
    if order["dry_run"] and _absent(settings.database_url):
        return report_without_database(parsed, skip_bad=order["skip_bad"])
    return _write(settings, parsed, order)


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = read_moment(written)
    except BadDateError:
        raise CommandFailedError("--as-of is a date, or a date and a time, as 2026-11-24 18:00.") from None
    if in_tokyo(moment).date() > in_tokyo(utc_now()).date():
        # Every right file after it would count as an older one, and be left out.
        raise CommandFailedError("--as-of is a day that has not come; nothing was imported.")
    return moment


def _recipient_types(settings: Settings) -> tuple[str, ...]:
    """The recipient types of every dated rule set, in the order of the rules."""
    sets = open_rules(settings).rule_sets()
    return tuple(dict.fromkeys(code for one in sets for code in one.recipient_table))


def _warn_of_numbers_nobody_can_type(settings: Settings, parsed: ParsedFile) -> None:
    """Warn of numbers that the kiosk's keypad does not accept by the setting: these visitors could not check in."""
    forms = settings.number_shapes
    numbers_said = [record.number for record in parsed.records if record.number]
    count = sum(not any(form.lets_through(number) for form in forms) for number in numbers_said)
    if forms and count:
        numbers = "1 reservation number has" if count == 1 else f"{count} reservation numbers have"
        click.echo(
            f"Warning: {numbers} a form that the kiosk's keypad does not take; see the setting number_shapes.",
            err=True,
        )


def _write(settings: Settings, parsed: ParsedFile, order: ImportOptions) -> ImportReport:
    dry_run = order["dry_run"]
    database = Database(settings.database_url) if dry_run else open_database(settings)
    try:
        database.expect_many_rows()
        if dry_run and not is_current(database):
            raise CommandFailedError("the database has not been set up; run 'uketsuke migrate' first.")
        with opened_key_store(settings) as store:
            if dry_run:
                with database.read() as connection:
                    store.check(connection, to_write=False)
            with progress_bar("comparing" if dry_run else "writing") as told:
                return import_rows(
                    database,
                    Records(store),
                    parsed,
                    _key(settings, database, dry_run=dry_run),
                    progress=told,
                    tell=tell_changed_cards,
                    **order,
                )
    finally:
        database.dispose()


def _key(settings: Settings, database: Database, *, dry_run: bool) -> bytes:
    """The server's secret; a dry run writes nothing, so it does not create a missing one."""
    if dry_run and not settings.var_dir.exists():
        return secrets.token_bytes(32)
    return load_secret(settings.var_dir, database)


def _absent(url: str) -> bool:
    """Whether the database is an embedded one that does not exist yet."""
    parsed = make_url(url)
    return (
        parsed.get_backend_name() == "sqlite"
        and bool(parsed.database)
        and not Path(str(parsed.database)).exists()
    )
