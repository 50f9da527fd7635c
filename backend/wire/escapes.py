r"""Texts as they were before a program escaped them: ``%20``, ``&#32;``, ``\u3000``, and terminal control sequences.

An escape sequence between two groups of digits adds digits and letters of its own, and so hides what a person reads as
one number. Several layers are removed, because one program may escape what another has escaped already.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import unquote

_SIGNS: Final = re.compile(r"[%&\\\x1b\x9b]")
_BACKSLASH: Final = re.compile(
    r"\\(?:u\{(?P<braced>[0-9A-Fa-f]{1,6})\}|u(?P<four>[0-9A-Fa-f]{4})|U(?P<eight>[0-9A-Fa-f]{8})"
    r"|x(?P<two>[0-9A-Fa-f]{2})|(?P<letter>[abefnrtv]))"
)
_LETTERS: Final = {"e": "\x1b"}
_ORDER: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]"
)
"""Terminal control sequences (ECMA-48): colours, titles, changes of the character set."""
_MOST_LAYERS = 3
_LAST_POINT = 0x10FFFF


def has_signs_of_escapes(text: str) -> bool:
    """Whether a text holds a character with which an escape begins."""
    return _SIGNS.search(text) is not None


def without_escapes(text: str) -> Iterator[str]:
    """The text after each layer of escapes is removed; yields nothing where it has none."""
    for _ in range(_MOST_LAYERS):
        if not has_signs_of_escapes(text):
            return
        plain = _ORDER.sub("", _BACKSLASH.sub(_char, unescape(unquote(text))))
        if plain == text:
            return
        yield plain
        text = plain


def _char(escape: re.Match[str]) -> str:
    letter = escape["letter"]
    if letter is not None:
        return _LETTERS.get(letter, " ")
    point = int(escape["braced"] or escape["four"] or escape["eight"] or escape["two"], 16)
    return chr(point) if point <= _LAST_POINT else " "
