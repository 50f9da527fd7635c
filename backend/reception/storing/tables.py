"""Tables of the queue. The database keeps the invariants: the unique indexes below are the product's promise."""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from backend.offices import PICK_UP
from backend.reception.deciding.case import CaseState
from backend.reservations import Shown
from backend.storage import UtcDateTime, among, metadata
from backend.wire import ALIVE_STATES, AT_WINDOW_STATES, NotIssuedReason

# Statements repeat these words: a database uses a partial index only where it sees its condition, not a bound value.
ALIVE: Final = among("state", ALIVE_STATES)
AT_WINDOW: Final = among("state", AT_WINDOW_STATES)
OPEN_CASE: Final = f"state = '{CaseState.OPEN}'"
LIVING_CARD: Final = f"card_id IS NOT NULL AND {OPEN_CASE}"
ISSUED_CARD: Final = f"card_id IS NOT NULL AND state = '{CaseState.ISSUED}'"
TO_CONTACT: Final = f"reason = '{NotIssuedReason.SYSTEM_DOWN}' AND contacted_at IS NULL"
PAPER_OPEN: Final = "paper_open_at IS NOT NULL"

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("office_id", String(8), nullable=False),
    Column("business_day", Date, nullable=False),
    Column("series", String(1), nullable=False),
    Column("number", Integer, nullable=False),
    Column("label", String(8), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("order_at", UtcDateTime, nullable=False),
    Column("reserved_for", UtcDateTime),
    Column("device_id", String(40), nullable=False),
    Column("language", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("window", String(3)),
    Column("holder", String(32)),
    Column("called_at", UtcDateTime),
    Column("call_count", Integer, nullable=False),
    Column("print_state", String(20), nullable=False),
    Column("print_trouble", String(20)),
    # What the visitor came for; windows call the kinds that they do.
    Column("kind", String(20), nullable=False, server_default=PICK_UP),
    # Since when the number has no paper and nobody has dealt with it; ahead while a report is awaited.
    Column("paper_open_at", UtcDateTime),
    # Invariant 1: a number is unique among living tickets of an office, day and series.
    Index(
        "uq_tickets_living_number",
        "office_id",
        "business_day",
        "series",
        "number",
        unique=True,
        sqlite_where=text(ALIVE),
        postgresql_where=text(ALIVE),
    ),
    # Invariant 2: a window has at most one visitor.
    Index(
        "uq_tickets_window",
        "office_id",
        "business_day",
        "window",
        unique=True,
        sqlite_where=text(AT_WINDOW),
        postgresql_where=text(AT_WINDOW),
    ),
    Index(
        "ix_tickets_paper_open",
        "office_id",
        "business_day",
        "paper_open_at",
        sqlite_where=text(PAPER_OPEN),
        postgresql_where=text(PAPER_OPEN),
    ),
    Index("ix_tickets_queue", "office_id", "business_day", "state", "priority", "order_at", "number"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket_id", String(32), ForeignKey("tickets.id"), nullable=False),
    Column("business_day", Date, nullable=False),
    # None for somebody without a notice, until somebody finds their card.
    Column("card_id", String(32), ForeignKey("cards.id", ondelete="SET NULL")),
    Column("reservation_id", String(32), ForeignKey("reservations.id", ondelete="SET NULL")),
    Column("shown", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    # Which card of the party, from 1; opened again, a card has the place it had.
    Column("place", Integer, nullable=False, server_default="1"),
    Column("kind", String(20), nullable=False, server_default=PICK_UP),
    Column("admitted", String(20)),
    Column("reason", String(40)),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    # When somebody whose card could not be issued was told how it goes on.
    Column("contacted_at", UtcDateTime),
    CheckConstraint(among("state", CaseState), name="state"),
    CheckConstraint(among("shown", Shown), name="shown"),
    CheckConstraint("place >= 1", name="place"),
    Index("ix_cases_ticket_id", "ticket_id"),
    # Two kiosks that add to one party at once: a place is one card's.
    Index(
        "uq_cases_open_place",
        "ticket_id",
        "place",
        unique=True,
        sqlite_where=text(OPEN_CASE),
        postgresql_where=text(OPEN_CASE),
    ),
    Index("ix_cases_card_id_business_day", "card_id", "business_day"),
    # Looked at with every change of a staff page, over all days.
    Index(
        "ix_cases_to_contact",
        "ticket_id",
        sqlite_where=text(TO_CONTACT),
        postgresql_where=text(TO_CONTACT),
    ),
    # Invariant 3: a card has one visit a day.
    Index(
        "uq_cases_living_card",
        "card_id",
        "business_day",
        unique=True,
        sqlite_where=text(LIVING_CARD),
        postgresql_where=text(LIVING_CARD),
    ),
    # A card is handed over once.
    Index(
        "uq_cases_issued_card",
        "card_id",
        unique=True,
        sqlite_where=text(ISSUED_CARD),
        postgresql_where=text(ISSUED_CARD),
    ),
)
"""What each ticket is about (案件): one card of one visit."""

ticket_steps = Table(
    "ticket_steps",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("ticket_id", String(32), ForeignKey("tickets.id"), nullable=False),
    Column("office_id", String(8), nullable=False),
    Column("business_day", Date, nullable=False),
    Column("event", String(40), nullable=False),
    # None before the ticket.
    Column("before", String(20)),
    Column("after", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("window", String(3)),
    Column("reason", String(40)),
    # One card of a visit, once a visit may be about several.
    Column("case_id", String(32)),
    Index("ix_ticket_steps_ticket_id", "ticket_id", "id"),
    Index("ix_ticket_steps_office_id_business_day", "office_id", "business_day"),
    sqlite_autoincrement=True,
)
"""Every change of every ticket's state, for as long as the ticket is kept; the event log may be pruned."""

counters = Table(
    "counters",
    metadata,
    Column("office_id", String(8), primary_key=True),
    Column("business_day", Date, primary_key=True),
    Column("series", String(1), primary_key=True),
    Column("last", Integer, nullable=False),
)

seats = Table(
    "seats",
    metadata,
    Column("office_id", String(8), primary_key=True),
    Column("window", String(3), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id"), nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    # One person sits at one window.
    UniqueConstraint("account_id", name="uq_seats_account_id"),
)

checks = Table(
    "checks",
    metadata,
    Column("case_id", String(32), ForeignKey("cases.id"), primary_key=True),
    Column("rule_set", String(10), nullable=False),
    # A name can stay while a ward's policies change; the fingerprint changes with any file that had a say.
    Column("fingerprint", String(16)),
    # Counts the changes: who saw an older one is told, and takes nothing away.
    Column("version", Integer, nullable=False, server_default="1"),
    Column("recipient", String(8), nullable=False),
    Column("applicant", JSON, nullable=False),
    Column("visitor", JSON, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    # Somebody else of the party receives this card: documents of its visitor are ticked for it alone.
    Column("apart", Boolean, nullable=False, server_default=false()),
    Column("complete", Boolean, nullable=False),
    Column("checked_by", String(32), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("office_id", String(8), nullable=False),
    Column("device_id", String(40), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("fingerprint", String(64)),
    Index("ix_refusals_at", "at"),
)
