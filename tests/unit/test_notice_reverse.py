"""What stands behind a notice: all of what to bring in five languages and what to mind, the same for every notice of a day."""

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
from tests.pdf_support import A4, MILLIMETRE, troubles
from tests.shipped_rules import DAY, RULES


@pytest.fixture(scope="module")
def reverse() -> bytes:
    """The reverse by the shipped rules."""
    return draw_reverse(RULES, DAY)


def bare(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


def columns_of(pdf: bytes) -> list[str]:
    """What stands in each column, from left to right, page after page, without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    said = []
    for page in document:
        words = page.get_textpage()
        for left in (0.0, A4[0] / 2):
            edges = (left * MILLIMETRE, 0, (left + A4[0] / 2) * MILLIMETRE, A4[1] * MILLIMETRE)
            said.append(bare(words.get_text_bounded(*edges)))
    document.close()
    return said


COLUMN = {
    language: place
    for place, language in enumerate(
        (Language.JAPANESE, None, Language.EASY_JAPANESE, Language.ENGLISH, Language.CHINESE, Language.KOREAN)
    )
    if language is not None
}
"""Where each language stands; the second column has the notes."""


@pytest.mark.parametrize("language", list(Language))
def test_each_language_has_a_column_with_all_of_it(reverse: bytes, language: Language) -> None:
    """Whoever does not read the front finds everything to bring, and whom to ask, in one place, whole."""
    columns = columns_of(reverse)
    assert len(columns) == 6
    said = columns[COLUMN[language]]
    texts = Catalogue("documents", language)
    assert said.startswith(bare(texts.text("sheet.self"))[:8])
    if language is not Language.JAPANESE:
        assert said.endswith(bare(texts.text("sheet.others"))[-8:])
    for line in bring_list(RULES, "R1", DAY):
        words = bring_words(line, RULES, texts)
        assert (bare(words.thing)[:6] in said) is (line.what != "fee"), words
        assert line.what == "fee" or bare(words.note)[:6] in said


def test_what_to_mind_stands_beside_the_list(reverse: bytes) -> None:
    """Nobody holds the back of a card up to the kiosk, and whoever is not the person on the card asks before they come."""
    said = columns_of(reverse)[1]
    notice = Catalogue("notice")
    for key in ("others.text", "notes.item_1", "notes.item_2", "notes.item_3", "notes.item_4"):
        assert bare(notice.text(key)) in said


@pytest.mark.parametrize("policies", ["", "self_requires_two_docs: {ward: true}"])
def test_no_letter_is_too_small_and_none_meets_another(policies: str, tmp_path: Path) -> None:
    """Protects whoever reads without glasses: 10.5 points at least, inside the margins, in every language and policy."""
    policy = tmp_path / "ours.yaml"
    policy.write_text(f"format: 1\npolicies: {{{policies}}}\n", encoding="utf-8")
    rules = RuleBook.load(locate("rules"), policy_file=policy).on(DAY)
    assert troubles(draw_reverse(rules, DAY)) == []


def test_the_reverse_follows_the_wards_policy(reverse: bytes, tmp_path: Path) -> None:
    """A ward that wants two documents does not print overleaf that one will do."""
    policy = tmp_path / "ours.yaml"
    policy.write_text("format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n", encoding="utf-8")
    strict = RuleBook.load(locate("rules"), policy_file=policy).on(DAY)
    one, english = "1issuedbyapublicofficewithafacephoto;or2other", COLUMN[Language.ENGLISH]
    assert one in columns_of(reverse)[english]
    assert one not in columns_of(draw_reverse(strict, DAY))[english]


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
    assert len(document) == 4
    assert document.get_metadata_value("Title") == "ご案内"
    assert b"/Lang" in both
    document.close()
