"""Reading a value of the rules by its own fields: what a dataclass says of a field is what may stand in the file."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

from backend.documents.files.rule_file import RuleNode

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value", bound="DataclassInstance")
Reader = Callable[[RuleNode], Any]

_READERS: Mapping[Any, Reader] = {
    str: RuleNode.code,
    bool: RuleNode.yes,
    date: RuleNode.day,
    tuple[str, ...]: RuleNode.codes,
    frozenset[str]: lambda place: frozenset(place.codes()),
}
"""How a field of a kind is read where its reader does not say otherwise."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a value.

    Attributes:
        name: what the value calls it.
        has_default: the value says what it is where it does not stand in the file.
        may_be_none: it is None where neither says it.
        read: how its kind is read.
    """

    name: str
    has_default: bool
    may_be_none: bool
    read: Reader


@cache
def _fields_of(kind: "type[DataclassInstance]") -> tuple[_Field, ...]:
    """The fields of a value with what its annotations say of them."""
    hints = get_type_hints(kind)
    found = []
    for one in fields(kind):
        hint = hints[one.name]
        may_be_none = NoneType in get_args(hint)
        has_default = one.default is not MISSING or one.default_factory is not MISSING
        read = _reader_of(get_args(hint)[0] if may_be_none else hint)
        found.append(_Field(one.name, has_default, may_be_none, read))
    return tuple(found)


def _reader_of(held: Any) -> Reader:
    """How a kind of value is read."""
    if isinstance(held, type) and issubclass(held, StrEnum):
        return lambda place: place.choice(held)
    return _READERS.get(held, _untold)


def _untold(place: RuleNode) -> object:
    """Stands for the reader of a kind that can be read in several ways."""
    raise TypeError(f"nobody says how {place.name} is read")


def keys_of(kind: "type[DataclassInstance]", names: Mapping[str, str]) -> tuple[str, ...]:
    """The keys under which the fields of an entry stand in a file: all but its code, which is the key of the entry.

    Args:
        kind: the value.
        names: the keys of fields that are called otherwise there.
    """
    return tuple(names.get(one.name, one.name) for one in _fields_of(kind) if one.name != "code")


def read_value(
    kind: type[Value],
    place: RuleNode,
    *,
    names: Mapping[str, str] | None = None,
    how: Mapping[str, Reader] | None = None,
    **given: object,
) -> Value:
    """Read a mapping as a value; a field that does not stand there stays as the value has it.

    Args:
        kind: the value, a dataclass.
        place: where it stands.
        names: the keys of fields that are called otherwise in the file.
        how: how fields are read that are no code, list of codes, word of a closed list, date, true or false.
        given: fields that do not stand in the mapping.

    Raises:
        RuleFileError: a key is missing or not known, or what stands there is of another kind.
    """
    names, how = names or {}, how or {}
    expected = {names.get(one.name, one.name): one for one in _fields_of(kind) if one.name not in given}
    readers = {key: how.get(one.name, one.read) for key, one in expected.items()}
    required = [key for key, one in expected.items() if not (one.has_default or one.may_be_none)]
    entries = place.record(required=required, optional=expected).entries
    values = {
        one.name: readers[key](entries[key]) if key in entries else None
        for key, one in expected.items()
        if key in entries or not one.has_default
    }
    return kind(**values, **given)


def read_entry(
    kind: type[Value],
    place: RuleNode,
    *,
    names: Mapping[str, str] | None = None,
    how: Mapping[str, Reader] | None = None,
) -> Value:
    """Read an entry of a section: the same, of a value whose code is the key."""
    return read_value(kind, place, names=names, how=how, code=place.key_code())
