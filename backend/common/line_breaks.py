"""Breaking text into lines: between phrases, as a reader would pause; never before 。 or after （ (禁則処理).

Japanese and Chinese have no spaces between words; the library budoux finds where their phrases end, with models that it
contains. やさしい日本語 has spaces, and its lines are broken only there. A phrase that is wider than a line is cut
between characters.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Final

import budoux

from backend.common.catalogue import Language

Measure = Callable[[str], float]
"""Returns the width of a text, in any unit."""

BREAK: Final = "|"
"""A mark in a catalogue's text: a text with such marks is broken only there."""

_NOT_AT_LINE_START: Final = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー～）］｝」』】〕〉》’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ℃％,.!?)]}:;%人分"
)
_NOT_AT_LINE_END: Final = frozenset("（［｛「『【〔〈《‘“([{※")
_TOGETHER: Final = re.compile(
    "（[^（）]{1,10}）|「[^「」]{1,10}」|“[^“”]{1,10}”|(?:午前|午後|上午|下午)?[0-9]{1,2}[時点](?:[0-9]{1,2}分)?"
)
"""Short words in brackets or quotes, and times of day: they are never broken."""
_READING: Final = re.compile("（[\u3041-\u3096]+）")
"""The reading of the word before it, as in やさしい日本語: it stays on the line of that word."""
_WORD: Final = re.compile("[\u3041-\u3096ー]{1,10}[、。]?\\s*")
"""A word of やさしい日本語, in hiragana between spaces; budoux would mistake its first letter for a particle."""
_BRACKET: Final = re.compile("[（「“]")
_SPACED: Final = re.compile(r"\S+\s*|\s+")
_IDEOGRAPHS: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def break_lines(text: str, width: float, measure: Measure, language: Language) -> list[str]:
    """Break a text into lines no wider than ``width``, unless a single character is wider.

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
            whole.extend(_narrowed(piece, width, measure, language))
        lines.extend(fill(whole, width, measure) or [""])
    return lines


def _narrowed(piece: str, width: float, measure: Measure, language: Language) -> Iterator[str]:
    """A piece as it is, if it fits; else its parts: phrases, then words in brackets, finally single characters."""
    if measure(piece.rstrip()) <= width:
        yield piece
        return
    readings = {
        found.start() for found in _READING.finditer(piece) if not piece[: found.start()].endswith("）")
    }
    inner = {found.start() for found in _BRACKET.finditer(piece)} - readings
    for part in _joined(_cut(piece, sorted({*_ends(piece, language), *(inner - {0})}))):
        yield from [part] if measure(part.rstrip()) <= width else _torn(part, width, measure)


def _torn(part: str, width: float, measure: Measure) -> Iterator[str]:
    """Split a phrase that is too wide for a line: after a reading, else before one, but never inside a reading."""
    for bit in _cut(part, [*(found.end() for found in _READING.finditer(part)), len(part)]):
        if measure(bit.rstrip()) <= width:
            yield bit
            continue
        for half in _cut(bit, [*(found.start() for found in _READING.finditer(bit)), len(bit)]):
            yield from [half] if measure(half.rstrip()) <= width else _joined(half)


def fill(parts: Iterable[str], width: float, measure: Measure) -> list[str]:
    """Join pieces into lines, each as long as the width allows."""
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
    """Split a text into the parts that should not be broken: at its marks if it has any, else into phrases."""
    if BREAK in text:
        return tuple(piece for piece in text.split(BREAK) if piece)
    return tuple(_joined(_phrases(text, language)))


def _phrases(text: str, language: Language) -> Iterator[str]:
    for spaced in _SPACED.findall(text):
        easy = language is Language.EASY_JAPANESE and (" " in text or _WORD.fullmatch(spaced))
        if _IDEOGRAPHS.search(spaced) and not easy:
            yield from _cut(spaced, _ends(spaced, language))
        else:
            yield spaced


def _ends(text: str, language: Language) -> list[int]:
    """Where phrases end, as positions in the text."""
    words = text.rstrip()
    ends = set(accumulate(len(phrase) for phrase in _parser(language).parse(words)))
    ends = ends - {len(words)} | {len(text)}
    for found in _TOGETHER.finditer(text):
        ends -= set(range(found.start() + 1, found.end()))
    for found in _READING.finditer(text):
        ends -= set(range(found.start(), found.end()))
    return sorted(ends)


def _cut(text: str, ends: list[int]) -> Iterator[str]:
    for start, end in pairwise([0, *ends]):
        yield text[start:end]


@cache
def _parser(language: Language) -> budoux.Parser:
    """The Chinese model for Chinese, else the Japanese one, because texts in all languages contain Japanese words."""
    if language is Language.CHINESE:
        return budoux.load_default_simplified_chinese_parser()
    return budoux.load_default_japanese_parser()


def _joined(parts: Iterable[str]) -> list[str]:
    """The parts, joined wherever a line break between two of them is not allowed, such as inside a Latin word."""
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
