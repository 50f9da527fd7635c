"""What the screen shows, as plain values: a picture of the feed becomes a screen of cards, lists and sentences.

Texts stay keys here; the board view speaks them in the configured languages. Nothing here knows Kivy.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from assets.clock_face import TOKYO, clock_face
from backend.client.stream import Link
from backend.wire.codes import WindowKind
from backend.wire.messages import OfficeInfo
from queue_display.board import BoardState, Call, past_calls
from queue_display.feed import Picture

PAGE_SECONDS = 6.0
"""A list that is longer than its place turns its pages this slowly."""
LANGUAGE_SECONDS = 8.0
"""The second line speaks each further language for this long."""
ABSENT_PER_PAGE = 10
WIDE_COLUMNS = 3
NARROW_COLUMNS = 2

CallKey = tuple[object, ...]
ItemT = TypeVar("ItemT")


class Mode(StrEnum):
    """What fills the screen."""

    STARTING = "starting"
    BOARD = "board"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Sentence:
    """A text key with its values, spoken in every language of the screen."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Card:
    """A number at a window. ``flashing`` asks the visitor to come; ``recall`` says it once more."""

    number: str
    window: str
    kind: WindowKind
    serving: bool = False
    recall: bool = False
    flashing: bool = False


@dataclass(frozen=True)
class Screen:
    """Everything visible. Equal screens look the same, so that only a different one is drawn."""

    mode: Mode
    office_name: tuple[tuple[str, str], ...] = ()
    clock: str = ""
    date: Sentence | None = None
    headline: Sentence | None = None
    message: Sentence | None = None
    staff: Sentence | None = None
    hero: Card | None = None
    rows: tuple[Card, ...] = ()
    columns: int = NARROW_COLUMNS
    page: tuple[int, int] = (1, 1)
    recent: tuple[Card, ...] = ()
    waiting: int = 0
    preparing: int = 0
    absent: tuple[str, ...] = ()
    absent_page: tuple[int, int] = (1, 1)
    banner: Sentence | None = None
    second: int = 0


def compose(
    picture: Picture,
    *,
    flashing: frozenset[CallKey] = frozenset(),
    monotonic: float = 0.0,
    call_rows: int = 6,
    recent_rows: int = 6,
) -> Screen:
    """Turn what is known into what is seen.

    Args:
        picture: the feed's knowledge.
        flashing: keys of calls whose ten seconds are not over.
        monotonic: seconds, for turning pages and languages.
        call_rows: current calls beside the newest that are shown large; twice as many are shown smaller.
        recent_rows: lines of the list of earlier calls.
    """
    second = int(monotonic // LANGUAGE_SECONDS)
    if picture.link is Link.REFUSED:
        return Screen(
            Mode.TROUBLE,
            headline=Sentence("trouble.title"),
            message=Sentence("trouble.message"),
            staff=Sentence("trouble.staff", (("reason", picture.reason or "-"),)),
            second=second,
        )
    if picture.board is None:
        lost = picture.link is Link.LOST
        return Screen(
            Mode.STARTING,
            headline=Sentence("starting.title"),
            message=Sentence("starting.unreachable" if lost else "starting.message"),
            second=second,
        )
    board = picture.board
    hero, others = _split(board.calls, flashing)
    columns, per_page = _places(len(others), call_rows)
    rows, page = _page(others, per_page, monotonic)
    absent, absent_page = _page(board.absent, ABSENT_PER_PAGE, monotonic)
    headline, message = _sentences(board, picture.office, picture.now)
    return Screen(
        Mode.BOARD,
        office_name=tuple(picture.office.name.items()) if picture.office else (),
        clock=clock_face(picture.now) if picture.now else "",
        date=_date(picture.now),
        headline=headline,
        message=message,
        hero=hero,
        rows=rows,
        columns=columns,
        page=page,
        recent=tuple(_card(call, frozenset()) for call in past_calls(board, recent_rows)),
        waiting=board.waiting,
        preparing=board.preparing,
        absent=absent,
        absent_page=absent_page,
        banner=_banner(picture),
        second=second,
    )


def _split(calls: tuple[Call, ...], flashing: frozenset[CallKey]) -> tuple[Card | None, tuple[Card, ...]]:
    """The newest call that still waits for its visitor stands large; without one, the newest of all."""
    if not calls:
        return None, ()
    first = next((call for call in calls if not call.serving), calls[0])
    others = sorted((call for call in calls if call is not first), key=lambda call: call.serving)
    return _card(first, flashing), tuple(_card(call, flashing) for call in others)


def _card(call: Call, flashing: frozenset[CallKey]) -> Card:
    return Card(
        number=call.number,
        window=call.window,
        kind=call.kind,
        serving=call.serving,
        recall=call.count > 1,
        flashing=call.key in flashing and not call.serving,
    )


def _places(count: int, call_rows: int) -> tuple[int, int]:
    """Columns and cards per page for so many other calls: large while they fit, then smaller, then pages."""
    if count <= call_rows:
        return NARROW_COLUMNS, call_rows
    return WIDE_COLUMNS, call_rows * 2


def _page(
    items: tuple[ItemT, ...], per_page: int, monotonic: float
) -> tuple[tuple[ItemT, ...], tuple[int, int]]:
    """The entries of the page that is due, and which page of how many it is; nothing is ever left out."""
    pages = max(1, -(-len(items) // per_page))
    page = int(monotonic // PAGE_SECONDS) % pages
    return items[page * per_page : (page + 1) * per_page], (page + 1, pages)


def _sentences(
    board: BoardState, office: OfficeInfo | None, now: datetime | None
) -> tuple[Sentence | None, Sentence | None]:
    """Headline and message of a hall where nobody is called, or a line about the closing."""
    # The office is asked for more often than the board, so that it knows of the closing first.
    open_now = office.open_now if office is not None else board.open_now
    if not open_now:
        if board.calls or board.waiting:
            return (None if board.calls else Sentence("empty.title")), Sentence("closed.line")
        return _closed(office, now)
    if board.calls:
        return None, None
    return Sentence("empty.title"), Sentence("empty.waiting" if board.waiting else "empty.nobody")


def _closed(office: OfficeInfo | None, now: datetime | None) -> tuple[Sentence, Sentence]:
    """When the reception opens again, in Asia/Tokyo."""
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


def _day_values(day: datetime) -> tuple[tuple[str, str], ...]:
    """Values of a date; the weekday is a number that the speaker of the sentence turns into a word."""
    return (("month", str(day.month)), ("day", str(day.day)), ("weekday", str(day.weekday())))


def _banner(picture: Picture) -> Sentence | None:
    """How old the picture is, in the largest whole unit."""
    if not picture.stale or picture.age_seconds is None:
        return None
    age = int(picture.age_seconds)
    if age < 60:
        # In steps, so that the screen is not drawn anew every second.
        return Sentence("stale.seconds", (("age", str(age // 10 * 10)),))
    if age < 120 * 60:
        return Sentence("stale.minutes", (("age", str(age // 60)),))
    return Sentence("stale.hours", (("age", str(age // 3600)),))
