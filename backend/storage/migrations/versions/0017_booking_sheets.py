"""Booking sheets are told apart: as files that leave, and an old one as what a visitor showed."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OTHERS = (
    "'key_backup', 'notice_sheet', 'trail_archive', 'trail_export', "
    "'ward_receptions', 'ward_reservations', 'ward_results'"
)
_SHOWN = "'nothing', 'notice', 'number', 'old_notice'"


def upgrade() -> None:
    _allow("outlets", "kind", f"'backup', 'booking_sheet', {_OTHERS}")
    _allow_shown(f"{_SHOWN}, 'old_sheet'")


def downgrade() -> None:
    # The version before entered both sheets as one kind, and took any booking sheet for a number.
    op.execute("UPDATE outlets SET kind = 'notice_sheet' WHERE kind = 'booking_sheet'")
    op.execute("UPDATE cases SET shown = 'number' WHERE shown = 'old_sheet'")
    _allow("outlets", "kind", f"'backup', {_OTHERS}")
    _allow_shown(_SHOWN)


def _allow_shown(codes: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        _allow("cases", "shown", codes)
        return
    # SQLite makes the table anew, and checks that name a case would not let it go.
    op.execute("CREATE TABLE checks_of_0014 AS SELECT * FROM checks")
    op.execute("DELETE FROM checks")
    _allow("cases", "shown", codes)
    op.execute("INSERT INTO checks SELECT * FROM checks_of_0014")
    op.execute("DROP TABLE checks_of_0014")


def _allow(table: str, column: str, codes: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(name, type_="check")
        changed.create_check_constraint(name, f"{column} IN ({codes})")
