"""Reads ``equal.toml``: the faults that do not change what a module does, with the reasons."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.faults.sampling import Key


@dataclass(frozen=True)
class Equal:
    """A fault without effect, identified by its text and not by its line, which may move."""

    module: str
    old: str
    new: str
    why: str

    @property
    def key(self) -> Key:
        """The key by which it is compared with faults."""
        return self.old, self.new


EQUAL = tuple(
    Equal(**entry)
    for entry in tomllib.loads(Path(__file__).with_name("equal.toml").read_text(encoding="utf-8"))["equal"]
)
