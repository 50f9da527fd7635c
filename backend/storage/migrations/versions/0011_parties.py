"""Parties, ends without a card, and kinds of visit: a case is one card of a visit, with place, reason and check.

Before this, a ticket had one case at a time; each becomes the first card of its party. A check now belongs to the
newest case of its ticket, as the page showed it.
"""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_STATES = "'cancelled', 'done', 'ended', 'incomplete', 'issued', 'open'"
_SHOWN = "'nothing', 'notice', 'number', 'old_notice'"
_OPEN = "state = 'open'"
_LIVING = f"card_id IS NOT NULL AND {_OPEN}"
_ISSUED = "card_id IS NOT NULL AND state = 'issued'"
_TO_CONTACT = "reason = 'system_down' AND contacted_at IS NULL"
_ALIVE = "state IN ('absent', 'called', 'called_to_issuance', 'handed_over', 'incomplete', 'issuance_absent', 'serving', 'waiting')"
_CASE = "id, ticket_id, business_day, card_id, reservation_id, shown, state, opened_at, ended_at"
_CHECK = "rule_set, fingerprint, version, recipient, applicant, visitor, papers, facts, complete, checked_by, changed_at"


def upgrade() -> None:
    op.add_column(
        "reservations",
        sa.Column("group_number", sa.String(40), comment="What is booked together bears one number"),
    )
    op.create_index("ix_reservations_group_number", "reservations", ["group_number"])
    op.add_column("tickets", sa.Column("kind", sa.String(20), nullable=False, server_default="pick_up"))
    # A visitor who is absent at issuance still has a valid number.
    op.drop_index("uq_tickets_living_number", "tickets")
    alive = sa.text(_ALIVE)
    op.create_index(
        "uq_tickets_living_number",
        "tickets",
        ["office_id", "business_day", "series", "number"],
        unique=True,
        sqlite_where=alive,
        postgresql_where=alive,
    )
    # Checks have no id of a case yet, so they are copied aside before the cases are.
    op.execute(f"CREATE TABLE checks_of_0010 AS SELECT ticket_id, {_CHECK} FROM checks")  # noqa: S608 - words of ours
    op.drop_table("checks")
    op.execute(f"CREATE TABLE cases_of_0010 AS SELECT {_CASE} FROM cases")  # noqa: S608 - words of ours
    op.drop_table("cases")
    _create_cases()
    op.execute(
        f"INSERT INTO cases ({_CASE}, place, kind, admitted) SELECT old.id, old.ticket_id, old.business_day, "  # noqa: S608 - words of ours
        "old.card_id, old.reservation_id, old.shown, old.state, old.opened_at, old.ended_at, 1, 'pick_up', tickets.reason "
        "FROM cases_of_0010 AS old JOIN tickets ON tickets.id = old.ticket_id"
    )
    op.drop_table("cases_of_0010")
    _create_indexes()
    _create_checks()
    op.execute(
        f"INSERT INTO checks (case_id, {_CHECK}) SELECT newest.id, {_CHECK} FROM checks_of_0010 AS old "  # noqa: S608 - words of ours
        "JOIN cases AS newest ON newest.ticket_id = old.ticket_id WHERE NOT EXISTS (SELECT 1 FROM cases AS later "
        "WHERE later.ticket_id = newest.ticket_id AND (later.opened_at > newest.opened_at "
        "OR (later.opened_at = newest.opened_at AND later.id > newest.id)))"
    )
    op.drop_table("checks_of_0010")


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("card_id", sa.String(32)),
        sa.Column("reservation_id", sa.String(32)),
        sa.Column("shown", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("kind", sa.String(20), nullable=False, server_default="pick_up"),
        sa.Column("admitted", sa.String(20)),
        sa.Column("reason", sa.String(40)),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("contacted_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_cases_ticket_id_tickets"),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name="fk_cases_card_id_cards", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            name="fk_cases_reservation_id_reservations",
            ondelete="SET NULL",
        ),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_cases_state")),
        sa.CheckConstraint(f"shown IN ({_SHOWN})", name=op.f("ck_cases_shown")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_cases_place")),
    )


def _create_indexes() -> None:
    op.create_index("ix_cases_ticket_id", "cases", ["ticket_id"])
    op.create_index("ix_cases_card_id_business_day", "cases", ["card_id", "business_day"])
    to_contact = sa.text(_TO_CONTACT)
    op.create_index(
        "ix_cases_to_contact",
        "cases",
        ["ticket_id"],
        sqlite_where=to_contact,
        postgresql_where=to_contact,
    )
    for name, columns, condition in (
        ("uq_cases_open_place", ["ticket_id", "place"], _OPEN),
        ("uq_cases_living_card", ["card_id", "business_day"], _LIVING),
        ("uq_cases_issued_card", ["card_id"], _ISSUED),
    ):
        where = sa.text(condition)
        op.create_index(name, "cases", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _create_checks() -> None:
    op.create_table(
        "checks",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("rule_set", sa.String(10), nullable=False),
        sa.Column("fingerprint", sa.String(16)),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("recipient", sa.String(8), nullable=False),
        sa.Column("applicant", sa.JSON(), nullable=False),
        sa.Column("visitor", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(32), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_checks"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_checks_case_id_cases"),
    )
