"""Catalogues: whose words are spoken, what stands in for them, and what a browser is told of the language."""

from pathlib import Path

import pytest

from backend.common import catalogue
from backend.common.catalogue import Catalogue, Language, Sentence
from tests.catalogue_support import own_keys

AREA = "area_of_this_test"
"""No area of the product: what was read of an area is kept."""


@pytest.fixture
def area(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An area of two languages in a folder of its own."""
    folder = tmp_path / "texts" / AREA
    folder.mkdir(parents=True)
    (folder / "ja.toml").write_text(
        'plain = "はい"\n[note]\ncall = "{number}番の方"\n[note.deep]\nend = "終わり {"\n', encoding="utf-8"
    )
    (folder / "en.toml").write_text('plain = ""\n[note]\ncall = "Number {number}"\n', encoding="utf-8")
    monkeypatch.setattr(catalogue, "locate", tmp_path.joinpath)
    return AREA


def test_a_browser_is_told_a_language_that_it_knows() -> None:
    """A screen reader reads やさしい日本語 with a Japanese voice, and every other language by its own tag."""
    assert {language.value: language.html for language in Language} == {
        "ja": "ja",
        "ja-easy": "ja",
        "en": "en",
        "zh-Hans": "zh-Hans",
        "ko": "ko",
    }


def test_japanese_stands_in_for_what_a_language_lacks(area: str) -> None:
    """Nobody reads an empty line: a key that is missing, or empty, is said in Japanese; its own words come first."""
    english = Catalogue(area, Language.ENGLISH)
    assert english.text("note.call", number=12) == "Number 12"
    assert english.text("plain") == "はい"
    assert english.text("note.deep.end") == "終わり {"
    assert Catalogue(area).text("note.call", number="A12") == "A12番の方"
    assert Catalogue(area).text("note.call") == "{number}番の方"


def test_keys_are_those_of_the_source_and_own_keys_those_of_the_language(area: str) -> None:
    """A test of translations sees what is missing; a key that Japanese lacks is an error, whoever asks."""
    english = Catalogue(area, Language.ENGLISH)
    assert english.keys() == {"plain", "note.call", "note.deep.end"}
    assert own_keys(english) == {"plain", "note.call"}
    assert (english.area, english.language, Catalogue(area).language) == (
        AREA,
        Language.ENGLISH,
        Language.JAPANESE,
    )
    with pytest.raises(KeyError):
        english.text("nothing")


def test_a_sentence_is_said_with_the_sentences_in_its_places() -> None:
    """Protects sentences with sentences as values: these are in the same language; unused values are ignored."""
    weekday = Sentence("calendar.weekday_1")
    time = Sentence("clock.afternoon_full", (("hour", 2),))
    values = (("month", 11), ("day", 24), ("weekday", weekday), ("time", time))
    day = Sentence("calendar.day_time", (*values, ("month_name", Sentence("calendar.month_11"))))
    assert Catalogue("kiosk").speak(day) == "11月24日（火）午後2時"
    assert Catalogue("kiosk", Language.ENGLISH).speak(day) == "Tuesday, November 24, 2 PM"


def test_a_sentence_is_said_in_its_form_where_it_has_one() -> None:
    """Protects texts with forms (sheet, postcard): the right form is used, and texts without forms still work."""
    say = Catalogue("kiosk")
    known = say.keys()
    formed = next(key for key in sorted(known) if f"{key}_postcard" in known)
    assert say.speak(Sentence(formed), "postcard") == say.text(f"{formed}_postcard")
    assert say.speak(Sentence(formed)) == say.text(formed)
    assert say.speak(Sentence("working.title"), "postcard") == say.text("working.title")
