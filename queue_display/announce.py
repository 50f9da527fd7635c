"""What is heard of a call and stands in the large place, and in which order: pure rules over plain values.

Rules:

- An announcement that has begun is never cut; others wait their turn in the order of their calls.
- Who is announced stands in the large place, for at least ``LARGE_SECONDS`` or until the visitor has come. Of several
  calls in quick succession none is passed over; all the while each is seen in its smaller place.
- A visitor who is called again while still waiting in line is announced once, with the latest call, in the
  place of the first.
- A recall after the announcement is an announcement of its own, with the chime twice.
- A call that is over before its turn (the visitor came, or the number left the window) is not announced.
- No more than ``MOST_WAITING`` wait, whatever comes: an office with more calls than that at once leaves the oldest out,
  which has been seen longest in its smaller place.

Source of the chime before everything else, of at least one second, and of the flashing at no more than 2 Hz for
about ten seconds: common practice of municipal halls, after JIS S 0013 and S 0014.
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
    """A piece of an announcement."""

    CHIME = "chime"
    FLASH = "flash"


@dataclass(frozen=True)
class Phrase:
    """One piece of one call's announcement, played before the next piece begins."""

    cue: Cue
    call: CallMessage


def phrases(call: CallMessage) -> tuple[Phrase, ...]:
    """A call as ordered pieces: the chime, then the flash that ties the sound to a place on the screen."""
    chimes = CHIMES_OF_RECALL if call.call_count > 1 else 1
    return (*(Phrase(Cue.CHIME, call) for _ in range(chimes)), Phrase(Cue.FLASH, call))


@dataclass(frozen=True)
class AnnouncementQueue:
    """Calls that wait to be announced, first come first served.

    Attributes:
        playing: the announcement that has begun.
        waiting: those that follow, next first.
        large: whose call stands in the large place; between two announcements still that of the last one.
        began: when ``playing`` began, in seconds of the caller's clock.
        sounding: its chime is still heard.
    """

    playing: CallMessage | None = None
    waiting: tuple[CallMessage, ...] = ()
    large: CallMessage | None = None
    began: float = 0.0
    sounding: bool = False

    @property
    def front(self) -> CallMessage | None:
        """Whose call belongs in the large place, as long as it stands; None leaves it to the newest."""
        return self.large or (self.waiting[0] if self.waiting else None)


def enqueue(line: AnnouncementQueue, call: CallMessage) -> AnnouncementQueue:
    """Put a call at the end, or in the place of an earlier call of the same visitor that has not begun."""
    if line.playing is not None and key_of(line.playing) == key_of(call):
        return line
    for place, waiting in enumerate(line.waiting):
        if waiting.ticket_id == call.ticket_id:
            return replace(line, waiting=(*line.waiting[:place], call, *line.waiting[place + 1 :]))
    return replace(line, waiting=(*line.waiting, call)[-MOST_WAITING:])


def begin_next(line: AnnouncementQueue, now: float = 0.0) -> AnnouncementQueue:
    """Begin the first waiting call; a playing one is left alone until ``finish``. Without any, the large place is free."""
    if line.playing is not None:
        return line
    if not line.waiting:
        return AnnouncementQueue()
    first = line.waiting[0]
    return AnnouncementQueue(playing=first, waiting=line.waiting[1:], large=first, began=now, sounding=True)


def fall_silent(line: AnnouncementQueue) -> AnnouncementQueue:
    """The playing announcement has been heard; it stays large for the rest of its time."""
    return replace(line, sounding=False)


def is_over(line: AnnouncementQueue, now: float, current: Iterable[CallMessage]) -> bool:
    """Whether the playing announcement has had its time, or has lost its reason after it was heard."""
    if line.playing is None:
        return True
    if line.sounding:
        return False
    called = line.playing.ticket_id
    return now - line.began >= LARGE_SECONDS or not any(
        call.ticket_id == called and not call.serving for call in current
    )


def finish(line: AnnouncementQueue) -> AnnouncementQueue:
    """The playing announcement has ended; it keeps the large place until the next one begins."""
    return replace(line, playing=None, large=line.playing if line.waiting else None, sounding=False)


def withdraw(line: AnnouncementQueue, current: Iterable[CallMessage]) -> AnnouncementQueue:
    """Drop waiting calls whose visitor has come or whose number is no longer at that window."""
    wanted = {key_of(call) for call in current if not call.serving}
    return replace(line, waiting=tuple(call for call in line.waiting if key_of(call) in wanted))
