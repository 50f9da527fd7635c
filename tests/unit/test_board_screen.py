"""What of the board becomes visible: hero, rows, pages, sentences, the age of the picture."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from backend.client.stream import Link
from backend.common import fonts
from backend.common.catalogue import Catalogue, Language, Sentence
from backend.common.shipped import ROOT
from backend.wire import CallMessage
from backend.wire.messages import OfficeInfo
from queue_display.announce import AnnouncementQueue
from queue_display.board import BoardState, key_of
from queue_display.feed import BoardPicture
from queue_display.hall_screen import PAGE_SECONDS, ScreenMode, compose
from queue_display.places import ABSENT_PER_PAGE
from tests import hall_support
from tests.catalogue_support import own_keys
from tests.hall_support import NOON

OFFICE = OfficeInfo(office_id="honcho", name={"ja": "本庁舎"}, open_now=True, server_time=NOON)


def a_call(ticket: int, *, serving: bool = False) -> CallMessage:
    """A call of ticket M-<ticket> to a window of its own."""
    return hall_support.a_call(ticket, window=str(ticket), serving=serving)


def a_picture(*, office: OfficeInfo | None = OFFICE, **values: object) -> BoardPicture:
    """A fresh picture of a board with the values."""
    board = replace(BoardState("honcho", date(2026, 11, 24), 5), **values)  # type: ignore[arg-type]
    return BoardPicture(board, office, Link.LIVE, None, 1.0, stale=False, now=NOON)


def test_the_newest_call_that_waits_for_its_visitor_stands_large() -> None:
    """Protects that the hero asks somebody to come, not somebody who is already served."""
    calls = (a_call(3, serving=True), a_call(2), a_call(1))
    screen = compose(a_picture(calls=calls), flashing=frozenset({key_of(calls[0]), key_of(calls[1])}))
    assert screen.hero is not None
    assert (screen.hero.number, screen.hero.flashing) == ("M-002", True)
    assert [(card.number, card.flashing) for card in screen.rows] == [("M-001", False), ("M-003", False)]


def test_who_is_announced_stands_large_and_the_others_wait_for_it() -> None:
    """Protects a call of a burst from losing the large place to the next one before its time."""
    calls = (a_call(3), a_call(2), a_call(1))
    picture = a_picture(calls=calls)

    def large(line: AnnouncementQueue) -> str:
        hero = compose(picture, line=line).hero
        assert hero is not None
        return hero.number

    assert large(AnnouncementQueue()) == "M-003"
    assert large(AnnouncementQueue(playing=calls[2], large=calls[2], waiting=calls[1::-1])) == "M-001"
    assert large(AnnouncementQueue(large=calls[2], waiting=calls[1::-1])) == "M-001"
    assert large(AnnouncementQueue(waiting=(calls[1], calls[0]))) == "M-002"
    came = (a_call(3), a_call(2), a_call(1, serving=True))
    picture = a_picture(calls=came)
    assert large(AnnouncementQueue(playing=calls[2], large=calls[2], waiting=(calls[0],))) == "M-002"
    assert large(AnnouncementQueue(playing=calls[2], large=calls[2], waiting=calls[1::-1])) == "M-003"


@pytest.mark.parametrize("absent", [(), ("M-200",)])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13, 14, 40])
def test_no_current_call_is_ever_left_out(count: int, absent: tuple[str, ...]) -> None:
    """Protects against the off-by-one that drops a number in the overflow: over all pages every call is shown."""
    calls = tuple(a_call(number) for number in range(1, count + 1))
    shown: set[str] = set()
    pages = compose(a_picture(calls=calls, absent=absent)).page[1]
    for page in range(pages):
        screen = compose(a_picture(calls=calls, absent=absent), monotonic=page * PAGE_SECONDS)
        assert screen.hero is not None
        shown |= {screen.hero.number} | {card.number for card in screen.rows}
        assert len(screen.rows) <= 12
    assert shown == {call.number for call in calls}


def test_absent_numbers_turn_their_pages() -> None:
    """Protects that a long list of absent numbers is shown whole, in turns."""
    absent = tuple(f"M-{number:03d}" for number in range(ABSENT_PER_PAGE + 3))
    first = compose(a_picture(absent=absent))
    second = compose(a_picture(absent=absent), monotonic=PAGE_SECONDS)
    assert first.absent + second.absent == absent


def test_a_quiet_hall_says_what_to_do() -> None:
    """Protects the empty screen: those who wait are told to sit, those without a number where to take one."""
    assert compose(a_picture()).message == Sentence("empty.nobody")
    assert compose(a_picture(waiting=1)).message == Sentence("empty.waiting")
    assert compose(a_picture(calls=(a_call(1),))).message is None


def test_a_closed_hall_says_when_it_opens_in_tokyo_time() -> None:
    """Protects the opening time from the time zone of the machine, and those who still wait from going home."""
    closed = OFFICE.model_copy(
        update={"open_now": False, "opens_at": datetime(2026, 11, 24, 23, 30, tzinfo=UTC)}
    )
    screen = compose(a_picture(office=closed))
    assert screen.headline == Sentence("closed.title")
    assert screen.message is not None
    assert dict(screen.message.values) == {
        "month": "11",
        "day": "25",
        "weekday": Sentence("weekday.2"),
        "time": "8:30",
    }
    early = closed.model_copy(update={"opens_at": NOON + timedelta(hours=1)})
    assert compose(a_picture(office=early)).message == Sentence("closed.opens_today", (("time", "13:00"),))
    unknown = closed.model_copy(update={"opens_at": None})
    assert compose(a_picture(office=unknown)).message == Sentence("closed.unknown")
    assert compose(a_picture(office=closed, waiting=2)).message == Sentence("closed.line")
    assert compose(a_picture(office=closed, calls=(a_call(1),))).message == Sentence("closed.line")


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (17.0, Sentence("stale.seconds", (("age", "17"),))),
        (7199.0, Sentence("stale.minutes", (("age", "119"),))),
        (7200.0, Sentence("stale.hours", (("age", "2"),))),
        (61.9, Sentence("stale.seconds", (("age", "61"),))),
        (119.9, Sentence("stale.seconds", (("age", "119"),))),
        (120.0, Sentence("stale.minutes", (("age", "2"),))),
        (3599.0, Sentence("stale.minutes", (("age", "59"),))),
        (3 * 3600.0, Sentence("stale.hours", (("age", "3"),))),
    ],
)
def test_an_old_picture_says_how_old_it_is(age: float, sentence: Sentence) -> None:
    """Protects the hall from trusting a frozen picture: the age is true to the second, later to the minute."""
    picture = replace(a_picture(calls=(a_call(1),)), age_seconds=age, stale=True)
    screen = compose(picture)
    assert screen.banner == sentence
    assert screen.hero is not None
    assert compose(a_picture()).banner is None


def test_a_refused_or_missing_server_fills_the_screen() -> None:
    """Protects staff from guessing: a refused token and an unreachable server have words of their own."""
    board = a_picture(calls=(a_call(1),))
    refused = compose(replace(board, link=Link.REFUSED, reason="status_403"))
    assert refused.mode is ScreenMode.TROUBLE
    assert refused.staff == Sentence("trouble.staff", (("reason", "status_403"),))
    assert compose(replace(board, board=None, link=Link.CONNECTING)).message == Sentence("starting.message")
    assert compose(replace(board, board=None, link=Link.LOST)).message == Sentence("starting.unreachable")
    assert compose(replace(board, link=Link.LOST)).mode is ScreenMode.BOARD


def test_the_clock_shows_tokyo() -> None:
    """Protects against a hall clock in UTC."""
    screen = compose(a_picture())
    assert screen.clock == "12:00"
    assert screen.date == Sentence(
        "date.today", (("month", "11"), ("day", "24"), ("weekday", Sentence("weekday.1")))
    )


@pytest.mark.parametrize("language", list(Language))
def test_every_language_has_every_text_and_its_typeface_every_character(language: Language) -> None:
    """Protects screens from Japanese gaps and from empty boxes."""
    catalogue = Catalogue("display", language)
    assert own_keys(catalogue) == catalogue.keys()
    path = fonts.face(language)
    number = 0 if path.suffix == ".ttc" else -1
    with TTFont(path, fontNumber=number, lazy=True) as font:
        known = set(font.getBestCmap())
    missing = {
        char
        for key in sorted(catalogue.keys())
        for char in catalogue.text(key)
        if char != "\n" and ord(char) not in known
    }
    assert missing == set()


def test_every_text_that_the_screen_speaks_exists() -> None:
    """Protects the display from ending on a missing sentence; the values of a sentence must fit, too."""
    import re

    source = "".join(
        (ROOT.parent / "queue_display" / name).read_text("utf-8")
        for name in ("hall_screen.py", "board_view.py")
    )
    spoken = set(re.findall(r'Sentence\(\s*"([a-z_.]+)"', source)) | {
        "call.recall",
        "call.serving",
        "title.calling",
    }
    assert len(spoken) > 15
    assert spoken <= Catalogue("display").keys()
    for language in Language:
        for key in sorted(Catalogue("display").keys()):
            places = set(re.findall(r"{(\w+)}", Catalogue("display").text(key)))
            own = set(re.findall(r"{(\w+)}", Catalogue("display", language).text(key)))
            assert own == places, (language, key)


def test_no_kivy_is_needed_to_decide_what_is_shown() -> None:
    """Protects the pure half of the display from the window half."""
    for name in (
        "board",
        "announce",
        "speaker",
        "feed",
        "config",
        "hall_screen",
        "places",
        "scenes",
        "chime",
    ):
        text = Path(ROOT.parent / "queue_display" / f"{name}.py").read_text("utf-8")
        assert "kivy" not in "".join(line for line in text.splitlines() if "import" in line), name
