"""The office's name at the top of the screen, readable however long it is."""

from typing import Any, Final

from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp
from kivy.properties import ObjectProperty, StringProperty

from backend.common import Language, break_lines
from backend.common.device_kit import width_at_100
from kiosk.screens.look import LOOK
from kiosk.screens.style import KioskText

LEAST: Final = 38
"""Least size of letters in pixels of the design: 10 mm on a 24-inch portrait screen."""

_MORE: Final = "…"


class KioskOffice(KioskText):
    """A name in one or two lines, broken between words; if even that is too long, it ends in an ellipsis."""

    name = StringProperty()
    said_in = ObjectProperty(Language.JAPANESE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("name", "said_in", "font_name", "bold", "width"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        size, lines = self._largest()
        self.font_size, self.text = dp(size), "\n".join(lines)

    def _largest(self) -> tuple[int, list[str]]:
        """The largest size at which the name fits, and its lines."""
        largest = round(LOOK.type.small)
        for size in range(round(LOOK.type.body), largest, -1):
            if self._wide(self.name, size) <= self.width:
                return size, [self.name]
        for size in range(largest, LEAST - 1, -1):
            if self._wide(self.name, size) <= self.width:
                return size, [self.name]
            if len(self._lines(size, self.width)) == 2:
                # Take the smallest width that needs no third line, so that no short word is alone in the second line.
                narrow = range(int(self.width / 2), int(self.width), 8)
                balanced = (self._lines(size, measure) for measure in narrow)
                return size, next(
                    (lines for lines in balanced if len(lines) == 2), self._lines(size, self.width)
                )
        return LEAST, self._shortened()

    def _lines(self, size: int, width: float) -> list[str]:
        return break_lines(self.name, width, lambda text: self._wide(text, size), self.said_in)

    def _shortened(self) -> list[str]:
        """Two full lines, which may be broken inside a word, with an ellipsis if the name is longer."""
        lines: list[str] = []
        rest: str = self.name
        while rest and len(lines) < 2:
            end = len(rest)
            last = len(lines) == 1
            while (
                end > 1
                and self._wide(rest[:end] + (_MORE if last and end < len(rest) else ""), LEAST) > self.width
            ):
                end -= 1
            lines.append(rest[:end].strip() + (_MORE if last and end < len(rest) else ""))
            rest = rest[end:].lstrip()
        return lines

    def _wide(self, text: str, size: int) -> float:
        # A little more than measured, because rounding at other sizes must not break the line.
        return 1.02 * float(dp(size)) * width_at_100(CoreLabel, text, self.font_name, self.bold) / 100 + 2
