"""Who queues by arrival has a priority of their own, behind who is on time."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only who waits: any other visitor gets a new place when they wait again. The place of a visitor who was on time
    # or early is the reserved time; of a late one, one without a reservation and one who came back it is the arrival.
    op.execute(
        "UPDATE tickets SET priority = 1 WHERE state = 'waiting' AND priority = 0 "
        "AND (reserved_for IS NULL OR order_at <> reserved_for)"
    )


def downgrade() -> None:
    op.execute("UPDATE tickets SET priority = 0 WHERE priority = 1")
