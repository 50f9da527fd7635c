"""The offices at which somebody works, and the one that a session is for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_offices",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("office_id", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_account_offices_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("account_id", "office_id", name="pk_account_offices"),
    )
    # Everybody stays at the one office that they had, including people who are signed in during the update.
    op.execute("INSERT INTO account_offices (account_id, office_id) SELECT id, office_id FROM accounts")
    op.add_column("sessions", sa.Column("office_id", sa.String(8), nullable=True))
    op.execute(
        "UPDATE sessions SET office_id ="
        " (SELECT accounts.office_id FROM accounts WHERE accounts.id = sessions.account_id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE sessions DROP COLUMN office_id")
    op.drop_table("account_offices")
