"""Tables of this room: one row in the database, and the key store's own, which lie in another database."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

from backend.storage import UtcDateTime, metadata

key_store_marks = Table(
    "key_store_marks",
    metadata,
    Column("id", String(32), primary_key=True, comment="Of the key store that belongs to this database"),
    Column("generation", Integer, nullable=False, comment="At least so far the key store has come"),
)
"""One row: by it a lost, foreign or older key store is known."""

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
"""The key under which one card's records are sealed; without it they are noise."""
