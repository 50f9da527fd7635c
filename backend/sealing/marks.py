"""What a database knows of its key store: which one it is, and how far it had come."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, select, text, update

from backend.sealing.errors import KeyStoreError
from backend.sealing.tables import key_store_marks

_TWO = "the database knows two key stores, and which one is right cannot be told; restore it from its backup"


@dataclass(frozen=True)
class Mark:
    """Which key store, and how many times its keys have changed."""

    id: str
    generation: int


def mark_of(connection: Connection) -> Mark | None:
    """The key store of a database; None while it has had none, as before its tables knew of key stores.

    Raises:
        KeyStoreError: it knows more than one.
    """
    if not has_marks(connection):
        return None
    return _read(connection)


def has_marks(connection: Connection) -> bool:
    """Whether the tables of a database know of key stores already."""
    return inspect(connection).has_table(key_store_marks.name)


def put_mark(connection: Connection, mark: Mark) -> None:
    """Note how far the key store of a database has come; a mark never goes back.

    Two transactions may have come further meanwhile, so the larger number stays.

    Raises:
        KeyStoreError: the database has been given another key store meanwhile.
    """
    changing = update(key_store_marks).where(
        key_store_marks.c.id == mark.id, key_store_marks.c.generation < mark.generation
    )
    if connection.execute(changing.values(generation=mark.generation)).rowcount:
        return
    known = _read(connection)
    if known is None and connection.dialect.name == "postgresql":
        # Two may be the first at once, each with a key store of its own settings.
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
