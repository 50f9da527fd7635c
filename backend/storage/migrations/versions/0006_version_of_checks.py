"""A check of documents has a version, so that a page that shows an older one is told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was ticked before has been written once at least.
    op.add_column("checks", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.execute("ALTER TABLE checks DROP COLUMN version")
