"""A list of files with personal data that were written: kind, count, place, and until when they may be kept."""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outlets",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(400), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outlets"),
        sa.CheckConstraint("kind IN ('backup', 'key_backup', 'notice_sheet')", name="ck_outlets_kind"),
        sa.CheckConstraint("state IN ('begun', 'failed', 'written')", name="ck_outlets_state"),
        sa.CheckConstraint("count >= 0", name="ck_outlets_count"),
    )
    op.create_index("ix_outlets_at", "outlets", ["at"])


def downgrade() -> None:
    op.drop_table("outlets")
