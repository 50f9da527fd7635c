"""Checks keep a fingerprint of the files of rules by which they were judged, not only the name of the rule set."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty for earlier checks: what the files contained then is not known any more.
    op.add_column("checks", sa.Column("fingerprint", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("checks") as table:
        table.drop_column("fingerprint")
