"""The file of a backup: one archive with the database, the secret key, and facts by which both are verified.

Members: first ``backup.json``, then the database as ``uketsuke.db`` (SQLite) or ``uketsuke.dump`` (PostgreSQL), then
``secret.key``. The keys of sealed records are never in it: they have an archive of their own
(``backend.sealing.key_archive``), which is kept only for a short time.
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
        id: the store's id.
        generation: the smallest generation that it must have.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    generation: int


class About(Described):
    """The description of a backup.

    Attributes:
        revision: version of the tables.
        database: name of the member that is the database.
        rows: the number of rows by table.
        keys: the key store that its sealed records need; None if nothing is sealed, as before 0.2.0.
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
"""The kind of archive for backups of the database and the secret key."""


@contextmanager
def opened(path: Path, beside: Path | None = None) -> Iterator[tuple[About, Path]]:
    """Unpack a backup into a temporary folder and verify it; yields its description and the folder.

    Args:
        path: the archive.
        beside: where to make the folder, so that its files can be moved into place; next to the archive by default.

    Raises:
        BackupError: it cannot be read, is not a backup, is of a newer version, or is truncated or changed.
    """
    with BACKUP.opened(path, beside) as (about, folder):
        if (folder / KEY_NAME).stat().st_size != KEY_BYTES:
            raise BackupError(f"the backup {path} is damaged: its key is none")
        yield about, folder
