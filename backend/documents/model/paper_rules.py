"""Papers that are no identity documents: what they are, and what asks for them."""

from dataclasses import dataclass

from backend.documents.model.policy import Evidence


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is not an identity document: the notice, authority, proof.

    ``counts_as`` names the document of the applicant that the same sheet is. ``age_policy``: the ward policy (months)
    that limits how old it may be. ``copy_allowed``: a copy will do. ``another_day``: somebody else has to make it
    out first, so that who lacks it can hardly fetch it and come back today. ``meant_for``: recipient types for which
    it is made out; with another one the clerk is told to look who made it out (empty: all). ``evidence`` is None
    where the rows that ask for the paper say how it is known. ``not_with_facts``: it cannot be there where one of these holds.
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
    """A paper that is asked for only where a fact holds, and not where one of others does."""

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
