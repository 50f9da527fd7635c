"""What the kiosk says: sentences as keys with their values, times as people say them, and the catalogue that is asked.

A view holds sentences. Whoever draws it has them spoken in the visitor's language; all times are shown in Asia/Tokyo.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from backend.common import TOKYO, Catalogue, Language, Sentence
from backend.wire import CodePlace, Estimate

Text = Sentence | str
"""A sentence of the catalogue; or what a server told in the visitor's language, or nothing, as it is."""

SaidT = TypeVar("SaidT")


class Spoken(Protocol):
    """What a view tells of how it is spoken."""

    @property
    def language(self) -> Language:
        """The visitor's language."""

    @property
    def place(self) -> CodePlace:
        """The paper with the code."""


class Speakable(Protocol):
    """A view."""

    @property
    def common(self) -> Spoken:
        """What all views have."""


ViewT = TypeVar("ViewT", bound=Speakable)


class KioskWords:
    """The kiosk's texts in one language.

    Args:
        language: the language to speak.
        place: the paper with the code. A text that names it speaks of the A4 sheet; beside it stand its forms
            for the other papers, under the same key with ``_postcard`` and ``_both``.
    """

    def __init__(self, language: Language, place: CodePlace = CodePlace.SHEET) -> None:
        self._place = place
        self._catalogue = Catalogue("kiosk", language)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, in its form for the paper with the code where it has one."""
        return self.speak(say(key, **values))

    def speak(self, text: Text) -> str:
        """A text as the visitor reads it."""
        return text if isinstance(text, str) else self._catalogue.speak(text, self._place)


def say(key: str, **values: object) -> Sentence:
    """The sentence of a key."""
    return Sentence(key, tuple(values.items()))


def time_of_day(when: datetime) -> Sentence:
    """A time of day, for example 10時30分."""
    local = when.astimezone(TOKYO)
    key = "calendar.time" if local.minute else "calendar.time_full_hour"
    return say(key, hour=local.hour, minute=local.minute)


def day_and_time(when: datetime, now: datetime) -> Sentence:
    """A day and a time, for example 11月24日（火）10時30分; today is called today."""
    local, time = when.astimezone(TOKYO), time_of_day(when)
    if local.date() == now.astimezone(TOKYO).date():
        return say("calendar.today_time", time=time)
    return say(
        "calendar.day_time",
        month=local.month,
        month_name=say(f"calendar.month_{local.month}"),
        day=local.day,
        weekday=say(f"calendar.weekday_{local.weekday()}"),
        time=time,
    )


def waiting_time(estimate: Estimate | None) -> Sentence:
    """A waiting time as a range; a dash where none is known."""
    if estimate is None:
        return say("ticket.estimate_unknown")
    if estimate.high_minutes <= 0:
        return say("ticket.estimate_soon")
    if estimate.low_minutes <= 0:
        return say("ticket.estimate_short", high=estimate.high_minutes)
    return say("ticket.estimate", low=estimate.low_minutes, high=estimate.high_minutes)


def choose(said: Mapping[str, SaidT], language: Language) -> SaidT | None:
    """What the server says in a language; Japanese stands in for one that it does not know."""
    return said.get(language) or said.get(Language.JAPANESE)


def spoken(view: ViewT) -> ViewT:
    """The same view with every sentence in its language: what a screen shows."""
    words = _words(view.common.language, view.common.place)
    made: ViewT = _spoken(view, words)
    return made


def _spoken(value: Any, words: KioskWords) -> Any:
    if isinstance(value, Sentence):
        return words.speak(value)
    if isinstance(value, tuple):
        return tuple(_spoken(each, words) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: _spoken(getattr(value, each.name), words) for each in fields(value)}
        )
    return value


_words = lru_cache(maxsize=None)(KioskWords)
