"""A test print: as wide as a ticket and with its typefaces, but without anything that looks like a ticket's number."""

from datetime import datetime

from PIL import Image

from backend.common import TOKYO, Catalogue, Language, clock_face
from backend.common.receipt import WIDTHS, ReceiptStrip

MARK = "TEST"
"""Printed where a ticket has its number; real numbers have a letter, a hyphen and digits."""


def draw_trial(paper_width: str, at: datetime) -> Image.Image:
    """Draw the test print: in Japanese, with some English lines for the person who installs the printer.

    Args:
        paper_width: width of the roll in mm, a key of :data:`backend.common.receipt.ticket_image.WIDTHS`.
        at: the moment of printing, an aware time; printed in Asia/Tokyo.

    Returns:
        A picture of mode ``1``, as wide as the printer.
    """
    dots = WIDTHS[paper_width]
    sheet = ReceiptStrip(dots, Language.JAPANESE)
    words, english = Catalogue("ticket"), Catalogue("ticket", Language.ENGLISH)
    sheet.rule()
    sheet.centred(words.text("trial.title"), sheet.key, bold=True)
    sheet.centred(english.text("trial.title"), sheet.fine)
    sheet.number(MARK)
    sheet.centred(words.text("trial.no_number"), sheet.body, bold=True)
    sheet.centred(english.text("trial.no_number"), sheet.fine)
    sheet.rule()
    sheet.field(words.text("trial.paper"), words.text("trial.width", mm=paper_width, dots=dots))
    printed_at = f"{at.astimezone(TOKYO).date()} {clock_face(at)}:{at.second:02d}"
    sheet.field(words.text("trial.printed_at"), printed_at)
    sheet.rule()
    sheet.paragraph(words.text("trial.check"), sheet.body)
    sheet.rule()
    return sheet.finish()
