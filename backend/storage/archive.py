"""The archives of our backups: a tar whose first member describes the others; written atomically, verified when read.

It is an ordinary tar, so that it can be opened without this program. Nothing in it is trusted: names, sizes and sums
are checked before anything is used.
"""

import hashlib
import io
import json
import os
import secrets
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from backend.storage.backup_folder import working_folder
from backend.storage.owner import settle_names

_MOST_SMALL = 1024 * 1024
_PIECE = 1024 * 1024
_FORMAT = 1


class BackupError(Exception):
    """A backup could not be made, read or restored; the message is one sentence."""


class Described(BaseModel):
    """The description of an archive, in its first member.

    Attributes:
        format: version of the archive's format.
        made_at: when it was made, aware.
        product: version of the program that made it.
        sums: SHA-256 of every other member.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    made_at: AwareDatetime
    product: str
    sums: Mapping[str, str]

    @property
    def members(self) -> tuple[str, ...]:
        """The members that the archive must have, in order."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=Described)


@dataclass(frozen=True)
class Archive(Generic[Kind]):
    """A kind of archive.

    Attributes:
        called: its name in messages.
        first: name of the member with the description.
        model: class of the description.
        known_by: fields that the description has in every version of this kind.
        small: members that are never large.
    """

    called: str
    first: str
    model: type[Kind]
    known_by: frozenset[str]
    small: frozenset[str] = frozenset()

    def write(self, target: Path, about: Kind, folder: Path, *, replace: bool) -> None:
        """Write the members in a folder into one archive, atomically, and readable only by its owner.

        Args:
            target: the archive.
            about: its description.
            folder: the folder of the members, next to the target; the archive is written there and then moved.
            replace: whether an earlier archive of this kind may be replaced.

        Raises:
            BackupError: the target exists and may not be replaced, or it could not be written.
        """
        draft = folder / f"{secrets.token_hex(6)}.part"
        described = folder / self.first
        try:
            described.write_text(about.model_dump_json(indent=1), "utf-8")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
                    for name in (self.first, *about.members):
                        archive.add(folder / name, name, filter=_anonymous)
                file.flush()
                os.fsync(file.fileno())
            # The file is read again from the disk before it gets its final name.
            with self.opened(draft, target.parent) as (again, _):
                if again != about:
                    raise BackupError("what was written reads otherwise; the disk cannot be trusted")
            self.refuse_existing(target, replace=replace)
            if replace:
                draft.replace(target)
            else:
                os.link(draft, target)
            settle_names(target.parent)
        except FileExistsError:
            raise BackupError(f"{target} exists already and was left alone") from None
        except OSError as error:
            raise BackupError(f"the {self.called} cannot be written to {target}: {error.strerror}") from None
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def refuse_existing(self, target: Path, *, replace: bool) -> None:
        """Refuse a target that exists; with ``replace``, only one that is not an archive of this kind.

        Raises:
            BackupError: the target exists and may not be replaced.
            OSError: it cannot be examined.
        """
        if not os.path.lexists(target):
            return
        if not replace:
            raise BackupError(
                f"{target} exists already and was left alone; --replace would replace an earlier {self.called}"
            )
        if not self._is_one(target):
            raise BackupError(
                f"{target} is no {self.called} of this program and was left alone; name another file"
            )

    @contextmanager
    def opened(self, path: Path, beside: Path | None = None) -> Iterator[tuple[Kind, Path]]:
        """Unpack an archive into a temporary folder and verify every sum; yields its description and the folder.

        Args:
            path: the archive.
            beside: where to make the folder, so that its files can be moved into place; next to the archive by default.

        Raises:
            BackupError: it cannot be read, is not of this kind, is of a newer version, or is truncated or changed.
        """
        with ExitStack() as stack:
            with _writing(beside or path.parent):
                folder = stack.enter_context(working_folder(beside or path.parent))
            about = self._read(path, folder)
            yield about, folder

    def _read(self, path: Path, folder: Path) -> Kind:
        try:
            about = self._unpack(path, folder)
            damaged = [
                name
                for name in about.members
                if not (folder / name).is_file() or sum_of(folder / name) != about.sums.get(name)
            ]
        except tarfile.TarError:
            raise BackupError(f"{path} is no {self.called}, or was cut or changed") from None
        except OSError as error:
            raise BackupError(f"the {self.called} {path} cannot be read: {error.strerror}") from None
        if damaged:
            raise BackupError(f"the {self.called} {path} is damaged: {damaged[0]} is not what was written")
        return about

    def _is_one(self, path: Path) -> bool:
        """Whether a file begins like our archives; damaged and older ones do, too."""
        if not path.is_file():
            return False
        try:
            with tarfile.open(path, "r:") as archive:
                first = archive.next()
                if first is None or first.name != self.first or not first.isreg() or first.size > _MOST_SMALL:
                    return False
                described = archive.extractfile(first)
                known = json.loads(described.read()) if described is not None else None
        except (tarfile.TarError, ValueError, RecursionError):
            return False
        return isinstance(known, dict) and self.known_by <= known.keys()

    def _unpack(self, path: Path, folder: Path) -> Kind:
        about: Kind | None = None
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                allowed = {self.first} if about is None else set(about.members)
                if member.name not in allowed or not member.isreg():
                    raise BackupError(
                        f"{path} is no {self.called} of this program: {_shown(member.name)} does not belong into it"
                    )
                if member.name in {self.first, *self.small} and member.size > _MOST_SMALL:
                    raise BackupError(
                        f"{path} is no {self.called} of this program: {member.name} is too large"
                    )
                _copy(archive, member, folder / member.name)
                if about is None:
                    about = self._read_about(path, folder / self.first)
        if about is None:
            raise BackupError(f"{path} is no {self.called} of this program")
        return about

    def _read_about(self, path: Path, described: Path) -> Kind:
        try:
            known = json.loads(described.read_text("utf-8"))
            if isinstance(known, dict) and known.get("format") != _FORMAT:
                raise BackupError(
                    f"the {self.called} {path} is of another version of the program and was not touched"
                )
            return self.model.model_validate(known)
        except (ValueError, ValidationError, RecursionError):
            raise BackupError(
                f"{path} is no {self.called} of this program: {self.first} cannot be read"
            ) from None


def sum_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Report an error in the block as one of the disk that is written, not of the backup that is read."""
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"the backup cannot be unpacked into {folder}: {error.strerror}; it is not the backup that is at fault"
        ) from None


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = archive.extractfile(member)
    with _writing(target.parent.parent):
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    # Without a buffer, so that no write error comes as late as closing the file, where it would not be recognised.
    with os.fdopen(handle, "wb", buffering=0) as file:
        while source is not None and (piece := source.read(_PIECE)):
            with _writing(target.parent.parent):
                _write_all(file, piece)
        with _writing(target.parent.parent):
            os.fsync(file.fileno())


def _write_all(file: io.RawIOBase, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[file.write(left) or 0 :]


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _shown(name: str) -> str:
    return name[:60] if name.isprintable() else "something"
