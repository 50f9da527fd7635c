"""Reads a mapping of a rule file into a dataclass: the types of the fields decide what the file may contain."""

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
"""The default reader for each type of field."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a dataclass.

    Attributes:
        name: its name in the dataclass.
        has_default: whether the dataclass has a default for it.
        may_be_none: whether it is None if it is missing in the file and has no default.
        read: the reader for its type.
    """

    name: str
    has_default: bool
    may_be_none: bool
    read: Reader


@cache
def _fields_of(kind: "type[DataclassInstance]") -> tuple[_Field, ...]:
    """The fields of a dataclass, with what their annotations say."""
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
    """The default reader of a type."""
    if isinstance(held, type) and issubclass(held, StrEnum):
        return lambda place: place.choice(held)
    return _READERS.get(held, _untold)


def _untold(place: RuleNode) -> object:
    """Placeholder for types that can be read in several ways; the caller must pass a reader in ``how``."""
    raise TypeError(f"nobody says how {place.name} is read")


def keys_of(kind: "type[DataclassInstance]", names: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of an entry's fields in a file: all but its code, which is the key of the entry itself.

    Args:
        kind: the dataclass.
        names: the keys of fields that have another name in the file.
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
    """Read a mapping into a dataclass; fields that are missing keep their defaults.

    Args:
        kind: the dataclass.
        place: the mapping's place in the file.
        names: the keys of fields that have another name in the file.
        how: readers for fields that are not a code, a list of codes, an enum, a date or a boolean.
        given: values of fields that are not in the mapping.

    Raises:
        RuleFileError: a key is missing or unknown, or a value is of another kind.
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
    """Read an entry of a section like :func:`read_value`; its key becomes the field ``code``."""
    return read_value(kind, place, names=names, how=how, code=place.key_code())
