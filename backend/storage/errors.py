"""What can go wrong with storage.

::

    StorageError
    ├── StorageBusyError         the lock was not free in time; try again with the same request id
    ├── StorageFullError         the disk is full; nothing was written
    ├── StorageMissingError      the database is not there, not ours, or not migrated
    ├── MigrationRefusedError    the database cannot be upgraded now; nothing was changed
    ├── StorageReadOnlyError     it can be read, but not written
    ├── StorageDamagedError      its content is damaged; only a backup helps
    ├── StorageReplacedError     its file was deleted or replaced while it was open
    ├── RequestIdReusedError     the same request id came with another body
    └── OfficeNotNamedError      a command needs an office that it had not named; it is carried out again with it

The messages are ours and contain no requested or stored data, so they may be logged.
"""

from typing import ClassVar


class StorageError(Exception):
    """Base of everything that storage raises on purpose.

    Attributes:
        word: a word for the kind of trouble, for the health check and logs.
    """

    word: ClassVar[str] = "trouble"


class StorageBusyError(StorageError):
    """The database was locked, or no connection was free, for longer than allowed."""

    word = "busy"


class StorageFullError(StorageError):
    """The disk, or the space the database may use, is full."""

    word = "full"


class StorageMissingError(StorageError):
    """The database cannot be opened or is not at the version this program needs."""

    word = "away"


class MigrationRefusedError(StorageError):
    """The database is of an older version and cannot be upgraded now; it stays as it was."""

    word = "upgrade"


class StorageReadOnlyError(StorageError):
    """The database can be read, but not written: it is a standby, or set so, or the file's permissions forbid it."""

    word = "read_only"


class StorageDamagedError(StorageError):
    """The database is inconsistent; its content cannot be trusted."""

    word = "damaged"


class StorageReplacedError(StorageError):
    """The open file is not the one with that name any more, so everything written to it would be lost."""

    word = "replaced"


class RequestIdReusedError(StorageError):
    """A request id was used again, for another command or with another body."""

    word = "reused"


class OfficeNotNamedError(StorageError):
    """A command would write events of an office whose counter it has not locked.

    Attributes:
        office_id: which office.
    """

    word = "unnamed"

    def __init__(self, office_id: str) -> None:
        super().__init__("an office was not named before the transaction began")
        self.office_id = office_id
