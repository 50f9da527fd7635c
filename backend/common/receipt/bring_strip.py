"""What to bring, printed on ticket paper, for visitors who looked it up at the kiosk and go home to fetch it.

It is the same for everybody in a situation. It says that it is not a ticket: there is no number on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from PIL import Image

from backend.common import TOKYO, Catalogue, Language
from backend.common.receipt.ticket_image import written_date
from backend.common.receipt.ticket_sheet import ReceiptStrip
from backend.wire import BringItem, BringSituation, OfficeInfo

LEAST_DOTS: Final = 320
"""Minimum width of a list in dots; the same as for a ticket."""

SaidT = TypeVar("SaidT")


@dataclass(frozen=True)
class BringFace:
    """What is printed on a list of what to bring.

    Attributes:
        title: who comes, in the visitor's language.
        things: what to bring, each with its note.
        know: examples of documents, and what else to remember.
        office_name: the office in the visitor's language.
        day: the day of printing, in Asia/Tokyo; printed because rules change.
        phone: the office's telephone number, if it is to be printed.
    """

    title: str
    things: Sequence[BringItem]
    know: Sequence[BringItem]
    office_name: str
    day: date
    phone: str | None = None

    @classmethod
    def of(cls, situation: BringSituation, office: OfficeInfo, language: Language) -> "BringFace":
        """The list for one situation at an office, in a language, or in Japanese if the server has none in it."""
        return cls(
            title=_said(situation.title, language) or "",
            things=_said(situation.bring, language) or (),
            know=_said(situation.know, language) or (),
            office_name=_said(office.name, language) or "",
            day=office.server_time.astimezone(TOKYO).date(),
            phone=office.phone,
        )


def draw_bring_list(
    face: BringFace, width_dots: int = 576, language: Language = Language.JAPANESE
) -> Image.Image:
    """Draw a list; the same list gives the same dots.

    Args:
        face: what is printed on it.
        width_dots: the printer's dots across, at least 320.
        language: the visitor's language.

    Returns:
        A picture of mode ``1``, black on white.

    Raises:
        ValueError: the paper is too narrow.
    """
    if width_dots < LEAST_DOTS:
        raise ValueError(f"a list needs at least {LEAST_DOTS} dots across")
    sheet = ReceiptStrip(width_dots, language)
    words = Catalogue("ticket", language)
    sheet.centred(face.office_name, sheet.body)
    sheet.centred(words.text("head.counter"), sheet.body, bold=True)
    sheet.rule()
    sheet.centred(words.text("list.title"), sheet.key, bold=True)
    sheet.centred(face.title, sheet.body)
    sheet.space(sheet.fine // 2)
    for item in face.things:
        sheet.to_tick(item.thing, item.note)
    if face.know:
        sheet.rule()
        sheet.paragraph(words.text("list.know"), sheet.body, bold=True)
        for item in face.know:
            sheet.paragraph(item.thing, sheet.body)
            if item.note:
                sheet.paragraph(item.note, sheet.fine)
    sheet.rule()
    sheet.paragraph(words.text("list.general"), sheet.body)
    sheet.centred(words.text("trial.no_number"), sheet.fine)
    sheet.rule()
    if face.phone:
        sheet.field(words.text("foot.phone"), face.phone, quiet=True)
    sheet.field(words.text("list.printed_on"), written_date(face.day, words), quiet=True)
    return sheet.finish()


def _said(said: Mapping[str, SaidT], language: Language) -> SaidT | None:
    return said.get(language) or said.get(Language.JAPANESE)
