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

    ``common`` ones matter for every recipient type; ``not_with`` names facts that cannot hold at the same time.
    ``stops``: the card cannot be handed over here, and this is what to say. ``valid_from``: first day of visit on
    which there is such a thing. ``extra``: a paper that it asks of every recipient type, see ``ExtraPaper``.
    ``no_seal``: the notice needs no seal, because no PIN is on it. ``evidence`` is None where the fact is no rule,
    only a question. ``by_staff``: staff settle it at the counter, so that no visitor is told of it beforehand. ``not_for``: recipient
    types with which it changes nothing.
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
        """Whether there is such a thing on a day of visit."""
        return self.valid_from is None or self.valid_from <= on
