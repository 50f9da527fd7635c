"""Copies of notices, runs that print many of them, and booking sheets with their versions."""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notices",
        sa.Column(
            "copies", sa.Integer(), nullable=False, server_default="0", comment="How often it was printed"
        ),
    )
    op.add_column("notices", sa.Column("printed_at", UtcDateTime(), comment="When the last copy was printed"))
    op.add_column(
        "notices", sa.Column("run_id", sa.String(32), comment="The run that made it with many others")
    )
    op.add_column(
        "notices", sa.Column("run_part", sa.Integer(), comment="In which part of that run's file it stands")
    )
    # Before this, every notice was made when it was printed, and copies were not counted.
    op.execute("UPDATE notices SET copies = 1, printed_at = created_at")
    op.create_index("ix_notices_run_id", "notices", ["run_id", "run_part"])
    op.create_table(
        "booking_sheets",
        sa.Column("token", sa.String(32), nullable=False, comment="Random part of the code on the sheet"),
        sa.Column("reservation_id", sa.String(32), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Counts what was printed of a booking, from 1"
        ),
        sa.Column("office_id", sa.String(8), nullable=False, comment="As printed"),
        sa.Column("starts_at", UtcDateTime(), nullable=False, comment="As printed, UTC"),
        sa.Column("recipient_type", sa.String(8), nullable=True, comment="As printed"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False, comment="How often it was printed"),
        sa.Column("printed_at", UtcDateTime(), nullable=False, comment="When the last copy was printed"),
        sa.Column("void_at", UtcDateTime(), nullable=True, comment="Since when its code is unknown"),
        sa.PrimaryKeyConstraint("token", name="pk_booking_sheets"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            name="fk_booking_sheets_reservation_id_reservations",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("reservation_id", "version", name="uq_booking_sheets_reservation_id_version"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_booking_sheets_version")),
        sa.CheckConstraint("copies >= 1", name=op.f("ck_booking_sheets_copies")),
    )


def downgrade() -> None:
    op.drop_table("booking_sheets")
    op.drop_index("ix_notices_run_id", "notices")
    for column in ("run_part", "run_id", "printed_at", "copies"):
        op.drop_column("notices", column)
