"""Tables of accounts, sign-ins, sessions, devices, the audit trail and the files that left."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from backend.protection.register_entries import OutletKind, OutletState
from backend.storage import UtcDateTime, among, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    # None only where an older version allowed two spellings of one name; such accounts need the exact login.
    Column("name_key", String(64)),
    Column("role", String(20), nullable=False),
    # The one that is proposed first: where somebody worked last.
    Column("office_id", String(8), nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Index("uq_accounts_name_key", "name_key", unique=True),
)

account_offices = Table(
    "account_offices",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id"), primary_key=True),
    Column("office_id", String(8), primary_key=True),
)
"""At which offices somebody works: one at least."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id"), nullable=False),
    # None as long as somebody with several has not chosen one, or when theirs was taken away.
    Column("office_id", String(8)),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_sessions_account_id", "account_id"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("name_hash", String(64)),
    Column("failures", Integer, nullable=False),
    Column("free_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_sign_in_tries_name_hash", "name_hash"),
    Index("ix_sign_in_tries_seen_at", "seen_at"),
)
"""Counts of wrong passwords; names and addresses are stored only as keyed hashes."""

known_browsers = Table(
    "known_browsers",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id"), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_known_browsers_account_id", "account_id"),
    Index("ix_known_browsers_seen_at", "seen_at"),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("office_id", String(8), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(40)),
    # Of the work; none where the console did it.
    Column("office_id", String(8)),
    Column("facts", JSON, nullable=False),
    Index("ix_audit_at", "at"),
    Index("ix_audit_subject", "subject"),
    sqlite_autoincrement=True,
)

outlets = Table(
    "outlets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    # Of the persons whose data the file may hold.
    Column("count", Integer, nullable=False),
    Column("place", String(400), nullable=False),
    # The day until which it may be kept, in Tokyo; none where the register names no days.
    Column("until", Date),
    Column("state", String(12), nullable=False),
    CheckConstraint(among("kind", OutletKind), name="kind"),
    CheckConstraint(among("state", OutletState), name="state"),
    CheckConstraint("count >= 0", name="count"),
    Index("ix_outlets_at", "at"),
)
"""Every file with personal data that was written for somebody to take away."""
