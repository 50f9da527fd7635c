"""Rules that hang on a line of another rule and are known from elsewhere: each has a source of its own."""

from dataclasses import dataclass

from backend.documents.model.policy import Evidence


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
