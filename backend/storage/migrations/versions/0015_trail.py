"""The trail knows role, place, object and columns; its entries are sealed in blocks, and neither is changed or taken away."""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OUTLETS_BEFORE = (
    "'backup', 'key_backup', 'notice_sheet', 'ward_receptions', 'ward_reservations', 'ward_results'"
)
_OUTLETS_NOW = _OUTLETS_BEFORE.replace(
    "'ward_receptions'", "'trail_archive', 'trail_export', 'ward_receptions'"
)
_TABLES = ("audit", "audit_seals")
_SAID = "the trail is only added to"


def upgrade() -> None:
    for name, length in (("role", 120), ("place", 45), ("subject_kind", 20), ("field_names", 400)):
        op.add_column("audit", sa.Column(name, sa.String(length)))
    op.drop_index("ix_audit_at", "audit")
    op.create_index("ix_audit_at", "audit", ["at", "seq"])
    op.create_index("ix_audit_actor", "audit", ["actor", "at", "seq"])
    op.create_index("ix_audit_action", "audit", ["action", "at", "seq"])
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_entry", sa.BigInteger(), nullable=False),
        sa.Column("last_entry", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("holes", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("previous", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        sa.Column("dropped", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seals"),
        sa.CheckConstraint(
            "number >= 1 AND first_entry >= 1 AND last_entry >= first_entry",
            name=op.f("ck_audit_seals_numbers"),
        ),
        sa.CheckConstraint("(content IS NULL) = (dropped IS NOT NULL)", name=op.f("ck_audit_seals_dropped")),
    )
    op.create_index("ix_audit_seals_day", "audit_seals", ["day"])
    op.create_index("uq_audit_seals_first_entry", "audit_seals", ["first_entry"], unique=True)
    _allow(_OUTLETS_NOW)
    _guard()


def downgrade() -> None:
    _unguard()
    # Entries of files that this version does not know would be refused, and a list of files must not lose one.
    op.execute("UPDATE outlets SET kind = 'backup' WHERE kind LIKE 'trail%'")
    _allow(_OUTLETS_BEFORE)
    op.drop_table("audit_seals")
    op.drop_index("ix_audit_action", "audit")
    op.drop_index("ix_audit_actor", "audit")
    op.drop_index("ix_audit_at", "audit")
    op.create_index("ix_audit_at", "audit", ["at"])
    for name in ("field_names", "subject_kind", "place", "role"):
        op.drop_column("audit", name)


def _allow(kinds: str) -> None:
    with op.batch_alter_table("outlets") as table:
        table.drop_constraint(op.f("ck_outlets_kind"), type_="check")
        table.create_check_constraint(op.f("ck_outlets_kind"), f"kind IN ({kinds})")


def _guard() -> None:
    """Let the database itself refuse what would change the trail; archiving says before it takes old days away."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for what in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION uketsuke_keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF current_setting('uketsuke.archiving', true) = 'on' THEN "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        "IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_seals' THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION uketsuke_keep_trail()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION uketsuke_keep_trail()"
        )


def _unguard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for what in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{what}")
        return
    for table in _TABLES:
        op.execute(f"DROP TRIGGER {table}_only_grows ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION uketsuke_keep_trail()")
