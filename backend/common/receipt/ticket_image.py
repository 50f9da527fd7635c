"""The ticket as a 1-bit picture; one pixel is one dot of the printer.

The whole ticket is a picture because printers print Japanese text differently; a picture looks the same on all of them,
in the universal-design typeface of the screen. The layout follows the tickets of municipal counters: the office, the
number in very large digits, the service, the expected wait, what to do, the time of issue. People of 70 must be able to
read it at 50 cm: sentences are 12 points (34 dots), the one that says where to wait or to go is larger, and there are
three more at most. Nothing personal is on it: names, reservation numbers and reasons for priority never reach this
module.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from PIL import Image

from backend.common import Catalogue, Language, clock_face, clock_in_words
from backend.common.receipt.ticket_sheet import ReceiptStrip
from backend.wire import OfficeInfo, Other, TicketMessage, TicketState

WIDTHS = {"80": 576, "58": 384}
"""Dots across by paper width in mm, at 8 dots per mm (203 dpi); 180 dpi printers have 512 on 80 mm."""

_REIWA = date(2019, 5, 1)
_SEATED: Final = frozenset({TicketState.WAITING, TicketState.HANDED_OVER})
"""States in which the visitor waits to be called, to a reception window or to the pick-up."""
_AT_WINDOW: Final = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE})


@dataclass(frozen=True)
class TicketFace:
    """What is printed on a ticket.

    Attributes:
        number: the number as it is called, for example ``M-012``.
        office_name: the office in Japanese, which staff read.
        business_day: the day of the counter, in Asia/Tokyo, as the server says.
        issued_at: when the number was given; aware.
        waiting_ahead: how many visitors wait before this one.
        reserved_for: reserved time, aware; None without a reservation.
        estimate: range of the expected waiting time in minutes, for reference.
        be_back_at: when to be back in the hall if the reserved time is far off; aware.
        phone: the office's telephone number, if it is to be printed.
        local_office_name: the office in the visitor's language.
        reprint: this paper is another copy of a ticket.
        state: the ticket's state; only if it waits is the visitor asked to wait.
        window: the window at which the number is called, as written on its sign.
        cards: for how many cards the number is.
    """

    number: str
    office_name: str
    business_day: date
    issued_at: datetime
    waiting_ahead: int = 0
    reserved_for: datetime | None = None
    estimate: tuple[int, int] | None = None
    be_back_at: datetime | None = None
    phone: str | None = None
    local_office_name: str | None = None
    reprint: bool = False
    state: TicketState | Other = TicketState.WAITING
    window: str | None = None
    cards: int = 1

    @classmethod
    def of(
        cls, ticket: TicketMessage, office: OfficeInfo, language: Language, *, reprint: bool = False
    ) -> "TicketFace":
        """What is printed on a ticket that the server gave."""
        name = office.name.get(Language.JAPANESE.value) or next(iter(office.name.values()), "")
        estimate = ticket.estimate
        return cls(
            number=ticket.number,
            office_name=name,
            business_day=ticket.business_day,
            issued_at=ticket.issued_at,
            waiting_ahead=ticket.waiting_ahead,
            reserved_for=ticket.reserved_for,
            estimate=None if estimate is None else (estimate.low_minutes, estimate.high_minutes),
            be_back_at=ticket.be_back_at,
            phone=office.phone,
            local_office_name=office.name.get(language.value),
            reprint=reprint,
            state=ticket.state,
            window=ticket.window,
            cards=ticket.cards,
        )


def draw_ticket(
    ticket: TicketFace, width_dots: int = 576, language: Language = Language.JAPANESE
) -> Image.Image:
    """Draw a ticket; the same ticket gives the same dots.

    Args:
        ticket: what is printed on it.
        width_dots: the printer's dots across, at least 320; 576, 512 and 384 are usual.
        language: the visitor's language; if it is not Japanese, the number's heading and the service are printed in
            Japanese, too, for staff.

    Returns:
        A picture of mode ``1``, black on white.

    Raises:
        ValueError: the paper is too narrow, or a time has no zone.
    """
    if width_dots < 320:
        raise ValueError("a ticket needs at least 320 dots across")
    for moment in (ticket.issued_at, ticket.reserved_for, ticket.be_back_at):
        if moment is not None and moment.utcoffset() is None:
            raise ValueError("a ticket's times need their zone")
    sheet = ReceiptStrip(width_dots, language)
    words = Catalogue("ticket", language)
    japanese = Catalogue("ticket", Language.JAPANESE)
    _draw_head(sheet, ticket, words, japanese)
    sheet.number(ticket.number)
    _draw_service(sheet, ticket, words, japanese)
    sheet.rule()
    _draw_fields(sheet, ticket, words)
    sheet.rule()
    _draw_guide(sheet, ticket, words)
    sheet.rule()
    _draw_foot(sheet, ticket, words)
    return sheet.finish()


def written_date(day: date, words: Catalogue) -> str:
    """A day as the language writes it; Japanese by era (和暦): 令和8年11月23日（月）."""
    era_year = day.year - 2018
    return words.text(
        "date.era" if day >= _REIWA else "date.western",
        year=day.year,
        era_year=words.text("date.first_year") if era_year == 1 else era_year,
        month=day.month,
        month_name=words.text(f"date.month_{day.month}"),
        day=day.day,
        weekday=words.text(f"date.weekday_{day.weekday()}"),
    )


def _draw_head(sheet: ReceiptStrip, ticket: TicketFace, words: Catalogue, japanese: Catalogue) -> None:
    if ticket.reprint:
        local, staff = words.text("head.reprint"), japanese.text("head.reprint")
        sheet.badge(f"{local}  {staff}" if sheet.foreign else local)
    sheet.centred(ticket.local_office_name or ticket.office_name, sheet.body)
    sheet.centred(words.text("head.counter"), sheet.body, bold=True)
    sheet.rule()
    sheet.centred(words.text("head.number"), sheet.body)


def _draw_service(sheet: ReceiptStrip, ticket: TicketFace, words: Catalogue, japanese: Catalogue) -> None:
    """What the number is for, also in Japanese for staff if the visitor's language is another."""
    service = "service.walk_in" if ticket.reserved_for is None else "service.reserved"
    sheet.centred(words.text(service), sheet.body)
    if ticket.cards > 1:
        sheet.centred(words.text("service.cards", count=ticket.cards), sheet.body, bold=True)
    if sheet.foreign:
        sheet.space(sheet.fine // 4)
        staff = f"{japanese.text('head.number')}　{japanese.text(service)}"
        sheet.centred(staff, sheet.fine, japanese=True)


def _draw_fields(sheet: ReceiptStrip, ticket: TicketFace, words: Catalogue) -> None:
    if ticket.reserved_for is not None:
        sheet.field(words.text("label.reserved_for"), clock_face(ticket.reserved_for))
    if ticket.state is not TicketState.WAITING:
        return
    sheet.field(words.text("label.waiting"), words.text("value.waiting", count=ticket.waiting_ahead))
    if ticket.be_back_at is not None and ticket.reserved_for is not None:
        # While the reserved time is far off, it is more helpful than an expected wait in minutes.
        from_then = words.text("value.estimate_from", time=clock_face(ticket.reserved_for))
        sheet.field(words.text("label.estimate"), from_then)
    elif ticket.estimate is not None:
        sheet.field(words.text("label.estimate"), _estimate(ticket.estimate, words))


def _draw_guide(sheet: ReceiptStrip, ticket: TicketFace, words: Catalogue) -> None:
    """Where to wait or to go, in one larger sentence, and up to three more sentences for visitors who wait."""
    sheet.paragraph(_where(ticket, words), sheet.key, bold=True)
    if ticket.state is not TicketState.WAITING:
        return
    order = "walk_in" if ticket.reserved_for is None else "reserved"
    if ticket.be_back_at is not None:
        order = "be_back"
    for key in (f"order_{order}", "missed", "pins"):
        sheet.paragraph(words.text(f"guide.{key}"), sheet.body)


def _where(ticket: TicketFace, words: Catalogue) -> str:
    if ticket.state is TicketState.WAITING and ticket.be_back_at is not None:
        return words.text("guide.be_back", time=clock_in_words(ticket.be_back_at, words))
    if ticket.state in _SEATED:
        return words.text("guide.wait")
    if ticket.state not in _AT_WINDOW:
        return words.text("guide.ask")
    if ticket.window is None:
        return words.text("guide.go_by_screen")
    form = "numbered" if ticket.window.isdigit() else "lettered"
    return words.text("guide.go", window=words.text(f"guide.window_{form}", label=ticket.window))


def _draw_foot(sheet: ReceiptStrip, ticket: TicketFace, words: Catalogue) -> None:
    if ticket.phone:
        sheet.field(words.text("foot.phone"), ticket.phone, quiet=True)
    day = written_date(ticket.business_day, words)
    sheet.field(words.text("foot.issued_at"), f"{day} {clock_face(ticket.issued_at)}", quiet=True)


def _estimate(minutes: tuple[int, int], words: Catalogue) -> str:
    low, high = sorted(minutes)
    if high <= 0:
        return words.text("value.estimate_soon")
    if low <= 0:
        return words.text("value.estimate_short", high=high)
    return words.text("value.estimate_one" if low == high else "value.estimate", low=low, high=high)
