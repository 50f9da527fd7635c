"""Lines and columns on a page: no character is left out, and a long list becomes smaller instead of longer than the page."""

from collections.abc import Iterator

import pypdfium2
import pytest
from fpdf import FPDF
from fpdf.fonts import TTFFont

from backend.common import Language
from backend.documents import BringWords
from backend.printing.bring_column import Column
from backend.printing.typesetting import Typesetter

BOTTOM = 120.0


@pytest.fixture
def pdf() -> Iterator[FPDF]:
    """A file with one empty page, measured in millimetres; faces that were only measured with are closed."""
    made = FPDF(unit="mm", format="A4")
    made.add_page()
    yield made
    for face in made.fonts.values():
        if isinstance(face, TTFFont):
            face.close()


def text_of(pdf: FPDF) -> str:
    """What stands on the last page, without spaces."""
    document = pypdfium2.PdfDocument(bytes(pdf.output()))
    text = document[len(document) - 1].get_textpage().get_text_range()
    document.close()
    return "".join(text.split())


@pytest.mark.parametrize("language", [Language.JAPANESE, Language.KOREAN, Language.CHINESE])
def test_a_letter_that_the_languages_face_lacks_is_drawn_in_another(pdf: FPDF, language: Language) -> None:
    """A name with a rare kanji or a Korean syllable is whole on every sheet, and takes its room."""
    line = "𠮷野 김 1-2"
    setter = Typesetter(pdf, language)
    assert setter.width(line, 12) > setter.width("野1-2", 12)
    setter.write(20, 20, line, 12)
    assert text_of(pdf) == "𠮷野김1-2"


def test_a_line_is_as_wide_as_its_size_and_weight(pdf: FPDF) -> None:
    """What was measured for one size is not taken for another."""
    setter = Typesetter(pdf)
    assert setter.width("受付", 20) == pytest.approx(2 * setter.width("受付", 10))
    assert setter.width("English", 10, bold=True) != setter.width("English", 10)


@pytest.mark.parametrize("count", [3, 7])
def test_a_long_list_is_set_smaller_and_stays_above_the_end(pdf: FPDF, count: int) -> None:
    """Three things are set in the largest letters, many in smaller ones, and every one of them is on the page."""
    things = [BringWords(f"持ち物{number}番", "原本に限る") for number in range(count)]
    ends = []
    for sizes in ((14,), (14, 11, 8)):
        pdf.add_page()
        column = Column(pdf, Language.JAPANESE, left=20, width=120, top=20)
        column.lists(things, "確認", [BringWords("手数料")], sizes=sizes, bottom=BOTTOM)
        ends.append(column.y)
    assert ends[1] <= BOTTOM
    assert (ends[0] == ends[1]) is (count == 3)
    said = text_of(pdf)
    assert all(f"持ち物{number}番" in said for number in range(count))
