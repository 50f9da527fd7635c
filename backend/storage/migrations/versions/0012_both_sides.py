"""Bookings keep the ward's version and ours; there are conflicts of the two, and imports that continue after a stop.

Earlier imports count as the ward's version. Columns with a check are added by statements that both databases know,
because copying the table would lose what the copy does not know of.
"""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STATES = "'booked', 'cancelled', 'fulfilled', 'no_show', 'replaced', 'tentative'"
_SAID = (
    "'application_ended', 'applied', 'booked', 'cancelled', 'delivered', 'discard_due', 'discarded', 'expired_early', "
    "'issued', 'moved_out', 'moving', 'no_show', 'not_issuable', 'notified', 'on_hold', 'other', 'overdue', 'prepared', "
    "'renotified', 'returned', 'tentative', 'withdrawn'"
)
_OPEN = "decision IS NULL"
_RUNNING = "state = 'running'"

_COMMENTS = {
    "reservations.owner": "Who decided what holds",
    "reservations.ward_state": "What the ward''s file last said became of it",
    "reservations.ward_office_id": "Where, as the ward''s file last said",
    "reservations.ward_starts_at": "When, as the ward''s file last said, UTC",
    "cards.said": "The state of the ward''s file as last imported, in its finest meaning",
    "cards.wished_office_id": "The window of the ward''s file where nothing is booked: a wish",
    "cards.ward_as_of": "Of when the file is that last told of the card",
    "import_conflicts.id": "UUID in hex, ours",
    "import_conflicts.decision": "Empty until somebody decides",
    "import_conflicts.decided_by": "An account, or where the command was given",
    "import_runs.id": "UUID in hex, ours",
    "import_runs.digest": "Keyed hash of all that the file says",
    "import_runs.whole": "Whether the file names every card of the ward''s system",
    "import_runs.as_of": "Of when the file is, where it says so",
    "import_runs.done": "Rows that need no more writing",
}
"""Comments on columns, for PostgreSQL; SQLite has none."""


def upgrade() -> None:
    _add_checked("reservations", "owner", "VARCHAR(4) DEFAULT 'ward' NOT NULL", "owner IN ('here', 'ward')")
    _add_checked(
        "reservations", "ward_state", "VARCHAR(12)", f"ward_state IS NULL OR ward_state IN ({_STATES})"
    )
    op.add_column("reservations", sa.Column("ward_office_id", sa.String(8)))
    op.add_column("reservations", sa.Column("ward_starts_at", UtcDateTime()))
    _add_checked("cards", "said", "VARCHAR(20)", f"said IS NULL OR said IN ({_SAID})")
    op.add_column("cards", sa.Column("wished_office_id", sa.String(8)))
    op.add_column("cards", sa.Column("ward_as_of", UtcDateTime()))
    op.execute(
        "UPDATE reservations SET ward_state = state, ward_office_id = office_id, ward_starts_at = starts_at "
        "WHERE channel = 'import'"
    )
    op.execute("UPDATE cards SET said = ward_status")
    _create_conflicts()
    _create_runs()
    if op.get_bind().dialect.name == "postgresql":
        for column, words in _COMMENTS.items():
            op.execute(f"COMMENT ON COLUMN {column} IS '{words}'")


def _add_checked(table: str, column: str, kind: str, condition: str) -> None:
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT ck_{table}_{column} CHECK ({condition})"
    )


def _create_conflicts() -> None:
    def side(name: str, *, nullable: bool) -> list[sa.Column[object]]:
        return [
            sa.Column(f"{name}_state", sa.String(12), nullable=nullable),
            sa.Column(f"{name}_office_id", sa.String(8)),
            sa.Column(f"{name}_starts_at", UtcDateTime()),
        ]

    op.create_table(
        "import_conflicts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("card_id", sa.String(32), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        *side("ours", nullable=False),
        *side("theirs", nullable=False),
        sa.Column("decision", sa.String(8)),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_import_conflicts"),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name="fk_import_conflicts_card_id_cards", ondelete="CASCADE"
        ),
        sa.CheckConstraint(f"ours_state IN ({_STATES})", name=op.f("ck_import_conflicts_ours_state")),
        sa.CheckConstraint(f"theirs_state IN ({_STATES})", name=op.f("ck_import_conflicts_theirs_state")),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('agreed', 'ours', 'theirs')",
            name=op.f("ck_import_conflicts_decision"),
        ),
    )
    op.create_index("ix_import_conflicts_card_id", "import_conflicts", ["card_id"])
    is_open = sa.text(_OPEN)
    op.create_index(
        "uq_import_conflicts_open",
        "import_conflicts",
        ["card_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _create_runs() -> None:
    counts = ("rows", "done", "accepted", "changed", "conflicts", "refused")
    op.create_table(
        "import_runs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("as_of", UtcDateTime()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_runs"),
        sa.CheckConstraint("state IN ('done', 'given_up', 'running')", name=op.f("ck_import_runs_state")),
    )
    running = sa.text(_RUNNING)
    op.create_index(
        "uq_import_runs_running",
        "import_runs",
        ["state"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
