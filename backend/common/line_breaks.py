"""Breaking text into lines: between phrases, as a reader would pause; never before 。 or after （ (禁則処理).

Japanese and Chinese put no spaces between words. Where one of their phrases ends is told by budoux, whose models
come with it. A phrase that is wider than a line is cut between characters.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Final

import budoux

from backend.common.catalogue import Language

Measure = Callable[[str], float]
"""How wide a text is."""

BREAK: Final = "|"
"""A mark in a catalogue's text: lines end at such marks only."""

_NOT_AT_LINE_START: Final = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー～）］｝」』】〕〉》’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ℃％,.!?)]}:;%人分"
)
_NOT_AT_LINE_END: Final = frozenset("（［｛「『【〔〈《‘“([{※")
_TOGETHER: Final = re.compile("（[^（）]{1,10}）|「[^「」]{1,10}」|“[^“”]{1,10}”")
"""Short words in brackets or quotes: they stay whole."""
_READING: Final = re.compile("（[\u3041-\u3096]+）")
"""How the word before it is read, as やさしい日本語 writes it: it stays with that word."""
_SPACED: Final = re.compile(r"\S+\s*|\s+")
_IDEOGRAPHS: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def break_lines(text: str, width: float, measure: Measure, language: Language) -> list[str]:
    """Break a text into lines that are at most ``width`` wide, where characters are no wider than that.

    Args:
        text: the text; its own line breaks are kept.
        width: how wide a line may be, in the unit of ``measure``.
        measure: how wide a text is.
        language: of the text.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        whole: list[str] = []
        for piece in pieces(paragraph, language):
            whole.extend([piece] if measure(piece.rstrip()) <= width else _joined(piece))
        lines.extend(fill(whole, width, measure) or [""])
    return lines


def fill(parts: Iterable[str], width: float, measure: Measure) -> list[str]:
    """Fill each line with pieces as far as its width allows."""
    lines: list[str] = []
    line = ""
    for piece in parts:
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


@lru_cache(maxsize=2048)
def pieces(text: str, language: Language) -> tuple[str, ...]:
    """Cut a text into what should stay together: at its marks where it has any, else into phrases."""
    if BREAK in text:
        return tuple(piece for piece in text.split(BREAK) if piece)
    return tuple(_joined(_phrases(text, language)))


def _phrases(text: str, language: Language) -> Iterator[str]:
    for spaced in _SPACED.findall(text):
        if _IDEOGRAPHS.search(spaced):
            yield from _cut(spaced, _ends(spaced, language))
        else:
            yield spaced


def _ends(text: str, language: Language) -> list[int]:
    """Where phrases end, as places in the text."""
    words = text.rstrip()
    ends = set(accumulate(len(phrase) for phrase in _parser(language).parse(words)))
    ends = ends - {len(words)} | {len(text)}
    for found in _TOGETHER.finditer(text):
        ends -= set(range(found.start() + 1, found.end()))
    ends -= {found.start() for found in _READING.finditer(text)}
    return sorted(ends)


def _cut(text: str, ends: list[int]) -> Iterator[str]:
    for start, end in pairwise([0, *ends]):
        yield text[start:end]


@cache
def _parser(language: Language) -> budoux.Parser:
    """Chinese has a model of its own; Japanese words stand in the texts of every other language."""
    if language is Language.CHINESE:
        return budoux.load_default_simplified_chinese_parser()
    return budoux.load_default_japanese_parser()


def _joined(parts: Iterable[str]) -> list[str]:
    """The parts, with those joined between which no line may end; words in Latin letters stay whole."""
    found: list[str] = []
    for part in parts:
        before = found[-1][-1] if found else ""
        if before and (
            part[0] in _NOT_AT_LINE_START
            or before in _NOT_AT_LINE_END
            or ((before + part[0]).isascii() and not before.isspace())
        ):
            found[-1] += part
        else:
            found.append(part)
    return found
