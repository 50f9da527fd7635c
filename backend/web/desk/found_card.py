"""The card that a number led to, as a page asks about it before it is tied."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.offices import business_day
from backend.reception import CardLook, TicketReply
from backend.web.desk.pages import Asked
from backend.web.desk.reservation_words import ReservationLine, lines_of
from backend.web.http.forms import Form

_OF_FORM = ("kind", "card_number", "born", "case_id", "card")


@dataclass(frozen=True)
class FoundCard:
    """A card that was found and is not tied yet.

    Attributes:
        number: of the visit.
        lines: whose card it is, as far as the reader may see it.
        tie_at: the address that ties it.
        back: of the page that leaves all as it was.
        asked: the fields by which it was found, as the form that ties it sends them again.
    """

    number: str
    lines: Sequence[ReservationLine]
    tie_at: str
    back: str
    asked: dict[str, str]


def found_card(asked: Asked, form: Form, look: TicketReply, tie_at: str, back: str) -> FoundCard:
    """Put a look into words.

    Args:
        asked: the request.
        form: by which the card was searched.
        look: what was found.
        tie_at: the address that ties it.
        back: of the page that leaves all as it was.
    """
    fields = look.fields if isinstance(look, CardLook) else {}
    today = business_day(asked.now)
    return FoundCard(
        look.number or "",
        lines_of(fields, today, asked.graph.directory, asked.texts, asked.documents),
        tie_at,
        back,
        {name: form.one(name) for name in _OF_FORM},
    )
