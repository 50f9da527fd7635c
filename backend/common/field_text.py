"""Characters of ordinary fields: how they are folded to one form, and which ones no field may hold."""

import re
import unicodedata

# Control characters other than tab and line breaks, the replacement character (U+FFFD) that a failed conversion left,
# the characters that CP932 decoders put for undefined bytes, and marks that change the direction of a line.
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd-\uffff\uf8f0-\uf8ff\u202a-\u202e\u2066-\u2069]")

_DIGITS = frozenset("0123456789０１２３４５６７８９")


def has_bad_characters(text: str) -> bool:
    """Whether a text holds a character that no field of a person's record can hold."""
    return _BAD.search(text) is not None


def fold_line(text: str) -> str:
    """A text as one line with half-width letters and digits: for numbers, mail addresses and so on, not for names."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\ufeff", "").split())


def has_odd_digits(text: str) -> bool:
    """Whether a text holds a character that becomes a digit when folded but is not read as one: ⑫, ² or ㋀."""
    return not text.isascii() and any(
        any(folded.isdigit() for folded in unicodedata.normalize("NFKC", char)) and char not in _DIGITS
        for char in text
    )
