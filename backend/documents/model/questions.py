"""The way to the recipient type: questions, and where their answers lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from backend.documents.model.age_rules import AgeSpan


@dataclass(frozen=True, slots=True)
class Question:
    """A question on the way to the recipient type.

    ``options`` in display order. ``ages``: the age behind each option, so that a birth date answers it. ``paper``:
    the paper whose presence is the first option, so that a paper on the counter answers it.
    """

    code: str
    options: tuple[str, ...]
    ages: Mapping[str, AgeSpan] = field(default_factory=lambda: MappingProxyType({}))
    paper: str | None = None


@dataclass(frozen=True, slots=True)
class GuideRow:
    """Answers that lead somewhere: to a recipient type, or to a refusal with a note."""

    code: str
    when: Mapping[str, frozenset[str]]
    recipient: str | None = None
    refuse: str | None = None
    instead: tuple[str, ...] = ()
