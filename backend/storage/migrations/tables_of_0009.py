"""The tables as migration 0009 made them; what the rooms declare now may differ."""

import sqlalchemy as sa
from alembic import op

from backend.storage.types import UtcDateTime


def create_tables() -> tuple[sa.Table, ...]:
    """Create every table of the model; unique indexes are created after all rows are inserted."""
    cards = op.create_table(
        "cards",
        sa.Column("id", sa.String(length=32), nullable=False, comment="UUID in hex, ours"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("progress", sa.String(length=24), nullable=False),
        sa.Column("ward_status", sa.String(length=20), comment="処理状況 as last imported"),
        sa.Column("ward_status_at", UtcDateTime(), comment="When that was imported"),
        sa.Column(
            "kept_at",
            sa.String(length=8),
            comment="The office where the card lies; empty: unknown, which counts as here",
        ),
        sa.Column(
            "last_day",
            sa.Date(),
            comment="The earlier of card and stay expiry: the only date of a person in clear",
        ),
        sa.Column(
            "fingerprint", sa.String(length=64), comment="Keyed hash of an imported row without a booking"
        ),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('express_returned', 'new', 'overseas', 'reissue_damaged', 'reissue_lost', 'renewal')",
            name="ck_cards_kind",
        ),
        sa.CheckConstraint(
            "progress IN ('application_withdrawn', 'applied', 'delivered', 'discard_due', 'discarded', "
            "'expired_before_issue', 'issued', 'moved_out', 'notified', 'overdue', 'prepared', 'renotified', "
            "'withdrawn')",
            name="ck_cards_progress",
        ),
        sa.CheckConstraint(
            "ward_status IS NULL OR ward_status IN ('booked', 'cancelled', 'issued', 'no_show', 'notified', "
            "'withdrawn')",
            name="ck_cards_ward_status",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
    )
    persons = op.create_table(
        "card_persons",
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Sealed under the card's own key"),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        _of_card("card_persons"),
        sa.PrimaryKeyConstraint("card_id", name="pk_card_persons"),
    )
    index = op.create_table(
        "person_index",
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "digest", sa.String(length=32), nullable=False, comment="Keyed; search is exact, never by part"
        ),
        sa.Column("identifies", sa.Boolean(), nullable=False, comment="Whether one card at most has it"),
        sa.CheckConstraint(
            "kind IN ('application_id', 'birth', 'booking_number', 'card_number', 'dispatch_number', 'kana', "
            "'kana_family', 'phone')",
            name="ck_person_index_kind",
        ),
        _of_card("person_index"),
        sa.PrimaryKeyConstraint("digest", "kind", "card_id", name="pk_person_index"),
        sqlite_with_rowid=False,
    )
    notices = op.create_table(
        "notices",
        sa.Column(
            "token", sa.String(length=32), nullable=False, comment="Random part of the code on the sheet"
        ),
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="Counts the notices of a card, from 1"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("posted_on", sa.Date()),
        sa.Column("pickup_deadline", sa.Date()),
        sa.Column("ended_at", UtcDateTime(), comment="Since when it is superseded, returned or void"),
        sa.CheckConstraint("kind IN ('first', 'inquiry_for_proxy', 'resend')", name="ck_notices_kind"),
        sa.CheckConstraint(
            "state IN ('made', 'posted', 'returned', 'superseded', 'void')", name="ck_notices_state"
        ),
        _of_card("notices"),
        sa.PrimaryKeyConstraint("token", name="pk_notices"),
        sa.UniqueConstraint("card_id", "seq", name="uq_notices_card_id_seq"),
    )
    reservations = op.create_table(
        "reservations",
        sa.Column("id", sa.String(length=32), nullable=False, comment="UUID in hex, ours"),
        sa.Column("number", sa.String(length=20), nullable=False, comment="予約番号, upper case, no hyphen"),
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=8), comment="交付窓口: the office"),
        sa.Column("starts_at", UtcDateTime(), comment="交付予約日時, UTC"),
        sa.Column("window_name", sa.String(length=60), comment="交付窓口: the window, as exported"),
        sa.Column(
            "ward_ticket_number", sa.String(length=20), comment="受付番号 of the ward's system, not ours"
        ),
        sa.Column("recipient_type", sa.String(length=8), comment="受取人種別, a code of the document rules"),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tentative_until", UtcDateTime()),
        sa.Column("replaces_id", sa.String(length=32)),
        sa.Column("fingerprint", sa.String(length=64), comment="Keyed hash of the imported row"),
        sa.Column("imported_at", UtcDateTime()),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('counter', 'import', 'phone', 'web')", name="ck_reservations_channel"
        ),
        sa.CheckConstraint(
            "state IN ('booked', 'cancelled', 'fulfilled', 'no_show', 'replaced', 'tentative')",
            name="ck_reservations_state",
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'fulfilled', 'no_show', 'replaced')"
            " OR (office_id IS NOT NULL AND starts_at IS NOT NULL)",
            name="ck_reservations_place_and_time",
        ),
        _of_card("reservations"),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["reservations.id"],
            name="fk_reservations_replaces_id_reservations",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reservations"),
        sa.UniqueConstraint("number", name="uq_reservations_number"),
    )
    contacts = op.create_table(
        "reservation_contacts",
        sa.Column("reservation_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Sealed under the card's own key"),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            name="fk_reservation_contacts_reservation_id_reservations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reservation_id", name="pk_reservation_contacts"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("card_id", sa.String(length=32)),
        sa.Column("reservation_id", sa.String(length=32)),
        sa.Column("shown", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.CheckConstraint("state IN ('cancelled', 'incomplete', 'issued', 'open')", name="ck_cases_state"),
        sa.CheckConstraint("shown IN ('nothing', 'notice', 'number', 'old_notice')", name="ck_cases_shown"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_cases_ticket_id_tickets"),
        _of_card("cases", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            name="fk_cases_reservation_id_reservations",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    return cards, persons, index, reservations, contacts, notices


def _of_card(table: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["card_id"], ["cards.id"], name=f"fk_{table}_card_id_cards", ondelete=ondelete
    )


def create_indexes() -> None:
    """Create every missing index, after all rows are inserted."""
    op.create_index("ix_person_index_card_id", "person_index", ["card_id"])
    _unique("uq_person_index_identifying", "person_index", ["kind", "digest"], "identifies = 1", "identifies")
    _unique("uq_notices_living", "notices", ["card_id"], "state IN ('made', 'posted')")
    op.create_index("ix_reservations_card_id", "reservations", ["card_id"])
    op.create_index("ix_reservations_office_id_starts_at", "reservations", ["office_id", "starts_at"])
    _unique("uq_reservations_booked", "reservations", ["card_id"], "state = 'booked'")
    _unique("uq_reservations_tentative", "reservations", ["card_id"], "state = 'tentative'")
    op.create_index("ix_cases_ticket_id", "cases", ["ticket_id"])
    _unique(
        "uq_cases_living_card", "cases", ["card_id", "business_day"], "card_id IS NOT NULL AND state = 'open'"
    )
    _unique("uq_cases_issued_card", "cases", ["card_id"], "card_id IS NOT NULL AND state = 'issued'")


def _unique(name: str, table: str, columns: list[str], where: str, postgresql: str | None = None) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(postgresql or where),
    )


def tickets_without_reservation(connection: sa.Connection) -> None:
    """Copy the table without the column, because SQLite cannot drop a column that is a foreign key.

    Steps and checks refer to tickets; that is verified at the end of the transaction, when every ticket is back.
    """
    op.execute("PRAGMA defer_foreign_keys=ON")
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tickets' AND sql IS NOT NULL"
    ).scalars()
    again = [sql for sql in indexes if "reservation_id" not in sql]
    op.execute("CREATE TABLE tickets_aside AS SELECT * FROM tickets")
    op.drop_table("tickets")
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=8), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("series", sa.String(length=1), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("order_at", UtcDateTime(), nullable=False),
        sa.Column("reserved_for", UtcDateTime()),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("window", sa.String(length=3)),
        sa.Column("holder", sa.String(length=32)),
        sa.Column("called_at", UtcDateTime()),
        sa.Column("call_count", sa.Integer(), nullable=False),
        sa.Column("print_state", sa.String(length=20), nullable=False),
        sa.Column("print_trouble", sa.String(length=20)),
        sa.Column("paper_open_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
    )
    columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(tickets)")]
    kept = ", ".join(f'"{name}"' for name in columns)
    op.execute(f"INSERT INTO tickets ({kept}) SELECT {kept} FROM tickets_aside")  # noqa: S608 - names of ours
    op.drop_table("tickets_aside")
    for sql in again:
        op.execute(sa.text(sql))
