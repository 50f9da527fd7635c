"""A paper to try a printer with: of a ticket's size and type, and nothing on it that could be taken for a number."""

from datetime import datetime

from PIL import Image

from backend.common import TOKYO, Catalogue, Language, clock_face
from backend.common.receipt import WIDTHS, ReceiptStrip

MARK = "TEST"
"""What stands where a ticket has its number; numbers have a letter, a hyphen and digits."""


def draw_trial(paper_width: str, at: datetime) -> Image.Image:
    """Draw the paper, in Japanese with an English line for whoever installs the printer.

    Args:
        paper_width: of the roll in mm, a key of :data:`backend.common.receipt.ticket_image.WIDTHS`.
        at: the moment of printing, aware.

    Returns:
        A picture of mode ``1``, as wide as the printer.
    """
    dots = WIDTHS[paper_width]
    sheet = ReceiptStrip(dots, Language.JAPANESE)
    words, english = Catalogue("ticket"), Catalogue("ticket", Language.ENGLISH)
    sheet.rule()
    sheet.centred(words.text("trial.title"), sheet.title, bold=True)
    sheet.centred(english.text("trial.title"), sheet.small)
    sheet.number(MARK)
    sheet.centred(words.text("trial.no_number"), sheet.body, bold=True)
    sheet.centred(english.text("trial.no_number"), sheet.small)
    sheet.rule()
    sheet.field(words.text("trial.paper"), words.text("trial.width", mm=paper_width, dots=dots))
    printed_at = f"{at.astimezone(TOKYO).date()} {clock_face(at)}:{at.second:02d}"
    sheet.field(words.text("trial.printed_at"), printed_at)
    sheet.rule()
    sheet.paragraph(words.text("trial.check"), sheet.text)
    sheet.rule()
    return sheet.finish()
