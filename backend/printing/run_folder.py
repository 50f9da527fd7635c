"""The folder of a run that prints many sheets: numbered parts and a manifest that says what is in them.

The manifest holds numbers of parts, counts and digests, nothing about anybody. One run at a time has the folder; a lock
that dies with its process keeps a second one out.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_LOCK: Final = ".uketsuke-run.lock"
_OURS: Final = ".uketsuke-"
_DRAFT: Final = ".part"


class RunFolderError(Exception):
    """The folder cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class SheetPart:
    """A part that is complete.

    Attributes:
        part: its number, from 1.
        file: the name of its file.
        first: number of its first sheet, counted through all parts, from 1.
        last: number of its last sheet.
        count: how many sheets it has.
        digest: SHA-256 of the file.
    """

    part: int
    file: str
    first: int
    last: int
    count: int
    digest: str


class RunFolder:
    """A folder that this run has for itself; made by ``take_folder``.

    Attributes:
        run_id: of the run, in hex.
        is_new: whether the run begins with this.
    """

    def __init__(
        self, path: Path, run_id: str, parts: Mapping[int, SheetPart], of_list: str | None, *, is_new: bool
    ) -> None:
        self._path = path
        self._of_list = of_list
        self.run_id = run_id
        self.is_new = is_new
        self._parts = dict(parts)

    @property
    def parts(self) -> dict[int, SheetPart]:
        """The parts of the manifest, by number."""
        return dict(self._parts)

    def file_of(self, part: int) -> Path:
        """Where a part is, or will be."""
        return self._path / f"part-{part:04d}.pdf"

    def is_there(self, part: int) -> bool:
        """Whether a part is complete; one whose file was taken away is not.

        Raises:
            RunFolderError: its file is not what the manifest says.
        """
        kept = self._parts.get(part)
        path = self.file_of(part)
        if kept is None or not path.is_file():
            return False
        if _digest(path) != kept.digest:
            raise RunFolderError(
                f"{path} is not what {MANIFEST} says of it; move it away, and the next run makes it again"
            )
        return True

    def note(self, part: int, first: int, count: int) -> None:
        """Enter a part whose file is complete."""
        path = self.file_of(part)
        self._parts[part] = SheetPart(part, path.name, first, first + count - 1, count, _digest(path))
        self._save()

    def begin(self) -> None:
        """Keep which run this is, before anything is made for it."""
        if self.is_new:
            self._save()

    def _save(self) -> None:
        told = {
            "format": _FORMAT,
            "run": self.run_id,
            "list": self._of_list,
            "sheets": sum(part.count for part in self._parts.values()),
            "parts": [asdict(part) for _, part in sorted(self._parts.items())],
        }
        draft = self._path / f"{_OURS}manifest{_DRAFT}"
        with draft.open("w", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path / MANIFEST)


@contextmanager
def take_folder(path: Path, run_id: str, of_list: str | None = None) -> Iterator[RunFolder]:
    """The folder of a run; made if it is not there, and taken away again where nothing came of it.

    What an interrupted run left half written is taken away.

    Args:
        path: where.
        run_id: of a run that begins; one that the folder has goes on.
        of_list: what tells the list of a run from another list; None for a run without one.

    Raises:
        RunFolderError: another run has it now, it holds something else, or its manifest cannot be read.
        OSError: it cannot be made or written.
    """
    there = path.exists()
    path.mkdir(parents=True, exist_ok=True)
    handle = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise
            raise RunFolderError(f"another run is writing into {path} now; wait until it has ended") from None
        for draft in path.glob(f"{_OURS}*{_DRAFT}"):
            with suppress(OSError):
                draft.unlink()
        yield _opened(path, run_id, of_list)
    finally:
        os.close(handle)
        if not there and {one.name for one in path.iterdir()} == {_LOCK}:
            with suppress(OSError):
                (path / _LOCK).unlink()
                path.rmdir()


def _opened(path: Path, run_id: str, of_list: str | None) -> RunFolder:
    manifest = path / MANIFEST
    if not manifest.exists():
        others = [one.name for one in path.iterdir() if not one.name.startswith(_OURS)]
        if others:
            raise RunFolderError(
                f"{path} holds other files and no {MANIFEST}; name an empty folder or a new one"
            )
        return RunFolder(path, run_id, {}, of_list, is_new=True)
    try:
        told: Any = json.loads(manifest.read_text(encoding="utf-8"))
        parts = [SheetPart(**one) for one in told["parts"]]
        run, listed, readable = str(told["run"]), told.get("list"), told["format"] == _FORMAT
    except (ValueError, KeyError, TypeError, AttributeError):
        readable = False
    if not readable:
        raise RunFolderError(f"{manifest} cannot be read as the manifest of a run; name another folder")
    if listed != of_list:
        raise RunFolderError(f"{path} is the folder of another run; name another one")
    return RunFolder(path, run, {one.part: one for one in parts}, listed, is_new=False)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
