"""Every state of the hall's screen, with the longest words and numbers that may appear.

Used by the command ``uketsuke-display screens`` that draws them all, and by the tests of the layout.
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from backend.client import Link
from backend.common import locate
from backend.wire import CallMessage, OfficeInfo, WindowKind
from queue_display.announce import AnnouncementQueue
from queue_display.board import BoardState, CallKey, key_of
from queue_display.feed import BoardPicture
from queue_display.hall_screen import PAGE_SECONDS, HallScreen, compose
from queue_display.places import Shape

NOW = datetime(2026, 12, 22, 1, 30, tzinfo=UTC)
"""A day whose date is long in every language."""
_STANDING = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)


@dataclass(frozen=True)
class Scene:
    """What the feed knows, and what else the screen depends on."""

    picture: BoardPicture
    flashing: frozenset[CallKey] = frozenset()
    line: AnnouncementQueue | None = None
    second: int = 0
    """Counts the turns in which the further languages are shown one after another."""
    page: int = 0
    """Number of the page of long lists, from 0."""

    def screen(self, shape: Shape = Shape.LANDSCAPE) -> HallScreen:
        """The screen of this scene."""
        shown = compose(
            self.picture,
            shape=shape,
            flashing=self.flashing,
            line=self.line,
            monotonic=self.page * PAGE_SECONDS,
        )
        return replace(shown, second=self.second)


def a_call(ticket: int, window: str, kind: WindowKind = WindowKind.RECEPTION, **more: Any) -> CallMessage:
    """A call of ticket M-<ticket>."""
    return CallMessage(
        ticket_id=UUID(int=ticket), number=f"M-{ticket:03d}", window=window, kind=kind, called_at=NOW, **more
    )


def standing(count: int) -> tuple[CallMessage, ...]:
    """Several calls at once: both kinds of windows, wide letters, long labels from the tenth on, some being served."""
    return tuple(
        CallMessage(
            ticket_id=UUID(int=number),
            number=f"{'WMP'[number % 3]}-{880 + number}",
            window=str(number),
            kind=WindowKind.ISSUANCE if number % 4 == 0 else WindowKind.RECEPTION,
            called_at=NOW,
            call_count=2 if number % 5 == 0 else 1,
            serving=number % 6 == 2,
        )
        for number in range(1, count + 1)
    )


SIX = (
    a_call(18, "5"),
    a_call(17, "C", WindowKind.ISSUANCE),
    a_call(16, "4", count=2),
    a_call(15, "2", serving=True),
    a_call(14, "B", WindowKind.ISSUANCE, serving=True),
    a_call(888, "1", serving=True),
)
PAST = tuple(a_call(100 + number, str(number)) for number in range(9))
ABSENT = tuple(f"M-{number}" for number in range(200, 213))


@cache
def _longest_office() -> OfficeInfo:
    """An office that has, in each language, the longest name of the offices in ``shinjuku.toml``."""
    offices = tomllib.loads(locate("offices", "shinjuku.toml").read_text("utf-8"))["office"]
    names = {
        tag: max((office["name"].get(tag, "") for office in offices), key=len)
        for tag in ("ja", "en", "zh-Hans", "ko")
    }
    return OfficeInfo(office_id="00", name=names, open_now=True, server_time=NOW)


def _picture(*, office: OfficeInfo | None = None, **values: Any) -> BoardPicture:
    """What the feed knows with an up-to-date board; ``values`` are fields of the board."""
    board = replace(BoardState("00", date(2026, 12, 22), 5), **values)
    return BoardPicture(board, office or _longest_office(), Link.LIVE, None, 1.0, stale=False, now=NOW)


def _label(number: str, window: str, kind: WindowKind = WindowKind.ISSUANCE) -> CallMessage:
    """A call of a long number to a window with a long label."""
    return CallMessage(
        ticket_id=UUID(int=sum(map(ord, number))), number=number, window=window, kind=kind, called_at=NOW
    )


MESSAGE = (
    ("ja", "正面玄関は午後5時に閉まります。お帰りの際は、北側の通用口をご利用ください。"),
    ("en", "The main entrance closes at 5 p.m. Please leave by the north door."),
)


def _stale(picture: BoardPicture, seconds: float) -> BoardPicture:
    return replace(picture, age_seconds=seconds, stale=True)


def scenes() -> dict[str, Scene]:
    """Every state by name, in the order of a day."""
    office = _longest_office()
    opens = datetime(2026, 12, 22, 23, 30, tzinfo=UTC)
    closed = office.model_copy(update={"open_now": False, "opens_at": opens})
    early = closed.model_copy(update={"opens_at": NOW + timedelta(hours=1)})
    unknown = closed.model_copy(update={"opens_at": None})
    many = standing(20)
    busy: dict[str, Any] = {"waiting": 128, "preparing": 23, "recent": PAST}
    burst = AnnouncementQueue(playing=SIX[2], waiting=SIX[1::-1], large=SIX[2], sounding=True)
    return {
        "starting": Scene(replace(_picture(), board=None, link=Link.CONNECTING)),
        "starting_unreachable": Scene(replace(_picture(), board=None, link=Link.LOST)),
        "closed_today": Scene(_picture(office=early)),
        "empty": Scene(_picture()),
        "waiting": Scene(_picture(waiting=7, recent=PAST[:3])),
        "quiet_absent": Scene(_picture(absent=ABSENT)),
        "quiet_stale": Scene(_stale(_picture(waiting=7, recent=PAST[:3]), 200.0)),
        "quiet_stale_absent": Scene(_stale(_picture(waiting=7, recent=PAST[:3], absent=ABSENT), 7 * 3600.0)),
        "one": Scene(
            _picture(waiting=6, preparing=2, calls=SIX[:1], recent=PAST), frozenset({key_of(SIX[0])})
        ),
        "recall": Scene(_picture(waiting=6, calls=SIX[2:3], recent=PAST), frozenset({key_of(SIX[2])})),
        "serving": Scene(_picture(waiting=6, calls=SIX[3:4], recent=PAST)),
        "issuance": Scene(_picture(waiting=6, calls=SIX[1:2], recent=PAST, absent=ABSENT[:2])),
        "six": Scene(
            _picture(waiting=12, calls=SIX, recent=PAST, absent=ABSENT[:1]),
            frozenset({key_of(SIX[0]), key_of(SIX[2])}),
        ),
        "burst": Scene(
            _picture(waiting=12, calls=SIX[:3], recent=PAST),
            frozenset(key_of(call) for call in SIX[:3]),
            burst,
        ),
        **{f"standing_{count}": Scene(_picture(calls=standing(count), **busy)) for count in _STANDING},
        "many": Scene(
            _picture(calls=many, absent=ABSENT, **busy),
            frozenset({key_of(many[0])}),
        ),
        "many_second_page": Scene(_picture(calls=many, absent=ABSENT, **busy), page=1),
        "long_numbers": Scene(
            _picture(
                calls=tuple(
                    _label(f"W-{8880 + number}", f"W{number}8" if number else "W") for number in range(8)
                ),
                absent=tuple(f"W-{8888 + number}" for number in range(5)),
                waiting=1288,
                preparing=888,
            )
        ),
        "long_label": Scene(_picture(waiting=999, calls=(_label("W-888", "W88"),))),
        "long_labels": Scene(
            _picture(
                waiting=999,
                preparing=999,
                absent=ABSENT,
                calls=(_label("W-8888", "W88"), _label("W-886", "W86", WindowKind.RECEPTION)),
            )
        ),
        "waiting_999": Scene(
            _picture(waiting=999, preparing=99, recent=tuple(_label(f"W-{880 + n}", "1") for n in range(6)))
        ),
        "message": Scene(replace(_picture(waiting=12, calls=SIX[:3]), message=MESSAGE)),
        "message_quiet": Scene(replace(_picture(waiting=12, recent=PAST), message=MESSAGE)),
        "message_other_language": Scene(replace(_picture(waiting=12, calls=many), message=MESSAGE), second=1),
        "absent_other_language": Scene(_picture(waiting=12, calls=SIX, recent=PAST, absent=ABSENT), second=1),
        "stale": Scene(_stale(_picture(waiting=12, calls=SIX, recent=PAST, absent=ABSENT), 200.0)),
        "stale_seconds": Scene(_stale(_picture(waiting=12, calls=SIX[:1]), 17.0)),
        "stale_hours": Scene(_stale(_picture(calls=many, absent=ABSENT, **busy), 7 * 3600.0)),
        "closed_calls": Scene(_picture(office=closed, waiting=2, calls=SIX[:2])),
        "closed_many": Scene(_picture(office=closed, calls=many, absent=ABSENT, **busy)),
        "closed": Scene(_picture(office=closed, recent=PAST[:4])),
        "closed_unknown": Scene(_picture(office=unknown)),
        "trouble": Scene(replace(_picture(), link=Link.REFUSED, reason="status_403")),
    }
