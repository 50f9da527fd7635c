"""Notes which numbers have no printed ticket and need somebody to deal with that."""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("paper_open_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("paper_open_at", UtcDateTime(), nullable=True))
    # Visitors who wait without a ticket during an update are included; the page shows only those of the day.
    op.execute(
        "UPDATE tickets SET paper_open_at = created_at "
        "WHERE print_state = 'failed' AND state NOT IN ('issued', 'cancelled')"
    )
    op.create_index(
        "ix_tickets_paper_open",
        "tickets",
        ["office_id", "business_day", "paper_open_at"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_paper_open", table_name="tickets")
    op.execute("ALTER TABLE tickets DROP COLUMN paper_open_at")
