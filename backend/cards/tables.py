"""Tables of this room. What is personal stands sealed in ``card_persons`` and nowhere else (adr/0026, adr/0027)."""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

from backend.cards.states import (
    LIVING_NOTICES,
    CardKind,
    CardProgress,
    IndexKind,
    NoticeKind,
    NoticeState,
    WardStatus,
)
from backend.cards.ward_words import WardWord
from backend.sealing import DIGEST_LENGTH
from backend.storage import UtcDateTime, among, metadata

LIVING: Final = among("state", LIVING_NOTICES)

cards = Table(
    "cards",
    metadata,
    Column("id", String(32), primary_key=True, comment="UUID in hex, ours"),
    Column("kind", String(20), nullable=False),
    Column("progress", String(24), nullable=False),
    Column("ward_status", String(20), comment="処理状況 as last imported"),
    Column("ward_status_at", UtcDateTime, comment="When that was imported"),
    Column(
        "kept_at", String(8), comment="The office where the card lies; empty: unknown, which counts as here"
    ),
    Column(
        "last_day", Date, comment="The earlier of card and stay expiry: the only date of a person in clear"
    ),
    Column("fingerprint", String(64), comment="Keyed hash of an imported row without a booking"),
    Column(
        "said", String(20), comment="The state of the ward's file as last imported, in its finest meaning"
    ),
    Column(
        "wished_office_id", String(8), comment="The window of the ward's file where nothing is booked: a wish"
    ),
    Column("ward_as_of", UtcDateTime, comment="Of when the file is that last told of the card"),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint(among("kind", CardKind), name="kind"),
    CheckConstraint(among("progress", CardProgress), name="progress"),
    CheckConstraint(f"said IS NULL OR {among('said', WardWord)}", name="said"),
    CheckConstraint(f"ward_status IS NULL OR {among('ward_status', WardStatus)}", name="ward_status"),
)

card_persons = Table(
    "card_persons",
    metadata,
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False, comment="Sealed under the card's own key"),
    Column("updated_at", UtcDateTime, nullable=False),
)

person_index = Table(
    "person_index",
    metadata,
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("digest", String(DIGEST_LENGTH), nullable=False, comment="Keyed; search is exact, never by part"),
    Column("identifies", Boolean, nullable=False, comment="Whether one card at most has it"),
    CheckConstraint(among("kind", IndexKind), name="kind"),
    # Found by its digest first: table and key are one tree, half as large as both.
    PrimaryKeyConstraint("digest", "kind", "card_id"),
    Index("ix_person_index_card_id", "card_id"),
    Index(
        "uq_person_index_identifying",
        "kind",
        "digest",
        unique=True,
        sqlite_where=text("identifies = 1"),
        postgresql_where=text("identifies"),
    ),
    sqlite_with_rowid=False,
)

notices = Table(
    "notices",
    metadata,
    Column("token", String(32), primary_key=True, comment="Random part of the code on the sheet"),
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False, comment="Counts the notices of a card, from 1"),
    Column("kind", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("posted_on", Date),
    Column("pickup_deadline", Date),
    Column("ended_at", UtcDateTime, comment="Since when it is superseded, returned or void"),
    Column("copies", Integer, nullable=False, server_default="0", comment="How often it was printed"),
    Column("printed_at", UtcDateTime, comment="When the last copy was printed"),
    Column("run_id", String(32), comment="The run that made it with many others"),
    Column("run_part", Integer, comment="In which part of that run's file it stands"),
    UniqueConstraint("card_id", "seq", name="uq_notices_card_id_seq"),
    CheckConstraint(among("kind", NoticeKind), name="kind"),
    CheckConstraint(among("state", NoticeState), name="state"),
    Index("ix_notices_run_id", "run_id", "run_part"),
    Index(
        "uq_notices_living", "card_id", unique=True, sqlite_where=text(LIVING), postgresql_where=text(LIVING)
    ),
)
