"""How a device reads the codes of a server that may be newer: a code that it does not know becomes ``OTHER``.

Only devices read messages like this. The server checks requests and its own messages strictly against the closed lists.
``OTHER`` is not a member of any list, so it can neither be sent nor stored.
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
    """Turns an unknown code into ``OTHER`` while :func:`hear` reads a message; elsewhere it is an error."""

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
"""A code in a reply, for example ``Heard[TicketState]``: one of its list, or ``OTHER`` on a device."""

MessageT = TypeVar("MessageT", bound=BaseModel)


def hear(shape: type[MessageT], told: bytes | str | Mapping[str, Any]) -> MessageT:
    """Read a server's message as a device does: unknown codes become ``OTHER``, unknown fields are left out.

    Args:
        shape: the expected class of the message.
        told: JSON text, or its parsed values.

    Raises:
        pydantic.ValidationError: it is not such a message.
    """
    if isinstance(told, bytes | str):
        return shape.model_validate_json(told, context=_HEARING)
    return shape.model_validate(told, context=_HEARING)


def places_of_other(message: BaseModel) -> list[str]:
    """The places of unknown codes in a message, for a log, for example ``ticket.state``."""
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
