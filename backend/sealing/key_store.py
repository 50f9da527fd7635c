"""The key store: one key for each card, the index key, and nothing else; a small database of its own.

It is not in the database's backups but has a backup of its own, which is kept only for a short time: when that time is
over, what was erased here is gone there, too (docs/protection.md). By default it is a SQLite file; its journal is
deleted and its pages are overwritten, so that a destroyed key does not stay in the file.

A key is made before the record that it seals is committed, and destroyed before the record's row is deleted: a crash in
between leaves a key without a record, or a record that nobody can read.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence, Set as AbstractSet
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import uuid4

from sqlalchemy import URL, Connection, bindparam, delete, insert, inspect, select, update

from backend.sealing.errors import KeyStoreError
from backend.sealing.key_database import KeysEngine, open_keys
from backend.sealing.marks import KnownStore, Mark, has_marks, mark_of, put_mark
from backend.sealing.orphans import sort_keys
from backend.sealing.tables import data_keys, key_stores, keys_metadata
from backend.storage import Statement, utc_now

KEY_BYTES: Final = 32
FORMAT: Final = 1
"""Version of the store's tables."""
_AT_ONCE: Final = 500
_FIRST_HOUR: Final = timedelta(hours=1)


class KeyStore:
    """The keys of one database.

    The store is created with the first key, but never if the database has had a key store before.

    Args:
        url: SQLAlchemy URL of the store, ``sqlite:///FILE`` or ``postgresql+psycopg://…``; not that of the database.

    Attributes:
        engine: its own database.
    """

    def __init__(self, url: str | URL) -> None:
        self.engine = open_keys(url)
        self._index_key: bytes | None = None
        self._seen = False
        self._id: str | None = None

    @property
    def index_key(self) -> bytes | None:
        """The key for digests; None while there is no store.

        Raises:
            KeyStoreError: the store cannot be read.
        """
        if self._index_key is None and self._is_there():
            with self.engine.reading() as keys:
                self._index_key = keys.execute(select(key_stores.c.index_key)).scalar_one_or_none()
        return self._index_key

    def check(self, connection: Connection, *, to_write: bool = True) -> None:
        """Check that the store and the database belong together; nothing is created or changed.

        Args:
            connection: a transaction of the database.
            to_write: whether to check that the store can be written, too.

        Raises:
            KeyStoreError: it is lost, damaged, not writable, older than the database, or belongs to another one.
        """
        self.check_against(self.known_to(connection), to_write=to_write)

    def known_to(self, connection: Connection) -> KnownStore:
        """What a database says of its key store, for ``check_against``."""
        return KnownStore(mark_of(connection), has_marks(connection))

    def check_against(self, said: KnownStore, *, to_write: bool = True) -> None:
        """As ``check``, without a transaction of the database: looking through the keys of a large ward takes seconds.

        Args:
            said: what the database says, from ``known_to``.
            to_write: whether the store must also take something new.

        Raises:
            KeyStoreError: as for ``check``.
        """
        known = said.mark
        if not self._is_there():
            if known is not None:
                raise self._lost()
            return
        own = self.look()
        compare(self.engine, own, known)
        if known is None:
            if said.tables:
                with self.engine.reading() as keys:
                    self._refuse_keys_of_another(keys, ())
        else:
            self._id = own.id
        if to_write:
            self.engine.need_writable()

    def look(self) -> Mark:
        """Check the integrity of the store, and return its mark.

        Raises:
            KeyStoreError: it is damaged, readable by others, of a newer version, or not a key store.
        """
        with self.engine.reading() as keys:
            self.engine.need_whole(keys)
            own = own_mark(self.engine, keys)
        if own is None:
            raise self._foreign()
        return own

    def make_keys(self, connection: Connection, card_ids: Sequence[str]) -> None:
        """Make keys for cards that have none yet; the first call creates the store.

        Args:
            connection: the transaction of the database in which the sealed records are written.
            card_ids: the cards; without any, only the store is created, so that digests can be computed.

        Raises:
            KeyStoreError: as for ``check``, or the disk is full.
        """
        put_mark(connection, self.make_ahead(connection, card_ids))

    def make_ahead(self, connection: Connection, card_ids: Sequence[str]) -> Mark:
        """As ``make_keys``, but without writing to the database, so that no other writer has to wait.

        The transaction that writes the sealed records must note the returned mark (``put_mark``).

        Args:
            connection: a transaction of the database; it only has to read.
            card_ids: the cards.

        Raises:
            KeyStoreError: as for ``make_keys``.
        """
        known = mark_of(connection)
        if not self._is_there() and known is not None:
            raise self._lost()
        with self.engine.writing() as keys:
            own = own_mark(self.engine, keys) or self._made(keys, known)
            compare(self.engine, own, known)
            if known is None:
                self._refuse_keys_of_another(keys, card_ids)
            there = set(_keys_of(keys, card_ids))
            new = [one for one in dict.fromkeys(card_ids) if one not in there]
            random, now = secrets.token_bytes(KEY_BYTES * len(new)), utc_now()
            rows = [
                {"card_id": one, "key": random[first : first + KEY_BYTES], "made_at": now}
                for one, first in zip(new, range(0, len(random), KEY_BYTES), strict=True)
            ]
            if rows:
                keys.execute(insert(data_keys), rows)
                own = _count_up(keys, own)
        self._seen = True
        self._id = own.id
        return own

    def keys_of(self, card_ids: Sequence[str]) -> dict[str, bytes]:
        """The keys of cards by id; cards without a key are left out.

        Raises:
            KeyStoreError: the store cannot be read.
        """
        if not card_ids or not self._is_there():
            return {}
        with self.engine.reading() as keys:
            # Another store in its place has other keys, and a record without its key would read as erased.
            if self._id is not None and _STORE_ID.scalar(keys) != self._id:
                raise of_another_database(self.engine)
            return _keys_of(keys, card_ids)

    def destroy(self, connection: Connection, card_ids: Sequence[str]) -> None:
        """Destroy keys, at once and for ever; what they sealed cannot be read any more.

        Args:
            connection: a transaction of the database; even if it is rolled back, the keys are destroyed.
            card_ids: the cards whose keys are destroyed.

        Raises:
            KeyStoreError: the store cannot be written.
        """
        known = mark_of(connection)
        if not self._is_there():
            if known is not None:
                raise self._lost()
            return
        if not card_ids:
            return
        with self.engine.writing() as keys:
            own = self._own(keys, known)
            _delete(keys, card_ids)
            own = _count_up(keys, own)
        put_mark(connection, own)

    def sweep(self, connection: Connection, living: AbstractSet[str], now: datetime) -> int:
        """Destroy keys that have been without a card for a day, and mark those that are without one since now.

        Args:
            connection: a transaction of the database.
            living: the ids of all its cards.
            now: the present time, aware.

        Returns:
            How many keys were destroyed.

        Raises:
            KeyStoreError: as for ``check``; nothing is destroyed then.
        """
        known = mark_of(connection)
        if not self._is_there():
            if known is not None:
                raise self._lost()
            return 0
        if known is None:
            # A new, empty database with an old store: the keys may belong to another database.
            return 0
        with self.engine.writing() as keys:
            own = self._own(keys, known)
            rows = keys.execute(select(data_keys.c.card_id, data_keys.c.alone_since)).all()
            found = sort_keys({card_id: since for card_id, since in rows}, living, now)  # noqa: C416 - rows are no pairs to the types
            _note(keys, found.newly_alone, now)
            _note(keys, found.found_again, None)
            if found.destroyed:
                _delete(keys, found.destroyed)
                own = _count_up(keys, own)
        put_mark(connection, own)
        return len(found.destroyed)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _is_there(self) -> bool:
        """Whether there is a store. If it has been seen before, a missing one is an error.

        Raises:
            KeyStoreError: the store has disappeared, or cannot be reached.
        """
        if self._seen and self.engine.file is None:
            return True
        there = self.engine.is_there()
        if self._seen and not there:
            raise self._lost()
        self._seen = there
        return there

    def _own(self, keys: Connection, known: Mark | None) -> Mark:
        own = own_mark(self.engine, keys)
        if own is None:
            raise self._foreign()
        compare(self.engine, own, known)
        return own

    def _made(self, keys: Connection, known: Mark | None) -> Mark:
        """Create a new store, in a database that contains nothing else."""
        if known is not None or inspect(keys).get_table_names():
            raise self._foreign()
        keys_metadata.create_all(keys)
        own = Mark(uuid4().hex, 0)
        values = {"format": FORMAT, "index_key": secrets.token_bytes(KEY_BYTES), "made_at": utc_now()}
        keys.execute(insert(key_stores).values(id=own.id, generation=own.generation, **values))
        return own

    def _refuse_keys_of_another(self, keys: Connection, card_ids: Sequence[str]) -> None:
        """Refuse a store with keys of another database, for a database that has had no key store so far.

        Keys of the given cards and keys of the last hour are allowed: a first transaction that was rolled back, or one
        that runs at the same time, may have made them.

        Raises:
            KeyStoreError: there are other keys, so another database needs them.
        """
        older = select(data_keys.c.card_id).where(data_keys.c.made_at < utc_now() - _FIRST_HOUR)
        if set(keys.execute(older).scalars()) - set(card_ids):
            raise of_another_database(self.engine)

    def _lost(self) -> KeyStoreError:
        return KeyStoreError(
            f"the key store {self.engine.shown} is not there, and the database has records that only it opens; "
            "restore it from its backup, or correct key_store_url"
        )

    def _foreign(self) -> KeyStoreError:
        return KeyStoreError(f"the key store {self.engine.shown} is no key store; correct key_store_url")


def own_mark(engine: KeysEngine, keys: Connection) -> Mark | None:
    """The mark of the store in a database; None if there is no store.

    Raises:
        KeyStoreError: it was written by a newer version of the program.
    """
    if not inspect(keys).has_table(key_stores.name):
        return None
    row = keys.execute(select(key_stores.c.id, key_stores.c.generation, key_stores.c.format)).one_or_none()
    if row is None:
        return None
    if row.format > FORMAT:
        raise KeyStoreError(
            f"the key store {engine.shown} belongs to a newer version of the program; use that one"
        )
    return Mark(row.id, row.generation)


def of_another_database(engine: KeysEngine) -> KeyStoreError:
    """The exception for a store whose keys belong to another database."""
    return KeyStoreError(
        f"the key store {engine.shown} belongs to another database and was left alone; correct "
        "key_store_url, or restore the key store of this one"
    )


def compare(engine: KeysEngine, own: Mark, known: Mark | None) -> None:
    """Compare a store's mark (``own``) with the one that its database knows.

    Raises:
        KeyStoreError: the store belongs to another database, or is older than the database.
    """
    if known is None:
        return
    if own.id != known.id:
        raise of_another_database(engine)
    if own.generation < known.generation:
        raise KeyStoreError(
            f"the key store {engine.shown} is older than the database and was left alone: keys that were made "
            "since are missing and destroyed ones are back; restore the newest backup of the key store"
        )


# A page about a visitor asks for one key, so these are compiled once.
_STORE_ID = Statement(select(key_stores.c.id))
_KEY = Statement(select(data_keys.c.key).where(data_keys.c.card_id == bindparam("of")))
_KEYS = select(data_keys.c.card_id, data_keys.c.key).where(
    data_keys.c.card_id.in_(bindparam("asked", expanding=True))
)


def _keys_of(keys: Connection, card_ids: Sequence[str]) -> dict[str, bytes]:
    if len(card_ids) == 1:
        key = _KEY.scalar(keys, of=card_ids[0])
        return {} if key is None else {card_ids[0]: bytes(key)}
    found: dict[str, bytes] = {}
    for some in _some(card_ids):
        rows = keys.execute(_KEYS, {"asked": some})
        found |= {card_id: bytes(key) for card_id, key in rows}
    return found


def _delete(keys: Connection, card_ids: Collection[str]) -> None:
    for some in _some(card_ids):
        keys.execute(delete(data_keys).where(data_keys.c.card_id.in_(some)))


def _note(keys: Connection, card_ids: Collection[str], since: datetime | None) -> None:
    for some in _some(card_ids):
        keys.execute(update(data_keys).where(data_keys.c.card_id.in_(some)).values(alone_since=since))


def _some(card_ids: Collection[str]) -> Iterator[Sequence[str]]:
    """Split ids into parts that are small enough for one statement."""
    left = iter(card_ids)
    while some := tuple(islice(left, _AT_ONCE)):
        yield some


def _count_up(keys: Connection, own: Mark) -> Mark:
    following = Mark(own.id, own.generation + 1)
    keys.execute(update(key_stores).values(generation=following.generation))
    return following
