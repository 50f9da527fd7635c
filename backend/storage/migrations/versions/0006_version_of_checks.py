"""A check of documents gets a version, so that a command from a page with an older one can be refused."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Every existing check has been written at least once.
    op.add_column("checks", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.execute("ALTER TABLE checks DROP COLUMN version")
