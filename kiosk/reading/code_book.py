"""Which codes are ours: those with the shape of our own notices, and those that match the server's patterns.

The book says which codes are worth asking the server about. It proves nothing: a forged code has the right shape too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from backend.wire import LONGEST, FieldShape, ScanReason, contains_my_number, fold_code, looks_like_notice

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FrameVerdict:
    """What one frame, or one line of a hand scanner, holds. ``text`` is set only where ``reason`` is ``ok``."""

    reason: ScanReason
    text: str | None = field(default=None, repr=False)


NOTHING = FrameVerdict(ScanReason.NONE)


class CodeBook:
    """Knows our codes. Patterns may be learnt on one thread while other threads ask.

    Args:
        patterns: regular expressions for codes of other systems, matched against the whole folded text.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._sources: tuple[str, ...] = ()
        self._patterns: tuple[re.Pattern[str], ...] = ()
        self.learn(patterns)

    def learn(self, patterns: Iterable[str]) -> None:
        """Take over the server's patterns; one that Python's ``re`` cannot compile is left out and logged."""
        sources = tuple(patterns)
        if sources == self._sources:
            return
        usable = []
        for place, source in enumerate(sources):
            try:
                usable.append(re.compile(source))
            except re.error:
                _log.warning("code_pattern_unusable", place=place)
        self._sources, self._patterns = sources, tuple(usable)

    def has(self, text: str) -> bool:
        """Whether a text is a code of ours."""
        if len(text) > LONGEST:
            return False
        folded = fold_code(text)
        return looks_like_notice(text) or any(pattern.fullmatch(folded) for pattern in self._patterns)

    def sort(self, text: str) -> FrameVerdict:
        """The verdict on a text from a hand scanner, which has read one code and checked it itself."""
        if contains_my_number(text, FieldShape.CODE):
            return FrameVerdict(ScanReason.MY_NUMBER)
        return FrameVerdict(ScanReason.OK, text) if self.has(text) else FrameVerdict(ScanReason.FOREIGN)
