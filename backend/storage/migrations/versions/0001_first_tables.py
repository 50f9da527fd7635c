"""The first tables."""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "audit",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject"], unique=False)
    op.create_table(
        "counters",
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("series", sa.String(length=1), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "business_day", "series", name=op.f("pk_counters")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("name", name=op.f("uq_devices_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.create_table(
        "events",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index(
        "ix_events_office_id_business_day_kind_seq",
        "events",
        ["office_id", "business_day", "kind", "seq"],
        unique=False,
    )
    op.create_index("ix_events_office_id_seq", "events", ["office_id", "seq"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index("ix_refusals_at", "refusals", ["at"], unique=False)
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("command", sa.String(length=40), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_requests")),
    )
    op.create_index("ix_requests_at", "requests", ["at"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("id", sa.String(length=32), nullable=False, comment="UUID in hex, ours"),
        sa.Column("number", sa.String(length=20), nullable=False, comment="予約番号, upper case, no hyphen"),
        sa.Column("card_number", sa.String(length=20), nullable=True, comment="製造管理番号"),
        sa.Column("dispatch_number", sa.String(length=20), nullable=True, comment="発送番号"),
        sa.Column("application_id", sa.String(length=23), nullable=True, comment="申請書ID"),
        sa.Column("name", sa.String(length=200), nullable=False, comment="氏名, as the register writes it"),
        sa.Column(
            "name_kana", sa.String(length=200), nullable=True, comment="フリガナ in full-width katakana"
        ),
        sa.Column("alias", sa.String(length=200), nullable=True, comment="通称"),
        sa.Column(
            "birth", sa.String(length=10), nullable=True, comment="生年月日: 1950, 1950-02 or 1950-02-03"
        ),
        sa.Column("address", sa.String(length=300), nullable=True, comment="住所"),
        sa.Column("phone", sa.String(length=30), nullable=True, comment="連絡先"),
        sa.Column("email", sa.String(length=254), nullable=True, comment="電子メールアドレス"),
        sa.Column("foreign_category", sa.String(length=60), nullable=True, comment="外国人住民の区分"),
        sa.Column("stay_expires_on", sa.Date(), nullable=True, comment="在留期間等満了日"),
        sa.Column("card_expires_on", sa.Date(), nullable=True, comment="有効期限"),
        sa.Column(
            "recipient_type",
            sa.String(length=8),
            nullable=True,
            comment="受取人種別, a code of the document rules",
        ),
        sa.Column("proxy_name", sa.String(length=200), nullable=True, comment="代理受取人氏名"),
        sa.Column("office_id", sa.String(length=8), nullable=True, comment="交付窓口: the office"),
        sa.Column("starts_at", UtcDateTime(), nullable=True, comment="交付予約日時, UTC"),
        sa.Column(
            "window_name", sa.String(length=60), nullable=True, comment="交付窓口: the window, as exported"
        ),
        sa.Column(
            "ward_ticket_number",
            sa.String(length=20),
            nullable=True,
            comment="受付番号 of the ward's system, not ours",
        ),
        sa.Column("state", sa.String(length=20), nullable=False, comment="処理状況: a ReservationState"),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="Keyed hash of the imported content"
        ),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("number", name=op.f("uq_reservations_number")),
    )
    op.create_index("ix_reservations_card_number", "reservations", ["card_number"], unique=False)
    op.create_index("ix_reservations_dispatch_number", "reservations", ["dispatch_number"], unique=False)
    op.create_index(
        "ix_reservations_office_id_starts_at", "reservations", ["office_id", "starts_at"], unique=False
    )
    op.create_table(
        "notices",
        sa.Column(
            "token", sa.String(length=32), nullable=False, comment="Random part of the code on the sheet"
        ),
        sa.Column("reservation_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True, comment="From then on the code is unknown"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            name=op.f("fk_notices_reservation_id_reservations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_reservation_id"), "notices", ["reservation_id"], unique=False)
    op.create_table(
        "seats",
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("window", sa.String(length=3), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_seats_account_id_accounts")),
        sa.PrimaryKeyConstraint("office_id", "window", name=op.f("pk_seats")),
        sa.UniqueConstraint("account_id", name="uq_seats_account_id"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("series", sa.String(length=1), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("order_at", UtcDateTime(), nullable=False),
        sa.Column("reservation_id", sa.String(length=32), nullable=True),
        sa.Column("reserved_for", UtcDateTime(), nullable=True),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("window", sa.String(length=3), nullable=True),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.Column("call_count", sa.Integer(), nullable=False),
        sa.Column("print_state", sa.String(length=20), nullable=False),
        sa.Column("print_trouble", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            name=op.f("fk_tickets_reservation_id_reservations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(
        "ix_tickets_queue",
        "tickets",
        ["office_id", "business_day", "state", "priority", "order_at", "number"],
        unique=False,
    )
    op.create_index(
        "uq_tickets_living_number",
        "tickets",
        ["office_id", "business_day", "series", "number"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('absent', 'called', 'called_to_issuance', 'handed_over', 'incomplete', 'serving', 'waiting')"
        ),
        postgresql_where=sa.text(
            "state IN ('absent', 'called', 'called_to_issuance', 'handed_over', 'incomplete', 'serving', 'waiting')"
        ),
    )
    op.create_index(
        "uq_tickets_notice_day",
        "tickets",
        ["reservation_id", "business_day"],
        unique=True,
        sqlite_where=sa.text("reservation_id IS NOT NULL AND state <> 'cancelled'"),
        postgresql_where=sa.text("reservation_id IS NOT NULL AND state <> 'cancelled'"),
    )
    op.create_index(
        "uq_tickets_window",
        "tickets",
        ["office_id", "business_day", "window"],
        unique=True,
        sqlite_where=sa.text("state IN ('called', 'called_to_issuance', 'serving')"),
        postgresql_where=sa.text("state IN ('called', 'called_to_issuance', 'serving')"),
    )
    op.create_table(
        "checks",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("rule_set", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=8), nullable=False),
        sa.Column("applicant", sa.JSON(), nullable=False),
        sa.Column("visitor", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_checks_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_checks")),
    )


def downgrade() -> None:
    op.drop_table("checks")
    op.drop_table("tickets")
    op.drop_table("sessions")
    op.drop_table("seats")
    op.drop_table("notices")
    op.drop_table("reservations")
    op.drop_table("requests")
    op.drop_table("refusals")
    op.drop_table("events")
    op.drop_table("devices")
    op.drop_table("counters")
    op.drop_table("audit")
    op.drop_table("accounts")
