"""Decides which code in view a visitor means, and when that is certain enough to report a scan.

A frame may show more than the notice: the back of a card with its own code, an application form, an address.
Each code is classified in memory. Only the text of a single code of ours is kept, and of other codes only the kind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.wire import ScanReason
from kiosk.camera import Frame
from kiosk.reading.code_book import NOTHING, FrameVerdict
from kiosk.reading.detection import DecodedSymbol

VerdictKey = tuple[ScanReason, str | None]
"""Two readings agree if their keys are equal."""

DOUBT_SECONDS = 0.4
"""How long something else must be in view, without a notice, before the visitor is told about it."""

HARD_SECONDS = 2.0
"""How long a code may be detected without being read before the visitor is helped."""


@dataclass(frozen=True)
class Scan:
    """A verdict that has become certain: a code was held up.

    Attributes:
        verdict: the verdict on each of the agreeing frames: ``ok``; ``ambiguous`` (several codes of ours in view),
            ``foreign`` (none of ours) and ``hard_to_read`` (detected but not read) become hints to the visitor;
            ``my_number`` is refused.
        captured_wall: when the first of these frames was taken, by this device's clock, in UTC.
    """

    verdict: FrameVerdict
    captured_wall: datetime


def verdict_of(symbols: Sequence[DecodedSymbol], ours: Callable[[str], bool]) -> FrameVerdict:
    """The verdict on one frame: one code of ours, several, or something else.

    Two different readings of one place are ambiguous, and the same code at two places counts as two codes. Notices have
    no codes that share one text, so a code with only a part of a text is never ours.

    Args:
        symbols: every code that was read, each once.
        ours: says whether a text is one of our codes.
    """
    own = [symbol for symbol in symbols if not (symbol.my_number or symbol.part) and ours(symbol.text)]
    if own:
        disputed = any(symbol is not own[0] and symbol.same_place(own[0]) for symbol in symbols)
        if len(own) > 1 or disputed:
            return FrameVerdict(ScanReason.AMBIGUOUS)
        return FrameVerdict(ScanReason.OK, own[0].text)
    if any(symbol.my_number for symbol in symbols):
        return FrameVerdict(ScanReason.MY_NUMBER)
    return FrameVerdict(ScanReason.FOREIGN) if symbols else NOTHING


class Confirmation:
    """Decides when a verdict counts. It has no clock of its own: time comes with the frames.

    One of our codes counts when two readings agree, and is reported once until it has left the view. Anything else
    counts only after ``doubt`` seconds without one of ours: a notice that is harder to read than the card beside it
    must not be answered with a refusal.

    Args:
        gone_after: readings without a code after which it has left the view and may be reported again.
        patience: readings without a code that may lie between two agreeing ones (a hand trembles).
        doubt: seconds for which anything but one of our codes must be in view.
    """

    def __init__(self, *, gone_after: int = 20, patience: int = 10, doubt: float = DOUBT_SECONDS) -> None:
        self._gone_after = gone_after
        self._notice = _Candidate(patience)
        self._other = _Candidate(patience)
        self._doubt = doubt
        self._told: dict[VerdictKey, int] = {}

    @property
    def undecided(self) -> bool:
        """Whether one reading waits for another one that agrees."""
        return self._notice.key is not None or self._other.key is not None

    def observe(self, verdict: FrameVerdict, frame: Frame) -> Scan | None:
        """Take the verdict on a new frame; returns a scan when it has just become certain."""
        key = None if verdict.reason is ScanReason.NONE else (verdict.reason, verdict.text)
        self._forget_gone(key)
        if key is not None and key in self._told:
            self._other.drop()
            self._set_aside(verdict)
            return None
        if verdict.reason is ScanReason.OK:
            self._other.drop()
            first = self._notice.take(key, frame)
            certain = first is not None and frame.sequence != first.sequence
        else:
            self._set_aside(verdict)
            first = self._other.take(key, frame)
            certain = first is not None and frame.captured_at - first.captured_at >= self._doubt
        if key is None or first is None or not certain:
            return None
        self._notice.drop()
        self._other.drop()
        self._told[key] = 0
        return Scan(verdict, first.captured_wall)

    def _set_aside(self, verdict: FrameVerdict) -> None:
        """While a notice waits for a second reading, note that something else was in view."""
        if verdict.reason in {ScanReason.OK, ScanReason.AMBIGUOUS}:
            self._notice.drop()
        else:
            # A card beside the notice was read: the notice may still be there, only unread this time.
            self._notice.miss()

    def _forget_gone(self, key: VerdictKey | None) -> None:
        """Count for how many readings each reported code has been away, and forget those that have left the view."""
        away = {told: 0 if told == key else count + 1 for told, count in self._told.items()}
        self._told = {told: count for told, count in away.items() if count < self._gone_after}


class _Candidate:
    """A reading that waits for agreement, with the first frame in which it was read."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._frame: Frame | None = None
        self._misses = 0
        self.key: VerdictKey | None = None

    def take(self, key: VerdictKey | None, frame: Frame) -> Frame | None:
        """Take a reading; returns the first frame where it agrees with the one before."""
        if key is None:
            self.miss()
            return None
        self._misses = 0
        if key == self.key:
            return self._frame
        self.key, self._frame = key, frame
        return None

    def miss(self) -> None:
        """Note a reading without it; after too many of them it is forgotten."""
        self._misses += 1
        if self._misses > self._patience:
            self.drop()

    def drop(self) -> None:
        """Forget it."""
        self.key = self._frame = None
        self._misses = 0


class UnreadableHint:
    """Reports once that a code has been in view for a while but cannot be read; time comes with the frames.

    Args:
        after: seconds for which the code must be detected without being read.
        lapse: seconds for which it may be lost in between.
    """

    def __init__(self, after: float = HARD_SECONDS, lapse: float = 0.7) -> None:
        self._after = after
        self._lapse = lapse
        self._first: Frame | None = None
        self._detected_at: float | None = None
        self._told = False

    def observe(self, read: bool, detected: bool, frame: Frame) -> Scan | None:
        """Take what a frame gave; returns a scan when the hint is due.

        Args:
            read: whether any code was read.
            detected: whether a code was detected.
            frame: the frame.
        """
        if self._detected_at is not None and frame.captured_at - self._detected_at > self._lapse:
            self._first, self._detected_at, self._told = None, None, False
        if not (read or detected):
            return None
        self._detected_at = frame.captured_at
        if read:
            self._first = None
            return None
        if self._first is None:
            self._first = frame
        first = self._first
        if self._told or frame.captured_at - first.captured_at < self._after:
            return None
        self._told = True
        return Scan(FrameVerdict(ScanReason.HARD_TO_READ), first.captured_wall)
