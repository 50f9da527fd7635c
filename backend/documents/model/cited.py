"""Sources of rules, and the rules that are only a code or a number with a source."""

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
    """A rule that is only a code: something to collect, or something to check on every document."""

    code: str
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaw:
    """A reason why a document that was shown may not count; ``note`` is the note to the clerk."""

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
    """The rule that an expired card is not handed over (有効期限、在留期間満了日).

    ``warn_days``: how many days before its expiry the clerk is warned.
    """

    warn_days: int
    evidence: Evidence
    sources: tuple[str, ...] = ()
