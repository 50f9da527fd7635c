"""The kiosk's words: every key in every language, every character in its typeface, times as people say them."""

import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from backend.common import fonts
from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import ROOT, locate
from backend.wire.codes import AT_WINDOW_STATES, CheckInReason, CodePlace, TicketState
from backend.wire.heard import OTHER
from backend.wire.messages import Estimate
from kiosk.visit.inputs import TroubleReason
from kiosk.visit.screens import JoinNote, PaperState
from kiosk.visit.texts import KioskWords, choose, day_and_time, waiting_time
from kiosk.visit.typed_number import KEYS
from tests.catalogue_support import own_keys, places
from tests.kiosk_support import NOW

AREAS = ("kiosk", "ticket", "display", "documents")
OFFICES = tomllib.loads(locate("offices", "shinjuku.toml").read_text("utf-8"))["office"]


@cache
def covered(path: Path) -> frozenset[int]:
    """The characters of a typeface; of a collection, those of its first face, which is the one Kivy takes."""
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("area", AREAS)
def test_every_character_is_in_the_typeface(area: str, language: Language, bold: bool) -> None:
    """Protects against empty boxes: Kivy knows no second typeface where the first lacks a character."""
    catalogue = Catalogue(area, language)
    characters = covered(fonts.face(language, bold=bold))
    for key in sorted(catalogue.keys()):
        missing = {char for char in catalogue.text(key) if char not in "\n|" and ord(char) not in characters}
        assert not missing, (area, language, key, missing)


@pytest.mark.parametrize("bold", [False, True])
def test_numbers_clock_and_keys_are_in_every_typeface(bold: bool) -> None:
    """Protects ticket numbers, the clock and the keypad, which are in no catalogue."""
    for face in (fonts.ud_gothic(bold=bold), fonts.noto_cjk(bold=bold)):
        missing = {char for char in {*"M-0123456789: ", *KEYS} if ord(char) not in covered(face)}
        assert not missing, (face, missing)


def test_what_is_a_text_already_is_read_as_it_is() -> None:
    """Protects plain texts, such as names of offices and typed numbers, from being looked up in the catalogue."""
    assert KioskWords(Language.ENGLISH).speak("大久保特別出張所") == "大久保特別出張所"


@pytest.mark.parametrize("language", list(Language))
def test_every_office_can_be_named(language: Language) -> None:
    """Protects office names on screen and paper, both ways to write 箪笥町 among them (domain.md 2.1)."""
    assert len(OFFICES) >= 11
    characters = covered(fonts.face(language)) & covered(fonts.face(language, bold=True))
    for office in OFFICES:
        name = office["name"].get(language.value, office["name"]["ja"])
        assert not {char for char in name + "簞箪" if ord(char) not in characters}, name


@pytest.mark.parametrize("language", [language for language in Language if language is not Language.JAPANESE])
def test_every_language_says_everything_in_its_own_words(language: Language) -> None:
    """Protects visitors from a screen that falls back to Japanese, or drops a number from a sentence."""
    source, own = Catalogue("kiosk"), Catalogue("kiosk", language)
    assert source.keys() <= own_keys(own)
    for key in sorted(source.keys()):
        assert places(own.text(key)) <= places(source.text(key)) | {"month_name"}, key
        if not key.startswith("calendar."):
            assert places(own.text(key)) == places(source.text(key)), key


def test_every_reason_has_words() -> None:
    """Protects that no code of the closed lists reaches a visitor without words."""
    keys = Catalogue("kiosk").keys()
    for trouble in TroubleReason:
        assert {f"trouble.{trouble}.{part}" for part in ("title", "body", "next")} <= keys
    for reason in CheckInReason:
        assert reason.gives_ticket or (f"trouble.{reason}.title" in keys) is not reason.for_staff
    assert {"ticket.received", f"ticket.{CheckInReason.ALREADY_CHECKED_IN}"} <= keys
    for paper in PaperState:
        assert (f"ticket.paper_{paper}" in keys) is (paper is not PaperState.NONE), (
            "of no paper there is nothing to say"
        )
    assert {f"ticket.{OTHER}", f"ticket.{OTHER}_note", f"ticket.{OTHER}_go"} <= keys
    for state in set(TicketState) - {TicketState.WAITING, TicketState.DONE}:
        assert {f"ticket.{state}", f"ticket.{state}_go"} <= keys
    assert {"ticket.finished", "ticket.finished_go"} <= keys, '"ticket.done" is the word of the button'
    for note in set(JoinNote) - {JoinNote.NOT_JOINED}:
        assert {f"joining.{note}", f"joining.{note}_next"} <= keys
    for state in AT_WINDOW_STATES:
        assert {f"ticket.{state}_somewhere", f"ticket.{state}_somewhere_go"} <= keys


def test_the_refusal_of_a_my_number_says_what_the_ward_says() -> None:
    """Protects a sentence that is true of what was shown and of what was typed, and the promise that nothing was kept."""
    say = KioskWords(Language.JAPANESE)
    said = "".join(
        say(f"trouble.refused.{part}").replace("\n", "") + "。" for part in ("title", "body", "next")
    )
    assert said == (
        "このコード・番号は、この機械では使えません。「交付のご案内」の受付用コードをかざしてください。。"
        "12桁のマイナンバー（個人番号）は、この機械では使いません。読み取ったり入力したりした内容は残していません。。"
    )


@pytest.mark.parametrize(
    ("language", "day_time", "today"),
    [
        (Language.JAPANESE, "11月25日（水）午後2時", "本日 午前10時30分"),
        (
            Language.EASY_JAPANESE,
            "11月25日（すいようび）午後（ごご）2時（じ）",
            "きょう 午前（ごぜん）10時（じ）30分",
        ),
        (Language.ENGLISH, "Wednesday, November 25, 2 PM", "today at 10:30 AM"),
        (Language.CHINESE, "11月25日（星期三）下午2点", "今天上午10点30分"),
        (Language.KOREAN, "11월 25일(수) 오후 2시", "오늘 오전 10시 30분"),
    ],
)
def test_times_are_said_as_people_say_them(language: Language, day_time: str, today: str) -> None:
    """Protects times in each language, in Tokyo's zone."""
    say = KioskWords(language)
    half_past = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert say.speak(day_and_time(datetime(2026, 11, 25, 5, 0, tzinfo=UTC), NOW)) == day_time
    assert say.speak(day_and_time(half_past, NOW)) == today


def test_today_is_todays_date_in_tokyo() -> None:
    """Protects against the UTC day: 15:30 UTC is tomorrow in Tokyo."""
    say = KioskWords(Language.JAPANESE)
    assert (
        say.speak(day_and_time(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), NOW))
        == "11月25日（水）午前0時30分"
    )


def test_the_estimate_is_a_range_or_soon_or_unknown() -> None:
    """Protects against a false promise of minutes."""
    say = KioskWords(Language.JAPANESE)
    assert say.speak(waiting_time(Estimate(low_minutes=15, high_minutes=20))) == "約15～20分"
    assert say.speak(waiting_time(Estimate(low_minutes=0, high_minutes=10))) == "10分以内"
    assert say.speak(waiting_time(Estimate(low_minutes=0, high_minutes=1))) == "1分以内"
    assert say.speak(waiting_time(Estimate(low_minutes=0, high_minutes=0))) == "まもなく"


def test_an_office_without_a_name_in_a_language_is_called_in_japanese() -> None:
    """Protects the head of the screen from an empty name."""
    name = {"ja": "本庁舎", "en": "Main"}
    assert choose(name, Language.ENGLISH) == "Main"
    assert choose(name, Language.KOREAN) == "本庁舎"
    assert choose({}, Language.KOREAN) is None


def test_screens_are_short_files() -> None:
    """Protects readability: a screen is a pair of files under 200 lines each."""
    rules = sorted((ROOT.parent / "kiosk" / "screens").glob("*.kv"))
    assert rules
    for path in rules:
        for half in (path, path.with_suffix(".py")):
            assert len(half.read_text("utf-8").splitlines()) <= 200, half.name


def test_no_word_of_the_screens_stands_in_code() -> None:
    """Protects the catalogues: Japanese outside of comments and docstrings belongs to them."""
    for path in (ROOT.parent / "kiosk" / "screens").glob("*.kv"):
        for line in path.read_text("utf-8").splitlines():
            assert line.strip().startswith("#") or line.isascii(), (path.name, line)


NAMING = (
    "welcome.title", "welcome.hint_other_code", "keypad.note", "joining.frame", "trouble.unknown.next", "trouble.refused.body",
    "trouble.refused_typed.body",
)  # fmt: skip
"""The texts that name the paper with the code."""
PAPERS = {
    Language.JAPANESE: ("交付のご案内", "交付通知書"),
    Language.EASY_JAPANESE: ("交付（こうふ）の ごあんない", "はがき"),
    Language.ENGLISH: ("Pick-up Guide", "Issuance Notification"),
    Language.CHINESE: ("领卡指南", "交付通知书"),
    Language.KOREAN: ("교부 안내", "교부 통지서"),
}
"""What the sheet and the postcard are called."""


@pytest.mark.parametrize("key", NAMING)
@pytest.mark.parametrize("language", list(Language))
def test_the_paper_with_the_code_is_named_by_the_setting(language: Language, key: str) -> None:
    """Protects visitors from being asked for a paper that has no code, and from another name for it."""
    expected = {
        CodePlace.SHEET: [True, False],
        CodePlace.POSTCARD: [False, True],
        CodePlace.BOTH: [True, True],
    }
    for place, named in expected.items():
        # Lines are broken by hand, also within a name.
        said = re.sub(r"\s", "", KioskWords(language, place)(key))
        assert [re.sub(r"\s", "", name) in said for name in PAPERS[language]] == named, (place, said)


@pytest.mark.parametrize("language", list(Language))
def test_no_other_text_names_the_paper_with_the_code(language: Language) -> None:
    """Protects the setting: whatever names the paper has a form for each of them."""
    forms = {f"{key}{form}" for key in NAMING for form in ("", "_postcard", "_both")}
    catalogue = Catalogue("kiosk", language)
    assert forms <= own_keys(catalogue)
    for key in sorted(catalogue.keys() - forms):
        for name in PAPERS[language]:
            assert name not in catalogue.text(key).replace("\n", " "), key


@pytest.mark.parametrize("language", list(Language))
def test_buttons_are_called_what_stands_on_them(language: Language) -> None:
    """Protects a visitor who is told to press something: a button with these words is there."""
    catalogue = Catalogue("kiosk", language)
    labels = {
        catalogue.text(key)
        for key in ("welcome.enter_number", "trouble.retry", "ticket.reprint", "joining.done")
    }
    telling = (
        "welcome.no_camera",
        "ticket.paper_unconfirmed",
        "ticket.paper_printed_before",
        "joining.joined_next",
        "joining.last_next",
        "joining.same_next",
        "joining.away_next",
    )
    for key in (*telling, "trouble.server_away.next"):
        quoted = set(re.findall("[「“‘](.+?)[」”’]", catalogue.text(key)))
        assert quoted <= labels, (key, quoted)
        assert quoted or key not in telling, key


@pytest.mark.parametrize("bold", [False, True])
def test_the_tails_of_english_letters_are_whole(bold: bool) -> None:
    """Protects English from a face whose p, g and y hang so little below the line that they look cut off."""
    with TTFont(fonts.face(Language.ENGLISH, bold=bold), fontNumber=0, lazy=True) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        for letter in "gpqy":
            pen = BoundsPen(glyphs)
            glyphs[names[ord(letter)]].draw(pen)
            assert pen.bounds[1] <= -0.15 * font["head"].unitsPerEm, letter
