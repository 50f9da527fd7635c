"""Identity documents: lines of the A and B lists, and which of them are the same card."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from backend.documents.model.note_rule import NoteRule
from backend.documents.model.own_source import AlsoFor, Although, PhotoFrom
from backend.documents.model.persons import Person
from backend.documents.model.policy import Evidence, PolicyValue


class DocumentClass(StrEnum):
    """A欄, B欄, and TN: 通知カード・個人番号通知書, which prove nothing by themselves."""

    A = "A"
    B = "B"
    TN = "TN"


class Photo(StrEnum):
    """Whether a document has a face photo; if ``sometimes``, the clerk says so with the fact ``photo_on_document``."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Document:
    """One line of the A or B list. Only its code and its class are ever recorded, never its number.

    Attributes:
        code: its code.
        kind: its list.
        photo: whether it has a face photo.
        evidence: how the rule is known.
        sources: where it was read.
        person: the person whose document counts; None for both persons.
        recipients: recipient types for which it counts; empty for all.
        valid_from: first day of visit on which it counts.
        valid_until: last day of visit on which it counts.
        policy: it counts only under this ward policy.
        proves: papers that it is at the same time.
        same_card_as: documents that are the same card; together they count once.
        not_with_facts: facts with which an applicant cannot have it.
        holder_below: an applicant has it only below this age in years.
        photo_from: the age below which it has no photo and counts in list B.
        also_for: further people for whom it counts under a ward policy.
        groups_policy: the ward policy under which it counts only for the types that its papers are ``meant_for``.
        hands_in: papers that it is even if it does not count.
        needs_fact: by person, the fact without which it does not count: staff accepted it.
        counts_although: by flaw, the fact with which it counts in spite of that flaw.
        ended: the note once ``valid_until`` is past.
        notes: notes that are given with it.
    """

    code: str
    kind: DocumentClass
    photo: Photo
    evidence: Evidence
    sources: tuple[str, ...] = ()
    person: Person | None = None
    recipients: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None
    policy: str | None = None
    proves: tuple[str, ...] = ()
    same_card_as: frozenset[str] = frozenset()
    not_with_facts: frozenset[str] = frozenset()
    holder_below: int | None = None
    photo_from: PhotoFrom | None = None
    also_for: AlsoFor | None = None
    groups_policy: str | None = None
    hands_in: tuple[str, ...] = ()
    needs_fact: Mapping[Person, str] = field(default_factory=lambda: MappingProxyType({}))
    counts_although: Mapping[str, Although] = field(default_factory=lambda: MappingProxyType({}))
    ended: str = "document_expired"
    notes: tuple[NoteRule, ...] = ()

    @property
    def policies(self) -> frozenset[str]:
        """Codes of the policies that it depends on."""
        named = (self.policy, self.groups_policy, None if self.also_for is None else self.also_for.policy)
        return frozenset(code for code in named if code is not None)

    def of_a_child(self) -> Self:
        """The document of somebody below the age of ``photo_from``, with the source of that rule."""
        known = self if self.photo_from is None else self.photo_from
        sources = known.sources or self.sources
        return replace(
            self, kind=DocumentClass.B, photo=Photo.NEVER, evidence=known.evidence, sources=sources
        )

    def in_spite_of(self, although: Although) -> Self:
        """The document that counts in spite of a flaw, with the source of that rule."""
        return replace(self, evidence=although.evidence, sources=although.sources)

    def held_by(self, recipient: str, person: Person, policies: Mapping[str, PolicyValue]) -> Self | None:
        """The document as it counts for this person of this recipient type; None if it does not count for them."""
        if self.person in {None, person} and (not self.recipients or recipient in self.recipients):
            return self
        also = self.also_for
        if also is None or not also.holds(recipient, person, policies):
            return None
        notes, age = tuple(NoteRule(code) for code in also.notes), also.holder_below
        return replace(self, evidence=also.evidence, sources=also.sources, holder_below=age, notes=notes)

    def counts_on(self, on: date) -> bool:
        """Whether it counts for a visit on a day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class OneCard:
    """Documents that may be the same card: the clerk is asked to check; the counts do not change.

    ``since`` is the first day of visit on which such a card exists; None for any day.
    """

    documents: frozenset[str]
    since: date | None
    note: str
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()
