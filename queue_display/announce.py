"""What is heard of a call, and in which order: pure rules over plain values.

Rules:

- An announcement that has begun is never cut; others wait their turn in the order of their calls.
- A visitor who is called again while still waiting in line is announced once, with the latest call, in the
  place of the first.
- A recall after the announcement is an announcement of its own, with the chime twice.
- A call that is over before its turn (the visitor came, or the number left the window) is not announced.

Source of the chime before everything else, of at least one second, and of the flashing at no more than 2 Hz for
about ten seconds: common practice of municipal halls, after JIS S 0013 and S 0014.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from queue_display.board import Call

FLASH_SECONDS = 10.0
"""How long a call flashes after it appeared, and again after its chime."""
FLASH_HALF_PERIOD_SECONDS = 0.5
"""One flash a second: calm, and well under the 2 Hz that the guidance allows."""
CHIMES_OF_RECALL = 2


class Cue(StrEnum):
    """A piece of an announcement."""

    CHIME = "chime"
    FLASH = "flash"


@dataclass(frozen=True)
class Phrase:
    """One piece of one call's announcement, played before the next piece begins."""

    cue: Cue
    call: Call


def phrases(call: Call) -> tuple[Phrase, ...]:
    """A call as ordered pieces: the chime, then the flash that ties the sound to a place on the screen."""
    chimes = CHIMES_OF_RECALL if call.count > 1 else 1
    return (*(Phrase(Cue.CHIME, call) for _ in range(chimes)), Phrase(Cue.FLASH, call))


@dataclass(frozen=True)
class Line:
    """Calls that wait to be announced, first come first served; ``playing`` has begun."""

    playing: Call | None = None
    waiting: tuple[Call, ...] = ()


def enqueue(line: Line, call: Call) -> Line:
    """Put a call at the end, or in the place of an earlier call of the same visitor that has not begun."""
    if line.playing is not None and line.playing.key == call.key:
        return line
    for place, waiting in enumerate(line.waiting):
        if waiting.ticket_id == call.ticket_id:
            return replace(line, waiting=(*line.waiting[:place], call, *line.waiting[place + 1 :]))
    return replace(line, waiting=(*line.waiting, call))


def begin_next(line: Line) -> Line:
    """Begin the first waiting call; a playing one is left alone until ``finish``."""
    if line.playing is not None or not line.waiting:
        return line
    return Line(playing=line.waiting[0], waiting=line.waiting[1:])


def finish(line: Line) -> Line:
    """The playing announcement has ended."""
    return replace(line, playing=None)


def withdraw(line: Line, current: Iterable[Call]) -> Line:
    """Drop waiting calls whose visitor has come or whose number is no longer at that window."""
    wanted = {call.key for call in current if not call.serving}
    return replace(line, waiting=tuple(call for call in line.waiting if call.key in wanted))
