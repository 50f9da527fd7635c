"""Readings in やさしい日本語: on a screen or sheet, only the first use of a word has its reading in brackets."""

import re
from collections.abc import Iterable

_KANJI = "[一-龯々〆ヶ]"
_READ = re.compile(rf"(?<!{_KANJI})({_KANJI}+)（([ぁ-んー]+)）")


def read_once(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts of one screen, in reading order, without the readings that an earlier text already gives."""
    known: set[tuple[str, str]] = set()

    def first(found: re.Match[str]) -> str:
        word, reading = found.groups()
        if (word, reading) in known:
            return word
        known.add((word, reading))
        return found[0]

    return tuple(_READ.sub(first, text) for text in texts)
