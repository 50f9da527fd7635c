"""The faults that change nothing anybody could see, with the reason: ``equal.toml``."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.faults.sampling import Key


@dataclass(frozen=True)
class Equal:
    """A fault that is no fault, told by its text, so that it stays true when lines move."""

    module: str
    old: str
    new: str
    why: str

    @property
    def key(self) -> Key:
        """What is compared."""
        return self.old, self.new


EQUAL = tuple(
    Equal(**entry)
    for entry in tomllib.loads(Path(__file__).with_name("equal.toml").read_text(encoding="utf-8"))["equal"]
)
