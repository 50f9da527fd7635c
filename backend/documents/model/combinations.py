"""Combinations of documents that are enough, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.documents.model.policy import Evidence, PolicyValue


@dataclass(frozen=True, slots=True)
class Combination:
    """The fewest documents that are enough.

    At least ``a`` of class A, ``total`` of A and B together, ``photo`` with a face photo, ``tn`` of 通知カード or
    個人番号通知書. A document of class A can always take the place of one of class B.
    """

    code: str
    a: int = 0
    total: int = 0
    photo: int = 0
    tn: int = 0
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CombinationUse:
    """A combination that a recipient type allows, perhaps only under a ward policy (or only without it)."""

    code: str
    if_policy: str | None = None
    unless_policy: str | None = None


@dataclass(frozen=True, slots=True)
class CombinationChoice:
    """The combinations for one person: listed here, or taken whole from a ward policy."""

    uses: tuple[CombinationUse, ...] = ()
    policy: str | None = None

    def allowed(self, policies: Mapping[str, PolicyValue]) -> tuple[str, ...]:
        """Codes of the combinations that are enough under the ward's policies, in order."""
        if self.policy is not None:
            value = policies[self.policy]
            return value if isinstance(value, tuple) else ()
        return tuple(
            use.code
            for use in self.uses
            if (use.if_policy is None or policies[use.if_policy])
            and not (use.unless_policy is not None and policies[use.unless_policy])
        )

    def policies(self) -> frozenset[str]:
        """Codes of the policies that the choice depends on."""
        named = (
            {self.policy} | {use.if_policy for use in self.uses} | {use.unless_policy for use in self.uses}
        )
        return frozenset(code for code in named if code is not None)
