"""Files that commands write: new ones, or existing ones with ``--replace``, but never over a database or its key.

Every command takes what it writes as ``OutputFile`` or ``OutputFolder``; a test finds those that do not.
"""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from backend.common.console import CommandFailedError

KEY_NAME = "secret.key"
"""The name that backend.storage.secrets uses; importing it would load the database into commands without one."""
COMPANIONS = ("-wal", "-shm", "-journal", ".lock")
"""Suffixes of the files that belong to a database file and are beside it."""

_FIRST_BYTES = b"SQLite format 3\0"
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class FolderTakenError(Exception):
    """A file that an earlier run did not write has the name of a file to be written; the message is one sentence.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was not made by an earlier run and was left alone; name another folder")


def plain_name(value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
    """Refuse an empty name (a script with an unset variable) and a name that looks like a misplaced option.

    Raises:
        click.BadParameter: the name is one of these.
    """
    name = str(value)
    if not name.strip():
        raise click.BadParameter("a name is needed; this one is empty.", ctx, param)
    if name.startswith("-"):
        raise click.BadParameter(
            f"{name} looks like an option; put options before --, or write ./{name}.", ctx, param
        )
    return value


class _NamedPath(click.Path):
    """A path from the command line."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert a path; refuse an empty one and one that looks like an option."""
        return super().convert(plain_name(value, param, ctx), param, ctx)


class InputFile(_NamedPath):
    """A file that a command reads; the code that reads it reports what is wrong with it.

    Args:
        dir_okay: whether that code reports a folder, too.
    """

    def __init__(self, *, dir_okay: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)


class OutputFile(_NamedPath):
    """A file that a command writes."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False)


class OutputFolder(_NamedPath):
    """A folder into which a command writes."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)


def replace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--replace``, which allows existing files to be overwritten."""
    return click.option(
        "--replace", is_flag=True, help="Replace a file that is there already; without it, it is left alone."
    )(command)


def refuse_taken(target: Path, *, replace: bool) -> None:
    """Refuse to overwrite an existing file; with ``replace``, only a database and its key are refused.

    A pipe or a terminal may always be written: nothing is lost there.

    Raises:
        CommandFailedError: the target is taken.
    """
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if target.is_symlink():
            raise CommandFailedError(f"{target} is a link that leads nowhere and was left alone.") from None
        return
    except (OSError, ValueError):
        return  # the code that writes will report why the target cannot be reached
    if stat.S_ISCHR(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        return
    if not stat.S_ISREG(mode):
        raise CommandFailedError(f"{target} is no file and was left alone.")
    try:
        what = vital(target)
    except OSError:
        what = "not to be read"
    if what is not None:
        raise CommandFailedError(f"{target} is {what} and was left alone; name another file.")
    if not replace:
        raise CommandFailedError(
            f"{target} exists already and was left alone; name another file, or replace it with --replace."
        )


def vital(target: Path) -> str | None:
    """The kind of file, if no command may ever overwrite it (a database or its key); None otherwise.

    Raises:
        OSError: the file cannot be examined.
    """
    real = Path(os.path.realpath(target))
    if _is_database(real):
        return "a database"
    originals = [real.with_name(real.name.removesuffix(end)) for end in COMPANIONS if real.name.endswith(end)]
    if any(_is_database(one) for one in originals if one.name):
        return "a part of a database"
    return "a secret key" if real.name == KEY_NAME and real.exists() else None


@contextmanager
def output_file(target: Path, *, replace: bool) -> Iterator[Path]:
    """A temporary file to write to: renamed to the target when complete, removed if anything fails.

    Raises:
        CommandFailedError: the target is taken.
        OSError: it cannot be written.
    """
    refuse_taken(target, replace=replace)
    real = Path(os.path.realpath(target))
    if real.exists() and not real.is_file():
        yield real
        return
    draft = real.with_name(f".uketsuke-{secrets.token_hex(6)}.part")
    try:
        yield draft
        if replace:
            with suppress(FileNotFoundError):
                shutil.copymode(real, draft)
            draft.replace(real)
        else:
            _name(draft, real)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _name(draft: Path, real: Path) -> None:
    """Rename the temporary file to the target, unless somebody else has created the target meanwhile."""
    try:
        os.link(draft, real)
    except FileExistsError:
        refuse_taken(real, replace=False)
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        refuse_taken(real, replace=False)
        draft.rename(real)


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_FIRST_BYTES)) == _FIRST_BYTES
