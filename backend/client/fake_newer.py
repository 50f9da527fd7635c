"""Replies as a newer server would give them: with codes and fields that this version does not know."""

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

UNKNOWN_CODE: Final = "of_tomorrow"
EVERYWHERE: Final = "*"

_WORDS: Final = {"status"}
"""Fields with a fixed value, of which a newer server has no other codes."""


def newer(reply: BaseModel, places: AbstractSet[str]) -> dict[str, Any]:
    """A reply's JSON values with an unknown code in some places, and with a new field in every object.

    Args:
        reply: as a server of this version gives it.
        places: the paths of the codes to change, such as ``ticket.state``; ``*`` for every code.
    """
    told: dict[str, Any] = reply.model_dump(mode="json")
    _change(reply, told, "", places)
    return told


def _is_code(name: str, value: object) -> bool:
    return isinstance(value, StrEnum) or name in _WORDS


def _change(reply: BaseModel, told: dict[str, Any], before: str, places: AbstractSet[str]) -> None:
    for name, value in reply:
        if _is_code(name, value) and places & {EVERYWHERE, before + name}:
            told[name] = UNKNOWN_CODE
        if isinstance(value, BaseModel):
            _change(value, told[name], f"{before}{name}.", places)
        elif isinstance(value, list):
            for part, other in zip(value, told[name], strict=True):
                if isinstance(part, BaseModel):
                    _change(part, other, f"{before}{name}.", places)
    told[UNKNOWN_CODE] = {"kind": UNKNOWN_CODE}
