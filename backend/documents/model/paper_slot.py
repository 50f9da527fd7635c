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
    """A paper on the list of one recipient type, and the facts that ask for it or waive it.

    Attributes:
        paper: the paper.
        role: what it is asked for.
        if_facts: it is asked for with any of these; if empty, always.
        unless_facts: it is waived with any of these.
    """

    paper: Paper
    role: PaperRole
    if_facts: tuple[str, ...] = ()
    unless_facts: tuple[str, ...] = ()
