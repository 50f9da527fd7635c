"""What the clerk knows about a visit."""

from dataclasses import dataclass
from datetime import date

from backend.documents.model.missing import NextStep
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.paper_rules import ExtraPaper
from backend.documents.model.policy import Evidence


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the clerk knows about the visit, as a code.

    Attributes:
        code: its code.
        common: whether it matters for every recipient type.
        not_with: facts that cannot be true at the same time.
        stops: with it the card cannot be handed over here; this is what to tell the visitor.
        valid_from: the first day of visit on which this can be true; None for any day.
        extra: a paper that is needed with this fact, for every recipient type.
        no_seal: whether the notice then needs no seal, because no PIN is on it.
        by_staff: whether staff decide it at the counter; then visitors are not told about it beforehand.
        not_for: recipient types for which it changes nothing.
        evidence: how the rule is known; None if the fact is only a question and not a rule.
        sources: where it was read.
        notes: notes that are given with it.
    """

    code: str
    common: bool = False
    not_with: frozenset[str] = frozenset()
    stops: NextStep | None = None
    valid_from: date | None = None
    extra: ExtraPaper | None = None
    no_seal: bool = False
    by_staff: bool = False
    not_for: frozenset[str] = frozenset()
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[NoteRule, ...] = ()

    def exists_on(self, on: date) -> bool:
        """Whether the fact can be true on a day of visit."""
        return self.valid_from is None or self.valid_from <= on
