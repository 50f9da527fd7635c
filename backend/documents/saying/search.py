"""Finding a document by typing: the beginning of its reading, a part of its name, or its code."""

import unicodedata
from collections.abc import Iterable

from backend.documents.saying.verdict_words import Texts, name_of

_LEFT_OUT = {chr(0x30FC), "-"}
"""The long-vowel mark, and the hyphen that is typed instead of it."""
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """Fold what people type: half width, lower case, hiragana, without spaces and long-vowel marks."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)
    return "".join(character for character in plain if not character.isspace() and character not in _LEFT_OUT)


def search_keys(kind: str, code: str, names: Texts, readings: Texts) -> tuple[str, ...]:
    """The texts by which a code is found, folded: each of its readings, its name, the code itself.

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
    """The codes that match what was typed: first those that begin with it, then those that contain it, in given order.

    An empty text matches everything.
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
