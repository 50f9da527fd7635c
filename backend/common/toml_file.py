"""Reads TOML files of the ward; for every mistake there is one sentence that names file, line and place."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from backend.common.plain_files import read_plain_text
from backend.common.validation_words import reason_of
from backend.wire import FieldShape, tree_contains_my_number

Loc = tuple[str | int, ...]
"""A place in a file: keys and positions in lists, from the top."""

_ENDS = ("]", "}", '"""', "'''")
"""How the last line of a multi-line value ends."""

Content = TypeVar("Content", bound=BaseModel)


@dataclass(frozen=True)
class _Statement:
    """A header or a key with its value.

    Attributes:
        loc: its place in the file.
        line: the line on which it begins, from 1.
        lines: all its lines.
        tree: the content of these lines, parsed alone.
    """

    loc: Loc
    line: int
    lines: list[str]
    tree: dict[str, Any]

    def line_of_item(self, place: int) -> int:
        """The line of a member of a list that is written over several lines."""
        for count in range(1, len(self.lines) + 1):
            closed = self.lines if count == len(self.lines) else (*self.lines[:count], "]")
            try:
                found: Any = tomllib.loads("\n".join(closed))
            except tomllib.TOMLDecodeError:
                continue
            while isinstance(found, dict) and found:
                found = next(iter(found.values()))
            if isinstance(found, list) and len(found) > place:
                return self.line + count - 1
        return self.line


@dataclass(frozen=True)
class TomlFile:
    """A file that was read.

    Attributes:
        path: where it is.
        what: its name in messages, for example "the mapping".
        error: the exception to raise if the file is wrong; its message is one sentence.
        text: the file's text.
        said: the parsed content.
    """

    path: Path
    what: str
    error: type[Exception]
    text: str
    said: dict[str, Any]

    @classmethod
    def read(
        cls,
        path: Path,
        what: str,
        error: type[Exception],
        shapes: Mapping[str, FieldShape] | None = None,
    ) -> "TomlFile":
        """Read a file.

        Args:
            path: where it is.
            what: its name in messages.
            error: the exception to raise; it takes one sentence.
            shapes: kinds of fields by key, for keys whose values may contain long runs of digits.

        Raises:
            Exception: an ``error``: the file cannot be read, is not TOML, or contains a 12-digit number.
        """
        try:
            text = read_plain_text(path)
            said = tomllib.loads(text)
        except OSError as problem:
            raise error(f"{what} {path} cannot be read: {problem.strerror}") from None
        except tomllib.TOMLDecodeError as problem:
            raise error(f"{what} {path} is not valid TOML: {problem}") from None
        except (ValueError, RecursionError):
            raise error(f"{what} {path} is not valid TOML") from None
        file = cls(path, what, error, text, said)
        if tree_contains_my_number(said, shapes):
            lines = (one.line for one in file._statements if tree_contains_my_number(one.tree, shapes))
            raise error(
                f"{path}, line {next(lines, 1)}: {what} holds a 12-digit number, which is not repeated"
            )
        return file

    def check(self, model: type[Content], merged: Mapping[str, Any] | None = None) -> Content:
        """Check the file against a model.

        Args:
            model: the pydantic model.
            merged: what to check instead of the file alone, if the file overrides parts of another one.

        Raises:
            Exception: an ``error``: the file does not fit the model.
        """
        try:
            return model.model_validate(self.said if merged is None else merged)
        except ValidationError as problem:
            first = problem.errors(include_url=False)[0]
            place = tuple(part for part in first["loc"] if part != "[key]")
            shown = ".".join(str(part) for part in place)
            reason = reason_of(first, missing="there is no such key")
            raise self.wrong(place, f"{self.what} is wrong at {shown}: {reason}") from None

    def wrong(self, loc: Loc, sentence: str) -> Exception:
        """The exception for a mistake at a place; its message begins with file and line."""
        return self.error(f"{self.path}, line {self.line_of(loc)}: {sentence}")

    def has(self, loc: Iterable[str | int]) -> bool:
        """Whether the file itself has a value at a place."""
        said: Any = self.said
        for part in loc:
            try:
                said = said[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def line_of(self, loc: Loc) -> int:
        """The line of a key; for a missing key, the line of the table that lacks it."""
        best, found = -1, None
        for one in self._statements:
            shared = min(len(one.loc), len(loc))
            if shared > best and one.loc[:shared] == loc[:shared]:
                best, found = shared, one
        if found is None:
            return 1
        beyond = loc[best] if best < len(loc) else None
        return found.line_of_item(beyond) if isinstance(beyond, int) else found.line

    @cached_property
    def _statements(self) -> tuple[_Statement, ...]:
        return tuple(_statements_of(self.text))


def _statements_of(text: str) -> Iterator[_Statement]:
    """Every header and every key of a valid file."""
    above: Loc = ()
    counts: dict[Loc, int] = {}
    taken: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not taken:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            first = number
        taken.append(line)
        if len(taken) > 1 and not any(sign in line for sign in _ENDS):
            continue
        try:
            tree = tomllib.loads("\n".join(taken))
        except tomllib.TOMLDecodeError:
            continue  # the statement continues on the next line
        keys, repeated = _keys_of(tree)
        loc: Loc = (*above, *keys)
        if taken[0].lstrip().startswith("["):
            loc = above = _counted(keys, counts)
            if repeated:
                counts[loc] = counts.get(loc, -1) + 1
                loc = above = (*loc, counts[loc])
        yield _Statement(loc, first, taken, tree)
        taken = []


def _keys_of(tree: Any) -> tuple[list[str], bool]:
    """The keys of one statement, from the outermost inwards, and whether it is the header of a list of tables."""
    keys: list[str] = []
    while isinstance(tree, dict) and len(tree) == 1:
        ((key, tree),) = tree.items()
        keys.append(key)
    return keys, tree == [{}]


def _counted(keys: list[str], counts: Mapping[Loc, int]) -> Loc:
    """The place of a header; a key that names a list of tables stands for the last table of the list so far."""
    found: Loc = ()
    for place, key in enumerate(keys):
        found = (*found, key)
        if found in counts and place + 1 < len(keys):
            found = (*found, counts[found])
    return found
