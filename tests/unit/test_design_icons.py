"""Icons by name: each is drawn on every surface, and a name or a font that is missing is told."""

import io
import re
from pathlib import Path

import pypdfium2
import pytest
import uharfbuzz
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from backend.common import fonts
from backend.common.design.icons import ICONS, glyph
from backend.common.design.token_css import stylesheet
from backend.common.design.token_file import UnknownTokenError

WANTED = [
    "ticket",
    "camera",
    "keypad",
    "printer",
    "printer-alert",
    "backspace",
    "checklist",
    "clock",
    "group",
    "person",
    "person-off",
    "child",
    "paper-search",
    "cloud-off",
    "lock",
    "volume",
    "contrast",
    "wheelchair",
    "check",
    "warning",
    "error",
    "exclamation",
    "calendar-remove",
    "menu",
    "close",
    "arrow-down",
    "arrow-up",
    "arrow-left",
    "arrow-right",
    "home",
    "search",
    "phone",
    "info",
    "door",
    "card",
    "certificate",
    "pin",
    "edit",
    "chat",
]


def ink(image: Image.Image) -> bytes:
    """A picture without the white around it; empty if it is completely white."""
    box = image.convert("L").point(lambda level: 255 - level).getbbox()
    return b"" if box is None else image.convert("L").crop(box).resize((24, 24)).tobytes()


def test_every_icon_that_the_surfaces_ask_for_is_there() -> None:
    """Protects screens from asking for an icon that nobody has."""
    assert set(WANTED) == set(ICONS)


def test_pillow_draws_every_icon_and_no_two_alike() -> None:
    """Protects pictures and tickets: each name has ink, and is no box that stands for a missing letter."""
    font = ImageFont.truetype(str(fonts.icon_font()), 48)
    drawn = {}
    for name in WANTED:
        image = Image.new("L", (96, 96), 255)
        ImageDraw.Draw(image).text((16, 16), glyph(name), font=font, fill=0)
        drawn[name] = ink(image)
    assert all(drawn.values())
    assert len(set(drawn.values())) == len(WANTED)


def test_a_sheet_draws_every_icon() -> None:
    """Protects sheets: fpdf2 embeds each icon, and it is seen on the page."""
    pdf = FPDF(format=(20, 20))
    pdf.add_font("icons", "", str(fonts.icon_font()))
    pdf.set_font("icons", size=24)
    for name in WANTED:
        pdf.add_page()
        pdf.text(5, 15, glyph(name))
    document = pypdfium2.PdfDocument(io.BytesIO(bytes(pdf.output())))
    try:
        assert all(ink(document[page].render(scale=2).to_pil()) for page in range(len(WANTED)))
    finally:
        document.close()


def test_pages_have_a_class_for_every_icon_in_a_font_that_has_them() -> None:
    """Protects pages: each name is a class, and the font that browsers get has its letter."""
    rules = dict(
        re.findall(r'\.icon-([\w-]+)::before \{ content: "\\([0-9a-f]+)"; \}', stylesheet("icons.woff2"))
    )
    assert rules == {name: f"{ord(glyph(name)):x}" for name in WANTED}
    assert 'url("icons.woff2") format("woff2")' in stylesheet("icons.woff2")
    assert fonts.icon_font_of_pages().read_bytes()[:4] == b"wOF2"
    letters = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(fonts.icon_font()))))
    assert all(letters.get_nominal_glyph(int(code, 16)) for code in rules.values())


def test_a_page_without_the_font_shows_words_alone() -> None:
    """Protects readers from boxes: where the font is missing no icon has a place."""
    assert ".icon { display: none; }" in stylesheet()
    assert "icon-ticket" not in stylesheet()


def test_an_unknown_icon_is_an_error_that_names_it() -> None:
    """Protects whoever misspells an icon: it is told with the names that there are."""
    with pytest.raises(UnknownTokenError, match="no icon called tickets; there are: ticket, camera"):
        glyph("tickets")


def test_a_missing_font_is_said_once_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Protects whoever sets a machine up: what to install is said when a program starts."""
    assert fonts.missing_fonts() == ()
    monkeypatch.setattr(fonts, "_ICONS", tmp_path)
    monkeypatch.setattr(fonts, "_ICONS_OF_PAGES", tmp_path)
    assert fonts.missing_fonts() == (
        "a font is missing: install the Debian package fonts-material-design-icons-iconfont",
    )
