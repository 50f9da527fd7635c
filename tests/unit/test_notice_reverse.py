"""The reverse of a notice: four languages, all of what to bring, one page, the same for every notice of a day."""

import time
from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.bring import bring_list
from backend.documents.saying.visitor_words import bring_words
from backend.printing.notice_reverse import draw_reverse, with_reverse
from tests.shipped_rules import DAY, RULES

A4 = (210.0, 297.0)
MILLIMETRE = 72 / 25.4
OTHERS = [language for language in Language if language is not Language.JAPANESE]


@pytest.fixture(scope="module")
def reverse() -> bytes:
    """The reverse by the shipped rules."""
    return draw_reverse(RULES, DAY)


def bare(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


def quarter(pdf: bytes, place: int) -> str:
    """What stands in a quarter of the page, counted from the top left, without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    page = document[0].get_textpage()
    left, bottom = (place % 2) * A4[0] / 2, (1 - place // 2) * A4[1] / 2
    text = page.get_text_bounded(
        left * MILLIMETRE,
        bottom * MILLIMETRE,
        (left + A4[0] / 2) * MILLIMETRE,
        (bottom + A4[1] / 2) * MILLIMETRE,
    )
    edges = [page.get_charbox(index) for index in range(page.count_chars())]
    assert min(edge[0] for edge in edges) > 10 * MILLIMETRE
    assert max(edge[2] for edge in edges) < (A4[0] - 10) * MILLIMETRE
    assert min(edge[1] for edge in edges) > 10 * MILLIMETRE
    document.close()
    return bare(text)


@pytest.mark.parametrize(("place", "language"), list(enumerate(OTHERS)))
def test_each_language_has_a_quarter_with_all_of_it(reverse: bytes, place: int, language: Language) -> None:
    """Whoever does not read the front finds everything to bring, and whom to ask, in one place, whole."""
    said = quarter(reverse, place)
    texts = Catalogue("documents", language)
    assert said.startswith(bare(texts.text("sheet.self"))[:8])
    assert said.endswith(bare(texts.text("sheet.others"))[-8:])
    for line in bring_list(RULES, "R1", DAY):
        words = bring_words(line, RULES, texts)
        assert (bare(words.thing)[:6] in said) is (line.what != "fee"), words
        assert line.what == "fee" or bare(words.note)[:6] in said


def test_the_reverse_follows_the_wards_policy(reverse: bytes, tmp_path: Path) -> None:
    """A ward that wants two documents does not print on the reverse that one will do."""
    policy = tmp_path / "ours.yaml"
    policy.write_text("format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n", encoding="utf-8")
    strict = RuleBook.load(locate("rules"), policy_file=policy).on(DAY)
    one = "1issuedbyapublicofficewithafacephoto;or2other"
    assert one in quarter(reverse, 1)
    assert one not in quarter(draw_reverse(strict, DAY), 1)


def test_front_and_reverse_are_one_file_that_stays_the_same(
    reverse: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Printing again gives the same bytes, tomorrow too; title and language of the front are kept."""
    front = FPDF(format="A4")
    front.set_title("ご案内")
    front.set_lang("ja")
    front.add_page()
    made = bytes(front.output())
    both = with_reverse(made, reverse)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86400)
    assert with_reverse(made, reverse) == both
    document = pypdfium2.PdfDocument(both)
    assert len(document) == 2
    assert document.get_metadata_value("Title") == "ご案内"
    assert b"/Lang" in both
    document.close()
