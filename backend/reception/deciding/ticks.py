"""What a clerk ticked of a visitor's documents: codes of the rule set, never numbers or contents."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ticks:
    """What the clerk ticked of one card of a visit.

    Attributes:
        recipient: 受取人種別, a code.
        apart: somebody else of the party receives this card, so documents of its visitor are ticked for it alone.
    """

    recipient: str
    applicant: tuple[str, ...] = ()
    visitor: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    apart: bool = field(default=False, kw_only=True)

    def as_body(self) -> dict[str, Any]:
        """The shape that the request's fingerprint is made of."""
        return {
            "recipient": self.recipient,
            "applicant": sorted(self.applicant),
            "visitor": sorted(self.visitor),
            "papers": sorted(self.papers),
            "facts": sorted(self.facts),
            **({"apart": True} if self.apart else {}),
        }
