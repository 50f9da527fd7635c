"""Recognising a 12-digit number (個人番号), so that it is refused before anything keeps it.

Source: 番号法. The reception has no task for which it may record a 個人番号, so it never does. The number is on the back
of every card and on the 通知カード, so visitors will show it by mistake. The rule and its reasons are in
``docs/my-number.md``; no other module decides this.

Nothing in this module keeps, logs or repeats the texts that it examines.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate, chain
from operator import mul

from backend.wire.aim_prefix import without_aim_prefix
from backend.wire.digits import MOST_DIGITS_OF_A_SIGN, twelve_digits_of, without_enumerators
from backend.wire.escapes import has_signs_of_escapes, without_escapes
from backend.wire.field_shape import FieldShape, Span, as_stored, own_spans

_LENGTH = 12
_FEWEST_SIGNS = _LENGTH // MOST_DIGITS_OF_A_SIGN
_RUNS = re.compile(r"[0-9]+")
_TWELVE = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_PRINTED = (4, 4, 4)
_MOST_LETTERS = 3
"""Two groups with up to this many letters (の, 億, and) between them are still joined; a place name is longer."""


def contains_my_number(text: str, shape: FieldShape = FieldShape.TEXT) -> bool:
    """Whether a text contains twelve digits that may be a 個人番号.

    The rules, in this order: what fits the field's own shape is accepted. Twelve digits in a row are refused, whether
    their check digit is correct or not. Groups of digits with little between them are joined, and whole groups with
    twelve digits together are refused if the check digit is correct. In free text, longer runs of digits are searched
    for twelve digits with a correct check digit.

    Args:
        text: the text to examine.
        shape: what the field is for.
    """
    if len(text) < (_LENGTH if text.isascii() else _FEWEST_SIGNS):
        return False  # no escape stands for more digits than it has signs
    if shape is not FieldShape.CODE and not has_signs_of_escapes(text):
        return _is_refused(text, shape)  # the case of nearly every field of an import
    return any(_is_refused(said, shape) for said in _ways_to_read(text, shape))


def _ways_to_read(text: str, shape: FieldShape) -> Iterator[str]:
    """A text as written, as it was before it was escaped, and without what a hand scanner put around it."""
    for said in chain((text,), without_escapes(text)):
        yield said
        if shape is FieldShape.CODE:
            yield from (
                bare for typed in (False, True) if (bare := without_aim_prefix(said, typed=typed)) != said
            )


def _is_refused(text: str, shape: FieldShape) -> bool:
    folded = twelve_digits_of(text)
    if folded is None:
        return False
    return _holds_number(folded, shape) or any(
        _holds_number(bare, shape) for bare in without_enumerators(text, folded)
    )


def _holds_number(folded: str, shape: FieldShape) -> bool:
    stored = as_stored(folded, shape)
    if stored is not None:
        return _TWELVE.search(stored) is not None
    return _Groups(folded, shape).refused()


def tree_contains_my_number(
    tree: object, shapes: Mapping[str, FieldShape] | None = None, *, shape: FieldShape = FieldShape.TEXT
) -> bool:
    """Whether any text or whole number in a parsed file may be or contain a 個人番号.

    Args:
        tree: tables, lists and values as TOML or JSON give them.
        shapes: the kind of field by key.
        shape: the kind of every other field.
    """
    return any(contains_my_number(text, found) for text, found in _leaves(tree, shapes or {}, shape))


def _leaves(
    tree: object, shapes: Mapping[str, FieldShape], shape: FieldShape
) -> Iterator[tuple[str, FieldShape]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield str(key), shape
            yield from _leaves(value, shapes, shapes.get(str(key), shape))
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _leaves(value, shapes, shape)
    elif isinstance(tree, str):
        yield tree, shape
    elif isinstance(tree, int | float):
        yield f"{tree:.0f}", FieldShape.CODE


def check_digit_is_right(digits: str) -> bool:
    """Whether twelve ASCII digits end in the check digit of a 個人番号.

    Source: 平成26年総務省令第85号 第5条.
    """
    if len(digits) != _LENGTH or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(map(mul, _WEIGHTS, map(int, digits)))
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


class _Groups:
    """The groups of digits of a folded text, and which of them belong to parts that fit the field's shape."""

    def __init__(self, folded: str, shape: FieldShape) -> None:
        self._folded = folded
        self._shape = shape
        self._spans = [found.span() for found in _RUNS.finditer(folded)]
        self._digits = [folded[start:end] for start, end in self._spans]
        self._own = _covered(self._spans, own_spans(folded, shape))

    def refused(self) -> bool:
        """Whether any of the rules refuses the text."""
        return any(
            len(digits) >= _LENGTH and not self._own[place] and self._long_run(digits)
            for place, digits in enumerate(self._digits)
        ) or any(self._joined(first, last) for first, last in self._twelves())

    def _long_run(self, digits: str) -> bool:
        if len(digits) == _LENGTH:
            return True
        if self._shape not in {FieldShape.TEXT, FieldShape.RECORD}:
            return False
        return any(
            check_digit_is_right(digits[start : start + _LENGTH])
            for start in range(len(digits) - _LENGTH + 1)
        )

    def _twelves(self) -> Iterator[tuple[int, int]]:
        """The first and the last group of every sequence of groups that has twelve digits together."""
        borders = [0, *accumulate(map(len, self._digits))]
        group_behind = {border: place for place, border in enumerate(borders)}
        for first, border in enumerate(borders):
            behind = group_behind.get(border + _LENGTH)
            if behind is not None and behind - first > 1:
                yield first, behind - 1

    def _joined(self, first: int, last: int) -> bool:
        """Whether groups with twelve digits together belong together, and their check digit is correct."""
        groups = self._digits[first : last + 1]
        if not check_digit_is_right("".join(groups)) or all(self._own[first : last + 1]):
            return False
        if tuple(map(len, groups)) == _PRINTED:
            return True
        return self._shape is not FieldShape.UNREAD and all(map(self._near, range(first, last)))

    def _near(self, place: int) -> bool:
        """Whether this group and the next one are close enough to be one number."""
        between = self._folded[self._spans[place][1] : self._spans[place + 1][0]]
        most = 0 if self._shape in {FieldShape.CODE, FieldShape.PATH, FieldShape.RECORD} else _MOST_LETTERS
        return sum(map(str.isalpha, between)) <= most


def _covered(spans: list[Span], own: list[Span]) -> list[bool]:
    """For every group of digits, whether it lies in one of the ``own`` spans; both lists are in order."""
    covered = []
    place = 0
    for start, end in spans:
        while place < len(own) and own[place][1] <= start:
            place += 1
        covered.append(any(first <= start and end <= last for first, last in own[place : place + 3]))
    return covered
