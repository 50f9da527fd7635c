"""What the screen shows, as plain values: cards, lists and sentences, made from what the feed knows.

Texts are keys here; the board view turns them into words in the configured languages. Nothing here uses Kivy.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from backend.client import Link
from backend.common import TOKYO, Sentence, clock_face
from backend.wire import CallMessage, OfficeInfo, Other, WindowKind
from queue_display import places
from queue_display.announce import AnnouncementQueue
from queue_display.board import BoardState, CallKey, key_of, past_calls
from queue_display.feed import BoardPicture

PAGE_SECONDS = 6.0
"""How long each page of a list is shown that is too long for its place."""
LANGUAGE_SECONDS = 8.0
"""How long each further language is shown in the second line."""

ItemT = TypeVar("ItemT")


class ScreenMode(StrEnum):
    """What the screen shows as a whole."""

    STARTING = "starting"
    BOARD = "board"
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
        office_name: pairs of a language's tag and the office's name.
        clock: time of day in Asia/Tokyo.
        date: the date in Asia/Tokyo.
        headline: the large text while nobody is called.
        message: the text below it, or the line below the calls.
        staff: a line for the staff, with the reason of a trouble.
        hero: the call in the large place.
        rows: the other present calls of this page.
        columns: columns of these rows.
        row: height of a row, in pixels of the 1080 high screen.
        page: number of this page, and how many pages there are.
        recent: earlier calls.
        waiting: how many visitors wait.
        preparing: how many visitors wait for their card after the check of their papers.
        absent: absent numbers of this page.
        absent_page: the same as ``page``, for absent numbers.
        banner: says how old the board is; None while it is up to date.
        second: number of the turn of the further languages.
    """

    mode: ScreenMode
    office_name: tuple[tuple[str, str], ...] = ()
    clock: str = ""
    date: Sentence | None = None
    headline: Sentence | None = None
    message: Sentence | None = None
    staff: Sentence | None = None
    hero: Card | None = None
    rows: tuple[Card, ...] = ()
    columns: int = places.WIDE_COLUMNS
    row: float = places.ROW
    page: tuple[int, int] = (1, 1)
    recent: tuple[Card, ...] = ()
    waiting: int = 0
    preparing: int = 0
    absent: tuple[str, ...] = ()
    absent_page: tuple[int, int] = (1, 1)
    banner: Sentence | None = None
    second: int = 0


def compose(
    picture: BoardPicture,
    *,
    flashing: frozenset[CallKey] = frozenset(),
    line: AnnouncementQueue | None = None,
    monotonic: float = 0.0,
    call_rows: int = 6,
    recent_rows: int = 6,
) -> HallScreen:
    """Make the screen from what is known.

    Args:
        picture: what the feed knows.
        flashing: keys of the calls that flash now.
        line: the calls that are announced one after another, each in the large place.
        monotonic: monotonic seconds; pages and languages change by them.
        call_rows: how many calls beside the large one are shown in two columns; more are shown in three.
        recent_rows: the most lines of the list of earlier calls; fewer are shown where they do not fit.
    """
    second = int(monotonic // LANGUAGE_SECONDS)
    if picture.link is Link.REFUSED:
        return HallScreen(
            ScreenMode.TROUBLE,
            headline=Sentence("trouble.title"),
            message=Sentence("trouble.message"),
            staff=Sentence("trouble.staff", (("reason", picture.reason or "-"),)),
            second=second,
        )
    if picture.board is None:
        lost = picture.link is Link.LOST
        return HallScreen(
            ScreenMode.STARTING,
            headline=Sentence("starting.title"),
            message=Sentence("starting.unreachable" if lost else "starting.message"),
            second=second,
        )
    board = picture.board
    hero, others = _split(board.calls, flashing, line or AnnouncementQueue())
    headline, message = _sentences(board, picture.office, picture.now)
    banner = _banner(picture)
    room = places.body(banner=banner is not None, counts=banner is None, absent=bool(board.absent))
    below = places.NOTICE + places.GAP if hero is not None and message is not None else 0.0
    grid = places.grid([(card.number, card.window) for card in others], call_rows, room - below)
    rows, page = _page(others, grid.per_page, monotonic)
    absent, absent_page = _page(board.absent, places.absent_per_page(board.absent), monotonic)
    past = past_calls(board, places.past_lines(room, recent_rows))
    return HallScreen(
        ScreenMode.BOARD,
        office_name=tuple(picture.office.name.items()) if picture.office else (),
        clock=clock_face(picture.now) if picture.now else "",
        date=_date(picture.now),
        headline=headline,
        message=message,
        hero=hero,
        rows=rows,
        columns=grid.columns,
        row=grid.row,
        page=page,
        recent=tuple(_card(call, frozenset()) for call in past),
        waiting=board.waiting,
        preparing=board.preparing,
        absent=absent,
        absent_page=absent_page,
        banner=banner,
        second=second,
    )


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
) -> tuple[Sentence | None, Sentence | None]:
    """Headline and message while nobody is called; while calls are shown, only a line that the office has closed."""
    # The office is asked for more often than the board, so it is the first to know of the closing.
    open_now = office.open_now if office is not None else board.open_now
    if not open_now:
        if board.calls or board.waiting:
            return (None if board.calls else Sentence("empty.title")), Sentence("closed.line")
        return _closed(office, now)
    if board.calls:
        return None, None
    return Sentence("empty.title"), Sentence("empty.waiting" if board.waiting else "empty.nobody")


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


def _banner(picture: BoardPicture) -> Sentence | None:
    """How old the board is, if it counts as old: in seconds, from two minutes in minutes, from two hours in hours."""
    if not picture.stale or picture.age_seconds is None:
        return None
    age = int(picture.age_seconds)
    if age < 120:
        return Sentence("stale.seconds", (("age", str(age)),))
    if age < 120 * 60:
        return Sentence("stale.minutes", (("age", str(age // 60)),))
    return Sentence("stale.hours", (("age", str(age // 3600)),))
