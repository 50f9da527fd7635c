"""Words of the kiosk: the catalogue, and times as people say them. All times are shown in Asia/Tokyo."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from backend.common import TOKYO, Catalogue, Language
from backend.wire import CodePlace, Estimate, OfficeInfo

SaidT = TypeVar("SaidT")


class KioskWords:
    """The kiosk's texts in one language.

    Args:
        language: the language to speak.
        place: the paper with the code. A text that names it speaks of the A4 sheet; beside it stand its forms
            for the other papers, under the same key with ``_postcard`` and ``_both``.
    """

    def __init__(self, language: Language, place: CodePlace = CodePlace.SHEET) -> None:
        self.language = language
        self._place = place
        self._catalogue = Catalogue("kiosk", language)
        self._keys = self._catalogue.keys()

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, in its form for the paper with the code where it has one."""
        form = f"{key}_{self._place}"
        return self._catalogue.text(form if form in self._keys else key, **values)

    def time(self, when: datetime) -> str:
        """A time of day, for example 10時30分."""
        local = when.astimezone(TOKYO)
        key = "calendar.time" if local.minute else "calendar.time_full_hour"
        return self(key, hour=local.hour, minute=local.minute)

    def day_time(self, when: datetime, now: datetime) -> str:
        """A day and a time, for example 11月24日（火）10時30分; today is called today."""
        local = when.astimezone(TOKYO)
        if local.date() == now.astimezone(TOKYO).date():
            return self("calendar.today_time", time=self.time(when))
        values: dict[str, object] = {
            "month": local.month,
            "day": local.day,
            "weekday": self(f"calendar.weekday_{local.weekday()}"),
            "time": self.time(when),
        }
        if self.language is Language.ENGLISH:
            values["month_name"] = self(f"calendar.month_{local.month}")
        return self("calendar.day_time", **values)

    def estimate(self, estimate: Estimate | None) -> str:
        """A waiting time as a range; a dash where none is known."""
        if estimate is None:
            return self("ticket.estimate_unknown")
        if estimate.high_minutes <= 0:
            return self("ticket.estimate_soon")
        if estimate.low_minutes <= 0:
            return self("ticket.estimate_short", high=estimate.high_minutes)
        return self("ticket.estimate", low=estimate.low_minutes, high=estimate.high_minutes)

    def choose(self, said: Mapping[str, SaidT]) -> SaidT | None:
        """What the server says in this language; Japanese stands in for one that it does not know."""
        return said.get(self.language) or said.get(Language.JAPANESE)

    def office(self, office: OfficeInfo | None) -> str:
        """The office's name; Japanese stands in for a language it has no name in."""
        if office is None:
            return ""
        return self.choose(office.name) or ""
