"""Cards, sealed persons, notices of cards and cases replace the reservations, which contained everything in plain text.

Reservations of 0.1.0 with the same numbers become one card; any other reservation becomes a card of its own. Personal
data is sealed before it is written again, and the old tables are overwritten. Everything is one transaction: after a
crash the old tables are as they were, and the next start begins again.
"""

import sqlalchemy as sa
from alembic import context, op

from backend.storage.errors import MigrationRefusedError
from backend.storage.migrations.carrying_of_0009 import OLD, carry_over
from backend.storage.migrations.tables_of_0009 import (
    create_indexes,
    create_tables,
    tickets_without_reservation,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LIVING = ("absent", "called", "called_to_issuance", "handed_over", "incomplete", "serving", "waiting")
_tickets = sa.table("tickets", sa.column("business_day", sa.Date()), sa.column("state"))


def upgrade() -> None:
    connection = op.get_bind()
    _refuse_living_tickets(connection)
    if connection.dialect.name == "sqlite":
        # Plain text is overwritten, not only unlinked.
        op.execute("PRAGMA secure_delete=ON")
    op.create_table(
        "key_store_marks",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="Of the key store that belongs to this database",
        ),
        sa.Column(
            "generation", sa.Integer(), nullable=False, comment="At least so far the key store has come"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_key_store_marks"),
    )
    _set_old_tables_aside(connection)
    made = create_tables()
    told = carry_over(connection, made)
    told["cases_apart"] = _open_cases(connection)
    create_indexes()
    _rename_in_kept_replies(connection)
    op.drop_table("notices_of_0008")
    op.drop_table("reservations_of_0008")
    context.config.attributes.setdefault("told", {}).update(told)


def _refuse_living_tickets(connection: sa.Connection) -> None:
    """Refuse to upgrade while there are numbers of today: they would change while visitors hold them."""
    today = context.config.attributes.get("today")
    living = connection.execute(
        sa.select(sa.func.count())
        .select_from(_tickets)
        .where(_tickets.c.business_day == today, _tickets.c.state.in_(_LIVING))
    ).scalar_one()
    if living:
        raise MigrationRefusedError(
            f"{living} numbers of today are still in use, and the upgrade would change what they are about; "
            "end or cancel them with the version that is installed now, or upgrade before the first number of a day"
        )


def _set_old_tables_aside(connection: sa.Connection) -> None:
    op.drop_index("uq_tickets_notice_day", table_name="tickets")
    op.execute("CREATE TABLE tickets_of_0008 AS SELECT id, reservation_id FROM tickets")
    if connection.dialect.name == "sqlite":
        tickets_without_reservation(connection)
    else:
        op.drop_column("tickets", "reservation_id")
    for name in ("card_number", "dispatch_number", "office_id_starts_at"):
        op.drop_index(f"ix_reservations_{name}", table_name="reservations")
    op.drop_index("ix_notices_reservation_id", table_name="notices")
    op.rename_table("notices", "notices_of_0008")
    op.rename_table("reservations", "reservations_of_0008")
    if connection.dialect.name == "postgresql":
        for table in ("notices", "reservations"):
            op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_{table}_of_0008")
        op.execute("ALTER INDEX uq_reservations_number RENAME TO uq_reservations_of_0008_number")
    op.add_column("reservations_of_0008", sa.Column("card_id", sa.String(length=32)))


def _open_cases(connection: sa.Connection) -> int:
    """Give each ticket a case, with the ticket's id; if two tickets would have the same card, the newest gets it.

    Returns:
        How many cases were left without a card.
    """
    op.create_index("ix_tickets_of_0008_id", "tickets_of_0008", ["id"])
    op.execute(
        "INSERT INTO cases (id, ticket_id, business_day, card_id, reservation_id, shown, state, opened_at) "
        "SELECT tickets.id, tickets.id, tickets.business_day, r.card_id, booked.id, "
        "CASE WHEN old.reservation_id IS NULL THEN 'nothing' ELSE 'number' END, "
        "CASE WHEN tickets.state IN ('issued', 'cancelled', 'incomplete') THEN tickets.state ELSE 'open' END, "
        "tickets.created_at FROM tickets "
        "JOIN tickets_of_0008 AS old ON old.id = tickets.id "
        "LEFT JOIN reservations_of_0008 AS r ON r.id = old.reservation_id "
        "LEFT JOIN reservations AS booked ON booked.id = old.reservation_id"
    )
    # The statement below searches for other cases of a card; without an index that would be slow.
    op.create_index("ix_cases_card_id_business_day", "cases", ["card_id", "business_day"])
    apart = 0
    for state, same_day in (("open", "AND other.business_day = cases.business_day "), ("issued", "")):
        changed = connection.exec_driver_sql(
            "UPDATE cases SET card_id = NULL "  # noqa: S608 - words of ours
            f"WHERE state = '{state}' AND card_id IS NOT NULL AND EXISTS (SELECT 1 FROM cases AS other "
            f"WHERE other.card_id = cases.card_id AND other.state = '{state}' {same_day}"
            "AND (other.opened_at > cases.opened_at OR (other.opened_at = cases.opened_at AND other.id > cases.id)))"
        )
        apart += changed.rowcount
    op.drop_table("tickets_of_0008")
    return apart


def _rename_in_kept_replies(connection: sa.Connection) -> None:
    """Let stored replies refer to the card instead of the reservation."""
    requests = sa.table("requests", sa.column("request_id"), sa.column("reply", sa.JSON()))
    found = connection.execute(
        sa.select(requests.c.request_id, requests.c.reply).where(
            sa.cast(requests.c.reply, sa.Text()).like("%reservation_id%")
        )
    ).all()
    for request_id, kept in found:
        owner = connection.execute(
            sa.select(OLD.c.card_id).where(OLD.c.id == kept.pop("reservation_id", None))
        ).scalar_one_or_none()
        connection.execute(
            sa.update(requests)
            .where(requests.c.request_id == request_id)
            .values(reply=kept | ({"card_id": owner} if owner else {}))
        )
