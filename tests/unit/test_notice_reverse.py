"""What stands behind a sheet: what to bring in five languages and what to mind, on one page, the same for every sheet."""

from datetime import datetime, time
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents import RuleSet
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.bring import bring_list
from backend.documents.saying.visitor_words import bring_words
from backend.printing.notice_bring import SELF
from backend.printing.notice_reverse import Reverse
from backend.printing.sheet_front import new_file
from tests.pdf_support import A4, MILLIMETRE, troubles
from tests.shipped_rules import DAY, RULES


@cache
def drawn(rules: RuleSet = RULES, recipient: str = SELF, *, booked: bool = False) -> bytes:
    """A reverse by itself."""
    pdf = new_file("-", datetime.combine(DAY, time()).astimezone())
    Reverse(rules, DAY, recipient, booked=booked).draw(pdf)
    return bytes(pdf.output())


@pytest.fixture(scope="module")
def reverse() -> bytes:
    """The reverse of an enclosure by the shipped rules."""
    return drawn()


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
    Language.JAPANESE: 0,
    Language.EASY_JAPANESE: 0,
    Language.ENGLISH: 1,
    Language.CHINESE: 1,
    Language.KOREAN: 1,
}
"""Where each language stands."""
FOREIGN = [language for language in Language if language is not Language.JAPANESE]


def pages(pdf: bytes) -> int:
    """How many pages a file has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


@pytest.mark.parametrize("booked", [False, True])
def test_one_page_holds_all_languages(booked: bool) -> None:
    """An enclosure and a booking sheet are one sheet of paper each, printed on both sides, and cost one stamp."""
    assert pages(drawn(booked=booked)) == 1


@pytest.mark.parametrize("language", FOREIGN)
def test_each_language_has_all_that_is_to_bring(reverse: bytes, language: Language) -> None:
    """Whoever does not read the front finds everything to bring, examples with a photo, and whom to ask, in one place."""
    said = columns_of(reverse)[COLUMN[language]]
    texts = Catalogue("documents", language)
    assert bare(texts.text("sheet.self"))[:8] in said
    assert bare(texts.text("sheet.others"))[-8:] in said
    for line in bring_list(RULES, SELF, DAY):
        words = bring_words(line, RULES, texts)
        wanted = line.what == "photo_examples" or not (line.to_know or line.what == "fee")
        assert (bare(words.thing) + bare(words.note) in said) is wanted, words


def test_japanese_has_every_example_and_condition(reverse: bytes) -> None:
    """The front refers overleaf for them, so that they stand there, word for word."""
    said, texts = columns_of(reverse)[0], Catalogue("documents")
    for line in bring_list(RULES, SELF, DAY):
        words = bring_words(line, RULES, texts)
        wanted = line.to_know and line.what != "fee"
        assert (bare(words.thing) + bare(words.note) in said) is wanted


def test_what_to_mind_stands_below(reverse: bytes) -> None:
    """Nobody holds the back of a card up to the kiosk, and whoever is not the person on the card asks before they come."""
    said, words = columns_of(reverse)[0], Catalogue("notice")
    for key in ("ask", "change", "typed", "never", "private"):
        assert bare(words.text(f"notes.{key}")) in said
    assert bare(words.text("notes.moved")) not in said


def test_a_booking_sheet_says_that_it_can_become_old() -> None:
    """Whoever moves the booking knows that this paper is old from then on."""
    assert bare(Catalogue("notice").text("notes.moved")) in columns_of(drawn(booked=True))[0]


@pytest.mark.parametrize("recipient", ["R2", "P9"])
def test_others_find_their_own_list_in_every_language(recipient: str) -> None:
    """An agent has no front full of what the person brings: all of the list stands overleaf, whole, on as many pages as needed."""
    said = "".join(columns_of(drawn(recipient=recipient, booked=True)))
    for language in Language:
        texts = Catalogue("documents", language)
        for line in bring_list(RULES, recipient, DAY):
            words = bring_words(line, RULES, texts)
            if not line.to_know and line.what != "fee":
                assert bare(words.thing) in said
                assert bare(words.note) in said
        if language is not Language.JAPANESE:
            assert bare(texts.text("sheet.others")) not in said


@pytest.mark.parametrize(
    ("policies", "recipient"),
    [("", SELF), ("self_requires_two_docs: {ward: true}", SELF), ("", "R2"), ("", "P4")],
)
def test_no_letter_is_too_small_and_none_meets_another(policies: str, recipient: str, tmp_path: Path) -> None:
    """Protects whoever reads without glasses: 10.5 points at least, inside the margins, in every language and policy."""
    policy = tmp_path / "ours.yaml"
    policy.write_text(f"format: 1\npolicies: {{{policies}}}\n", encoding="utf-8")
    rules = RuleBook.load(locate("rules"), policy_file=policy).on(DAY)
    assert troubles(drawn(rules, recipient, booked=True)) == []


def test_the_reverse_follows_the_wards_policy(reverse: bytes, tmp_path: Path) -> None:
    """A ward that wants two documents does not print overleaf that one will do."""
    policy = tmp_path / "ours.yaml"
    policy.write_text("format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n", encoding="utf-8")
    strict = RuleBook.load(locate("rules"), policy_file=policy).on(DAY)
    one, english = "1issuedbyapublicofficewithafacephoto;or2other", COLUMN[Language.ENGLISH]
    assert one in columns_of(reverse)[english]
    assert one not in columns_of(drawn(strict))[english]
