"""The way to the recipient type: questions, and where their answers lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from backend.documents.model.age_rules import AgeSpan


@dataclass(frozen=True, slots=True)
class Question:
    """A question on the way to the recipient type.

    ``options`` are in display order. ``ages``: the ages that each option stands for, so that a birth date answers it.
    ``paper``: the first option means that this paper is there, so that showing the paper answers it.
    """

    code: str
    options: tuple[str, ...]
    ages: Mapping[str, AgeSpan] = field(default_factory=lambda: MappingProxyType({}))
    paper: str | None = None


@dataclass(frozen=True, slots=True)
class GuideRow:
    """Answers, and where they lead: to a recipient type, or to a refusal with a note."""

    code: str
    when: Mapping[str, frozenset[str]]
    recipient: str | None = None
    refuse: str | None = None
    instead: tuple[str, ...] = ()
