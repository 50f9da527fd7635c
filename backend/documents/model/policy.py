"""Where municipalities differ: what this ward does, what was seen elsewhere, and how a rule is known."""

from dataclasses import dataclass
from enum import StrEnum

PolicyValue = bool | int | tuple[str, ...]
"""Yes or no, a number of months, or codes of combinations."""


class Evidence(StrEnum):
    """How a rule is known. Rules of the last two kinds are shown as 「区の取扱いを確認」.

    ``PART``: of the cited public page only the beginning was read. Such rules count as read, and stand with the last
    two kinds on the form by which a ward settles what is open (``uketsuke rules open``).
    """

    PAGE = "V"
    PART = "P"
    REPOSITORY = "R"
    SEED = "S"
    MEMORY = "M"
    DESIGN = "D"

    @property
    def unverified(self) -> bool:
        """Whether nobody has read the rule in a source."""
        return self in {Evidence.MEMORY, Evidence.DESIGN}

    @property
    def to_settle(self) -> bool:
        """Whether the ward is asked to settle it: from memory, decided here, or from a page that was seen in part."""
        return self.unverified or self is Evidence.PART


MOST_MONTHS = 120
"""No paper is asked for that may be older than ten years; a larger number of months is a slip."""


class PolicyKind(StrEnum):
    """What a policy's value is: yes or no, a list of combinations, or a number of months (0: no limit)."""

    YES_NO = "yes_no"
    COMBINATIONS = "combinations"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class SeenValue:
    """What another municipality does."""

    where: str
    value: PolicyValue
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A place where municipalities differ: what this ward does, and what was seen elsewhere.

    ``check``: the clerk is told to check where another value that was seen would turn the outcome of a visit.
    """

    code: str
    kind: PolicyKind
    ward: PolicyValue
    check: bool = True
    seen: tuple[SeenValue, ...] = ()

    def other_values(self, value: PolicyValue) -> tuple[PolicyValue, ...]:
        """The values seen that differ from one."""
        others: list[PolicyValue] = []
        for seen in self.seen:
            if seen.value != value and seen.value not in others:
                others.append(seen.value)
        return tuple(others)
