"""Visitors who queue by arrival get a priority of their own, after those who are on time."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only for visitors who wait: all others get a new place when they wait again. The place of a visitor who was on
    # time or early is the reserved time; for late ones, ones without a reservation and ones who came back it is the
    # arrival.
    op.execute(
        "UPDATE tickets SET priority = 1 WHERE state = 'waiting' AND priority = 0 "
        "AND (reserved_for IS NULL OR order_at <> reserved_for)"
    )


def downgrade() -> None:
    op.execute("UPDATE tickets SET priority = 0 WHERE priority = 1")
