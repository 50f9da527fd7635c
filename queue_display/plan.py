"""The layout of the whole screen: turns what is shown into the pieces that are drawn, for both orientations."""

from collections.abc import Iterator

from queue_display.hall_screen import HallScreen, ScreenMode
from queue_display.pieces import Piece
from queue_display.places import ROOMS
from queue_display.plan_bands import footer, header, notice, stale
from queue_display.plan_calls import calls
from queue_display.plan_quiet import cover, quiet
from queue_display.speech import Speech


def plan(screen: HallScreen, speech: Speech) -> tuple[Piece, ...]:
    """All pieces of a screen, the bottom-most layer first."""
    return tuple(piece for piece in _pieces(screen, speech) if getattr(piece, "said", None) != "")


def _pieces(screen: HallScreen, speech: Speech) -> Iterator[Piece]:
    if screen.mode in {ScreenMode.STARTING, ScreenMode.TROUBLE}:
        yield from cover(screen, speech)
        return
    room = ROOMS[screen.shape]
    yield from header(screen, speech)
    yield from stale(screen, speech, room.header)
    top = room.header + (room.stale if screen.stale is not None else 0)
    yield from (calls if screen.mode is ScreenMode.CALLS else quiet)(screen, speech, top)
    bottom = top + screen.body + (room.notice if screen.notice is not None else 0)
    yield from notice(screen, speech, bottom)
    yield from footer(screen, speech)
