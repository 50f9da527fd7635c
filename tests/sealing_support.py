"""What tests of sealed records need: key stores of both kinds for a database, and a user that may not write."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection

from backend.sealing.errors import KeyStoreError
from backend.sealing.key_store import KeyStore
from backend.sealing.tables import key_store_marks
from backend.storage.database import Database

NOBODY = 65534


def with_marks(database: Database) -> Database:
    """A database with the table that this room has in it."""
    with database.write() as work:
        key_store_marks.create(work.connection, checkfirst=True)
    return database


def cards(count: int) -> list[str]:
    """Ids of new cards."""
    return [uuid4().hex for _ in range(count)]


def make_keys(store: KeyStore, database: Database, *card_ids: str) -> dict[str, bytes]:
    """Make keys in a transaction of the database, and return them."""
    with database.write() as work:
        store.make_keys(work.connection, card_ids)
    return store.keys_of(card_ids)


def refusal(store: KeyStore, database: Database, act: Callable[[Connection], object] | None = None) -> str:
    """Why a store is refused at the start, or by a function; empty if it is not refused."""
    try:
        with database.write() as work:
            (act or store.check)(work.connection)
    except KeyStoreError as error:
        return str(error)
    return ""


def bytes_in(folder: Path) -> dict[str, bytes]:
    """The content of every file of a folder, by name."""
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


@contextmanager
def as_nobody(*paths: Path) -> Iterator[None]:
    """Within the block this process has no rights of root, who could write everything."""
    if os.geteuid() != 0:
        yield
        return
    for path in paths:
        os.chown(path, NOBODY, NOBODY)
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
