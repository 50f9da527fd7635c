"""Opening the key store that the settings name, and comparing it with the database at every start."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend.sealing.key_store import KeyStore
from backend.settings import Settings
from backend.storage import Database


def open_key_store(settings: Settings) -> KeyStore:
    """The key store of these settings; nothing is made yet, and nothing compared.

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
    """Compare the key store of these settings with a database; nothing is made or changed.

    Args:
        settings: that name the store.
        database: that belongs to it, and is set up.
        to_write: whether the store must also take something new.

    Raises:
        KeyStoreError: it is lost, of another database, older than the database, damaged, or takes nothing new.
        StorageError: the database cannot be read.
    """
    with opened_key_store(settings) as store, database.read() as connection:
        store.check(connection, to_write=to_write)
