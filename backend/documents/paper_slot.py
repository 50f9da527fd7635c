"""A paper on the list of a recipient type, and what it is asked for."""

from dataclasses import dataclass
from enum import StrEnum

from backend.documents.rules import Paper


class PaperRole(StrEnum):
    """What a paper is asked for."""

    NOTICE = "notice"
    AUTHORITY = "authority"
    PROOF = "proof"
    EXTRA = "extra"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class PaperSlot:
    """A paper on the list of one recipient type: what for, and the fact that makes it needed or waives it."""

    paper: Paper
    role: PaperRole
    if_fact: str | None = None
    unless_facts: tuple[str, ...] = ()
