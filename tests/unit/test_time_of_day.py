"""One style for the time of day on everything that people look at: 9:30, never 09:30."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from backend.client.stream import Link
from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import ROOT
from backend.common.time_of_day import clock_face, clock_in_words, clock_sentence
from backend.web.desk.page_words import clock_words, moment_words
from kiosk.visit.texts import KioskWords
from queue_display.board import BoardState
from queue_display.feed import BoardPicture
from queue_display.hall_screen import compose

MORNING = datetime(2026, 11, 24, 23, 47, tzinfo=UTC)
"""8:47 in Tokyo, on the next day."""

PADDED = re.compile(r"%H|%I|hour[:02]*:02|0[0-9]:[0-9]{2}|2-digit\", minute")
"""Ways to write an hour of two digits in a program that people look at."""


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (MORNING, "8:47"),
        (datetime(2026, 11, 24, 15, 5, tzinfo=UTC), "0:05"),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), "14:00"),
        (datetime(2026, 11, 24, 8, 47, tzinfo=timezone(timedelta(hours=9))), "8:47"),
    ],
)
def test_the_hour_has_no_leading_zero_and_is_tokyos(at: datetime, shown: str) -> None:
    """Protects one look of the time, in the counter's zone whatever the machine's is."""
    assert clock_face(at) == shown


@pytest.mark.parametrize(
    ("hour", "minute", "written"),
    [
        (0, 30, ("午前9時30分", "9:30 AM", "上午9点30分", "오전 9시 30분")),
        (1, 5, ("午前10時5分", "10:05 AM", "上午10点5分", "오전 10시 5분")),
        (3, 0, ("正午", "noon", "中午12点", "낮 12시")),
        (3, 30, ("午後0時30分", "12:30 PM", "下午12点30分", "오후 12시 30분")),
        (9, 0, ("午後6時", "6 PM", "下午6点", "오후 6시")),
        (15, 10, ("午前0時10分", "12:10 AM", "上午12点10分", "오전 12시 10분")),
    ],
)
def test_sentences_say_the_hour_in_words(hour: int, minute: int, written: tuple[str, ...]) -> None:
    """Protects one style in sentences: morning or afternoon as the language says it, full hours without minutes."""
    languages = (Language.JAPANESE, Language.ENGLISH, Language.CHINESE, Language.KOREAN)
    at = datetime(2026, 11, 24, hour, minute, tzinfo=UTC)
    for area in ("ticket", "kiosk"):
        assert tuple(clock_in_words(at, Catalogue(area, language)) for language in languages) == written


@pytest.mark.parametrize("language", list(Language))
def test_screen_and_ticket_say_the_hour_in_the_same_words(language: Language) -> None:
    """Protects a visitor from two styles of one time: the kiosk's sentence and the ticket's are the same."""
    kiosk, ticket = Catalogue("kiosk", language), Catalogue("ticket", language)
    for hour in range(24):
        for minute in (0, 5, 30):
            at = datetime(2026, 11, 24, hour, minute, tzinfo=UTC)
            assert kiosk.speak(clock_sentence(at)) == clock_in_words(at, ticket)


def test_a_time_without_a_zone_is_refused() -> None:
    """Protects against a clock that is nine hours off without anybody noticing."""
    with pytest.raises(ValueError, match="zone"):
        clock_face(datetime(2026, 11, 24, 8, 47))  # noqa: DTZ001 - the mistake itself


def test_display_pages_and_sentences_agree_on_the_time() -> None:
    """Protects a visitor from 8:47 on one screen and 08:47 on the next: each surface is asked the same moment."""
    picture = BoardPicture(
        BoardState("00", date(2026, 11, 25), 1), None, Link.LIVE, None, 1.0, stale=False, now=MORNING
    )
    assert compose(picture).clock == "8:47"
    assert clock_words(MORNING) == "8:47"
    for language in Language:
        told = (
            moment_words(MORNING, Catalogue("pages", language)),
            KioskWords(language).speak(clock_sentence(MORNING)),
        )
        for words in told:
            assert re.search(r"(?<!\d)8\D+47", words), (language, words)


def test_no_surface_writes_an_hour_by_itself() -> None:
    """Protects the one style from a second one: programs that people look at take the time from one function."""
    shown = [
        *(ROOT.parent / "kiosk").rglob("*.py"),
        *(ROOT.parent / "kiosk").rglob("*.kv"),
        *(ROOT.parent / "queue_display").rglob("*.py"),
        *(ROOT.parent / "queue_display").rglob("*.kv"),
        *(ROOT.parent / "backend" / "web").rglob("*.py"),
        *(ROOT.parent / "backend" / "web").rglob("*.html"),
        *(ROOT.parent / "backend" / "printing").glob("*.py"),
        *(ROOT / "pages").glob("*.js"),
        *(ROOT / "texts").rglob("*.toml"),
    ]
    assert len(shown) > 100
    found = {
        str(path.relative_to(ROOT.parent)): PADDED.findall(path.read_text("utf-8"))
        for path in shown
        if PADDED.search(path.read_text("utf-8"))
    }
    assert found == {}
