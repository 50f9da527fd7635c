"""Tables of this room: one row in the main database, and the tables of the key store, which is another database."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

from backend.storage import UtcDateTime, metadata

key_store_marks = Table(
    "key_store_marks",
    metadata,
    Column("id", String(32), primary_key=True, comment="Of the key store that belongs to this database"),
    Column("generation", Integer, nullable=False, comment="At least so far the key store has come"),
)
"""One row: it shows when the key store is lost, belongs to another database, or is too old."""

keys_metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

key_stores = Table(
    "key_stores",
    keys_metadata,
    Column("id", String(32), primary_key=True),
    Column("format", Integer, nullable=False, comment="Of these tables; a higher one is of a newer program"),
    Column("generation", Integer, nullable=False, comment="Grows with every key that is made or destroyed"),
    Column("index_key", LargeBinary(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""One row: the store itself."""

data_keys = Table(
    "data_keys",
    keys_metadata,
    Column("card_id", String(32), primary_key=True),
    Column("key", LargeBinary(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("alone_since", UtcDateTime, comment="Since when no card of this id was found"),
)
"""One row per card: the key of its sealed records, which cannot be read without it."""
