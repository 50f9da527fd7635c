"""Every office counts its own events, every change of a ticket's state is kept, and replies are kept as ids."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    _count_by_office()
    op.create_table(
        "ticket_steps",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("window", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_steps_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_steps")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_steps_ticket_id", "ticket_steps", ["ticket_id", "id"])
    op.create_index("ix_ticket_steps_office_id_business_day", "ticket_steps", ["office_id", "business_day"])
    op.add_column("audit", sa.Column("office_id", sa.String(length=8), nullable=True))
    _keep_ids_only()


def _count_by_office() -> None:
    op.create_table(
        "event_counters",
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("kept_after", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_event_counters")),
    )
    # All counters begin where the common one ended: a reader with an earlier number gets a snapshot, unless it is the
    # newest. The row with an empty office is for offices that have no event yet.
    op.execute(
        "INSERT INTO event_counters SELECT '', coalesce(max(seq), 0), coalesce(max(seq), 0) FROM events"
    )
    op.execute(
        "INSERT INTO event_counters SELECT office_id, (SELECT max(seq) FROM events), (SELECT max(seq) FROM events)"
        " FROM events GROUP BY office_id"
    )
    op.create_table(
        "events_of_offices",
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "seq", name="pk_events_of_offices"),
    )
    op.execute(
        "INSERT INTO events_of_offices (office_id, seq, kind, at, business_day, facts)"
        " SELECT office_id, seq, kind, at, business_day, facts FROM events"
    )
    op.drop_table("events")
    op.rename_table("events_of_offices", "events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_events_of_offices RENAME TO pk_events")
    op.create_index(
        "ix_events_office_id_business_day_kind_seq", "events", ["office_id", "business_day", "kind", "seq"]
    )
    op.create_index("ix_events_at", "events", ["at"])


def _keep_ids_only() -> None:
    """Reduce stored replies, which were complete, to codes and ids."""
    connection = op.get_bind()
    requests = sa.table(
        "requests",
        sa.column("request_id", sa.String),
        sa.column("command", sa.String),
        sa.column("reply", sa.JSON),
    )
    last = ""
    while True:
        rows = connection.execute(
            sa.select(requests)
            .where(requests.c.request_id > last)
            .order_by(requests.c.request_id)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        last = rows[-1].request_id
        changes = [
            {"of": row.request_id, "kept": kept}
            for row in rows
            if (kept := _kept(row.reply if not isinstance(row.reply, str) else json.loads(row.reply)))
            != row.reply
        ]
        if changes:
            connection.execute(
                sa.update(requests)
                .where(requests.c.request_id == sa.bindparam("of"))
                .values(reply=sa.bindparam("kept")),
                changes,
            )


def _kept(reply: dict[str, Any]) -> dict[str, Any]:
    """The codes and ids of a complete stored reply."""
    ticket = reply.get("ticket") or {}
    kept = {
        "reason": reply.get("reason"),
        "found": reply.get("found"),
        "ticket_id": (reply.get("ticket_id") or ticket.get("ticket_id") or "").replace("-", "") or None,
    }
    return {name: value for name, value in kept.items() if value is not None}


def downgrade() -> None:
    op.execute("DELETE FROM requests")
    op.execute("ALTER TABLE audit DROP COLUMN office_id")
    op.drop_table("ticket_steps")
    op.create_table(
        "events_of_all",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events_of_all"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO events_of_all (kind, at, office_id, business_day, facts)"
        " SELECT kind, at, office_id, business_day, facts FROM events ORDER BY at, office_id, seq"
    )
    op.drop_table("events")
    op.drop_table("event_counters")
    op.rename_table("events_of_all", "events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_events_of_all RENAME TO pk_events")
    op.create_index("ix_events_office_id_seq", "events", ["office_id", "seq"])
    op.create_index(
        "ix_events_office_id_business_day_kind_seq", "events", ["office_id", "business_day", "kind", "seq"]
    )
    op.create_index("ix_events_at", "events", ["at"])
