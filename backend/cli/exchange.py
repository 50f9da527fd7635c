"""``uketsuke exchange``: imports what lies in a folder, with receipts, and puts exports for the ward's system there."""

import io
import json
import signal
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from backend.cli.exchange_folder import ExchangeFolder, Look
from backend.cli.export import export
from backend.cli.import_reservations import command as import_command
from backend.cli.options import database_option, open_existing
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError, InputFile, OutputFolder, in_tokyo, output_file
from backend.exchange import EXPORT_ENCODINGS, Encoding
from backend.handing_back import OUTLET_OF, Period, WardFile, since_export
from backend.offices import business_day
from backend.protection import Outlet, outlets_since
from backend.storage import Database, StorageError, utc_now

_LOOK_SECONDS = 2.0
_SETTLE_SECONDS = 5.0
_MEGABYTE = 1_000_000


@click.command(
    "exchange",
    short_help="Import what lies in a folder and put exports there, once or all the time.",
    epilog="Example: uketsuke exchange /srv/exchange --watch --export results --every 15",
)
@click.argument("folder", type=OutputFolder())
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C or SIGTERM.")
@click.option(
    "--export",
    "contents",
    type=click.Choice([one.value for one in WardFile]),
    multiple=True,
    help="What to put into outbox/; may be given several times.  Default: nothing.",
)
@click.option(
    "--every",
    type=click.IntRange(1, 1440),
    default=15,
    show_default=True,
    help="Minutes between exports while watching.",
)
@click.option("--skip-bad", is_flag=True, help="Import the good rows of a file although others are refused.")
@click.option(
    "--largest",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    help="Largest file that is read, in megabytes.",
)
@click.option(
    "--keep-days",
    type=click.IntRange(0, 3650),
    default=7,
    show_default=True,
    help="Days after which files in done/ and refused/ are deleted.",
)
@click.option(
    "--encoding",
    type=click.Choice([one.value for one in EXPORT_ENCODINGS]),
    default=Encoding.CP932.value,
    show_default=True,
    help="Encoding of the exports.",
)
@click.option(
    "--mapping",
    "mapping_file",
    type=InputFile(),
    metavar="FILE",
    help="TOML file with the ward's columns and words; see docs/export.md.",
)
@config_option
@database_option
def command(
    folder: Path,
    contents: tuple[str, ...],
    every: int,
    largest: int,
    keep_days: int,
    encoding: str,
    mapping_file: Path | None,
    config: Path | None,
    database_url: str | None,
    *,
    watch: bool,
    skip_bad: bool,
) -> None:
    """Work on FOLDER with inbox/, outbox/, done/, refused/, receipts/ and working/; what is missing is made.

    A file of inbox/ is imported as by 'uketsuke import' once it has not changed for five seconds. A receipt in JSON and one to
    read go to receipts/, the file to done/ or refused/. A bad file never stops the others. The exit code is 1 if a file was
    refused, or something could not be done.
    """
    settings = settings_from(config, database_url=database_url)
    given: list[str] = ["--json", *(["--skip-bad"] if skip_bad else [])]
    for option, value in (("--mapping", mapping_file), ("--config", config), ("--database", database_url)):
        given += [option, str(value)] if value is not None else []
    place = ExchangeFolder(folder.absolute(), largest * _MEGABYTE, _SETTLE_SECONDS)

    def send(content: WardFile, since: Outlet | None, out: Path) -> dict[str, Any] | None:
        done = export(
            settings,
            content,
            out,
            period=lambda database: _period(database, content, since),
            encoding=Encoding(encoding),
            mapping_file=mapping_file,
            actor="exchange",
            not_empty=True,
        )
        return done.as_json() if done.outlet else None

    with place.alone():
        work = Work(
            place,
            read=lambda file: run_import(file, given),
            send=send,
            former=lambda content: _former(open_existing(settings), content, place.outbox),
            contents=[WardFile(one) for one in contents],
            every=timedelta(minutes=every),
            keep_days=keep_days,
        )
        if watch:
            _watch(work)
        else:
            work.until_settled()
    if work.troubles:
        raise CommandFailedError(
            "a file was refused or something could not be done; receipts/ and the lines above say what."
        )


class Work:
    """What is done with a folder, step by step.

    Args:
        place: the folder.
        read: imports a file; returns the report, None where it was not the file's fault, and why it was refused.
        send: writes an export to a path; None where there was nothing to write.
        former: the last export of a kind that went into this folder, if there was one.
        contents: what is exported.
        every: the time between exports.
        keep_days: how long files that are done are kept.
        now: the time, aware.
        ticks: seconds of a clock that only goes forward.

    Attributes:
        troubles: how many files were refused and steps failed so far.
    """

    def __init__(
        self,
        place: ExchangeFolder,
        *,
        read: Callable[[Path], tuple[dict[str, Any] | None, str]],
        send: Callable[[WardFile, Outlet | None, Path], dict[str, Any] | None],
        former: Callable[[WardFile], Outlet | None],
        contents: list[WardFile],
        every: timedelta,
        keep_days: int,
        now: Callable[[], datetime] = utc_now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._read = read
        self._send = send
        self._former = former
        self._contents = contents
        self._every = every
        self._keep_days = keep_days
        self._now = now
        self._ticks = ticks
        self._exported: datetime | None = None
        self.troubles = 0

    def step(self) -> None:
        """Do what there is to do now; whatever goes wrong with one file or export, the others are done."""
        for taken in self._place.left_over():
            self._guarded(self._resume, taken)
        for file in self._place.ready(self._ticks()):
            self._guarded(lambda one: self._import(self._place.take(one, self._now())), file)
        now = self._now()
        if self._exported is None or now - self._exported >= self._every:
            self._exported = now
            for content in self._contents:
                self._guarded(self._export, content)
            self._place.drop_old(now, self._keep_days)

    def until_settled(self, pause: Callable[[float], object] = time.sleep) -> None:
        """Do everything once, and wait for files that are still being written for as long as they change."""
        self.step()
        while self._place.waits:
            pause(_LOOK_SECONDS)
            self.step()

    def _guarded(self, do: Callable[[Any], None], what: Path | WardFile) -> None:
        try:
            do(what)
        except (CommandFailedError, StorageError, OSError) as error:
            self.troubles += 1
            why = (
                error.strerror
                if isinstance(error, OSError)
                else error.format_message()
                if isinstance(error, click.ClickException)
                else str(error)
            )
            click.echo(
                f"{what if isinstance(what, WardFile) else 'a file'} could not be done and stays: {why}",
                err=True,
            )

    def _resume(self, taken: Path) -> None:
        """Go on with a file that was taken before a kill: where its receipt is there, it only has to be moved."""
        accepted = self._place.has_receipt(taken)
        if accepted is None:
            self._import(taken)
        else:
            self._place.put_away(taken, accepted=accepted)

    def _import(self, taken: Path) -> None:
        objection = self._place.objection(taken)
        if objection is not None:
            self._finish(taken, {"refused_file": objection.value}, objection.value)
            return
        before = Look.at(taken)
        report, why = self._read(taken)
        if Look.at(taken) != before:
            raise CommandFailedError("it was still being written and will be read again.")
        if report is None:
            raise CommandFailedError(why)
        self._finish(taken, report, why)

    def _finish(self, taken: Path, report: dict[str, Any], why: str) -> None:
        accepted = not why
        receipt = {
            "file": taken.name,
            "at": self._now().isoformat(),
            "accepted": accepted,
            "why": why,
            "report": report,
        }
        texts = {
            ".txt": _readable(receipt),
            ".json": json.dumps(receipt, ensure_ascii=False, indent=1) + "\n",
        }
        self._place.finish(taken, texts, accepted=accepted)
        self.troubles += not accepted
        click.echo(f"{'accepted' if accepted else 'refused'}  {taken.name}")

    def _export(self, content: WardFile) -> None:
        out = self._place.outbox / f"{content}-{in_tokyo(self._now()):%Y%m%d-%H%M%S}.csv"
        report = self._send(content, self._former(content), out)
        if report is None:
            return
        receipt = {
            "file": out.name,
            "at": self._now().isoformat(),
            "exported": content.value,
            "report": report,
        }
        for ending, text in (
            (".txt", _readable(receipt)),
            (".json", json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"),
        ):
            with output_file(self._place.receipts / f"{out.name}{ending}", replace=True) as draft:
                draft.touch(0o600)
                draft.write_text(text, encoding="utf-8")
        click.echo(f"exported  {out.name}")


def run_import(file: Path, options: list[str]) -> tuple[dict[str, Any] | None, str]:
    """Import a file exactly as ``uketsuke import`` does.

    Args:
        file: the file.
        options: of that command, with ``--json``.

    Returns:
        Its report, or None where it could not be imported for a reason that is not the file's; and why it was refused,
        empty where it was imported.
    """
    told, why = io.StringIO(), ""
    with redirect_stdout(told):
        try:
            import_command.main([*options, "--", str(file)], standalone_mode=False)
        except click.ClickException as error:
            why = error.format_message()
    try:
        report = json.loads(told.getvalue())
    except ValueError:
        return None, why or "the import said nothing."
    return report, why


def _readable(receipt: dict[str, Any]) -> str:
    """A receipt for somebody to read: a line for each thing that is said, and one for each row that needs a look."""
    report: dict[str, Any] = receipt["report"]
    lines = [f"{key:<12}{value}" for key, value in receipt.items() if key != "report" and value != ""]
    lines += [f"{key:<12}{value}" for key, value in report.items() if not isinstance(value, list | dict)]
    for key, value in report.items():
        if isinstance(value, list):
            lines.append(f"{key:<12}{len(value)}")
            lines += [
                f"  {', '.join(f'{name} {said}' for name, said in one.items())}"
                for one in value
                if isinstance(one, dict)
            ]
        elif isinstance(value, dict) and value:
            lines.append(f"{key:<12}{', '.join(f'{name} {said}' for name, said in value.items())}")
    return "\n".join(lines) + "\n"


def _period(database: Database, content: WardFile, since: Outlet | None) -> Period:
    """What is exported: what changed since the last time, else everything; of visits those of today."""
    if since is not None:
        return Period(changed_since=since_export(database, since.at))
    today = business_day(utc_now())
    return Period() if content is WardFile.RESERVATIONS else Period(today, today)


def _former(database: Database, content: WardFile, outbox: Path) -> Outlet | None:
    """The last export of a kind that went into a folder; a name that is there is a file that is whole, whatever its entry says."""
    try:
        with database.read() as connection:
            found = outlets_since(connection, kind=OUTLET_OF[content])
    finally:
        database.dispose()
    here = [one for one in found if Path(one.place).parent == outbox]
    return next((one for one in reversed(here) if one.state == "written" or Path(one.place).exists()), None)


def _watch(work: Work) -> None:
    """Look again and again until somebody ends it."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.is_set():
        work.step()
        ended.wait(_LOOK_SECONDS)
