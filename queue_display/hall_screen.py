"""What the screen shows, as plain values: a picture of the feed becomes a screen of cards, lists and sentences.

Texts stay keys here; the board view speaks them in the configured languages. Nothing here knows Kivy.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from backend.client import Link
from backend.common import TOKYO, Sentence, clock_face
from backend.wire import CallMessage, OfficeInfo, WindowKind
from queue_display import places
from queue_display.announce import AnnouncementQueue
from queue_display.board import BoardState, CallKey, key_of, past_calls
from queue_display.feed import BoardPicture

PAGE_SECONDS = 6.0
"""A list that is longer than its place turns its pages this slowly."""
LANGUAGE_SECONDS = 8.0
"""The second line speaks each further language for this long."""

ItemT = TypeVar("ItemT")


class ScreenMode(StrEnum):
    """What fills the screen."""

    STARTING = "starting"
    BOARD = "board"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Card:
    """A number at a window. ``flashing`` asks the visitor to come; ``recall`` says it once more."""

    number: str
    window: str
    kind: WindowKind
    serving: bool
    recall: bool
    flashing: bool


@dataclass(frozen=True)
class HallScreen:
    """Everything visible. Equal screens look the same, so that only a different one is drawn."""

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
    """Turn what is known into what is seen.

    Args:
        picture: the feed's knowledge.
        flashing: keys of calls whose ten seconds are not over.
        line: who is being announced, and who waits for it: one after another they have the large place.
        monotonic: seconds, for turning pages and languages.
        call_rows: current calls beside the large one that stand in two columns; more stand in three.
        recent_rows: lines of the list of earlier calls, as far as they fit.
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
    """Who is announced stands large; with nobody in line the newest call that still waits for its visitor.

    Where every visitor has come, it is the newest call of all.
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


def _day_values(day: datetime) -> tuple[tuple[str, object], ...]:
    """Values of a date."""
    return (
        ("month", str(day.month)),
        ("day", str(day.day)),
        ("weekday", Sentence(f"weekday.{day.weekday()}")),
    )


def _banner(picture: BoardPicture) -> Sentence | None:
    """How old the picture is, to the second for two minutes, then in whole minutes, then in whole hours."""
    if not picture.stale or picture.age_seconds is None:
        return None
    age = int(picture.age_seconds)
    if age < 120:
        return Sentence("stale.seconds", (("age", str(age)),))
    if age < 120 * 60:
        return Sentence("stale.minutes", (("age", str(age // 60)),))
    return Sentence("stale.hours", (("age", str(age // 3600)),))
