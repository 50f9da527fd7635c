"""What a clerk ticked of a visitor's documents: codes of the rule set, never numbers or contents."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ticks:
    """What the clerk ticked."""

    recipient: str
    applicant: tuple[str, ...] = ()
    visitor: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def as_body(self) -> dict[str, Any]:
        """The shape that the request's fingerprint is made of."""
        return {
            "recipient": self.recipient,
            "applicant": sorted(self.applicant),
            "visitor": sorted(self.visitor),
            "papers": sorted(self.papers),
            "facts": sorted(self.facts),
        }
