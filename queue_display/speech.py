"""What is said on the screen, in which languages, and how wide it is."""

from collections.abc import Callable, Sequence

from backend.common import Catalogue, Language, Sentence, Typeface, typeface_of
from queue_display.pieces import Align, Spot, Words
from queue_display.places import LEAST_WORD

Measure = Callable[[str, str, bool], float]
"""Gives the width of a text, in a typeface (by name), bold or not, as one line of 100-pixel letters."""


class Voice:
    """One language of the screen."""

    def __init__(self, catalogue: Catalogue, measure: Measure) -> None:
        self._catalogue = catalogue
        self._measure = measure
        self.language = catalogue.language
        self._face = typeface_of(catalogue.language).value

    def say(self, said: Sentence | tuple[tuple[str, str], ...]) -> str:
        """A sentence or a message in this language; empty if the message has no text in it."""
        if isinstance(said, Sentence):
            return self._catalogue.speak(said)
        words = dict(said)
        # Readers of やさしい日本語 get ordinary Japanese if there is no easy text.
        spare = Language.JAPANESE if self.language is Language.EASY_JAPANESE else self.language
        return words.get(self.language) or words.get(spare, "")

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Width of a line, in pixels of the design; a little is added, because letters are placed at whole pixels."""
        return self._measure(text, self._face, bold) * size / 96 if text else 0.0

    def words(
        self, box: Spot, text: str, most: float, *, bold: bool = False, colour: str = "ink", align: Align = Align.LEFT,
        least: float = LEAST_WORD, lines: int = 1,
    ) -> Words:  # fmt: skip
        """Words in this language."""
        return Words(box, text, self.language.value, most, least, colour, bold, align, lines)

    def fits(self, text: str, size: float, width: float, *, bold: bool = False) -> bool:
        """Whether a line in this size fits into the width."""
        return self.width(text, size, bold=bold) <= width


class Speech:
    """The languages of one moment: the first, the second (which changes), and the current language of the bands.

    Args:
        languages: the first is for the large texts.
        measure: measures a line.
        second: counts the turns in which the further languages are shown one after another.
    """

    def __init__(self, languages: Sequence[Language], measure: Measure, second: int) -> None:
        voices = [Voice(Catalogue("display", language), measure) for language in languages]
        self._voices = voices
        self._measure = measure
        others = voices[1:]
        self.first = voices[0]
        self.second = others[second % len(others)] if others else None
        # Counted separately from the turns of the second line; otherwise some languages would never get a turn.
        turn, others_turn = divmod(second, 2)
        self.turn = others[turn % len(others)] if others and others_turn else voices[0]

    def of(self, said: Sentence | tuple[tuple[str, str], ...]) -> Voice:
        """The language for a text in the bands: the current one, or another one that has this text."""
        return next((voice for voice in (self.turn, *self._voices) if voice.say(said)), self.first)

    def number_width(self, text: str, size: float) -> float:
        """How wide a number is, in pixels of the design."""
        bold = True
        return self._measure(text, Typeface.UD.value, bold) * size / 96 if text else 0.0

    def both(self) -> tuple[Voice, ...]:
        """The first language and, where there is one, the second."""
        return (self.first, self.second) if self.second is not None else (self.first,)
