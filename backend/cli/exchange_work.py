"""What is done with the folder of exchange, step by step: imports one after the other, exports at their time."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from backend.cli.exchange_folder import WORDS_OF_NOT_TAKEN, ExchangeFolder, NotTaken, Sight
from backend.cli.export_printing import export_lines
from backend.cli.import_printing import import_lines
from backend.common import CommandFailedError, in_tokyo, output_file
from backend.handing_back import WardFile
from backend.protection import Outlet
from backend.storage import StorageError, utc_now

LOOK_SECONDS = 2.0
"""Between two looks into the inbox."""


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
        self._folders: set[str] = set()
        self.troubles = 0

    def step(self, *, exports: bool = True) -> None:
        """Do what there is to do now; whatever goes wrong with one file or export, the others are done.

        Args:
            exports: whether exports are due, too.
        """
        folders = self._place.folders()
        for name in sorted(folders - self._folders):
            click.echo(f"inbox/{name} is a folder, and nothing is taken out of it", err=True)
        self._folders = folders
        for taken in self._place.left_over():
            self._guarded(self._resume, taken)
        for file in self._place.ready(self._ticks()):
            self._guarded(lambda one: self._import(self._place.take(one, self._now())), file)
        now = self._now()
        if exports and (self._exported is None or now - self._exported >= self._every):
            self._exported = now
            for content in self._contents:
                self._guarded(self._export, content)
            self._place.drop_old(now, self._keep_days)

    def until_settled(self, pause: Callable[[float], object] = time.sleep) -> None:
        """Do everything once, and wait for files that are still being written for as long as they change; exports come last."""
        self.step(exports=False)
        while self._place.waits:
            pause(LOOK_SECONDS)
            self.step(exports=False)
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
        before = Sight.at(taken)
        report, why = self._read(taken)
        if Sight.at(taken) != before:
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
            ".txt": _text(taken.name, self._now(), "accepted" if accepted else "refused", _whys(report, why)),
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
            (".txt", _text(out.name, self._now(), f"exported {content.value}", export_lines(report))),
            (".json", json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"),
        ):
            with output_file(self._place.receipts / f"{out.name}{ending}", replace=True) as draft:
                draft.touch(0o600)
                draft.write_text(text, encoding="utf-8")
        click.echo(f"exported  {out.name}")


def _text(name: str, at: datetime, what: str, lines: Iterable[str]) -> str:
    """A receipt for somebody to read, in the words of the commands that do the same by hand."""
    head = (f"file        {name}", f"time        {in_tokyo(at):%Y-%m-%d %H:%M:%S}", what)
    return "\n".join([*head, *lines]) + "\n"


def _whys(report: dict[str, Any], why: str) -> Iterator[str]:
    """Why a file was refused, if it was, and what was found in it."""
    if "refused_file" in report:
        yield WORDS_OF_NOT_TAKEN[NotTaken(report["refused_file"])]
        return
    if why:
        yield why
    yield from import_lines(report)
