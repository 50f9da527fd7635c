"""Reading YAML so that every mistake is reported with its file and line.

A ``RuleNode`` is one node of the file. Nothing is guessed: an unexpected key, a repeated key, or a value of another
kind than expected is an error.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar

import yaml

from backend.documents.model.ages import OLDEST
from backend.documents.model.errors import RuleFileError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
_NUMBER = re.compile(r"\d{1,7}", re.ASCII)

_MOST_BYTES = 512 * 1024
_MOST_DOCUMENTS = 9
_DEEPEST = 20
"""How deep a rule file may be nested; the shipped ones are five deep. Tens of thousands would crash libyaml."""

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


def _text_of(file: Path) -> str:
    """The text of a regular file of a reasonable size; a pipe or a device, which may never end, is refused."""
    try:
        file.stat()  # raises with the reason if the file cannot be reached; is_file would only be False
        if not file.is_file():
            raise RuleFileError(file, None, "this is no ordinary file")
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise RuleFileError(file, None, f"the file cannot be read ({error.strerror})") from None
    except ValueError:
        raise RuleFileError(file, None, "the file cannot be read (this is no name of a file)") from None
    if len(content) > _MOST_BYTES:
        raise RuleFileError(file, None, f"the file is larger than {_MOST_BYTES // 1024} KiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleFileError(file, None, "the file is not UTF-8 text") from None


def _refuse_depth(file: Path, text: str) -> None:
    """Refuse a file that is nested too deeply, by its parser events, before nodes are built from it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                mark = event.start_mark
                line = None if mark is None else mark.line + 1
                raise RuleFileError(file, line, "the file is nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass(frozen=True, slots=True)
class RuleNode:
    """One node of a rule file.

    Args:
        file: the rule file.
        node: the YAML node.
        name: where it is, for example ``recipients.R1.age``.
    """

    file: Path
    node: yaml.Node
    name: str

    @classmethod
    def of_file(cls, file: Path) -> Self:
        """The root of a file.

        Raises:
            RuleFileError: the file cannot be read, is not UTF-8, is not YAML, or is empty.
        """
        text = _text_of(file)
        try:
            _refuse_depth(file, text)
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = None if mark is None else mark.line + 1
            raise RuleFileError(file, line, f"not valid YAML: {error.problem}") from None
        except yaml.YAMLError:
            raise RuleFileError(file, None, "not valid YAML") from None
        if node is None:
            raise RuleFileError(file, None, "the file is empty")
        return cls(file, node, "")

    @property
    def line(self) -> int:
        """Line in the file, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def error(self, problem: str) -> RuleFileError:
        """An error that names this place."""
        where = f"{self.name}: " if self.name else ""
        return RuleFileError(self.file, self.line, f"{where}{problem}")

    def _below(self, node: yaml.Node, name: str) -> "RuleNode":
        """A place inside this one."""
        return RuleNode(self.file, node, f"{self.name}.{name}" if self.name else name)

    def entries(self) -> dict[str, "RuleNode"]:
        """The values of a mapping by key, in the order of the file."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("a mapping (key: value) is expected here")
        found: dict[str, RuleNode] = {}
        for key_node, value_node in self.node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._below(key_node, "?").error("a key must be a plain word")
            key = str(key_node.value)
            if key in found:
                raise self._below(key_node, key).error("this key stands twice")
            found[key] = self._below(value_node, key)
        return found

    def record(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> "Record":
        """A mapping with known keys only."""
        required = tuple(required)
        allowed = {*required, *optional}
        entries = self.entries()
        for key, place in entries.items():
            if key not in allowed:
                raise place.error(f"this key is not known here; known are {', '.join(sorted(allowed))}")
        for key in required:
            if key not in entries:
                raise self.error(f"the key '{key}' is missing")
        return Record(self, entries)

    def items(self) -> list["RuleNode"]:
        """The members of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("a list is expected here")
        return [self._below(node, f"[{position}]") for position, node in enumerate(self.node.value)]

    @property
    def is_scalar(self) -> bool:
        """Whether this is a single value."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def text(self) -> str:
        """A single value as it is written."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value:
            raise self.error("a single value is expected here")
        return str(self.node.value)

    def code(self) -> str:
        """A code: a letter, then up to 39 letters, digits, ``_`` or ``-``."""
        text = self.text()
        if not _CODE.fullmatch(text):
            raise self.error("a code (a letter, then letters, digits, '_' or '-') is expected here")
        return text

    def key_code(self) -> str:
        """The last part of the name as a code, for mappings whose keys are codes."""
        key = self.name.rpartition(".")[2]
        if not _CODE.fullmatch(key):
            raise self.error("the key must be a code (a letter, then letters, digits, '_' or '-')")
        return key

    def codes(self) -> tuple[str, ...]:
        """A list of codes without repetition."""
        codes = tuple(item.code() for item in self.items())
        if len(set(codes)) != len(codes):
            raise self.error("a code stands twice in this list")
        return codes

    def one_or_more(self) -> tuple[str, ...]:
        """A code, or a list of codes."""
        return self.codes() if self.is_list else (self.code(),)

    def day(self) -> date:
        """A date, YYYY-MM-DD."""
        text = self.text()
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise self.error("a date (YYYY-MM-DD) is expected here")
        return day

    def _plain(self, expected: str) -> str:
        """A single value without quotes; in quotes it would be a text, even if it looks like a number."""
        if isinstance(self.node, yaml.ScalarNode) and self.node.style in {"'", '"'}:
            raise self.error(f"{expected} is expected here, without quotes")
        return self.text()

    def whole(self, most: int | None = None) -> int:
        """A whole number from 0 to ``most``."""
        text = self._plain("a whole number")
        if not _NUMBER.fullmatch(text):
            raise self.error("a whole number is expected here")
        if most is not None and int(text) > most:
            raise self.error(f"a whole number up to {most} is expected here")
        return int(text)

    def age(self) -> int:
        """An age in years that a person can reach."""
        return self.whole(OLDEST)

    def count(self) -> int:
        """A plausible number of documents."""
        return self.whole(_MOST_DOCUMENTS)

    def yes(self) -> bool:
        """``true`` or ``false``."""
        text = self._plain("true or false")
        if text not in {"true", "false"}:
            raise self.error("true or false is expected here")
        return text == "true"

    def choice(self, choices: type[Choice]) -> Choice:
        """One word of a closed list."""
        text = self.text()
        try:
            return choices(text)
        except ValueError:
            raise self.error(f"one of {', '.join(choices)} is expected here") from None


@dataclass(frozen=True, slots=True)
class MergedPlace(RuleNode):
    """A mapping whose entries come from several files; an error in an entry names the entry's own file.

    Args:
        parts: the entries, in display order.
    """

    parts: Mapping[str, RuleNode] = field(default_factory=dict)

    def entries(self) -> dict[str, RuleNode]:
        """The entries of every file."""
        return dict(self.parts)


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping whose keys were checked."""

    place: RuleNode
    entries: dict[str, RuleNode]

    def __getitem__(self, key: str) -> RuleNode:
        """The place of a required key."""
        return self.entries[key]

    def get(self, key: str) -> RuleNode | None:
        """The place of an optional key."""
        return self.entries.get(key)

    def read(self, key: str, how: Callable[[RuleNode], Value]) -> Value | None:
        """The value of an optional key, read by a method of ``RuleNode``; None if the key is missing."""
        place = self.entries.get(key)
        return None if place is None else how(place)
