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
    LargeBinary,
    String,
    Table,
    Text,
)

from backend.protection.register_entries import OutletKind, OutletState
from backend.protection.roles import Role
from backend.storage import UtcDateTime, among, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    # None only where an older version allowed two spellings of one name; such accounts need the exact login.
    Column("name_key", String(64)),
    # The one that is proposed first: where somebody worked last.
    Column("office_id", String(8), nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    # Counts the changes of roster, roles and state, so that nobody undoes one that they have not seen.
    Column("version", Integer, nullable=False, server_default="0"),
    Index("uq_accounts_name_key", "name_key", unique=True),
)

account_roles = Table(
    "account_roles",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id"), primary_key=True),
    Column("office_id", String(8), primary_key=True),
    Column("role", String(20), primary_key=True),
    CheckConstraint(among("role", Role), name="role"),
)
"""What somebody is at which office: one role at one office at least."""

handlers = Table(
    "handlers",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id"), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date),
    CheckConstraint("ends_on IS NULL OR ends_on >= begins_on", name="days"),
)
"""The roster of handlers (取扱者名簿): a line for each account that somebody was named for."""

account_links = Table(
    "account_links",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id"), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""One-time links by which somebody sets their password: one at most for each account, gone once it was used."""

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
    # As what they acted: roles, a kind of device, system or console. None in entries of before 0.3.0, as what follows.
    Column("role", String(120)),
    # The address of the machine from which they acted.
    Column("place", String(45)),
    # What the subject is the id of.
    Column("subject_kind", String(20)),
    # Of the columns that were seen or changed, with blanks between; never a value.
    Column("field_names", String(400)),
    Index("ix_audit_at", "at", "seq"),
    Index("ix_audit_actor", "actor", "at", "seq"),
    Index("ix_audit_action", "action", "at", "seq"),
    Index("ix_audit_subject", "subject"),
    sqlite_autoincrement=True,
)
"""The trail: rows are added, in the transactions of what they tell; triggers refuse every other change."""

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    # Of its entries, in Tokyo: no block has those of two days.
    Column("day", Date, nullable=False),
    Column("first_entry", BigInteger, nullable=False),
    Column("last_entry", BigInteger, nullable=False),
    Column("sealed_at", UtcDateTime, nullable=False),
    # The highest seq that was seen so far, and lower ones that were not: their transactions may still be open.
    Column("high", BigInteger, nullable=False),
    Column("holes", Text, nullable=False),
    # The entries as they were hashed; none once they were archived.
    Column("content", LargeBinary),
    Column("digest", LargeBinary(32), nullable=False),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
    # Proof, made with the key, that what was before this block was archived.
    Column("dropped", LargeBinary(32)),
    CheckConstraint("number >= 1 AND first_entry >= 1 AND last_entry >= first_entry", name="numbers"),
    CheckConstraint("(content IS NULL) = (dropped IS NOT NULL)", name="dropped"),
    Index("ix_audit_seals_day", "day"),
    Index("uq_audit_seals_first_entry", "first_entry", unique=True),
)
"""Blocks of sealed entries, each chained to the one before (adr/0030)."""

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
