"""A folder that the ward's system and this one both know: files are taken out of it whole, one at a time, and none twice.

Every move is a rename inside the folder, so a kill leaves a file before or behind it. What is in ``working`` when a program
starts was taken and is not done: it is done first.
"""

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Final
from unicodedata import category

from backend.common import CommandFailedError, in_tokyo, output_file
from backend.wire import FieldShape, contains_my_number

_UNFINISHED: Final = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".partial")
_OWNER_ONLY: Final = 0o700
_LONGEST: Final = 45
"""Characters of a name that are kept; with what stands before and behind it, no file system refuses it."""
_STEERING: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Controls, marks of direction, ends of lines: a name that holds one would look like something else on a receipt."""


class NotTaken(StrEnum):
    """Why a file is refused before anybody reads it."""

    NOT_A_FILE = "not_a_file"
    """A link, a pipe or something else that leads elsewhere."""
    LINKED = "linked"
    """It has another name besides, under which it may change."""
    TOO_LARGE = "too_large"
    NOT_READABLE = "not_readable"
    """Its rights do not let this program read it."""


WORDS_OF_NOT_TAKEN: Final = {
    NotTaken.NOT_A_FILE: "it is a link, a pipe or something else that is no file; put the file itself into inbox/.",
    NotTaken.LINKED: "it has another name besides, under which it may change; put a copy of it into inbox/.",
    NotTaken.TOO_LARGE: "it is larger than --largest allows.",
    NotTaken.NOT_READABLE: "its rights do not let this program read it.",
}


@dataclass(frozen=True)
class Sight:
    """What is seen of a file without opening it."""

    size: int
    changed: int

    @classmethod
    def at(cls, path: Path) -> "Sight":
        """A file as it is now, a link as itself.

        Raises:
            OSError: it is gone.
        """
        seen = path.lstat()
        return cls(seen.st_size, seen.st_mtime_ns)


class ExchangeFolder:
    """The folder with its parts; they are made for their owner only where they are missing.

    Args:
        root: the folder.
        largest: the size in bytes above which a file is not read.
        settle: for how many seconds a file must not have changed before it is taken.

    Raises:
        CommandFailedError: it cannot be used as it is, with what to do about it.
    """

    def __init__(self, root: Path, largest: int, settle: float) -> None:
        self.root = root
        self._largest = largest
        self._settle = settle
        self._seen: dict[str, tuple[Sight, float]] = {}
        parts = [root / name for name in ("inbox", "working", "done", "refused", "receipts", "outbox")]
        self.inbox, self.working, self.done, self.refused, self.receipts, self.outbox = parts
        try:
            for part in (root, *parts):
                with suppress(FileExistsError):
                    # A file or a link of that name is told apart below.
                    part.mkdir(mode=_OWNER_ONLY, exist_ok=True)
                _need_safe(part, shared=part in {root, self.inbox})
        except OSError as error:
            raise CommandFailedError(f"{root} cannot be used: {error.strerror}.") from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only program that works on this folder.

        Raises:
            CommandFailedError: another one does.
        """
        lock = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CommandFailedError(f"another program works on {self.root} already.") from None
            yield
        finally:
            os.close(lock)

    def left_over(self) -> list[Path]:
        """What was taken and is not done, the oldest first."""
        return sorted(self.working.iterdir())

    def ready(self, now: float) -> list[Path]:
        """Files of the inbox that have not changed for long enough, the oldest first.

        Args:
            now: seconds of a clock that only goes forward.
        """
        found: dict[str, Sight] = {}
        for entry in self.inbox.iterdir():
            if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                continue
            with suppress(OSError):
                if not stat.S_ISDIR(entry.lstat().st_mode):
                    found[entry.name] = Sight.at(entry)
        self._seen = {
            name: before
            if (before := self._seen.get(name)) is not None and before[0] == look
            else (look, now)
            for name, look in found.items()
        }
        old = [name for name, (_, since) in self._seen.items() if now - since >= self._settle]
        return [self.inbox / name for name in sorted(old, key=lambda name: (found[name].changed, name))]

    def folders(self) -> set[str]:
        """Names of folders in the inbox, from which nothing is taken; as they may be repeated."""
        return {_plain(one.name) for one in self.inbox.iterdir() if one.is_dir() and not one.is_symlink()}

    @property
    def waits(self) -> bool:
        """Whether there are files that have changed too recently to be taken."""
        return bool(self._seen)

    def take(self, file: Path, now: datetime) -> Path:
        """Take a file out of the inbox; its new name says when, and nothing that may be a 個人番号.

        Raises:
            OSError: it is gone, or the folder does not let it be taken.
        """
        self._seen.pop(file.name, None)
        taken = self.working / f"{in_tokyo(now):%Y%m%d-%H%M%S-%f}-{_plain(file.name)}"
        file.rename(taken)
        return taken

    def objection(self, taken: Path) -> NotTaken | None:
        """Why a file is not read, or None; what is read is for its owner only from then on."""
        seen = taken.lstat()
        if not stat.S_ISREG(seen.st_mode):
            return NotTaken.NOT_A_FILE
        if seen.st_nlink > 1:
            return NotTaken.LINKED
        if seen.st_size > self._largest:
            return NotTaken.TOO_LARGE
        with suppress(OSError):
            # Whoever put it there may still read it; nobody else from now on. That of another account stays as it is.
            taken.chmod(0o600)
        return None if os.access(taken, os.R_OK) else NotTaken.NOT_READABLE

    def has_receipt(self, taken: Path) -> bool | None:
        """Whether a file was done before the program was killed; then it only has to be moved. None where it was not."""
        for accepted in (True, False):
            if self._receipt(taken.name, accepted=accepted).exists():
                return accepted
        return None

    def finish(self, taken: Path, texts: Mapping[str, str], *, accepted: bool) -> None:
        """Write the receipts of a file and move it where it belongs.

        Args:
            taken: from ``take``.
            texts: what stands in the receipts, by the ending of their names; the one in JSON last, which says that all is done.
            accepted: whether it was imported.

        Raises:
            OSError: the disk is full; the file stays where it is, to be done again.
        """
        for ending, text in texts.items():
            name = self._receipt(taken.name, accepted=accepted).with_suffix(ending)
            with output_file(name, replace=True) as draft:
                draft.touch(0o600)
                draft.write_text(text, encoding="utf-8")
        self.put_away(taken, accepted=accepted)

    def put_away(self, taken: Path, *, accepted: bool) -> None:
        """Move a file that is done."""
        taken.rename((self.done if accepted else self.refused) / taken.name)

    def drop_old(self, now: datetime, days: int) -> int:
        """Delete the files of done and refused that were put away more than some days ago; returns how many.

        Args:
            now: aware.
            days: how long they are kept.
        """
        before = f"{in_tokyo(now - timedelta(days=days)):%Y%m%d-%H%M%S}"
        old = [one for part in (self.done, self.refused) for one in part.iterdir() if one.name < before]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)

    def _receipt(self, name: str, *, accepted: bool) -> Path:
        return self.receipts / f"{name}.{'accepted' if accepted else 'refused'}.json"


def _plain(name: str) -> str:
    """A name that may be repeated: short, plain text on one line, and without what may be a 個人番号."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return _digest(name)
    steers = any(category(sign) in _STEERING for sign in name)
    return _digest(name) if steers or contains_my_number(name, FieldShape.PATH) else name[-_LONGEST:]


def _digest(name: str) -> str:
    return f"{blake2b(os.fsencode(name), digest_size=6).hexdigest()}.csv"


def _need_safe(part: Path, *, shared: bool) -> None:
    """Refuse a folder that leads elsewhere, or that others could put files into behind our back.

    Args:
        part: the folder.
        shared: whether it is there for others, so that it may be theirs.
    """
    seen = part.lstat()
    if not stat.S_ISDIR(seen.st_mode):
        raise CommandFailedError(f"{part} is no folder and was left alone; remove it, and it will be made.")
    if seen.st_mode & stat.S_IWOTH:
        raise CommandFailedError(f"everybody may write into {part}; take that right away with chmod o-w.")
    if not shared and seen.st_uid not in {os.geteuid(), 0}:
        raise CommandFailedError(
            f"{part} belongs to somebody else; it must belong to whoever runs this program."
        )
    if not os.access(part, os.R_OK | os.W_OK | os.X_OK):
        raise CommandFailedError(f"this program may not read and write {part}; its rights must let it.")
