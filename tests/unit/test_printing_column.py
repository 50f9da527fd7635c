"""Lines and columns on a page: no character is left out, and a long list becomes smaller, then longer, never too small."""

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
from fpdf import FPDF
from fpdf.fonts import TTFFont

from backend.common import Language
from backend.documents import BringWords
from backend.printing.bring_column import Column
from backend.printing.typesetting import Typesetter
from tests.pdf_support import runs_of

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


def pages_of(pdf: FPDF) -> dict[int, str]:
    """What stands on each page, counted from 1, without spaces."""
    document = pypdfium2.PdfDocument(bytes(pdf.output()))
    said = {
        number: "".join(page.get_textpage().get_text_range().split())
        for number, page in enumerate(document, start=1)
    }
    document.close()
    return said


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


@dataclass
class Place:
    """A place for columns, which records when another page is needed."""

    pdf: FPDF
    turns: int = 0

    def turn(self) -> tuple[float, float]:
        """Begin another page."""
        self.turns += 1
        self.pdf.add_page()
        return 30.0, 25.0

    def column(self, bottom: float = BOTTOM) -> Column:
        """A column of this place, 10 cm high."""
        return Column(self.pdf, Language.JAPANESE, left=20, width=120, top=20, bottom=bottom, turn=self.turn)


def some(count: int) -> list[BringWords]:
    """Things to bring."""
    return [BringWords(f"持ち物{number}番", "原本に限る") for number in range(count)]


@pytest.mark.parametrize(("count", "sizes"), [(3, {14, 12}), (5, {12, 10.5}), (7, {10.5})])
def test_a_long_list_is_set_smaller_while_it_fits(pdf: FPDF, count: int, sizes: set[float]) -> None:
    """Three things are set in the largest letters, more in smaller ones, and every one of them is on the page."""
    place = Place(pdf)
    column = place.column()
    column.lists(some(count), "確認", [BringWords("手数料")])
    assert place.turns == 0
    runs = runs_of(bytes(pdf.output()))
    assert {run.size for run in runs} == sizes
    assert max(run.bottom for run in runs) <= BOTTOM + 2
    assert all(f"持ち物{number}番" in text_of(pdf) for number in range(count))


def test_what_does_not_fit_in_the_smallest_letters_goes_on_in_the_next_column(pdf: FPDF) -> None:
    """Protects whoever reads without glasses: a list that is too long gets another page, never letters below 10.5."""
    place = Place(pdf)
    place.column().lists(some(40), "確認", [BringWords("手数料")])
    assert place.turns >= 2
    runs = runs_of(bytes(pdf.output()))
    assert {run.size for run in runs} == {10.5}
    assert max(run.bottom for run in runs) <= BOTTOM + 4
    assert {round(run.left) >= 30 for run in runs if run.page} == {True}
    said = "".join(pages_of(pdf).values())
    assert all(f"持ち物{number}番" in said for number in range(40))


@pytest.mark.parametrize("bottom", range(40, 120, 10))
def test_a_heading_is_never_left_alone_at_the_end(pdf: FPDF, bottom: float) -> None:
    """Protects a reader from a heading without a list: it takes its first item along to the next column."""
    to_know = [BringWords(f"注意{number}番") for number in range(30)]
    Place(pdf).column(bottom).lists(some(4), "確認", to_know)
    (with_heading,) = [text for text in pages_of(pdf).values() if "確認" in text]
    assert "注意0番" in with_heading


def test_room_below_a_list_is_kept(pdf: FPDF) -> None:
    """The sentence that says whom to ask stands below its list, not alone in another column."""
    place = Place(pdf)
    column = place.column()
    sentence = "お越しになる前に、お問い合わせください。" * 6
    column.lists(some(4), "確認", [BringWords("手数料")], below=column.height(sentence, 10.5))
    column.text(sentence, 10.5)
    assert place.turns == 0
