"""The page on which one record stands in the ward's fields and order, each field to be copied with a press."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from backend.handing_back import OneRecord, one_reception, one_reservation
from backend.offices import business_day
from backend.protection import ObjectKind, Session, note_opened, permitted_columns
from backend.web.desk.pages import Asked
from backend.web.desk.seat_view import TopBar, place_of, top_bar
from backend.web.http.forms import Form
from backend.wire import WindowKind

RESERVATION, RECEPTION = "reservation", "reception"
"""What may be opened: a booking by 予約番号, or the cards of a number by what stands on its ticket."""


class CopyContext(TopBar):
    """Everything that the page shows.

    Attributes:
        what: what was asked for.
        day: of which business day, where a reception is asked for.
        records: what was found; several for a party.
        looked: whether something was asked for.
    """

    what: str
    day: date
    records: Sequence[OneRecord]
    looked: bool


def copy_context(asked: Asked, session: Session, form: Form | None = None) -> CopyContext:
    """The page, with what a form asks for; each record that is opened is in the audit trail first.

    Args:
        asked: the request.
        session: of whoever looks.
        form: ``what``, ``card_number`` and, of a reception, ``day``; none for an empty page.

    Raises:
        WireError: the account's office no longer exists.
        StorageError: the database cannot be read, or the audit trail cannot be written.
        MappingError: the ward's mapping has no word for something.
    """
    graph = asked.graph
    what = RECEPTION if form is not None and form.one("what") == RECEPTION else RESERVATION
    day = business_day(asked.now)
    if form is not None and form.one("day"):
        # A day that is none is asked for again, with today in its place.
        with suppress(ValueError):
            day = date.fromisoformat(form.one("day"))
    number = form.one("card_number").strip() if form is not None else ""
    permitted = permitted_columns(session.actor.permissions)
    records: Sequence[OneRecord] = ()
    with graph.database.read() as connection:
        seat = place_of(connection, asked, session, WindowKind.ISSUANCE)
        if number and what == RECEPTION:
            records = one_reception(connection, graph.hand, seat.office.id, day, number, permitted)
        elif number:
            found = one_reservation(connection, graph.records, graph.hand, number, permitted)
            records = () if found is None else (found,)
    for record in records:
        about = ObjectKind.CASE if what == RECEPTION else ObjectKind.RESERVATION
        note_opened(graph.database, session, record.subject, what, about, record.columns)
    return {
        **top_bar(asked, session, seat),
        "what": what,
        "day": day,
        "records": records,
        "looked": bool(number),
    }
