"""What can go wrong with the keys of sealed records."""

from backend.storage import StorageError


class KeyStoreError(StorageError):
    """The key store is lost, of another database, older than the database, damaged, or takes nothing new.

    The message is one sentence that says what to do, and holds nothing of what is kept.
    """

    word = "keys"
