"""By which files of rules a check was judged, not only by which name."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty for checks of before: what the files held then is no longer known.
    op.add_column("checks", sa.Column("fingerprint", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("checks") as table:
        table.drop_column("fingerprint")
