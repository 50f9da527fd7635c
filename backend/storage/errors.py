"""What can go wrong with storage.

::

    StorageError
    ├── StorageBusyError         the lock was not free in time; try again with the same request id
    ├── StorageFullError         the disk is full; nothing was written
    ├── StorageMissingError      the database is not there, not ours, or not migrated
    ├── MigrationRefusedError    the database cannot be upgraded now; nothing was changed
    ├── StorageReadOnlyError     it can be read, and takes nothing new
    ├── StorageDamagedError      its pages do not make sense any more; only a backup helps
    ├── StorageReplacedError     its file was deleted or replaced while it was open
    ├── RequestIdReusedError     the same request id came with another body
    └── OfficeNotNamedError      a command met an office that it had not named; it is carried out again with it

The messages are ours and hold nothing of what was asked or stored, so they may be logged.
"""

from typing import ClassVar


class StorageError(Exception):
    """Base of everything that storage raises on purpose.

    Attributes:
        word: the trouble in one word, for health and logs.
    """

    word: ClassVar[str] = "trouble"


class StorageBusyError(StorageError):
    """The database stayed locked, or had no connection to give, for longer than the time allowed."""

    word = "busy"


class StorageFullError(StorageError):
    """The disk, or the space the database may use, is full."""

    word = "full"


class StorageMissingError(StorageError):
    """The database cannot be opened or is not at the version this program needs."""

    word = "away"


class MigrationRefusedError(StorageError):
    """The database is of an older version and cannot be brought to this one now; it stays as it was."""

    word = "upgrade"


class StorageReadOnlyError(StorageError):
    """The database answers questions and takes no change: a standby, a setting, or rights of the file."""

    word = "read_only"


class StorageDamagedError(StorageError):
    """The database contradicts itself; what it says cannot be trusted."""

    word = "damaged"


class StorageReplacedError(StorageError):
    """The file that is open is not the file of that name any more; what were written would be lost."""

    word = "replaced"


class RequestIdReusedError(StorageError):
    """A request id that was used before came with another command or another body."""

    word = "reused"


class OfficeNotNamedError(StorageError):
    """A command would write events of an office whose counter it does not hold.

    Attributes:
        office_id: which office.
    """

    word = "unnamed"

    def __init__(self, office_id: str) -> None:
        super().__init__("an office was not named before the transaction began")
        self.office_id = office_id
