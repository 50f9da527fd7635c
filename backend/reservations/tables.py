"""Tables of this room: who is expected where and when. Whose a booking is, the card's sealed record says."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from backend.reservations.reservation_state import Channel, Decision, Owner, ReservationState
from backend.storage import UtcDateTime, among, metadata

BOOKED: Final = f"state = '{ReservationState.BOOKED}'"
TENTATIVE: Final = f"state = '{ReservationState.TENTATIVE}'"

reservations = Table(
    "reservations",
    metadata,
    Column("id", String(32), primary_key=True, comment="UUID in hex, ours"),
    Column("number", String(20), nullable=False, unique=True, comment="予約番号, upper case, no hyphen"),
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("office_id", String(8), comment="交付窓口: the office"),
    Column("starts_at", UtcDateTime, comment="交付予約日時, UTC"),
    Column("window_name", String(60), comment="交付窓口: the window, as exported"),
    Column("ward_ticket_number", String(20), comment="受付番号 of the ward's system, not ours"),
    Column("recipient_type", String(8), comment="受取人種別, a code of the document rules"),
    Column("channel", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("group_number", String(40), comment="What is booked together bears one number"),
    Column("tentative_until", UtcDateTime),
    Column("replaces_id", String(32), ForeignKey("reservations.id", ondelete="SET NULL")),
    Column("fingerprint", String(64), comment="Keyed hash of the imported row"),
    Column("imported_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("owner", String(4), nullable=False, server_default="ward", comment="Who decided what holds"),
    Column("ward_state", String(12), comment="What the ward's file last said became of it"),
    Column("ward_office_id", String(8), comment="Where, as the ward's file last said"),
    Column("ward_starts_at", UtcDateTime, comment="When, as the ward's file last said, UTC"),
    CheckConstraint(among("owner", Owner), name="owner"),
    CheckConstraint(f"ward_state IS NULL OR {among('ward_state', ReservationState)}", name="ward_state"),
    CheckConstraint(among("channel", Channel), name="channel"),
    CheckConstraint(among("state", ReservationState), name="state"),
    CheckConstraint(
        f"{among('state', (ReservationState.CANCELLED, ReservationState.NO_SHOW, ReservationState.REPLACED, ReservationState.FULFILLED))}"
        " OR (office_id IS NOT NULL AND starts_at IS NOT NULL)",
        name="place_and_time",
    ),
    Index("ix_reservations_card_id", "card_id"),
    Index("ix_reservations_office_id_starts_at", "office_id", "starts_at"),
    Index("ix_reservations_group_number", "group_number"),
    Index(
        "uq_reservations_booked",
        "card_id",
        unique=True,
        sqlite_where=text(BOOKED),
        postgresql_where=text(BOOKED),
    ),
    Index(
        "uq_reservations_tentative",
        "card_id",
        unique=True,
        sqlite_where=text(TENTATIVE),
        postgresql_where=text(TENTATIVE),
    ),
)

reservation_contacts = Table(
    "reservation_contacts",
    metadata,
    Column("reservation_id", String(32), ForeignKey("reservations.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False, comment="Sealed under the card's own key"),
    Column("updated_at", UtcDateTime, nullable=False),
)

import_conflicts = Table(
    "import_conflicts",
    metadata,
    Column("id", String(32), primary_key=True, comment="UUID in hex, ours"),
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("ours_state", String(12), nullable=False),
    Column("ours_office_id", String(8)),
    Column("ours_starts_at", UtcDateTime),
    Column("theirs_state", String(12), nullable=False),
    Column("theirs_office_id", String(8)),
    Column("theirs_starts_at", UtcDateTime),
    Column("decision", String(8), comment="Empty until somebody decides"),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(32), comment="An account, or where the command was given"),
    CheckConstraint(among("ours_state", ReservationState), name="ours_state"),
    CheckConstraint(among("theirs_state", ReservationState), name="theirs_state"),
    CheckConstraint(f"decision IS NULL OR {among('decision', Decision)}", name="decision"),
    Index("ix_import_conflicts_card_id", "card_id"),
    Index(
        "uq_import_conflicts_open",
        "card_id",
        unique=True,
        sqlite_where=text("decision IS NULL"),
        postgresql_where=text("decision IS NULL"),
    ),
)

booking_sheets = Table(
    "booking_sheets",
    metadata,
    Column("token", String(32), primary_key=True, comment="Random part of the code on the sheet"),
    Column("reservation_id", String(32), ForeignKey("reservations.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False, comment="Counts what was printed of a booking, from 1"),
    Column("office_id", String(8), nullable=False, comment="As printed"),
    Column("starts_at", UtcDateTime, nullable=False, comment="As printed, UTC"),
    Column("recipient_type", String(8), comment="As printed"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("copies", Integer, nullable=False, comment="How often it was printed"),
    Column("printed_at", UtcDateTime, nullable=False, comment="When the last copy was printed"),
    Column("void_at", UtcDateTime, comment="Since when its code is unknown"),
    UniqueConstraint("reservation_id", "version", name="uq_booking_sheets_reservation_id_version"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("copies >= 1", name="copies"),
)
