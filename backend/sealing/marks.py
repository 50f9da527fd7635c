"""What a database knows of its key store: which one it is, and how many changes it had."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, select, text, update

from backend.sealing.errors import KeyStoreError
from backend.sealing.tables import key_store_marks

_TWO = "the database knows two key stores, and which one is right cannot be told; restore it from its backup"


@dataclass(frozen=True)
class Mark:
    """The id of a key store, and how many times its keys have changed (``generation``)."""

    id: str
    generation: int


@dataclass(frozen=True)
class KnownStore:
    """What a database says of its key store.

    Attributes:
        mark: which one, and how far it had come; None while it has had none.
        tables: whether its tables know of key stores already.
    """

    mark: Mark | None
    tables: bool


def mark_of(connection: Connection) -> Mark | None:
    """The key store of a database; None if it has had none so far, or its tables are older than key stores.

    Raises:
        KeyStoreError: it knows more than one.
    """
    if not has_marks(connection):
        return None
    return _read(connection)


def has_marks(connection: Connection) -> bool:
    """Whether the database has the table for key stores; those of 0.1.0 have not."""
    return inspect(connection).has_table(key_store_marks.name)


def put_mark(connection: Connection, mark: Mark) -> None:
    """Note the generation of the key store in its database; it never decreases.

    Another transaction may have noted a later generation meanwhile, so the larger number is kept.

    Raises:
        KeyStoreError: the database has got another key store meanwhile.
    """
    changing = update(key_store_marks).where(
        key_store_marks.c.id == mark.id, key_store_marks.c.generation < mark.generation
    )
    if connection.execute(changing.values(generation=mark.generation)).rowcount:
        return
    known = _read(connection)
    if known is None and connection.dialect.name == "postgresql":
        # Two processes may be the first at the same time, each with a key store of its own settings.
        connection.execute(text(f"LOCK TABLE {key_store_marks.name} IN SHARE ROW EXCLUSIVE MODE"))
        known = _read(connection)
    if known is None:
        connection.execute(insert(key_store_marks).values(id=mark.id, generation=mark.generation))
    elif known.id != mark.id:
        raise KeyStoreError(
            "the database has been given another key store by another process; use one key_store_url everywhere"
        )
    elif known.generation < mark.generation:
        connection.execute(changing.values(generation=mark.generation))


def _read(connection: Connection) -> Mark | None:
    rows = connection.execute(select(key_store_marks.c.id, key_store_marks.c.generation)).all()
    if len(rows) > 1:
        raise KeyStoreError(_TWO)
    return Mark(*rows[0]) if rows else None
