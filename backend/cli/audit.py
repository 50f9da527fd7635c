"""``uketsuke audit``: checks the trail, prints heads of it, writes parts of it and archives old days."""

import json
from datetime import datetime
from pathlib import Path

import click

from backend.cli.audit_files import archive, export, opened_trail, writing_to
from backend.cli.options import database_option, existing_key
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import need_target
from backend.common import CommandFailedError, InputFile, OutputFile, in_tokyo, output_file, replace_option
from backend.protection import (
    BadHeadError,
    Head,
    TrailKey,
    TrailSealer,
    TrailVerdict,
    head_of,
    last_block,
    read_head,
    verify_trail,
)

_BROKEN = 1
_SHOWN = 40
_HEAD_BYTES = 4000


@click.group("audit")
def command() -> None:
    """Check the trail (操作記録), keep heads of it elsewhere, write parts of it, archive old days."""


command.add_command(export)
command.add_command(archive)


@command.command("verify", epilog="Example: uketsuke audit verify --head head-2026-11-25.txt")
@click.option(
    "--head",
    "head_file",
    type=InputFile(),
    metavar="FILE",
    help="A head that was kept: with it a cut end and a trail made anew are found, too.",
)
@click.option(
    "--without-key",
    is_flag=True,
    help="Check a copy where the server's secret key is not: by the head alone.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object; times are UTC.")
@config_option
@database_option
def verify(
    head_file: Path | None,
    config: Path | None,
    database_url: str | None,
    *,
    without_key: bool,
    as_json: bool,
) -> None:
    """Read the whole trail and say whether it is as it was written, and if not, where.

    Nothing is changed. What was written in the last second is not sealed yet, and counted apart. The exit code is 1 where
    something is broken.
    """
    settings = settings_from(config, database_url=database_url)
    head = None if head_file is None else _head_in(head_file)
    if without_key and head is None:
        raise CommandFailedError("--without-key needs a head: name its file with --head.")
    with opened_trail(settings) as database:
        key = None if without_key else TrailKey(existing_key(settings, database))
        with database.read() as connection:
            verdict = verify_trail(connection, key, head)
    if as_json:
        click.echo(json.dumps(_object(verdict)))
    else:
        _print(verdict)
    if not verdict.ok:
        raise SystemExit(_BROKEN)


@command.command("head", epilog="Example: uketsuke audit head --out /media/usb/head-2026-11-25.txt")
@click.option("--out", type=OutputFile(), help="File to write; without it the head is printed.")
@replace_option
@config_option
@database_option
def head(out: Path | None, config: Path | None, database_url: str | None, *, replace: bool) -> None:
    """Print how far the trail has come, signed: to be kept on paper or a disk that administrators of the server cannot change.

    It holds nothing about anybody. Its signature can be checked with the key that stands in it, without the server.
    """
    settings = settings_from(config, database_url=database_url)
    if out is not None:
        need_target(out, settings, [config], replace=replace)
    with opened_trail(settings) as database:
        key = TrailKey(existing_key(settings, database))
        TrailSealer(database, key).seal_all()
        with database.read() as connection:
            last = last_block(connection)
    if last is None:
        raise CommandFailedError("nothing stands in the trail yet, so it has no head.")
    told = head_of(last, key).as_text()
    if out is None:
        click.echo(told, nl=False)
        return
    with writing_to(out), output_file(out, replace=replace) as draft:
        draft.write_text(told, "utf-8")


def _head_in(file: Path) -> Head:
    try:
        with file.open("rb") as opened:
            return read_head(opened.read(_HEAD_BYTES).decode("utf-8", "replace"))
    except OSError as error:
        raise CommandFailedError(f"{file} cannot be read: {error.strerror}.") from None
    except BadHeadError as error:
        raise CommandFailedError(f"{file} is no head of a trail: {error}.") from None


def _object(verdict: TrailVerdict) -> dict[str, object]:
    return {
        "ok": verdict.ok,
        "entries": verdict.entries,
        "sealed_until": _told(verdict.sealed_until),
        "unsealed": verdict.unsealed,
        "broken": [
            {"at": _told(fault.at), "entry": fault.entry, "kind": fault.kind.value}
            for fault in verdict.broken
        ],
    }


def _print(verdict: TrailVerdict) -> None:
    until = "-" if verdict.sealed_until is None else _clock(verdict.sealed_until)
    click.echo(f"entries       {verdict.entries:>12}")
    click.echo(f"sealed until  {until}")
    click.echo(f"not sealed    {verdict.unsealed:>12}")
    click.echo("the trail is as it was written" if verdict.ok else "THE TRAIL IS BROKEN:")
    for fault in verdict.broken[:_SHOWN]:
        at = "-" if fault.at is None else _clock(fault.at)
        click.echo(f"  {at}  entry {fault.entry}: {fault.kind.value}")
    if len(verdict.broken) > _SHOWN:
        click.echo(f"  … and {len(verdict.broken) - _SHOWN} more; --json lists a thousand.")


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _clock(at: datetime) -> str:
    return in_tokyo(at).strftime("%Y-%m-%d %H:%M:%S")
