"""The booking sheet (マイナンバーカード交付予約票): time and place of a booking, and what to bring for whoever comes.

It has a version and a code of its own, so that one that was printed before the booking was moved is known as old. Pure:
the same booking gives the same bytes. Lengths are millimetres from the top left corner of the page.
"""

from dataclasses import replace
from typing import Final

from backend.common import Catalogue, clock_in_words, in_era, in_tokyo
from backend.documents import RuleBook, name_of
from backend.offices import Office
from backend.printing.notice_bring import SELF, things_to_bring
from backend.printing.notice_reverse import Reverse
from backend.printing.sheet_front import (
    FRAME,
    LABEL,
    NUMBER_SIZES,
    SIZE,
    VALUE,
    Front,
    NoticeSheet,
    Sender,
    new_file,
    picture_of,
)
from backend.reservations import BookingSheet

_SIZES: Final = (SIZE.lead, SIZE.body)


def draw_booking_sheet(sheet: BookingSheet, office: Office, sender: Sender, rules: RuleBook) -> NoticeSheet:
    """Draw the sheet of a booking, with its reverse.

    Args:
        sheet: code, number, version, time.
        office: where the visitor is expected.
        sender: who sends it; asked where the office itself has no telephone number.
        rules: what to bring on the day of the booking.

    Raises:
        NoRuleSetError: no rule set is in force on that day.
        UnknownCodeError: the rules do not know the recipient type.
        NoSheetError: that recipient is never allowed to receive a card.
        FontMissingError: a typeface is not installed.
    """
    on = in_tokyo(sheet.starts_at).date()
    recipient = sheet.recipient_type or SELF
    bring = things_to_bring(rules, on, recipient)
    reverse = Reverse(rules.on(on), on, recipient, booked=True)
    pdf = new_file(Catalogue("notice").text("head.booking_title"), sheet.printed_at)
    pdf.add_page()
    front = _Booked(pdf, sender if office.phone is None else replace(sender, contact=office))
    end = front.top(sheet, office)
    heading = (
        front.text("bring.title")
        if recipient == SELF
        else front.text("bring.title_of", who=name_of("recipient", recipient, Catalogue("documents")))
    )
    front.below(end, heading, bring, front.text("foreign.booking"))
    reverse.draw(pdf)
    drawn = bytes(pdf.output())
    return NoticeSheet(drawn, picture_of(drawn))


class _Booked(Front):
    """The front of a booking sheet."""

    def top(self, sheet: BookingSheet, office: Office) -> float:
        """Number, time, place and code in the frame; returns where the frame ends."""
        self.head(self.text("head.booking_title"), self.text("head.booking_greeting"))
        self.issued(sheet.printed_at, sheet.copy, sheet.version)
        start = in_tokyo(sheet.starts_at)
        self.line(LABEL, FRAME + 15, self.text("frame.booking_number"), SIZE.body)
        self.beside(VALUE, FRAME + 16, self.sender.shown(sheet.number), NUMBER_SIZES, bold=True)
        self.line(LABEL, FRAME + 29, self.text("frame.when"), SIZE.body)
        self.line(VALUE, FRAME + 29, in_era(start.date()), SIZE.title, bold=True)
        self.line(VALUE, FRAME + 38, clock_in_words(start, self.words), SIZE.title, bold=True)
        self.line(LABEL, FRAME + 48, self.text("frame.where"), SIZE.body)
        y = self.beside(VALUE, FRAME + 48, office.name["ja"], _SIZES, bold=True)
        y = self.beside(VALUE, y, office.address["ja"], (SIZE.body, SIZE.fine))
        if office.phone is not None:
            y = self.beside(VALUE, y, self.text("frame.phone", phone=office.phone), (SIZE.body,))
        self.code_captions()
        self.code(sheet.code)
        return self.frame(y)
