"""Codes of other systems: configurable patterns that find the number in a scanned or typed text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.cards import BadNumberError, normalise_number
from backend.common import TomlFile
from backend.wire import LONGEST, fold_code

NumberField = Literal["number", "card_number", "dispatch_number"]


class CodePatternError(ValueError):
    """The file of patterns is wrong; the message is one sentence."""


class _Pattern(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    regex: str
    fields: list[NumberField] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pattern: list[_Pattern] = []


@dataclass(frozen=True)
class CodePattern:
    """One pattern: the whole folded text must match; its group ``value`` is the number."""

    name: str
    regex: re.Pattern[str]
    fields: tuple[NumberField, ...]


@dataclass(frozen=True)
class CodePatterns:
    """Every pattern, in the order in which they are tried."""

    patterns: tuple[CodePattern, ...] = ()

    @property
    def expressions(self) -> tuple[str, ...]:
        """The regular expressions alone, for devices, which recognise codes without looking them up."""
        return tuple(pattern.regex.pattern for pattern in self.patterns)

    def candidates(self, text: str) -> Iterator[tuple[NumberField, str]]:
        """What to search for: pairs of column and normalised number that a text may mean, best first."""
        if len(text) > LONGEST:
            return
        folded = fold_code(text)
        for pattern in self.patterns:
            match = pattern.regex.fullmatch(folded)
            if match is None:
                continue
            value = match["value"] if "value" in pattern.regex.groupindex else match.group()
            try:
                number = normalise_number(value or "")
            except BadNumberError:
                continue
            for field in pattern.fields:
                yield field, number


def load_patterns(path: Path) -> CodePatterns:
    """Read the file of patterns.

    Raises:
        CodePatternError: the file is missing, not TOML, or holds a pattern that cannot be used.
    """
    file = TomlFile.read(path, "the file of code patterns", CodePatternError)
    patterns = []
    for place, entry in enumerate(file.check(_File).pattern):
        try:
            regex = re.compile(entry.regex)
        except re.error as error:
            raise file.wrong(
                ("pattern", place, "regex"),
                f"the code pattern {entry.name} is not a regular expression: {error}",
            ) from None
        patterns.append(CodePattern(entry.name, regex, tuple(entry.fields)))
    return CodePatterns(tuple(patterns))
