"""What can go wrong with storage.

::

    StorageError
    ├── StorageBusyError      the lock was not free in time; try again with the same request id
    ├── StorageFullError      the disk is full; nothing was written
    ├── StorageMissingError   the database is not there, not ours, or not migrated
    └── RequestIdReusedError  the same request id came with another body
"""


class StorageError(Exception):
    """Base of everything that storage raises on purpose."""


class StorageBusyError(StorageError):
    """The database stayed locked for longer than the time allowed."""


class StorageFullError(StorageError):
    """The disk, or the space the database may use, is full."""


class StorageMissingError(StorageError):
    """The database cannot be opened or is not at the version this program needs."""


class RequestIdReusedError(StorageError):
    """A request id that was used before came with another command or another body."""
