"""Finding a document by typing: the first characters of its reading, a part of its name, or its code."""

import unicodedata
from collections.abc import Iterable

from backend.documents.saying.verdict_words import Texts, name_of

_LEFT_OUT = {chr(0x30FC), "-"}
"""The long vowel sign, and the hyphen that is typed for it."""
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """One form of what people type: half width, small letters, hiragana, without spaces and long vowel signs."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)
    return "".join(character for character in plain if not character.isspace() and character not in _LEFT_OUT)


def search_keys(kind: str, code: str, names: Texts, readings: Texts) -> tuple[str, ...]:
    """What a code is found by, folded: its readings one by one, its name, itself.

    Args:
        kind: for example ``document``.
        code: the code.
        names: the catalogue ``documents``.
        readings: a catalogue with keys ``reading.CODE``; readings of one code are separated by spaces.
    """
    try:
        written = readings.text(f"reading.{code}").split()
    except KeyError:
        written = []
    return tuple(dict.fromkeys(fold(one) for one in (*written, name_of(kind, code, names), code)))


def find(typed: str, codes: Iterable[str], kind: str, names: Texts, readings: Texts) -> tuple[str, ...]:
    """The codes that fit what was typed: those that begin with it first, then those that hold it, in given order.

    Nothing typed fits everything.
    """
    wanted = fold(typed)
    ranked: list[tuple[int, str]] = []
    for code in codes:
        keys = search_keys(kind, code, names, readings)
        if any(key.startswith(wanted) for key in keys):
            ranked.append((0, code))
        elif any(wanted in key for key in keys):
            ranked.append((1, code))
    return tuple(code for _, code in sorted(ranked, key=lambda one: one[0]))
