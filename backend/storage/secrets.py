"""The server's secret key, made once and kept beside the database."""

import contextlib
import os
import secrets
from pathlib import Path

from sqlalchemy import inspect, text

from backend.storage.database import Database
from backend.storage.errors import StorageMissingError
from backend.storage.owner import give_to_owner_of
from backend.storage.place import make_private_folder

KEY_NAME = "secret.key"
KEY_BYTES = 32
# Tables with data that was made with the key and is useless without it.
_KEYED = ("notices", "requests")


def load_secret(var_dir: Path, database: Database | None = None) -> bytes:
    """Read the key, or make it at the first start, readable only by its owner.

    It signs the codes of notices, and is the key of the fingerprints of requests. Without it kiosks refuse all printed
    notices, so it belongs in the backup.

    Args:
        var_dir: the folder of the key.
        database: the database that it belongs to; if this contains data that needs the key, no new key is made.

    Raises:
        StorageMissingError: the file cannot be read or made, is damaged, readable by others, or missing while needed.
    """
    path = var_dir / KEY_NAME
    try:
        if not path.exists():
            if database is not None and _is_needed(database):
                raise StorageMissingError(
                    f"the secret key {path} is not there, and the database has notices or requests that were made with "
                    "it; restore secret.key from the backup, or correct var_dir"
                )
            make_private_folder(var_dir)
            _make(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise StorageMissingError(f"the secret key {path} cannot be read or made: {error.strerror}") from None
    if mode & 0o077:
        raise StorageMissingError(
            f"the secret key {path} is open to other users of this machine; run 'chmod 600 {path}'"
        )
    if len(key) != KEY_BYTES:
        raise StorageMissingError(f"the secret key {path} is damaged; restore it from the backup")
    return key


def _make(path: Path, key: bytes) -> None:
    """Write a new key atomically; if two servers start at the same time, both use the same key."""
    draft = path.with_name(f".{KEY_NAME}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def put_key(var_dir: Path, key: bytes, *, replace: bool, only_look: bool = False) -> Path | None:
    """Put the key of a backup in place; returns where another key was moved to, if there was one.

    Args:
        var_dir: the folder of the key.
        key: the key of the backup.
        replace: whether another key may be moved aside.
        only_look: check whether it would be refused, and change nothing.

    Raises:
        StorageMissingError: there is another key.
        OSError: it cannot be written.
    """
    path = var_dir / KEY_NAME
    aside: Path | None = None
    if path.exists() and path.read_bytes() != key:
        if not replace:
            raise StorageMissingError(
                f"there is another key {path} already and it was left alone; --replace puts it aside"
            )
        aside = path.with_name(f"{KEY_NAME}.replaced-{secrets.token_hex(4)}")
    if only_look:
        return aside
    if aside is not None:
        path.rename(aside)
    if not path.exists():
        _make(path, key)
    path.chmod(0o600)
    give_to_owner_of(var_dir, path)
    return aside


def _is_needed(database: Database) -> bool:
    with database.read() as connection:
        there = set(inspect(connection).get_table_names())
        return any(
            connection.execute(text(f"SELECT 1 FROM {name} LIMIT 1")).first() is not None  # noqa: S608 - names of ours
            for name in _KEYED
            if name in there
        )
