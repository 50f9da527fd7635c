"""What somebody is, at which office, and the roster of handlers with the one-time links for passwords.

Everybody goes on with what they had, at every office that they had; who was ``branch_staff`` is a clerk and staff.
"""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ROLES = "'administrator', 'auditor', 'clerk', 'operator', 'responsible', 'staff', 'supervisor'"


def upgrade() -> None:
    op.create_table(
        "account_roles",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("office_id", sa.String(8), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_roles_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", "office_id", "role", name="pk_account_roles"),
        sa.CheckConstraint(f"role IN ({_ROLES})", name="ck_account_roles_role"),
    )
    for role, before in (("clerk", "'clerk', 'branch_staff'"), ("staff", "'staff', 'branch_staff'")):
        op.execute(
            "INSERT INTO account_roles (account_id, office_id, role) "  # noqa: S608 - words of ours
            f"SELECT o.account_id, o.office_id, '{role}' FROM account_offices AS o "
            f"JOIN accounts AS a ON a.id = o.account_id WHERE a.role IN ({before})"
        )
    op.drop_table("account_offices")
    op.execute("ALTER TABLE accounts DROP COLUMN role")
    op.add_column("accounts", sa.Column("used_at", UtcDateTime, nullable=True))
    op.add_column("accounts", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "handlers",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("begins_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_handlers_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_handlers"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= begins_on", name="ck_handlers_days"),
    )
    op.create_table(
        "account_links",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_links_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_links"),
        sa.UniqueConstraint("token_hash", name="uq_account_links_token_hash"),
    )


def downgrade() -> None:
    op.drop_table("account_links")
    op.drop_table("handlers")
    op.execute("ALTER TABLE accounts DROP COLUMN version")
    op.execute("ALTER TABLE accounts DROP COLUMN used_at")
    op.create_table(
        "account_offices",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("office_id", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_account_offices_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("account_id", "office_id", name="pk_account_offices"),
    )
    op.execute(
        "INSERT INTO account_offices (account_id, office_id) SELECT DISTINCT account_id, office_id FROM account_roles"
    )
    op.execute("ALTER TABLE accounts ADD COLUMN role VARCHAR(20) DEFAULT 'clerk' NOT NULL")
    # The older version knows one role for all offices, and two of these alone: whoever is anything else stays out.
    _both = "EXISTS (SELECT 1 FROM account_roles AS r WHERE r.account_id = accounts.id AND r.role = '{}')"
    clerk, staff = _both.format("clerk"), _both.format("staff")
    op.execute(f"UPDATE accounts SET role = 'staff' WHERE {staff}")  # noqa: S608 - words of ours
    op.execute(f"UPDATE accounts SET role = 'branch_staff' WHERE {staff} AND {clerk}")  # noqa: S608 - words of ours
    op.execute(
        f"UPDATE accounts SET disabled_at = created_at WHERE disabled_at IS NULL AND NOT ({staff} OR {clerk})"  # noqa: S608 - words of ours
    )
    op.drop_table("account_roles")
