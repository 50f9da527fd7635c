"""Where municipalities differ: what this ward does, what others do, and how a rule is known."""

from dataclasses import dataclass
from enum import StrEnum

PolicyValue = bool | int | tuple[str, ...]
"""The value of a policy: yes or no, a number of months, or codes of combinations."""


class Evidence(StrEnum):
    """How a rule is known; the letters are those of ``docs/document-rules-format.md``.

    ``PAGE``: read on the cited public page. ``PART``: only the beginning of that page was read. ``REPOSITORY``: read in
    a public repository that transcribes official pages. ``SEED``: the ward's own paper. ``MEMORY``: from memory.
    ``DESIGN``: decided for this product. Rules of the last two kinds are shown as 「区の取扱いを確認」; these and
    ``PART`` are on the form with which a ward settles open rules (``uketsuke rules open``).
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
        """Whether the ward is asked to settle it: from memory, decided here, or from a page that was only partly read."""
        return self.unverified or self is Evidence.PART


MOST_MONTHS = 120
"""Ten years; a larger number of months is a typing error."""


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

    ``check``: whether a note tells the clerk to ask, if a value seen elsewhere would change the outcome of the visit.
    """

    code: str
    kind: PolicyKind
    ward: PolicyValue
    check: bool = True
    seen: tuple[SeenValue, ...] = ()

    def other_values(self, value: PolicyValue) -> tuple[PolicyValue, ...]:
        """The values seen elsewhere that differ from this value."""
        others: list[PolicyValue] = []
        for seen in self.seen:
            if seen.value != value and seen.value not in others:
                others.append(seen.value)
        return tuple(others)
