"""What can go wrong with the keys of sealed records."""

from backend.storage import StorageError


class KeyStoreError(StorageError):
    """The key store is lost, damaged, not writable, older than the database, or belongs to another database.

    The message is one sentence that says what to do, and contains no stored data.
    """

    word = "keys"
