"""Is a code all of a text, or one of several that share it (structured append)?

zxing-cpp gives the text of a part like any other and does not say in Python that more belongs to it. What it does give
are the modules as it sampled them: their first block is corrected once more, and the header at its beginning read
(JIS X 0510, ISO/IEC 18004).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np
import reedsolo
from numpy.typing import NDArray
from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import mask_func

from backend.wire import FieldShape, contains_my_number
from kiosk.reading.detection import Corners, DecodedSymbol
from kiosk.reading.symbol import SMALLEST, Modules, modules_of, patterns

_LEVELS: Final = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
_POLYNOMIAL: Final = 0x11D
_LOOKED_AT: Final = 12
"""Codewords from the beginning in which a header can stand."""

_APPEND, _FNC1_FIRST, _FNC1_SECOND, _CHARACTER_SET = "0011", "0101", "1001", "0111"


@dataclass(frozen=True)
class SymbolPart:
    """Which part of a text a code is.

    Attributes:
        index: its place, from 0.
        count: how many there are; more than one.
        parity: the same in all of them.
    """

    index: int
    count: int
    parity: int


@dataclass(frozen=True)
class PartInView:
    """One part while the others of its text are looked for; it does not outlive the reading of its frame."""

    part: SymbolPart
    text: str = field(repr=False)
    raw: bytes = field(repr=False)
    corners: Corners
    modules: int = 0


def symbols_of_parts(parts: Sequence[PartInView]) -> Iterator[DecodedSymbol]:
    """The symbols that parts are. Their texts are forgotten; a 12-digit number that is spread over them is noticed."""
    for one in parts:
        together = {
            other.part.index: other
            for other in parts
            if (other.part.count, other.part.parity) == (one.part.count, one.part.parity)
        }
        texts = [together[index].text for index in sorted(together)]
        raws = [together[index].raw for index in sorted(together)]
        number = any(
            contains_my_number(text, FieldShape.CODE)
            for text in (one.text, "".join(texts), b"".join(raws).decode("latin-1"))
        )
        yield DecodedSymbol("", one.corners, my_number=number, modules=one.modules, part=True)


def part_of(code: Any) -> SymbolPart | None:
    """Which part a code is that zxing-cpp has read; none where it is the whole text, or cannot be told."""
    told = code.extra or {}
    level = _LEVELS.get(str(told.get("ECLevel")))
    version, mask = str(told.get("Version")), str(told.get("DataMask"))
    if level is None or not version.isdecimal() or not mask.isdecimal():
        return None
    side = modules_of(int(version))
    sampled = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) < 128
    if sampled.shape != (side, side):
        return None
    for modules in (sampled, sampled.T):  # as it is, or in a mirror
        begins = beginning(modules, level, int(mask))
        if begins is not None:
            return _header(begins)
    return None


def beginning(modules: Modules, level: int, mask: int) -> bytes | None:
    """The first codewords of a code, corrected; none where they are beyond correction."""
    version = (len(modules) - SMALLEST) // 4 + 1
    bits = modules.ravel()[_places(len(modules))] ^ _mask(len(modules), mask)
    codewords = np.packbits(bits[: len(bits) // 8 * 8])
    blocks = rs_blocks(version, level)
    first, data = blocks[0], sum(block.data_count for block in blocks)
    # The codewords of all blocks take turns; the first block is one of the shortest.
    taken = (
        *range(0, first.data_count * len(blocks), len(blocks)),
        *range(data, data + (first.total_count - first.data_count) * len(blocks), len(blocks)),
    )
    block = codewords[list(taken)]
    if _is_right(block, first.total_count - first.data_count):
        return block[: first.data_count].tobytes()
    try:
        return bytes(_corrector(first.total_count, first.data_count).decode(block.tobytes())[0])
    except reedsolo.ReedSolomonError:
        return None


def _header(begins: Sequence[int]) -> SymbolPart | None:
    """What the header says, if there is one; marks of GS1 and of character sets may stand before it."""
    bits = "".join(f"{codeword:08b}" for codeword in begins[:_LOOKED_AT])
    while bits:
        mode, rest = bits[:4], bits[4:]
        if mode == _APPEND and len(rest) >= 16:
            count = int(rest[4:8], 2) + 1
            return SymbolPart(int(rest[:4], 2), count, int(rest[8:16], 2)) if count > 1 else None
        if mode == _FNC1_FIRST:
            bits = rest
        elif mode == _FNC1_SECOND:
            bits = rest[8:]
        elif mode == _CHARACTER_SET:
            bits = rest[8 if rest[:1] == "0" else 16 if rest[:2] == "10" else 24 :]
        else:
            return None
    return None


@lru_cache(maxsize=8)
def _places(side: int) -> NDArray[np.intp]:
    """Where the bits of the codewords are, in their order: two columns up, the next two down."""
    content = patterns(side) == 0
    content[8, [*range(9), *range(side - 8, side)]] = False  # format
    content[[*range(9), *range(side - 8, side)], 8] = False
    if side >= modules_of(7):
        content[side - 11 : side - 8, :6] = False  # version
        content[:6, side - 11 : side - 8] = False
    places: list[int] = []
    up = True
    column = side - 1
    while column > 0:
        column -= column == 6  # the timing pattern is no column of the content
        for row in range(side - 1, -1, -1) if up else range(side):
            places += [row * side + at for at in (column, column - 1) if content[row, at]]
        up = not up
        column -= 2
    return np.array(places, np.intp)


@lru_cache(maxsize=16)
def _mask(side: int, number: int) -> NDArray[np.bool_]:
    """Which of these bits the mask turns around."""
    turned = mask_func(number)
    return np.array([turned(*divmod(int(place), side)) for place in _places(side)], np.bool_)


def _is_right(block: NDArray[np.uint8], checks: int) -> bool:
    """Whether nothing is to be corrected: every syndrome is zero. Most codes on paper and screens are sampled so."""
    logarithms, powers = _field()
    place = np.arange(len(block) - 1, -1, -1)
    terms = powers[(logarithms[block] + np.outer(np.arange(checks), place)) % 255]
    terms[:, block == 0] = 0
    return not np.bitwise_xor.reduce(terms, axis=1).any()


@lru_cache(maxsize=1)
def _field() -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Logarithms and powers of the field in which the codewords are corrected."""
    powers = [1]
    for _ in range(254):
        doubled = powers[-1] << 1
        powers.append(doubled ^ _POLYNOMIAL if doubled > 255 else doubled)
    logarithms = np.zeros(256, np.intp)
    logarithms[powers] = np.arange(255)
    return logarithms, np.array(powers, np.uint8)


@lru_cache(maxsize=64)
def _corrector(total: int, data: int) -> Any:
    return reedsolo.RSCodec(total - data, nsize=total, fcr=0, prim=_POLYNOMIAL, generator=2)
