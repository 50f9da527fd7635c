"""Files that go back to the ward's system get kinds of their own in the list of outlets."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BEFORE = "'backup', 'key_backup', 'notice_sheet'"
_NOW = f"{_BEFORE}, 'ward_receptions', 'ward_reservations', 'ward_results'"


def upgrade() -> None:
    _allow(_NOW)


def downgrade() -> None:
    # On downgrade: the older version refuses kinds that it does not know, but no entry may be lost.
    op.execute("UPDATE outlets SET kind = 'notice_sheet' WHERE kind LIKE 'ward%'")
    _allow(_BEFORE)


def _allow(kinds: str) -> None:
    with op.batch_alter_table("outlets") as table:
        table.drop_constraint(op.f("ck_outlets_kind"), type_="check")
        table.create_check_constraint(op.f("ck_outlets_kind"), f"kind IN ({kinds})")
