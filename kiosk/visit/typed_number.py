"""A number while it is typed: which keys may follow, how many characters are missing, and how paper groups it.

The server says which forms a number of its ward can have (:class:`backend.wire.messages.NumberShape`). An older server
does not: then anything is accepted that is shorter than a 個人番号.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.wire import NumberShape, damm_is_right

LONGEST: Final = 11
"""Most digits of a number without letters: one fewer than a 個人番号 has, more than any number on a notice has."""

KEYS: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

ANYTHING: Final = tuple(NumberShape(length=length, letters=True) for length in range(1, LONGEST + 1))
"""The forms that are accepted where the server told none."""

_GROUP: Final = 4


class NumberStage(StrEnum):
    """How complete a typed number is."""

    EMPTY = "empty"
    SHORT = "short"
    WHOLE = "whole"
    WRONG = "wrong"
    """It has a full length, but its check digit shows a typing error."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a number so far.

    Args:
        stage: how complete it is.
        missing: the fewest characters that are missing; 0 where it has a full length.
        digits_only: whether only digits can follow or be in it.
    """

    stage: NumberStage
    missing: int = 0
    digits_only: bool = True


class NumberForms:
    """The forms that a typed number can have.

    Args:
        shapes: what the server says; empty where it says nothing.
    """

    def __init__(self, shapes: Sequence[NumberShape] = ()) -> None:
        # Twelve digits are never a number of ours, whatever a server says.
        usable = tuple(shape for shape in shapes if shape.letters or shape.length <= LONGEST)
        self._shapes = usable or ANYTHING
        self._told = bool(usable)

    @property
    def letters(self) -> bool:
        """Whether a number may have letters."""
        return any(shape.letters for shape in self._shapes)

    @property
    def longest(self) -> int:
        """Characters of the longest form."""
        return max(shape.length for shape in self._shapes)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Every length that a number can have, in order; empty where the server told none."""
        return tuple(sorted({shape.length for shape in self._shapes})) if self._told else ()

    def takes(self, typed: str, key: str) -> bool:
        """Whether a key may follow what has been typed."""
        return key in KEYS and any(_begins(shape, typed + key) for shape in self._shapes)

    def look(self, typed: str) -> Typed:
        """How complete a number is, and what is missing."""
        possible = [shape for shape in self._shapes if _begins(shape, typed)]
        digits_only = not any(shape.letters for shape in possible)
        if not typed:
            missing = min((shape.length for shape in possible), default=0) if self._told else 0
            return Typed(NumberStage.EMPTY, missing, digits_only)
        whole = [shape for shape in possible if shape.length == len(typed)]
        if any(_checks(shape, typed) for shape in whole):
            return Typed(NumberStage.WHOLE, 0, digits_only)
        longer = [shape.length - len(typed) for shape in possible if shape.length > len(typed)]
        if longer:
            return Typed(NumberStage.SHORT, min(longer), digits_only)
        return Typed(NumberStage.WRONG, 0, digits_only)

    def grouped(self, typed: str) -> str:
        """A number as paper shows it, with hyphens as far as it has been typed: 4332-4."""
        shape = next((shape for shape in self._shapes if _begins(shape, typed) and shape.groups), None)
        groups = list(shape.groups) if shape is not None else []
        if not groups and self._told:
            groups = [_GROUP] * (len(typed) // _GROUP)
        parts, start = [], 0
        for size in groups:
            parts.append(typed[start : start + size])
            start += size
        parts.append(typed[start:])
        return "-".join(part for part in parts if part)


def _begins(shape: NumberShape, typed: str) -> bool:
    """Whether a number of this form can begin with, or be, what has been typed."""
    return len(typed) <= shape.length and (shape.letters or typed.isdigit() or not typed)


def _checks(shape: NumberShape, number: str) -> bool:
    """Whether a whole number's check digit is right; True for forms without one that is known here."""
    return shape.check != "damm" or not number.isdigit() or damm_is_right(number)
