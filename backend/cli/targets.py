"""Checks where a command is about to write: never over the database, its key, or a file that it reads.

Links are followed and existing files are compared by identity, so that no other spelling, symbolic or hard link gets
around the check. A database is also recognised by its first bytes, as the command's settings may differ from the
server's.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import make_url

from backend.common import COMPANIONS, KEY_NAME, CommandFailedError, refuse_taken, vital
from backend.settings import Settings

_RULE_FILES = frozenset({".yaml", ".yml"})


def file_of_database(settings: Settings) -> Path | None:
    """The file of an embedded database, with links followed; None for a database server."""
    parsed = make_url(settings.database_url)
    return Path(os.path.realpath(str(parsed.database))) if parsed.get_backend_name() == "sqlite" else None


def keys_beside(backup: Path) -> Path:
    """Where the backup of the keys lies that belongs to a backup, if nobody says otherwise."""
    return backup.with_name(f"{backup.stem}.keys{backup.suffix}")


def _file_of_keys(settings: Settings) -> Path | None:
    """The file of the key store, with links followed; None for a database server."""
    url = settings.keys_url
    return Path(os.path.realpath(str(url.database))) if url.get_backend_name() == "sqlite" else None


def need_target(target: Path, settings: Settings, read: Iterable[Path | None] = (), *, replace: bool) -> None:
    """Refuse a file that must not be written, before the work is done.

    Args:
        target: the file that is about to be written.
        settings: the settings of the command.
        read: files that the command reads besides those that the settings name.
        replace: whether an existing file may be replaced.

    Raises:
        CommandFailedError: it is one of our own files, or it exists and may not be replaced.
    """
    refuse_own_files(target, settings, read)
    refuse_taken(target, replace=replace)


def refuse_own_files(target: Path, settings: Settings, read: Iterable[Path | None] = ()) -> None:
    """Keep a command from writing over the server's files, or over files that the command itself reads.

    Args:
        target: the file that is about to be written; it need not exist.
        settings: the settings of the command.
        read: files that the command reads besides those that the settings name.

    Raises:
        CommandFailedError: it is such a file.
    """
    try:
        what = _own(target, settings, read)
    except (OSError, ValueError):
        # The code that writes finds out why it cannot be reached, and says so.
        return
    if what is not None:
        raise CommandFailedError(f"{target} is {what} and was left alone; name another file.")


def _own(target: Path, settings: Settings, read: Iterable[Path | None]) -> str | None:
    database = file_of_database(settings)
    parts = [] if database is None else [_beside(database, end) for end in COMPANIONS]
    keys = _file_of_keys(settings)
    named = os.environ.get("UKETSUKE_CONFIG")
    inputs = (
        settings.offices_file,
        settings.kinds_file,
        settings.code_patterns_file,
        settings.mapping_file,
        settings.document_policy_file,
        Path(named) if named else None,
        *read,
    )
    own: dict[str, Iterable[Path | None]] = {
        "the database": [database],
        "a part of the database": parts,
        "the secret key": [settings.var_dir / KEY_NAME],
        "the key store": [] if keys is None else [keys, _beside(keys, "-journal")],
        "a file that this command reads": inputs,
    }
    for what, paths in own.items():
        if any(path is not None and _is_same(target, path) for path in paths):
            return what
    return _by_itself(Path(os.path.realpath(target)), Path(os.path.realpath(settings.rules_dir)))


def _by_itself(real: Path, rules: Path) -> str | None:
    """What kind of protected file this is, whatever the settings say; None if it is none."""
    if real.suffix in _RULE_FILES and real.exists() and real.is_relative_to(rules):
        return "a rule file that this command reads"
    return vital(real)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _is_same(one: Path, other: Path) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    return one.exists() and other.exists() and one.samefile(other)
