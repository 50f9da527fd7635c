"""The time of day as clocks, tickets, displays and pages show it: 9:30 and never 09:30; in sentences 午前9時30分.

This is not for files that other systems read: exports and imports keep the form of their columns.
"""

from datetime import datetime

from backend.common.catalogue import Catalogue, Sentence
from backend.common.tokyo import TOKYO


def clock_face(at: datetime) -> str:
    """Hour and minute in Asia/Tokyo, for example 9:30.

    Raises:
        ValueError: the time has no zone.
    """
    if at.utcoffset() is None:
        raise ValueError("a time without a zone stands on no clock")
    local = at.astimezone(TOKYO)
    return f"{local.hour}:{local.minute:02d}"


def clock_in_words(at: datetime, words: Catalogue) -> str:
    """Hour and minute in Asia/Tokyo as in a sentence: 午前10時, 正午, 午後1時30分, 10:20 AM.

    Args:
        at: an aware time.
        words: a catalogue with a table ``clock``; its ``zero`` is the hour after midnight and noon, 0 or 12.

    Raises:
        ValueError: the time has no zone.
    """
    return words.speak(clock_sentence(at))


def clock_sentence(at: datetime) -> Sentence:
    """The same as a :class:`Sentence`, for any catalogue with a table ``clock``.

    Raises:
        ValueError: the time has no zone.
    """
    hour, minute = (int(part) for part in clock_face(at).split(":"))
    if (hour, minute) == (12, 0):
        return Sentence("clock.noon")
    half = "morning" if hour < 12 else "afternoon"
    form = half if minute else f"{half}_full"
    said = hour % 12 or Sentence("clock.zero")
    return Sentence(f"clock.{form}", (("hour", said), ("minute", minute)))
