"""Whether a code holds a whole text, or is one of several codes that share a text (structured append).

zxing-cpp returns the text of such a part like any other, and its Python interface does not say that more belongs to it.
But it gives the modules as it sampled them. From them the first block of codewords is corrected once more here, and the
header at its beginning is read (JIS X 0510, ISO/IEC 18004).
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
"""How many codewords from the beginning are searched for the header."""

_APPEND, _FNC1_FIRST, _FNC1_SECOND, _CHARACTER_SET = "0011", "0101", "1001", "0111"


@dataclass(frozen=True)
class SymbolPart:
    """Which part of a text a code holds.

    Attributes:
        index: number of the part, from 0.
        count: how many parts the text has; more than one.
        parity: a byte that is the same in all parts of one text.
    """

    index: int
    count: int
    parity: int


@dataclass(frozen=True)
class PartInView:
    """A part of a text with what it says; it is dropped when its frame has been read."""

    part: SymbolPart
    text: str = field(repr=False)
    raw: bytes = field(repr=False)
    corners: Corners
    modules: int = 0


def symbols_of_parts(parts: Sequence[PartInView]) -> Iterator[DecodedSymbol]:
    """Turn parts into symbols without text; a 12-digit number is noticed even where it is spread over several parts."""
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
    """Which part of a text a result of zxing-cpp holds; None if it holds the whole text, or that is not known."""
    told = code.extra or {}
    level = _LEVELS.get(str(told.get("ECLevel")))
    version, mask = str(told.get("Version")), str(told.get("DataMask"))
    if level is None or not version.isdecimal() or not mask.isdecimal():
        return None
    side = modules_of(int(version))
    sampled = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) < 128
    if sampled.shape != (side, side):
        return None
    for modules in (sampled, sampled.T):  # as it is, or mirrored
        begins = beginning(modules, level, int(mask))
        if begins is not None:
            return _header(begins)
    return None


def beginning(modules: Modules, level: int, mask: int) -> bytes | None:
    """The data codewords of a code's first block, corrected.

    Args:
        modules: the code as it was sampled.
        level: error correction level, a constant of ``qrcode.constants``.
        mask: number of the mask pattern, 0 to 7.

    Returns:
        The codewords, or None if there are too many errors.
    """
    version = (len(modules) - SMALLEST) // 4 + 1
    bits = modules.ravel()[_places(len(modules))] ^ _mask(len(modules), mask)
    codewords = np.packbits(bits[: len(bits) // 8 * 8])
    blocks = rs_blocks(version, level)
    first, data = blocks[0], sum(block.data_count for block in blocks)
    # Codewords of all blocks are interleaved; the first block is one of the shortest.
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
    """The structured append header, if there is one; indicators of GS1 and of a character set may precede it."""
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
    """Positions of the codewords' bits in the flattened modules, in order: up two columns, down the next two."""
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
        column -= column == 6  # this column holds the timing pattern, no content
        for row in range(side - 1, -1, -1) if up else range(side):
            places += [row * side + at for at in (column, column - 1) if content[row, at]]
        up = not up
        column -= 2
    return np.array(places, np.intp)


@lru_cache(maxsize=16)
def _mask(side: int, number: int) -> NDArray[np.bool_]:
    """Which of the codewords' bits a mask pattern inverts."""
    turned = mask_func(number)
    return np.array([turned(*divmod(int(place), side)) for place in _places(side)], np.bool_)


def _is_right(block: NDArray[np.uint8], checks: int) -> bool:
    """Whether a block has no errors, that is, all its syndromes are zero; true of most codes, and quick to find out."""
    logarithms, powers = _field()
    place = np.arange(len(block) - 1, -1, -1)
    terms = powers[(logarithms[block] + np.outer(np.arange(checks), place)) % 255]
    terms[:, block == 0] = 0
    return not np.bitwise_xor.reduce(terms, axis=1).any()


@lru_cache(maxsize=1)
def _field() -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Logarithms and powers in GF(256), the field of QR codes' error correction."""
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
