"""Opening the key store that the settings name, and comparing it with the database at every start."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend.sealing.key_store import KeyStore
from backend.settings import Settings
from backend.storage import Database


def open_key_store(settings: Settings) -> KeyStore:
    """The key store that the settings name; nothing is created or checked yet.

    Raises:
        KeyStoreError: its URL is not understood.
    """
    return KeyStore(settings.keys_url)


@contextmanager
def opened_key_store(settings: Settings) -> Iterator[KeyStore]:
    """As ``open_key_store``; every connection is closed at the end of the block."""
    store = open_key_store(settings)
    try:
        yield store
    finally:
        store.dispose()


def check_key_store(settings: Settings, database: Database, *, to_write: bool = True) -> None:
    """Check that the key store of the settings and a database belong together; nothing is created or changed.

    Args:
        settings: the settings that name the store.
        database: its database, already set up.
        to_write: whether to check that the store can be written, too.

    Raises:
        KeyStoreError: it is lost, damaged, not writable, older than the database, or belongs to another one.
        StorageError: the database cannot be read.
    """
    with opened_key_store(settings) as store, database.read() as connection:
        store.check(connection, to_write=to_write)
