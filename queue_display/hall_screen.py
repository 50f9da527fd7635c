"""What the screen shows, as plain values: cards, lists and sentences, made from what the feed knows.

Texts are keys here; the board view turns them into words in the configured languages. Nothing here uses Kivy.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from backend.client import Link
from backend.common import TOKYO, Sentence, clock_face
from backend.wire import CallMessage, OfficeInfo, Other, WindowKind
from queue_display.announce import AnnouncementQueue
from queue_display.board import BoardState, CallKey, key_of, past_calls
from queue_display.feed import BoardPicture
from queue_display.places import CROWD, PAST, ROOMS, Places, Shape, absent_per_page

PAGE_SECONDS = 6.0
"""How long each page is shown, of a list that is too long for its place."""
LANGUAGE_SECONDS = 8.0
"""How long each further language is shown in the second line."""
NOTICE_SECONDS = 16.0
"""How long each message is shown if there are several: long enough for two languages."""

ItemT = TypeVar("ItemT")


Message = tuple[tuple[str, str], ...]
"""A message whose text is not in the catalogue: pairs of a language's tag and the text."""


class ScreenMode(StrEnum):
    """What the screen shows as a whole."""

    STARTING = "starting"
    CALLS = "calls"
    WAITING = "waiting"
    EMPTY = "empty"
    CLOSED = "closed"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Card:
    """A number that was called to a window.

    Attributes:
        number: the number, for example M-012.
        window: the label of the window.
        kind: the kind of window.
        serving: the visitor has come.
        recall: the number has been called more than once.
        flashing: the card flashes to draw attention.
    """

    number: str
    window: str
    kind: WindowKind | Other
    serving: bool
    recall: bool
    flashing: bool


@dataclass(frozen=True)
class HallScreen:
    """Everything visible. Equal screens look the same, so only a different one is drawn.

    Attributes:
        mode: what the screen shows as a whole.
        shape: landscape or upright.
        office_name: pairs of a language's tag and the office's name.
        clock: time of day in Asia/Tokyo.
        date: the date in Asia/Tokyo.
        headline: the large text while nobody is called.
        message: the text below it.
        staff: a line for the staff, with the reason of a trouble.
        hero: the call in the first place: the one that is announced, else the newest.
        rows: the other present calls of this page.
        places: how the calls are arranged.
        page: number of this page, and how many pages there are.
        recent: the numbers that were called last, shown while nobody is called.
        waiting: how many visitors wait; 0 if that is not shown.
        preparing: how many visitors wait for their card after the check of their papers; 0 if that is not shown.
        absent: absent numbers of this page.
        absent_page: as ``page``, but for absent numbers.
        notice: the message in the band above the footer.
        stale: says how old the board is; None while it is up to date.
        second: counts the turns in which the further languages are shown one after another.
    """

    mode: ScreenMode
    shape: Shape = Shape.LANDSCAPE
    office_name: tuple[tuple[str, str], ...] = ()
    clock: str = ""
    date: Sentence | None = None
    headline: Sentence | None = None
    message: Sentence | None = None
    staff: Sentence | None = None
    hero: Card | None = None
    rows: tuple[Card, ...] = ()
    places: Places = Places.ONE
    page: tuple[int, int] = (1, 1)
    recent: tuple[str, ...] = ()
    waiting: int = 0
    preparing: int = 0
    absent: tuple[str, ...] = ()
    absent_page: tuple[int, int] = (1, 1)
    notice: Sentence | Message | None = None
    stale: Sentence | None = None
    second: int = 0

    @property
    def body(self) -> float:
        """The height that is left for the calls, in pixels of the design."""
        return ROOMS[self.shape].body(
            stale=self.stale is not None,
            notice=self.notice is not None,
            counts=self.counted,
            absent=bool(self.absent),
        )

    @property
    def counted(self) -> bool:
        """Whether the footer shows a count; while nobody is called, the number of those who wait is in the middle."""
        return bool((self.waiting and self.mode is not ScreenMode.WAITING) or self.preparing)


def compose(
    picture: BoardPicture,
    *,
    shape: Shape = Shape.LANDSCAPE,
    flashing: frozenset[CallKey] = frozenset(),
    line: AnnouncementQueue | None = None,
    monotonic: float = 0.0,
) -> HallScreen:
    """Make the screen from what is known.

    Args:
        picture: what the feed knows.
        shape: landscape or upright.
        flashing: keys of the calls that are new.
        line: the calls that are announced one after another, each in the first place.
        monotonic: monotonic seconds; pages and languages change by them.
    """
    second = int(monotonic // LANGUAGE_SECONDS)
    if picture.link is Link.REFUSED:
        return HallScreen(
            ScreenMode.TROUBLE,
            shape,
            headline=Sentence("trouble.title"),
            message=Sentence("trouble.message"),
            staff=Sentence("trouble.staff", (("reason", picture.reason or "-"),)),
            second=second,
        )
    if picture.board is None:
        lost = picture.link is Link.LOST
        return HallScreen(
            ScreenMode.STARTING,
            shape,
            headline=Sentence("starting.title"),
            message=Sentence("starting.unreachable" if lost else "starting.message"),
            second=second,
        )
    board, stale = picture.board, _stale(picture)
    mode, headline, message = _sentences(board, picture.office, picture.now)
    notices = _notices(picture, mode)
    # If the board is old, it is not known how many visitors wait, and no call counts as new.
    calm = stale is not None
    absent, absent_page, preparing = _footer(board, shape, monotonic, calm=calm)
    screen = HallScreen(
        mode,
        shape,
        office_name=tuple(picture.office.name.items()) if picture.office else (),
        clock=clock_face(picture.now) if picture.now else "",
        date=_date(picture.now),
        headline=headline,
        message=message,
        recent=tuple(call.number for call in past_calls(board, PAST)) if mode is ScreenMode.WAITING else (),
        waiting=0 if calm else board.waiting,
        preparing=preparing,
        absent=absent,
        absent_page=absent_page,
        notice=notices[int(monotonic // NOTICE_SECONDS) % len(notices)] if notices else None,
        stale=stale,
        second=second,
    )
    return _with_calls(screen, board, frozenset() if calm else flashing, line, monotonic)


def _with_calls(
    screen: HallScreen,
    board: BoardState,
    flashing: frozenset[CallKey],
    line: AnnouncementQueue | None,
    monotonic: float,
) -> HallScreen:
    """Give the present calls their places; the first one is on every page."""
    hero, others = _split(board.calls, flashing, line or AnnouncementQueue())
    room = ROOMS[screen.shape]
    arranged = room.arrange(len(board.calls), screen.body)
    per_page = room.cells(screen.body) - 1 if arranged is Places.CELLS else max(1, len(others))
    rows, page = _page(others, max(1, per_page), monotonic)
    return replace(screen, hero=hero, rows=rows, places=arranged, page=page)


def _footer(
    board: BoardState, shape: Shape, monotonic: float, *, calm: bool
) -> tuple[tuple[str, ...], tuple[int, int], int]:
    """The absent numbers of this page, the page, and how many cards are prepared, where that is shown now.

    If absent numbers and counts share a band, the count of prepared cards alternates with the pages of absent numbers.
    """
    absent, preparing = board.absent, 0 if calm else board.preparing
    crowded = not ROOMS[shape].absent and not calm and board.waiting >= CROWD
    per_page = absent_per_page(absent, crowded=crowded)
    if not absent or not preparing or ROOMS[shape].absent:
        return *_page(absent, per_page, monotonic), preparing
    pages = -(-len(absent) // per_page)
    turn = int(monotonic // PAGE_SECONDS) % (pages + 1)
    if turn == pages:
        return (), (pages, pages), preparing
    return *_page(absent, per_page, turn * PAGE_SECONDS), 0


def _split(
    calls: tuple[CallMessage, ...], flashing: frozenset[CallKey], line: AnnouncementQueue
) -> tuple[Card | None, tuple[Card, ...]]:
    """Choose the call for the large place; returns it, and the others.

    It is the call that is announced; without one, the newest call whose visitor has not come; if all visitors have
    come, the newest call of all.
    """
    if not calls:
        return None, ()
    asked = [call for call in calls if not call.serving]
    front = line.front.ticket_id if line.front is not None else None
    in_line = {call.ticket_id for call in line.waiting}
    announced = [call for call in asked if call.ticket_id == front]
    heard = [call for call in asked if call.ticket_id not in in_line]
    first = (*announced, *heard, *asked, *calls)[0]
    others = sorted((call for call in calls if call is not first), key=lambda call: call.serving)
    return _card(first, flashing), tuple(_card(call, flashing) for call in others)


def _card(call: CallMessage, flashing: frozenset[CallKey]) -> Card:
    return Card(
        number=call.number,
        window=call.window,
        kind=call.kind,
        serving=call.serving,
        recall=call.call_count > 1,
        flashing=key_of(call) in flashing and not call.serving,
    )


def _page(
    items: tuple[ItemT, ...], per_page: int, monotonic: float
) -> tuple[tuple[ItemT, ...], tuple[int, int]]:
    """The entries of the present page, its number, and how many pages there are; every entry is on some page."""
    pages = max(1, -(-len(items) // per_page))
    page = int(monotonic // PAGE_SECONDS) % pages
    return items[page * per_page : (page + 1) * per_page], (page + 1, pages)


def _sentences(
    board: BoardState, office: OfficeInfo | None, now: datetime | None
) -> tuple[ScreenMode, Sentence | None, Sentence | None]:
    """The screen's mode, with a headline and a message while nobody is called."""
    if board.calls:
        return ScreenMode.CALLS, None, None
    if board.waiting:
        return ScreenMode.WAITING, Sentence("waiting.title"), Sentence("waiting.seat")
    if not _is_open(board, office):
        return ScreenMode.CLOSED, *_closed(office, now)
    return ScreenMode.EMPTY, Sentence("empty.title"), Sentence("empty.message")


def _is_open(board: BoardState, office: OfficeInfo | None) -> bool:
    # The office is fetched more often than the board, so it is the first to show that the office has closed.
    return office.open_now if office is not None else board.open_now


def _notices(picture: BoardPicture, mode: ScreenMode) -> tuple[Sentence | Message, ...]:
    """What the band above the footer shows in turn: the message for the hall, and that no new numbers are given."""
    board = picture.board
    ends = board is not None and mode is not ScreenMode.CLOSED and not _is_open(board, picture.office)
    return (
        *((picture.message,) if picture.message else ()),
        *((Sentence("closed.line"),) if ends else ()),
    )


def _closed(office: OfficeInfo | None, now: datetime | None) -> tuple[Sentence, Sentence]:
    """Headline and message that say when the reception opens again, in Asia/Tokyo."""
    if office is None or office.opens_at is None:
        return Sentence("closed.title_before"), Sentence("closed.unknown")
    opens = office.opens_at.astimezone(TOKYO)
    time = ("time", clock_face(opens))
    today = (now or office.server_time).astimezone(TOKYO).date()
    if opens.date() == today:
        return Sentence("closed.title_before"), Sentence("closed.opens_today", (time,))
    return Sentence("closed.title"), Sentence("closed.opens", (*_day_values(opens), time))


def _date(now: datetime | None) -> Sentence | None:
    return Sentence("date.today", _day_values(now.astimezone(TOKYO))) if now else None


def _day_values(day: datetime) -> tuple[tuple[str, object], ...]:
    """Values for the placeholders of a date."""
    return (
        ("month", str(day.month)),
        ("day", str(day.day)),
        ("weekday", Sentence(f"weekday.{day.weekday()}")),
    )


def _stale(picture: BoardPicture) -> Sentence | None:
    """How old the board is, if it is old: in seconds, from two minutes on in minutes, from two hours on in hours."""
    if not picture.stale or picture.age_seconds is None:
        return None
    age = int(picture.age_seconds)
    if age < 120:
        return Sentence("stale.seconds", (("age", str(age)),))
    if age < 120 * 60:
        return Sentence("stale.minutes", (("age", str(age // 60)),))
    return Sentence("stale.hours", (("age", str(age // 3600)),))
