"""A paper on the list of a recipient type, and what it is asked for."""

from dataclasses import dataclass
from enum import StrEnum

from backend.documents.model.paper_rules import Paper


class PaperRole(StrEnum):
    """What a paper is asked for."""

    NOTICE = "notice"
    AUTHORITY = "authority"
    PROOF = "proof"
    EXTRA = "extra"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class PaperSlot:
    """A paper on the list of one recipient type: what for, and the facts that make it needed or waive it.

    Attributes:
        paper: which.
        role: what for.
        if_facts: each of them asks for it; it is asked for in any case where there is none.
        unless_facts: each of them waives it.
    """

    paper: Paper
    role: PaperRole
    if_facts: tuple[str, ...] = ()
    unless_facts: tuple[str, ...] = ()
