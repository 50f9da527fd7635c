"""Waits at the sign-in instead of locked accounts, known browsers, and only one account for each name."""

import sqlalchemy as sa
from alembic import op

from backend.protection.login_names import LONGEST_NAME, name_key
from backend.storage.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("name_hash", sa.String(64), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("free_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_sign_in_tries"),
    )
    op.create_index("ix_sign_in_tries_name_hash", "sign_in_tries", ["name_hash"])
    op.create_index("ix_sign_in_tries_seen_at", "sign_in_tries", ["seen_at"])
    op.create_table(
        "known_browsers",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_known_browsers_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("token_hash", "account_id", name="pk_known_browsers"),
    )
    op.create_index("ix_known_browsers_account_id", "known_browsers", ["account_id"])
    op.create_index("ix_known_browsers_seen_at", "known_browsers", ["seen_at"])
    op.add_column("accounts", sa.Column("name_key", sa.String(64), nullable=True))
    _fill_name_keys()
    op.create_index("uq_accounts_name_key", "accounts", ["name_key"], unique=True)
    op.execute("ALTER TABLE accounts DROP COLUMN failures")
    op.execute("ALTER TABLE accounts DROP COLUMN locked_until")


def downgrade() -> None:
    op.add_column("accounts", sa.Column("locked_until", UtcDateTime(), nullable=True))
    op.add_column("accounts", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("uq_accounts_name_key", table_name="accounts")
    op.execute("ALTER TABLE accounts DROP COLUMN name_key")
    op.drop_table("known_browsers")
    op.drop_table("sign_in_tries")


def _fill_name_keys() -> None:
    """The oldest account of each name gets the name's key; accounts with other spellings keep their exact login."""
    accounts = sa.table(
        "accounts", sa.column("id"), sa.column("login"), sa.column("name_key"), sa.column("created_at")
    )
    connection = op.get_bind()
    taken: set[str] = set()
    for row in connection.execute(
        sa.select(accounts.c.id, accounts.c.login).order_by(accounts.c.created_at, accounts.c.id)
    ).all():
        key = name_key(row.login)
        if key and len(key) <= LONGEST_NAME and key not in taken:
            taken.add(key)
            connection.execute(sa.update(accounts).where(accounts.c.id == row.id).values(name_key=key))
