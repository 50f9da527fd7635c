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
from queue_display.hall_screen import NOTICE_SECONDS, PAGE_SECONDS, ScreenMode, compose
from queue_display.places import ABSENT_PER_PAGE, CROWD, PAST, Places, Shape
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


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("absent", [(), ("M-200",)])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13, 14, 40])
def test_no_current_call_is_ever_left_out(count: int, absent: tuple[str, ...], shape: Shape) -> None:
    """Protects against the off-by-one that drops a number in the overflow: over all pages every call is shown."""
    calls = tuple(a_call(number) for number in range(1, count + 1))
    shown: set[str] = set()
    pages = compose(a_picture(calls=calls, absent=absent), shape=shape).page[1]
    for page in range(pages):
        screen = compose(a_picture(calls=calls, absent=absent), shape=shape, monotonic=page * PAGE_SECONDS)
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


def test_cards_that_are_made_take_turns_with_absent_numbers() -> None:
    """Protects the count of prepared cards and the absent numbers: on a wide screen, with one band, they alternate."""
    picture = a_picture(calls=(a_call(1),), absent=("M-200", "M-201", "M-202", "M-203"), preparing=3)
    turns = [compose(picture, monotonic=turn * PAGE_SECONDS) for turn in range(3)]
    assert [(screen.absent, screen.preparing) for screen in turns] == [
        (("M-200", "M-201", "M-202"), 0),
        (("M-203",), 0),
        ((), 3),
    ]
    assert len({screen.body for screen in turns}) == 1, "calls do not jump when the band takes turns"
    upright = compose(picture, shape=Shape.PORTRAIT)
    assert (upright.absent, upright.preparing) == (("M-200", "M-201", "M-202"), 3)
    crowd = compose(replace(picture, board=replace(picture.board, waiting=CROWD)))  # type: ignore[type-var]
    assert crowd.absent == ("M-200", "M-201")


def test_nobody_is_counted_on_an_old_picture() -> None:
    """Protects the hall from an outdated count of people, and from an old call that flashes as if it were new."""
    call = a_call(1)
    picture = a_picture(calls=(call,), waiting=5, preparing=2)
    old = compose(replace(picture, stale=True, age_seconds=200.0), flashing=frozenset({key_of(call)}))
    assert (old.waiting, old.preparing, old.counted) == (0, 0, False)
    assert old.hero is not None
    assert not old.hero.flashing


@pytest.mark.parametrize(
    ("shape", "count", "places"),
    [
        (Shape.LANDSCAPE, 1, Places.ONE),
        (Shape.LANDSCAPE, 3, Places.BANDS),
        (Shape.LANDSCAPE, 4, Places.CELLS),
        (Shape.PORTRAIT, 1, Places.ONE),
        (Shape.PORTRAIT, 5, Places.BANDS),
        (Shape.PORTRAIT, 6, Places.CELLS),
    ],
)
def test_calls_stand_as_large_as_their_count_allows(shape: Shape, count: int, places: Places) -> None:
    """Protects the size of a number: one fills the hall, a few stand in bands, and only many share columns."""
    calls = tuple(a_call(number) for number in range(1, count + 1))
    assert compose(a_picture(calls=calls), shape=shape).places is places


def test_the_first_call_stands_on_every_page() -> None:
    """Protects whoever is called this moment from a page that shows only others."""
    calls = tuple(a_call(number) for number in range(30, 0, -1))
    pages = [compose(a_picture(calls=calls), monotonic=page * PAGE_SECONDS) for page in range(3)]
    assert {screen.hero.number for screen in pages if screen.hero} == {"M-030"}
    assert len({screen.rows for screen in pages}) == 3


def test_the_last_six_numbers_are_remembered_while_people_wait() -> None:
    """Protects a waiting hall from an empty wall, and calls from numbers that are over."""
    past = tuple(a_call(number) for number in range(9))
    assert compose(a_picture(waiting=1, recent=past)).recent == tuple(f"M-{n:03d}" for n in range(PAST))
    assert compose(a_picture(waiting=1, recent=past, calls=(a_call(20),))).recent == ()


def test_a_message_and_the_end_of_the_day_take_turns() -> None:
    """Protects both the office's message and the note that reception has ended: they alternate."""
    words = (("ja", "北口が閉まります"),)
    closed = OFFICE.model_copy(update={"open_now": False})
    picture = replace(a_picture(calls=(a_call(1),)), message=words)
    assert compose(picture).notice == words
    ended = replace(picture, office=closed)
    assert [compose(ended, monotonic=turn * NOTICE_SECONDS).notice for turn in range(2)] == [
        words,
        Sentence("closed.line"),
    ]


def test_a_quiet_hall_says_what_to_do() -> None:
    """Protects the empty screen: those who wait are told to sit, those without a number where to take one."""
    assert compose(a_picture()).message == Sentence("empty.message")
    assert compose(a_picture(waiting=1)).message == Sentence("waiting.seat")
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
    assert compose(a_picture(office=closed, waiting=2)).notice == Sentence("closed.line")
    assert compose(a_picture(office=closed, calls=(a_call(1),))).notice == Sentence("closed.line")
    assert screen.notice is None


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
    assert screen.stale == sentence
    assert screen.hero is not None
    assert compose(a_picture()).stale is None


def test_a_refused_or_missing_server_fills_the_screen() -> None:
    """Protects staff from guessing: a refused token and an unreachable server have words of their own."""
    board = a_picture(calls=(a_call(1),))
    refused = compose(replace(board, link=Link.REFUSED, reason="status_403"))
    assert refused.mode is ScreenMode.TROUBLE
    assert refused.staff == Sentence("trouble.staff", (("reason", "status_403"),))
    assert compose(replace(board, board=None, link=Link.CONNECTING)).message == Sentence("starting.message")
    assert compose(replace(board, board=None, link=Link.LOST)).message == Sentence("starting.unreachable")
    assert compose(replace(board, link=Link.LOST)).mode is ScreenMode.CALLS


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
        for name in ("hall_screen.py", "plan_bands.py", "plan_calls.py", "plan_quiet.py")
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
    """Protects the modules without a window from importing Kivy."""
    for name in (
        "board",
        "announce",
        "speaker",
        "feed",
        "config",
        "hall_screen",
        "pieces",
        "places",
        "plan",
        "plan_bands",
        "plan_calls",
        "plan_quiet",
        "scenes",
        "speech",
        "chime",
    ):
        text = Path(ROOT.parent / "queue_display" / f"{name}.py").read_text("utf-8")
        assert "kivy" not in "".join(line for line in text.splitlines() if "import" in line), name
