"""The file of a backup: one archive that holds the database, the secret key and what must be true of both.

Members: ``backup.json`` first, then the database as ``uketsuke.db`` (SQLite) or ``uketsuke.dump`` (PostgreSQL), then
``secret.key``. The keys of sealed records are never in it: they have an archive of their own
(``backend.sealing.key_archive``), which is kept for a short time only.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from backend.storage.archive import Archive, BackupError, Described
from backend.storage.secrets import KEY_BYTES, KEY_NAME

SQLITE, POSTGRESQL = "uketsuke.db", "uketsuke.dump"


class KeysNeeded(BaseModel):
    """Which key store opens the sealed records of a backup.

    Attributes:
        id: of the store.
        generation: at least so far it must have come.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    generation: int


class About(Described):
    """What is known of a backup.

    Attributes:
        revision: of the tables.
        database: name of the member that is the database.
        rows: how many every table had.
        keys: the key store that its sealed records need; none where nothing is sealed, as before 0.2.0.
    """

    revision: str
    database: str = Field(pattern=r"^uketsuke\.(db|dump)$")
    rows: Mapping[str, int]
    keys: KeysNeeded | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """The database and the secret key."""
        return self.database, KEY_NAME


BACKUP = Archive(
    "backup",
    "backup.json",
    About,
    known_by=frozenset({"format", "product", "database", "sums"}),
    small=frozenset({KEY_NAME}),
)
"""Backups of the database and the secret key."""


@contextmanager
def opened(path: Path, beside: Path | None = None) -> Iterator[tuple[About, Path]]:
    """Unpack a backup into a folder of its own and look at everything; yields what it is and the folder.

    Args:
        path: of the archive.
        beside: where the folder is made, so that what is in it can be moved into place; beside the archive without.

    Raises:
        BackupError: it cannot be read, is no backup, of a newer program, cut or changed.
    """
    with BACKUP.opened(path, beside) as (about, folder):
        if (folder / KEY_NAME).stat().st_size != KEY_BYTES:
            raise BackupError(f"the backup {path} is damaged: its key is none")
        yield about, folder
