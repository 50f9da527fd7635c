"""Papers that are not identity documents, and the rules that ask for them."""

from dataclasses import dataclass

from backend.documents.model.policy import Evidence


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is not an identity document: the notice, or one that shows authority or proves something.

    Attributes:
        code: its code.
        counts_as: the document of the applicant that the same sheet is.
        age_policy: the ward policy that limits its age, in months.
        copy_allowed: whether a copy is enough.
        another_day: whether somebody else must make it out first, so that a visitor cannot bring it on the same day.
        meant_for: recipient types for which it is made out (empty: all); with another type, a note tells the clerk to
            check who made it out.
        not_with_facts: facts with which it cannot exist.
        evidence: how the rule is known; None if the rows that ask for the paper say so.
        sources: where it was read.
    """

    code: str
    counts_as: str | None = None
    age_policy: str | None = None
    copy_allowed: bool = False
    another_day: bool = False
    meant_for: frozenset[str] = frozenset()
    not_with_facts: frozenset[str] = frozenset()
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtraPaper:
    """A paper that is asked for only with one fact, and not if any of the facts ``unless_facts`` is true."""

    fact: str
    paper: str
    unless_facts: tuple[str, ...] = ()

    def asked_with(self, facts: frozenset[str]) -> bool:
        """Whether these facts ask for it."""
        return self.fact in facts and facts.isdisjoint(self.unless_facts)


@dataclass(frozen=True, slots=True)
class ProofUse:
    """A paper that proves why the applicant cannot come, perhaps only under a ward policy."""

    paper: str
    if_policy: str | None = None
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()
