"""The kiosk's texts: sentences (keys with values), times as people say them, and their words in a language.

Views hold sentences; :func:`spoken` turns them into text in the visitor's language. All times are shown in Asia/Tokyo.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from backend.common import TOKYO, Catalogue, Language, Sentence, clock_sentence
from backend.wire import CodePlace, Estimate

Text = Sentence | str
"""A sentence of the catalogue, or finished text: from the server in the visitor's language, or empty."""

SaidT = TypeVar("SaidT")


class Spoken(Protocol):
    """What the words of a view depend on."""

    @property
    def language(self) -> Language:
        """The visitor's language."""

    @property
    def place(self) -> CodePlace:
        """The paper that has the code."""


class Speakable(Protocol):
    """A view."""

    @property
    def common(self) -> Spoken:
        """What all views have."""


ViewT = TypeVar("ViewT", bound=Speakable)


class KioskWords:
    """The kiosk's texts in one language.

    Args:
        language: the language of the texts.
        place: the paper that has the code. A text that names it is written for the A4 sheet; its forms for the other
            papers have the same key with ``_postcard`` and ``_both``.
    """

    def __init__(self, language: Language, place: CodePlace = CodePlace.SHEET) -> None:
        self._place = place
        self._catalogue = Catalogue("kiosk", language)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, in the form for the paper that has the code.

        Args:
            key: the key in the catalogue.
            values: values for the text's placeholders.
        """
        return self.speak(say(key, **values))

    def speak(self, text: Text) -> str:
        """A text as the visitor reads it."""
        return text if isinstance(text, str) else self._catalogue.speak(text, self._place)


def say(key: str, **values: object) -> Sentence:
    """The sentence of a key, with values for its placeholders."""
    return Sentence(key, tuple(values.items()))


def day_and_time(when: datetime, now: datetime) -> Sentence:
    """A day and a time in Asia/Tokyo, for example 11月24日（火）午前10時30分; today is called today. Both are aware."""
    local, time = when.astimezone(TOKYO), clock_sentence(when)
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


def waiting_time(estimate: Estimate) -> Sentence:
    """A waiting time as a range."""
    if estimate.high_minutes <= 0:
        return say("ticket.estimate_soon")
    if estimate.low_minutes <= 0:
        return say("ticket.estimate_short", high=estimate.high_minutes)
    return say("ticket.estimate", low=estimate.low_minutes, high=estimate.high_minutes)


def choose(said: Mapping[str, SaidT], language: Language) -> SaidT | None:
    """The server's text in a language, or in Japanese where it has none in that language; None without either."""
    return said.get(language) or said.get(Language.JAPANESE)


def spoken(view: ViewT) -> ViewT:
    """The same view with every sentence turned into text in the view's language."""
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
