"""Which call is announced (chime and large place on the screen), and in which order: rules without side effects.

Rules:

- An announcement that has begun is never interrupted; others wait their turn in the order of their calls.
- The call that is announced stands in the large place for ``LARGE_SECONDS``, or until the visitor has come, but at
  least until its chime has ended. Of several calls in quick succession none is skipped; meanwhile each is shown in a
  smaller place.
- A visitor who is called again before being announced is announced once, with the latest call, at the turn of the
  first one.
- A recall after the announcement is an announcement of its own, with the chime twice.
- A call that is over before its turn (the visitor came, or the number left the window) is not announced.
- At most ``MOST_WAITING`` calls wait. If there are more at once, the oldest is not announced: it has already been shown
  longest in its smaller place.

The chime comes first and lasts at least one second, and a call flashes at no more than 2 Hz for about ten seconds: this
is common practice in municipal halls, after JIS S 0013 and S 0014.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.wire import CallMessage
from queue_display.board import key_of

LARGE_SECONDS = 5.0
"""How long a call stands in the large place before the next one may take it."""
MOST_WAITING = 16
FLASH_SECONDS = 10.0
"""How long a call flashes after it appeared, and again after its chime."""
FLASH_HALF_PERIOD_SECONDS = 0.5
"""One flash a second: calm, and well under the 2 Hz that the guidance allows."""
CHIMES_OF_RECALL = 2


class Cue(StrEnum):
    """The kinds of pieces in an announcement."""

    CHIME = "chime"
    FLASH = "flash"


@dataclass(frozen=True)
class Phrase:
    """One piece of the announcement of a call; it ends before the next piece begins."""

    cue: Cue
    call: CallMessage


def phrases(call: CallMessage) -> tuple[Phrase, ...]:
    """The pieces of a call's announcement in order: the chime, then the flash that shows where to look."""
    chimes = CHIMES_OF_RECALL if call.call_count > 1 else 1
    return (*(Phrase(Cue.CHIME, call) for _ in range(chimes)), Phrase(Cue.FLASH, call))


@dataclass(frozen=True)
class AnnouncementQueue:
    """Calls to announce, in the order in which they came.

    Attributes:
        playing: the call that is being announced.
        waiting: the calls that follow, the next one first.
        large: the call in the large place; between two announcements, still the last one.
        began: when ``playing`` began, in seconds of the caller's clock.
        sounding: whether its chime is still playing.
    """

    playing: CallMessage | None = None
    waiting: tuple[CallMessage, ...] = ()
    large: CallMessage | None = None
    began: float = 0.0
    sounding: bool = False

    @property
    def front(self) -> CallMessage | None:
        """The call that belongs in the large place; None if no call is being announced or waits."""
        return self.large or (self.waiting[0] if self.waiting else None)


def enqueue(line: AnnouncementQueue, call: CallMessage) -> AnnouncementQueue:
    """Add a call at the end, or put it in the place of an earlier call of the same visitor that still waits."""
    if line.playing is not None and key_of(line.playing) == key_of(call):
        return line
    for place, waiting in enumerate(line.waiting):
        if waiting.ticket_id == call.ticket_id:
            return replace(line, waiting=(*line.waiting[:place], call, *line.waiting[place + 1 :]))
    return replace(line, waiting=(*line.waiting, call)[-MOST_WAITING:])


def begin_next(line: AnnouncementQueue, now: float = 0.0) -> AnnouncementQueue:
    """Begin to announce the first waiting call, unless one is being announced. If none waits, free the large place.

    Args:
        line: the queue.
        now: seconds of the caller's clock.
    """
    if line.playing is not None:
        return line
    if not line.waiting:
        return AnnouncementQueue()
    first = line.waiting[0]
    return AnnouncementQueue(playing=first, waiting=line.waiting[1:], large=first, began=now, sounding=True)


def fall_silent(line: AnnouncementQueue) -> AnnouncementQueue:
    """Note that the chime has ended; the call stays in the large place for the rest of its time."""
    return replace(line, sounding=False)


def is_over(line: AnnouncementQueue, now: float, current: Iterable[CallMessage]) -> bool:
    """Whether the announcement may end: its chime has ended, and its time is over or its visitor no longer has to come.

    Args:
        line: the queue.
        now: seconds of the caller's clock.
        current: the present calls.
    """
    if line.playing is None:
        return True
    if line.sounding:
        return False
    called = line.playing.ticket_id
    return now - line.began >= LARGE_SECONDS or not any(
        call.ticket_id == called and not call.serving for call in current
    )


def finish(line: AnnouncementQueue) -> AnnouncementQueue:
    """End the announcement; if others wait, its call stays in the large place until the next one begins."""
    return replace(line, playing=None, large=line.playing if line.waiting else None, sounding=False)


def withdraw(line: AnnouncementQueue, current: Iterable[CallMessage]) -> AnnouncementQueue:
    """Drop waiting calls whose visitor has come, or whose number is no longer at that window."""
    wanted = {key_of(call) for call in current if not call.serving}
    return replace(line, waiting=tuple(call for call in line.waiting if key_of(call) in wanted))
