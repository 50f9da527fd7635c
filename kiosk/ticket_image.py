"""The ticket as a 1-bit picture, one dot of the picture being one dot of the printer.

The whole ticket is a picture because printers disagree about Japanese text; a picture prints the same on all of
them, in the universal-design face of the screen. The layout follows the tickets of municipal counters: who, the
number very large, what for, how long, what to do, when. It never holds anything personal: neither name nor
reservation number nor a reason for priority is known to this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from assets.catalogue import Catalogue, Language
from assets.fonts import face, ud_gothic
from backend.wire.messages import OfficeInfo, TicketMessage

TOKYO = ZoneInfo("Asia/Tokyo")

WIDTHS = {"80": 576, "58": 384}
"""Dots across by paper width in mm, at 8 dots per mm (203 dpi); 180 dpi printers have 512 on 80 mm."""

NUMBER_MIN_DOTS = 160
"""Least height of the number's letters and digits: 20 mm at 8 dots per mm."""

_REIWA = date(2019, 5, 1)
_NOT_AT_LINE_START = frozenset("、。，．・：；？！゛゜ヽヾゝゞ々ー～）］｝」』】〕〉》’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.!?)]}:;%人分")
_NOT_AT_LINE_END = frozenset("（［｛「『【〔〈《‘“([{※")
_BLACK_BELOW = 150


@dataclass(frozen=True)
class TicketFace:
    """What stands on a ticket.

    Attributes:
        number: the number as it is called, for example ``M-012``.
        office_name: the office in Japanese, which staff read.
        business_day: the day of the counter, in Asia/Tokyo, as the server says.
        issued_at: when the number was given; aware.
        waiting_ahead: how many visitors wait before this one.
        reserved_for: reserved time, aware; None without a reservation.
        estimate: reference value of the waiting time in minutes, from and to.
        phone: the office's telephone number, if it is to be printed.
        local_office_name: the office in the visitor's language.
        reprint: this paper is another copy of a ticket.
    """

    number: str
    office_name: str
    business_day: date
    issued_at: datetime
    waiting_ahead: int = 0
    reserved_for: datetime | None = None
    estimate: tuple[int, int] | None = None
    phone: str | None = None
    local_office_name: str | None = None
    reprint: bool = False

    @classmethod
    def of(
        cls, ticket: TicketMessage, office: OfficeInfo, language: Language, *, reprint: bool = False
    ) -> "TicketFace":
        """The face of a ticket that the server has given."""
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
            phone=office.phone,
            local_office_name=office.name.get(language.value),
            reprint=reprint,
        )


def draw_ticket(
    ticket: TicketFace, width_dots: int = 576, language: Language = Language.JAPANESE
) -> Image.Image:
    """Draw a ticket; the same ticket gives the same dots.

    Args:
        ticket: what stands on it.
        width_dots: the printer's dots across, at least 320; 576, 512 and 384 are usual.
        language: the visitor's language; where it is not Japanese, the number's heading and the service stand
            in Japanese too, for staff.

    Returns:
        A picture of mode ``1``, black on white.

    Raises:
        ValueError: the paper is too narrow, or a time has no zone.
    """
    if width_dots < 320:
        raise ValueError("a ticket needs at least 320 dots across")
    for moment in (ticket.issued_at, ticket.reserved_for):
        if moment is not None and moment.utcoffset() is None:
            raise ValueError("a ticket's times need their zone")
    sheet = _Sheet(width_dots, language)
    words = Catalogue("ticket", language)
    japanese = Catalogue("ticket", Language.JAPANESE)
    _draw_head(sheet, ticket, words, japanese)
    sheet.number(ticket.number)
    sheet.rule()
    _draw_fields(sheet, ticket, words, japanese)
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


def _draw_head(sheet: "_Sheet", ticket: TicketFace, words: Catalogue, japanese: Catalogue) -> None:
    if ticket.reprint:
        sheet.badge(_both(words.text("head.reprint"), japanese.text("head.reprint")))
    sheet.centred(ticket.local_office_name or ticket.office_name, sheet.body)
    sheet.centred(words.text("head.counter"), sheet.title, bold=True)
    if sheet.foreign:
        sheet.centred(japanese.text("head.counter"), sheet.small, japanese=True)
    sheet.rule()
    sheet.centred(words.text("head.number"), sheet.title)
    if sheet.foreign:
        sheet.centred(japanese.text("head.number"), sheet.small, japanese=True)


def _draw_fields(sheet: "_Sheet", ticket: TicketFace, words: Catalogue, japanese: Catalogue) -> None:
    service = "service.walk_in" if ticket.reserved_for is None else "service.reserved"
    sheet.field(words.text("label.service"), words.text(service))
    if sheet.foreign:
        sheet.field(japanese.text("label.service"), japanese.text(service), small=True)
    if ticket.reserved_for is not None:
        sheet.field(words.text("label.reserved_for"), _clock_time(ticket.reserved_for))
    sheet.field(words.text("label.issued_at"), _clock_time(ticket.issued_at))
    sheet.field(words.text("label.waiting"), words.text("value.waiting", count=ticket.waiting_ahead))
    if ticket.estimate is not None:
        sheet.field(words.text("label.estimate"), _estimate(ticket.estimate, words))


def _draw_guide(sheet: "_Sheet", ticket: TicketFace, words: Catalogue) -> None:
    reserved = ticket.reserved_for is not None
    sheet.paragraph(words.text("guide.call_reserved" if reserved else "guide.call_walk_in"), sheet.body)
    sheet.paragraph(words.text("guide.wait"), sheet.body)
    sheet.paragraph(words.text("guide.missed"), sheet.body)
    sheet.space(6)
    sheet.paragraph(words.text("guide.order"), sheet.small)
    if ticket.estimate is not None:
        sheet.paragraph(words.text("guide.estimate"), sheet.small)


def _draw_foot(sheet: "_Sheet", ticket: TicketFace, words: Catalogue) -> None:
    if ticket.phone:
        sheet.field(words.text("foot.phone"), ticket.phone, small=True)
    sheet.centred(written_date(ticket.business_day, words), sheet.body)


def _both(local: str, japanese: str) -> str:
    return japanese if local == japanese else f"{local}  {japanese}"


def _clock_time(moment: datetime) -> str:
    return moment.astimezone(TOKYO).strftime("%H:%M")


def _estimate(minutes: tuple[int, int], words: Catalogue) -> str:
    low, high = sorted(minutes)
    if high <= 0:
        return words.text("value.estimate_soon")
    if low <= 0:
        return words.text("value.estimate_short", high=high)
    return words.text("value.estimate_one" if low == high else "value.estimate", low=low, high=high)


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


class _Sheet:
    """A strip of paper that is drawn from the top down."""

    def __init__(self, width: int, language: Language) -> None:
        narrow = width < 480
        self.small, self.body, self.title = (20, 24, 30) if narrow else (23, 28, 36)
        self._width = width
        self._side = 8 if narrow else 16
        self._inner = width - 2 * self._side
        self._language = language
        self._y = 12
        self._image = Image.new("L", (width, 640), 255)
        self._draw = ImageDraw.Draw(self._image)

    @property
    def foreign(self) -> bool:
        """True where Japanese lines are added for staff."""
        return self._language not in {Language.JAPANESE, Language.EASY_JAPANESE}

    def space(self, dots: int) -> None:
        """Leave some paper white."""
        self._y += dots

    def rule(self) -> None:
        """Draw a line across."""
        self._reserve(26)
        self._draw.rectangle((self._side, self._y + 12, self._width - self._side - 1, self._y + 13), fill=0)
        self._y += 26

    def badge(self, text: str) -> None:
        """White words in a black box at the right edge."""
        font = self._face(self.body, bold=True)
        width, height = round(font.getlength(text)) + 28, self.body + 16
        self._reserve(height + 10)
        left = self._width - self._side - width
        self._draw.rounded_rectangle((left, self._y, left + width - 1, self._y + height - 1), 6, fill=0)
        self._draw.text((left + width / 2, self._y + height / 2), text, font=font, fill=255, anchor="mm")
        self._y += height + 10

    def centred(self, text: str, size: int, *, bold: bool = False, japanese: bool = False) -> None:
        """One line in the middle, or as many as it needs."""
        font = self._face(size, bold=bold, japanese=japanese)
        for line in self._wrapped(text, font):
            self._line(line, font, size, self._width / 2, "ma")

    def paragraph(self, text: str, size: int) -> None:
        """Lines from the left edge."""
        font = self._face(size)
        for line in self._wrapped(text, font):
            self._line(line, font, size, self._side, "la")

    def field(self, label: str, value: str, *, small: bool = False) -> None:
        """A label at the left and its value at the right, under the label where the line is too short."""
        size = self.small if small else self.body
        label_font = self._face(self.small, japanese=small)
        value_font = self._face(size, bold=not small, japanese=small)
        gap = size
        if label_font.getlength(label) + gap + value_font.getlength(value) > self._inner:
            self._line(label, label_font, self.small, self._side, "la")
        else:
            self._reserve(size + 14)
            below = self._y + size  # both stand on one base line
            self._draw.text((self._side, below), label, font=label_font, fill=0, anchor="ls")
        for line in self._wrapped(value, value_font):
            self._reserve(size + 14)
            right = self._width - self._side
            self._draw.text((right, self._y + size), line, font=value_font, fill=0, anchor="rs")
            self._y += round(size * 1.45)

    def number(self, text: str) -> None:
        """The number across the paper: never lower than 20 mm, condensed where the paper is narrow."""
        path = ud_gothic(bold=True).with_name("BIZUDGothic-Bold.ttf")  # the package's face with even digits
        size = max(206, min(232, int(self._inner / (0.5 * max(1, len(text))))))
        font = _font(path, size)
        left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
        glyphs = Image.new("L", (right - left, bottom - top), 255)
        ImageDraw.Draw(glyphs).text((-left, -top), text, font=font, fill=0)
        if glyphs.width > self._inner:
            glyphs = glyphs.resize((self._inner, glyphs.height), Image.Resampling.LANCZOS)
        self._reserve(glyphs.height + 28)
        self._image.paste(glyphs, ((self._width - glyphs.width) // 2, self._y + 14))
        self._y += glyphs.height + 28

    def finish(self) -> Image.Image:
        """Cut the strip where the drawing ends, and decide each dot: no dithering, so that letters stay sharp."""
        strip = self._image.crop((0, 0, self._width, self._y + 12))
        return strip.point([0 if level < _BLACK_BELOW else 255 for level in range(256)]).convert(
            "1", dither=Image.Dither.NONE
        )

    def _line(self, text: str, font: ImageFont.FreeTypeFont, size: int, x: float, anchor: str) -> None:
        self._reserve(2 * size)
        self._draw.text((x, self._y), text, font=font, fill=0, anchor=anchor)
        self._y += round(size * 1.45)

    def _face(self, size: int, *, bold: bool = False, japanese: bool = False) -> ImageFont.FreeTypeFont:
        path = ud_gothic(bold=bold) if japanese else face(self._language, bold=bold)
        return _font(path, size)

    def _reserve(self, dots: int) -> None:
        """Lengthen the strip before drawing beyond its end."""
        if self._y + dots > self._image.height:
            longer = Image.new("L", (self._width, self._image.height + max(640, dots)), 255)
            longer.paste(self._image, (0, 0))
            self._image = longer
            self._draw = ImageDraw.Draw(longer)

    def _wrapped(self, text: str, font: ImageFont.FreeTypeFont) -> Iterator[str]:
        """Break a text into lines: between words where it has spaces, else by the rules for Japanese (禁則)."""
        line = ""
        for piece in _pieces(text):
            if line and font.getlength((line + piece).rstrip()) > self._inner:
                yield line.rstrip()
                line = ""
                piece = piece.lstrip()  # noqa: PLW2901 - a line does not begin with a space
            line += piece
        if line.strip():
            yield line.rstrip()


def _pieces(text: str) -> list[str]:
    """Cut a text into the smallest pieces that must stay together."""
    if " " in text:
        words = text.split(" ")
        return [word if last else f"{word} " for word, last in zip(words, _last_marks(len(words)), strict=True)]
    pieces: list[str] = []
    for char in text:
        sticks = pieces and (
            char in _NOT_AT_LINE_START
            or pieces[-1][-1] in _NOT_AT_LINE_END
            or (char.isascii() and pieces[-1][-1].isascii())
        )
        if sticks:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _last_marks(count: int) -> list[bool]:
    return [index == count - 1 for index in range(count)]
