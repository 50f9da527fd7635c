"""Rules that hang on a line of another rule and are known from elsewhere: each has a source of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.documents.model.policy import Evidence, PolicyValue


@dataclass(frozen=True, slots=True)
class Although:
    """The fact with which a document counts in spite of a flaw: a rule of its own, with its own source."""

    fact: str
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoFrom:
    """The age in years before which a document bears no photo: a rule of its own, with its own source."""

    age: int
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlsoFor:
    """Other people than usual for whom a document counts under a ward policy: the mother, beside the child.

    ``applicant`` and ``visitor``: the recipient types in which that person may be one of them. ``holder_below``: only an applicant
    below this age in years can be. ``notes``: what is to be looked at then, in place of the document's own notes.
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
