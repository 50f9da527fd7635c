"""The enclosure (マイナンバーカード交付のご案内) in the ward's letter: it names a card by its code, from before anything is booked.

Nothing on it could become wrong when a booking is made or moved, so it has no time and no place; those stand on the
booking sheet. All but number, code and day is the same for every card: in a file of many it is drawn once and written
again. Pure: the same notices give the same bytes. Lengths are millimetres from the top left corner of the page.
"""

from collections.abc import Sequence
from typing import Final

from fpdf import FPDF

from backend.common import Catalogue, in_era
from backend.documents import BringWords
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
from backend.reservations import Notice, NumberKind

SHEETS_AT_MOST: Final = 500
"""Sheets in one file: what somebody folds in a morning, and what a printer takes at once."""


_AS_AT_FIRST: Final = b"0 G\n0 g\n"
"""The colours with which the first page of a file begins: black lines, black letters."""


def draw_sheet(notice: Notice, sender: Sender, bring: Sequence[BringWords]) -> NoticeSheet:
    """Draw the front of one enclosure.

    Args:
        notice: number and code.
        sender: who sends it.
        bring: what to bring; see :func:`backend.printing.notice_bring.things_to_bring`.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    pdf = draw_sheets([notice], sender, bring)
    return NoticeSheet(pdf, picture_of(pdf))


def draw_sheets(
    notices: Sequence[Notice], sender: Sender, bring: Sequence[BringWords], reverse: Reverse | None = None
) -> bytes:
    """Draw many enclosures as one file, each a front with its reverse, ready to be printed on both sides.

    Args:
        notices: what is on them, in the order of the sheets; one at least.
        sender: who sends them.
        bring: as for ``draw_sheet``.
        reverse: what stands overleaf; nothing where only fronts are wanted.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    pdf = new_file(Catalogue("notice").text("head.title"), notices[0].printed_at)
    front = _Enclosure(pdf, sender)
    drawn: list[bytes] = []
    for notice in notices:
        if drawn:
            _write_again(pdf, drawn[0])
        else:
            pdf.add_page()
            front.same(bring)
            drawn.append(bytes(_contents(pdf, pdf.page)))
        front.own(notice)
        if reverse is None:
            continue
        for page in drawn[1:]:
            _write_again(pdf, page)
        if len(drawn) == 1:
            first = pdf.page + 1
            reverse.draw(pdf)
            drawn += [bytes(_contents(pdf, page)) for page in range(first, pdf.page + 1)]
    return bytes(pdf.output())


def _contents(pdf: FPDF, page: int) -> bytearray:
    """What was drawn on a page so far."""
    contents = pdf.pages[page].contents
    if not isinstance(contents, bytearray):
        raise TypeError("a page is finished already")
    return contents


def _write_again(pdf: FPDF, contents: bytes) -> None:
    """A further page with what was drawn before; its colours, lines and letters end with it."""
    pdf.add_page()
    _contents(pdf, pdf.page).extend(b"q\n" + _AS_AT_FIRST + contents + b"\nQ\n")


class _Enclosure(Front):
    """The front of an enclosure: what is the same on all of them, and what each has of its own."""

    def same(self, bring: Sequence[BringWords]) -> None:
        """Everything that is the same."""
        self.head(self.text("head.title"), self.text("head.greeting"))
        self.line(LABEL, FRAME + 34, self.text("frame.booking"), SIZE.body)
        phone = self.sender.contact.phone
        how = "frame.book_without_phone" if phone is None else "frame.book"
        y = self.beside(VALUE, FRAME + 34, self.text(how), (SIZE.body,))
        if phone is not None:
            self.beside(
                VALUE, y + 1.3, self.text("frame.phone", phone=phone), (SIZE.lead, SIZE.body), bold=True
            )
        self.code_captions()
        self.below(self.frame(0), self.text("bring.title"), bring, self.text("foreign.notice"))

    def own(self, notice: Notice) -> None:
        """Number, code, deadline and day."""
        if notice.number is not None:
            label = "card_number" if notice.kind is NumberKind.CARD else "booking_number"
            self.line(LABEL, FRAME + 8, self.text(f"frame.{label}"), SIZE.body)
            self.beside(LABEL, FRAME + 22, self.sender.shown(notice.number), NUMBER_SIZES, bold=True)
        if notice.pickup_deadline is not None:
            self.line(LABEL, FRAME + 57, self.text("frame.deadline"), SIZE.body)
            until = self.text("frame.until", date=in_era(notice.pickup_deadline))
            self.beside(VALUE, FRAME + 57, until, (SIZE.lead,), bold=True)
        self.code(notice.code)
        self.issued(notice.printed_at, notice.copy)
