r"""Removes what hand scanners put around a code: symbology identifier, character set marks, control characters.

Many scanners can send more than the code itself, and the factory or an earlier owner may have turned that on:

- the symbology identifier of AIM (ISO/IEC 15424): ``]``, a letter for the kind, a digit or letter for its options;
  ``]Q1`` for a QR code;
- if the identifier announces character sets (ECI), ``\`` and six digits wherever a character set begins, for example
  ``\000026`` for UTF-8; every ``\`` of the code is doubled then;
- STX before and ETX after the code, or other control characters.

This is done before the search for twelve digits: the digit of ``]Q1`` would be joined to a 12-digit number and hide it,
and the digits of ``\000026`` together with six others would look like one.
"""

import re
from dataclasses import dataclass
from typing import Final

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KIND = "([A-Za-z][0-9A-Za-z])"

_TELLS_SETS: Final = frozenset(
    {"q2", "q4", "q6", "d4", "d5", "d6", "l1", "u2", "u3", "z3", "z4", "z5", "z9", "za", "zb", "h1"}
)
"""Identifiers that announce character set marks: QR, Data Matrix, PDF417, MaxiCode, Aztec, Han Xin."""


@dataclass(frozen=True)
class _Signs:
    r"""How ``]`` and ``\`` arrive, as parts of regular expressions; ``escape`` is empty if ``\`` gets lost."""

    bracket: str
    escape: str

    def name_in(self, text: str) -> re.Match[str] | None:
        """The symbology identifier at the beginning of a text."""
        return re.match(self.bracket + _KIND, text)

    def told(self, data: str) -> str:
        """Data without the character set marks."""
        if not self.escape:
            return re.sub(r"\A0000(?:0[1-9]|[12]\d|3[0-5])", "", data)
        return re.sub(rf"{self.escape}({self.escape}|\d{{6}})", _kept, data)


def _kept(escaped: re.Match[str]) -> str:
    return "" if escaped[1].isdecimal() else escaped[1]


_SENT: Final = (_Signs(r"\]", r"\\"),)
_TYPED: Final = (
    _Signs(r"\]", r"[\\¥]"),
    _Signs(r"\[", r"\]"),  # the scanner types for a US keyboard, the kiosk reads a JIS one
    _Signs(r"\\", ""),  # the other way round: a US keyboard lacks the key of the escape
    _Signs("#", "#"),  # with Shift or AltGr the kiosk does not know the character and writes # instead
)
_SET_ALONE = re.compile(r"\\0000(?:0[1-9]|[12]\d|3[0-5])")


def without_aim_prefix(text: str, *, typed: bool = False) -> str:
    r"""Remove what a hand scanner put around a code; from any other text only control characters are removed.

    Args:
        text: what came in.
        typed: whether it came as key presses: then ``]`` and ``\`` depend on the keyboard layouts of both sides.
    """
    text = _CONTROL.sub("", text)
    ways = _TYPED if typed else _SENT
    for signs in ways:
        name = signs.name_in(text)
        if name is not None:
            data = text[name.end() :]
            return signs.told(data) if name[1].casefold() in _TELLS_SETS else data
    return ways[0].told(text) if _SET_ALONE.match(text) else text
