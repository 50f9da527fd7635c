"""How a device reads the codes of a server that may be newer: a code that it does not know is ``OTHER``.

Only a device reads so. A server's own messages and what it is asked are held to the closed lists as ever, so that
``OTHER`` is nothing that anybody could send or keep: it is no member of any list.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError
from pydantic_core import core_schema


class Other(StrEnum):
    """A code of a newer server, read by a device that does not know it."""

    OTHER = "other"


OTHER: Final = Other.OTHER

_HEARING: Final = {"hearing": True}


class _Lenient:
    """Reads a text that is none of the codes as ``OTHER`` where something is heard, and refuses it elsewhere."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        (codes,) = (part for part in get_args(source) if part is not Other)
        return core_schema.with_info_wrap_validator_function(_read, handler(codes))


def _read(
    told: object, strictly: core_schema.ValidatorFunctionWrapHandler, info: core_schema.ValidationInfo[Any]
) -> object:
    try:
        return strictly(told)
    except ValidationError:
        if isinstance(told, str) and info.context == _HEARING:
            return OTHER
        raise


CodeT = TypeVar("CodeT")
Heard = Annotated[CodeT | Other, _Lenient()]
"""A code in a reply, for example ``Heard[TicketState]``: one of its list, or ``OTHER`` where a device reads it."""

MessageT = TypeVar("MessageT", bound=BaseModel)


def hear(shape: type[MessageT], told: bytes | str | Mapping[str, Any]) -> MessageT:
    """Read what a server told, as a device: unknown codes become ``OTHER``, unknown fields are left out.

    Args:
        shape: what it should be.
        told: JSON, or its values.

    Raises:
        pydantic.ValidationError: it is something else.
    """
    if isinstance(told, bytes | str):
        return shape.model_validate_json(told, context=_HEARING)
    return shape.model_validate(told, context=_HEARING)


def places_of_other(message: BaseModel) -> list[str]:
    """Where a message holds a code that is not known, for a log: ``ticket.state``."""
    return sorted(set(_places(message, "")))


def _places(told: object, place: str) -> list[str]:
    if told is OTHER:
        return [place]
    if isinstance(told, list):
        return [found for entry in told for found in _places(entry, place)]
    if not isinstance(told, BaseModel):
        return []
    dot = f"{place}." if place else ""
    return [found for name, value in told for found in _places(value, f"{dot}{name}")]
