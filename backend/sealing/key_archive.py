"""The backup of a key store (鍵の控え): its rows in one small archive, separate from the database's backup.

Members: first ``keys.json``, then ``keys.db``, the key store as a SQLite file, even if it was copied from PostgreSQL.
Rows are copied, not pages, so that no remains of destroyed keys are copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field
from sqlalchemy import URL, Connection, Row, insert, select

from backend.common import product_version
from backend.sealing.key_database import KeysEngine
from backend.sealing.key_store import KeyStore
from backend.sealing.marks import Mark
from backend.sealing.tables import data_keys, key_stores, keys_metadata
from backend.storage import Archive, BackupError, Described, StorageError, sum_of

KEYS = "keys.db"
_AT_ONCE = 5000


class AboutKeys(Described):
    """The description of a backup of keys.

    Attributes:
        store: the id of the key store.
        generation: how many changes it had then (see :class:`~backend.sealing.marks.Mark`).
        keys: how many cards had a key.
    """

    store: str = Field(pattern=r"^[0-9a-f]{32}$")
    generation: int = Field(ge=0)
    keys: int = Field(ge=0)

    @property
    def members(self) -> tuple[str, ...]:
        """The key store alone."""
        return (KEYS,)


KEY_BACKUP = Archive(
    "backup of the keys",
    "keys.json",
    AboutKeys,
    known_by=frozenset({"format", "product", "store", "sums"}),
)
"""The kind of archive for backups of key stores."""


def copy_keys(store: KeyStore, folder: Path) -> AboutKeys:
    """Copy a consistent state of a key store into a folder, and verify the copy by reading it.

    Raises:
        KeyStoreError: the store cannot be read, or the copy cannot be written.
        BackupError: the copy differs from the store.
    """
    path = folder / KEYS
    copied = _store_at(path)
    with store.engine.reading() as source, copied.engine.writing() as target:
        keys_metadata.create_all(target)
        count = copy_rows(source, target)
        written = _content(source)
    with copied.engine.reading() as again:
        if _content(again) != written:
            raise BackupError("the copy of the keys is not what the key store is; the disk cannot be trusted")
    mark = copied.look()
    return AboutKeys(
        format=1,
        made_at=datetime.now(UTC),
        product=product_version(),
        sums={KEYS: sum_of(path)},
        store=mark.id,
        generation=mark.generation,
        keys=count,
    )


@contextmanager
def opened_keys(path: Path, beside: Path) -> Iterator[tuple[AboutKeys, Path]]:
    """Unpack a backup of keys into a temporary folder and verify it; yields its description and the SQLite file.

    Args:
        path: the archive.
        beside: the folder in which the temporary folder is made.

    Raises:
        BackupError: it cannot be read, is not a backup of keys, is of a newer version, or is truncated or changed.
    """
    with KEY_BACKUP.opened(path, beside) as (about, folder):
        copied = _store_at(folder / KEYS)
        try:
            mark = copied.look()
            with copied.engine.reading() as keys:
                count = len(_content(keys)) - 1
        except StorageError:
            raise BackupError(
                f"the backup of the keys {path} is damaged, or of a newer version of the program"
            ) from None
        if mark != Mark(about.store, about.generation) or count != about.keys:
            raise BackupError(f"the backup of the keys {path} is damaged: it does not hold what it says")
        yield about, folder / KEYS


def engine_at(path: Path) -> KeysEngine:
    """The database of a key store that is a SQLite file."""
    return _store_at(path).engine


def copy_rows(source: Connection, target: Connection) -> int:
    """Copy every row of a key store into empty tables; returns how many keys there were."""
    count = 0
    for table in (key_stores, data_keys):
        for some in source.execute(select(table)).mappings().partitions(_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in some])
            count += len(some)
    return count - 1


def _content(keys: Connection) -> list[Row[Any]]:
    """All rows; the row of the store itself is the first."""
    return [
        *keys.execute(select(key_stores)),
        *keys.execute(select(data_keys).order_by(data_keys.c.card_id)),
    ]


def _store_at(path: Path) -> KeyStore:
    return KeyStore(URL.create("sqlite", database=str(path)))
