"""Where a rule was read, and the rules that are a code or a number with their source."""

from dataclasses import dataclass

from backend.documents.model.policy import Evidence


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where a rule was read."""

    code: str
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule that is only a code: something collected, something looked at on every document."""

    code: str
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a document that was shown may not count; ``note`` is what the clerk is told."""

    code: str
    note: str
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount in yen."""

    code: str
    yen: int
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardExpiry:
    """A card that has expired is not handed over (有効期限、在留期間満了日); ``warn_days`` before it does, look twice."""

    warn_days: int
    evidence: Evidence
    sources: tuple[str, ...] = ()
