"""Restores a backup of keys to the place that the settings name, for the database that it belongs to.

A key store that fits the database is kept: restoring a database must not bring back keys that were destroyed since.
The keys are restored before the database: a crash in between is reported at the next start, and running the command
again completes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, inspect

from backend.sealing.errors import KeyStoreError
from backend.sealing.key_archive import AboutKeys, copy_rows, engine_at, opened_keys
from backend.sealing.key_store import KeyStore, compare, own_mark
from backend.sealing.marks import Mark
from backend.sealing.tables import data_keys, key_stores, keys_metadata
from backend.storage import BackupError, give_to_owner_of, settle_names

_JOURNAL = "-journal"


@dataclass(frozen=True)
class KeysToRestore:
    """The options of restoring keys.

    Attributes:
        archive: the backup of the keys; None if none was named.
        longest: maximum age of the backup; None for any age.
        replace: whether another store in this place may be moved aside.
        aside: the folder for a copy of the old content of a PostgreSQL store.
    """

    archive: Path | None
    longest: timedelta | None
    replace: bool
    aside: Path


@contextmanager
def keys_in_place(store: KeyStore, needed: Mark | None, asked: KeysToRestore) -> Iterator[str]:
    """Put the keys in place while their database is restored in the block; an exception there undoes it.

    Args:
        store: the place of the keys.
        needed: the mark of the database; None if it contains no sealed records.
        asked: what may be done.

    Yields:
        What was done, as a text for the command's output.

    Raises:
        BackupError: the backup is missing, damaged, too old, or of another database; or another store is in the way.
        KeyStoreError: the store cannot be reached or written.
        OSError: a file of the store cannot be reached or written.
    """
    if needed is None:
        if asked.archive is not None:
            raise BackupError("nothing in the backup is sealed, so that it needs no keys; leave --keys out")
        yield ""
        return
    wrong = _what_is_wrong(store, needed)
    if wrong is None:
        yield f"the key store {store.engine.shown} is the right one and was left as it is"
        return
    if asked.archive is None:
        raise BackupError(f"{wrong}; name the backup of the keys with --keys")
    beside = asked.aside if store.engine.file is None else store.engine.file.absolute().parent
    with opened_keys(asked.archive, beside) as (about, copied):
        _need_right(asked.archive, about, needed, asked.longest)
        placing = _in_server if store.engine.file is None else _in_file
        with placing(store, copied, asked) as aside:
            kept = f"; what was there is {aside}" if aside is not None else ""
            yield f"{about.keys} keys of {about.made_at:%Y-%m-%d %H:%M} UTC to {store.engine.shown}{kept}"


def _what_is_wrong(store: KeyStore, needed: Mark) -> str | None:
    """Why the present store cannot open the records; None if it can."""
    try:
        if not store.engine.is_there():
            return f"the sealed records of the backup need their keys, and there is no key store {store.engine.shown}"
        compare(store.engine, store.look(), needed)
    except KeyStoreError as error:
        return str(error)
    return None


def _need_right(path: Path, about: AboutKeys, needed: Mark, longest: timedelta | None) -> None:
    if about.store != needed.id:
        raise BackupError(
            f"the backup of the keys {path} is of another database; name the one of this backup"
        )
    if about.generation < needed.generation:
        raise BackupError(
            f"the backup of the keys {path} is older than the backup of the database, which has records that it does not "
            "open; name a newer one"
        )
    if longest is not None and datetime.now(UTC) - about.made_at > longest:
        raise BackupError(
            f"the backup of the keys {path} is older than {longest.days} days and should have been removed: it would "
            "bring back what was erased since; --old-keys puts it back all the same"
        )


def _refuse(store: KeyStore) -> BackupError:
    return BackupError(
        f"there is another key store {store.engine.shown} already and it was left alone; --replace puts it aside"
    )


@contextmanager
def _in_file(store: KeyStore, copied: Path, asked: KeysToRestore) -> Iterator[Path | None]:
    path = (store.engine.file or copied).absolute()
    there = store.engine.is_there() or _beside(path).exists()
    if there and not asked.replace:
        raise _refuse(store)
    aside = path.with_name(f"{path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}") if there else None
    give_to_owner_of(path.parent, copied)
    store.dispose()
    placed = False
    try:
        if aside is not None:
            # The journal first: a crash in between must not leave an old journal beside the new file.
            _move(_beside(path), _beside(aside))
            _move(path, aside)
        copied.replace(path)
        placed = True
        settle_names(path.parent)
        yield aside
    except BaseException:
        if placed:
            path.unlink()
        if aside is not None:
            _move(aside, path)
            _move(_beside(aside), _beside(path))
        raise


@contextmanager
def _in_server(store: KeyStore, copied: Path, asked: KeysToRestore) -> Iterator[Path | None]:
    aside = asked.aside / f"keys.db.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        # One transaction, which is committed only after the database has been restored.
        with store.engine.writing() as target, engine_at(copied).reading() as source:
            there = _clear(store, target, aside, asked)
            copy_rows(source, target)
            yield aside if there else None
    except BaseException:
        # Also a part of it: there are keys in it, and nobody would look for them there.
        for one in (aside, _beside(aside)):
            one.unlink(missing_ok=True)
        raise


def _clear(store: KeyStore, target: Connection, aside: Path, asked: KeysToRestore) -> bool:
    """Make the tables and empty them, after their rows were copied to ``aside``; returns whether there was a store."""
    if own_mark(store.engine, target) is None:
        if inspect(target).get_table_names():
            raise KeyStoreError(f"the key store {store.engine.shown} is no key store; correct key_store_url")
        keys_metadata.create_all(target)
        return False
    if not asked.replace:
        raise _refuse(store)
    with engine_at(aside).writing() as kept:
        keys_metadata.create_all(kept)
        copy_rows(target, kept)
    for table in (data_keys, key_stores):
        target.execute(delete(table))
    return True


def _beside(path: Path) -> Path:
    return path.with_name(path.name + _JOURNAL)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)
