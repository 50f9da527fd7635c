"""Additions to a rule that are known from elsewhere, each with a source of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.documents.model.policy import Evidence, PolicyValue


@dataclass(frozen=True, slots=True)
class Although:
    """The fact with which a document counts in spite of a flaw, with a source of its own."""

    fact: str
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoFrom:
    """The age in years below which a document has no photo, with a source of its own."""

    age: int
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlsoFor:
    """Further people for whom a document counts under a ward policy, for example the mother besides the child.

    Attributes:
        policy: the ward policy.
        evidence: how the rule is known.
        sources: where it was read.
        applicant: recipient types whose applicant may be such a person.
        visitor: recipient types whose visitor may be such a person.
        holder_below: only an applicant below this age in years can be such a person.
        notes: notes that are given then, instead of the document's own.
    """

    policy: str
    evidence: Evidence
    sources: tuple[str, ...] = ()
    applicant: frozenset[str] = frozenset()
    visitor: frozenset[str] = frozenset()
    holder_below: int | None = None
    notes: tuple[str, ...] = ()

    def holds(self, recipient: str, whose: str, policies: Mapping[str, PolicyValue]) -> bool:
        """Whether it counts for this person of this recipient type under the ward's policies."""
        types = {"applicant": self.applicant, "visitor": self.visitor}[whose]
        return bool(policies[self.policy]) and recipient in types
