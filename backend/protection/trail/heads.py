"""Heads of the trail: how far it had come at a moment, signed, short enough for paper.

Whoever keeps one where the server's administrators cannot reach it can later prove that nothing before it was cut off or made
anew, also without the server's secret.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from backend.protection.trail.chain import Block
from backend.protection.trail.keys import TrailKey, as_letters, from_letters, is_signed

_TITLE: Final = "uketsuke trail head 1"
_LINES: Final = ("block", "entries", "sealed", "hash", "key", "signature")
_GROUP: Final = 4
_LONGEST: Final = 4000
_COUNT: Final = re.compile(r"[0-9]{1,11}")
_WHEN: Final = "%Y-%m-%dT%H:%M:%SZ"


class BadHeadError(ValueError):
    """A text that is no head, or one that was changed; the message is a part of a sentence."""


@dataclass(frozen=True)
class Head:
    """How far the trail had come.

    Attributes:
        block: number of the last block.
        entries: how many entries were sealed, archived ones too.
        sealed_at: when the last block was sealed; aware, UTC.
        hash: of the last block.
        key: the public key that checks the signature.
        signature: over all of the above.
    """

    block: int
    entries: int
    sealed_at: datetime
    hash: bytes
    key: bytes
    signature: bytes

    def as_text(self) -> str:
        """The text for paper or a disk: letters in groups, so that it can be typed."""
        lines = {**self._told(), "signature": _grouped(self.signature)}
        return "".join(f"{line}\n" for line in (_TITLE, *(f"{name:<10}{lines[name]}" for name in _LINES)))

    def signed(self) -> bytes:
        """What the signature is about."""
        return "\n".join((_TITLE, *("".join(value.split()) for value in self._told().values()))).encode()

    def _told(self) -> dict[str, str]:
        return {
            "block": str(self.block),
            "entries": str(self.entries),
            "sealed": self.sealed_at.astimezone(UTC).strftime(_WHEN),
            "hash": _grouped(self.hash),
            "key": _grouped(self.key),
        }


def head_of(block: Block, key: TrailKey) -> Head:
    """The signed head of the trail whose last block this is."""
    values = (block.number, block.last_entry, block.sealed_at, block.hash, key.public)
    return Head(*values, key.sign(Head(*values, b"").signed()))


def read_head(text: str) -> Head:
    """A head from its text, whose signature is right by the key that stands in it.

    Raises:
        BadHeadError: it is none, or one that was changed.
    """
    lines = [line for line in text.strip().splitlines() if line.strip()] if len(text) <= _LONGEST else []
    if not lines or lines[0].strip() != _TITLE:
        raise BadHeadError(f"it does not begin with the line '{_TITLE}'")
    told = dict(_parted(line) for line in lines[1:])
    if sorted(told) != sorted(_LINES) or len(lines) != len(_LINES) + 1:
        raise BadHeadError(f"it needs each of these lines once: {', '.join(_LINES)}")
    for name in ("block", "entries"):
        if not _COUNT.fullmatch(told[name]):
            raise BadHeadError(f"the line {name} is no number")
    try:
        sealed = datetime.strptime(told["sealed"], _WHEN).replace(tzinfo=UTC)
        hashed, key, signature = (from_letters(told[name]) for name in ("hash", "key", "signature"))
    except ValueError:
        raise BadHeadError("one of its lines is not as it was printed") from None
    head = Head(int(told["block"]), int(told["entries"]), sealed, hashed, key, signature)
    if not is_signed(head.key, head.signature, head.signed()):
        raise BadHeadError("its signature is wrong: something in it was changed or mistyped")
    return head


def _parted(line: str) -> tuple[str, str]:
    name, _, value = line.strip().partition(" ")
    return name, value.strip()


def _grouped(value: bytes) -> str:
    letters = as_letters(value)
    return " ".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
