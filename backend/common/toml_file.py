"""Files of the ward in TOML: read with one sentence for every mistake, which names file, line and place."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from backend.common.validation_words import reason_of
from backend.wire import FieldShape, tree_contains_my_number

Loc = tuple[str | int, ...]
"""Keys and places in lists, from the top of a file."""

_ENDS = ("]", "}", '"""', "'''")
"""With one of these ends whatever is longer than a line."""

Content = TypeVar("Content", bound=BaseModel)


@dataclass(frozen=True)
class _Statement:
    """A header or a key with its value.

    Attributes:
        loc: its place.
        line: on which it begins.
        lines: all of it.
        tree: what it says by itself.
    """

    loc: Loc
    line: int
    lines: list[str]
    tree: dict[str, Any]

    def line_of_item(self, place: int) -> int:
        """The line of a member of a list that stands over several lines."""
        for count in range(1, len(self.lines)):
            try:
                found: Any = tomllib.loads("\n".join((*self.lines[:count], "]")))
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
        what: as a sentence calls it, for example "the mapping".
        error: what is raised where it is wrong; its message is one sentence.
        text: what stands in it.
        said: the same as tables, lists and values.
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
            what: as a sentence calls it.
            error: what to raise, made of one sentence.
            shapes: what keys are for, where they may hold long runs of digits.

        Raises:
            Exception: of the kind ``error``: it cannot be read, is not TOML, or holds a 12-digit number.
        """
        try:
            text = path.read_text("utf-8")
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
        """What the file says in its shape.

        Args:
            model: the shape.
            merged: what is checked instead of the file alone, where the file lies over another.

        Raises:
            Exception: of the file's kind: it has another shape.
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
        """The mistake at a place, to be raised: file and line come before the sentence."""
        return self.error(f"{self.path}, line {self.line_of(loc)}: {sentence}")

    def has(self, loc: Iterable[str | int]) -> bool:
        """Whether the file itself says something at a place."""
        said: Any = self.said
        for part in loc:
            try:
                said = said[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def line_of(self, loc: Loc) -> int:
        """The line on which a key stands; for what is missing, that of the table that lacks it."""
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
    """Every header and every key of a file that is valid."""
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
            continue  # it goes on in the next line
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
    """The keys of one statement from the outside in, as far as there is one alone; and whether it opens a list."""
    keys: list[str] = []
    while isinstance(tree, dict) and len(tree) == 1:
        ((key, tree),) = tree.items()
        keys.append(key)
    return keys, tree == [{}]


def _counted(keys: list[str], counts: Mapping[Loc, int]) -> Loc:
    """The place of a header: below a list of tables it means the last of them."""
    found: Loc = ()
    for place, key in enumerate(keys):
        found = (*found, key)
        if found in counts and place + 1 < len(keys):
            found = (*found, counts[found])
    return found
