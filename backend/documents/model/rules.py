"""The values of a rule: documents, papers, combinations, facts, who may receive a card and with what.

Nothing here reads files or decides; ``rule_reader`` makes these values, ``checklist`` judges with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from backend.documents.model.ages import BirthDate, age_on, junior_high_ends, preschool_ends
from backend.documents.model.own_source import Although, PhotoFrom
from backend.documents.model.policy import Evidence, PolicyValue

MISSING_PAPERS = ("applicant_id", "visitor_id", "notice", "seal", "authority", "proof", "extra")
"""What may be missing on the counter."""
MISSING = (*MISSING_PAPERS, "birth_date", "contradiction")
"""Everything that may stand in the way of a complete visit."""


class DocumentClass(StrEnum):
    """A欄, B欄, and 通知カード・個人番号通知書 which prove nothing by themselves."""

    A = "A"
    B = "B"
    TN = "TN"


class Photo(StrEnum):
    """Whether a document bears its holder's face; ``sometimes`` where the clerk says so (``photo_on_document``)."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


class Person(StrEnum):
    """Whose document it is: the person on the card, or the person who came for them."""

    APPLICANT = "applicant"
    VISITOR = "visitor"


class VisitForm(StrEnum):
    """Who comes to the counter."""

    SELF = "self"
    BOTH = "both"
    REPRESENTATIVE = "representative"
    AGENT = "agent"
    NEVER = "never"

    @property
    def has_visitor(self) -> bool:
        """True where somebody other than the applicant shows documents of their own."""
        return self in {VisitForm.BOTH, VisitForm.REPRESENTATIVE, VisitForm.AGENT}


class NoticeNeed(StrEnum):
    """What becomes of the 交付通知書: it is asked for, asked for in a sealed envelope, or known to be lost."""

    REQUIRED = "required"
    SEALED = "sealed"
    LOST = "lost"


class Pins(StrEnum):
    """Which PINs are chosen at the counter: all, those of four digits (no 署名用電子証明書), or none there."""

    ALL = "all"
    FOUR = "four"
    NONE = "none"


class NextStep(StrEnum):
    """What to say to the visitor next; the first of several that fit is the strongest."""

    PROCEED = "proceed"
    ASK_STAFF = "ask_staff"
    APPLY_AGAIN = "apply_again"
    NEW_MUNICIPALITY = "new_municipality"
    OTHER_OFFICE = "other_office"
    APPLICANT_COMES = "applicant_comes"
    OTHER_TYPE = "other_type"
    RESEND_NOTICE = "resend_notice"
    RESEAL = "reseal"
    NEW_RESERVATION = "new_reservation"
    FETCH_TODAY = "fetch_today"


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where a rule was read."""

    code: str
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class NoteRule:
    """A note for the clerk and when it is given; every condition that is set must hold.

    ``unless_facts``: not with any one of these facts. ``if_paper`` and ``unless_paper`` look at documents that are handed in as a
    paper as well. ``flawed``: the note of a document that is given also where a flaw keeps it from counting.
    """

    code: str
    about: tuple[str, ...] = ()
    if_fact: str | None = None
    unless_facts: tuple[str, ...] = ()
    if_paper: str | None = None
    unless_paper: str | None = None
    if_missing: str | None = None
    if_age_at_least: int | None = None
    if_age_below: int | None = None
    unless_policy: str | None = None
    person: Person | None = None
    flawed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One line of the A or B list. Only its code and its class are ever recorded, never its number.

    ``person`` and ``recipients`` say for whom it counts (nothing set: for everybody), ``valid_from`` and
    ``valid_until`` on which days of visit, ``policy`` under which ward policy. ``proves`` names the papers that
    this document is at the same time; ``same_card_as`` documents that are then one and the same card.
    ``not_with_facts``: it cannot be there where one of these facts holds. ``holder_below``: only for an applicant
    below this age in years. ``photo_from``: it bears no photo before this age, and counts in list B until then.
    ``recipients_policy``: the ward policy under which it counts for every type, not only for ``recipients``.
    ``groups_policy``: the ward policy under which it counts only for the types that its papers are ``meant_for``.
    ``hands_in``: papers that it is even where it does not count.
    ``needs_fact``: the fact by person with which alone it counts: staff have said so. ``counts_although``: the fact with which it counts
    in spite of a flaw, by flaw. ``ended``: the note where it no longer counts, instead of the usual one.
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
    recipients_policy: str | None = None
    groups_policy: str | None = None
    hands_in: tuple[str, ...] = ()
    needs_fact: Mapping[Person, str] = field(default_factory=lambda: MappingProxyType({}))
    counts_although: Mapping[str, Although] = field(default_factory=lambda: MappingProxyType({}))
    ended: str = "document_expired"
    notes: tuple[NoteRule, ...] = ()

    @property
    def policies(self) -> frozenset[str]:
        """Codes of the policies that have a say."""
        named = (self.policy, self.recipients_policy, self.groups_policy)
        return frozenset(code for code in named if code is not None)

    def of_a_child(self) -> Self:
        """The document as somebody below ``photo_from`` holds it, with the source of that rule."""
        known = self.photo_from or PhotoFrom(0, self.evidence, self.sources)
        sources = known.sources or self.sources
        return replace(
            self, kind=DocumentClass.B, photo=Photo.NEVER, evidence=known.evidence, sources=sources
        )

    def in_spite_of(self, although: Although) -> Self:
        """The document that counts in spite of a flaw, with the source of that rule."""
        return replace(self, evidence=although.evidence, sources=although.sources)

    def is_for(self, recipient: str, person: Person, policies: Mapping[str, PolicyValue]) -> bool:
        """Whether it counts for this person of this recipient type under the ward's policies."""
        if self.person is not None and self.person is not person:
            return False
        if self.recipients_policy is not None and policies[self.recipients_policy]:
            return True
        return not self.recipients or recipient in self.recipients

    def counts_on(self, on: date) -> bool:
        """Whether it counts for a visit on a day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on <= self.valid_until)


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
class Fact:
    """Something the clerk knows about the visit, as a code.

    ``common`` ones matter for every recipient type; ``not_with`` names facts that cannot hold at the same time.
    ``stops``: the card cannot be handed over here, and this is what to say. ``valid_from``: first day of visit on
    which there is such a thing. ``extra``: a paper that it asks of every recipient type, see ``ExtraPaper``.
    ``no_seal``: the notice needs no seal, because no PIN is on it. ``evidence`` is None where the fact is no rule,
    only a question. ``by_staff``: staff settle it at the counter, so that no visitor is told of it beforehand. ``not_for``: recipient
    types with which it changes nothing.
    """

    code: str
    common: bool = False
    not_with: frozenset[str] = frozenset()
    stops: NextStep | None = None
    valid_from: date | None = None
    extra: "ExtraPaper | None" = None
    no_seal: bool = False
    by_staff: bool = False
    not_for: frozenset[str] = frozenset()
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[NoteRule, ...] = ()

    def exists_on(self, on: date) -> bool:
        """Whether there is such a thing on a day of visit."""
        return self.valid_from is None or self.valid_from <= on


@dataclass(frozen=True, slots=True)
class Combination:
    """The least of documents that will do.

    At least ``a`` of class A, ``total`` of A and B together, ``photo`` with a face photo, ``tn`` of 通知カード or
    個人番号通知書. A document of class A may always stand in for one of class B.
    """

    code: str
    a: int = 0
    total: int = 0
    photo: int = 0
    tn: int = 0
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CombinationUse:
    """A combination that a recipient type allows, perhaps only under a ward policy (or only without it)."""

    code: str
    if_policy: str | None = None
    unless_policy: str | None = None


@dataclass(frozen=True, slots=True)
class CombinationChoice:
    """The combinations for one person: listed here, or taken whole from a ward policy."""

    uses: tuple[CombinationUse, ...] = ()
    policy: str | None = None

    def allowed(self, policies: Mapping[str, PolicyValue]) -> tuple[str, ...]:
        """Codes of the combinations that will do under the ward's policies, in order."""
        if self.policy is not None:
            value = policies[self.policy]
            return value if isinstance(value, tuple) else ()
        return tuple(
            use.code
            for use in self.uses
            if (use.if_policy is None or policies[use.if_policy])
            and not (use.unless_policy is not None and policies[use.unless_policy])
        )

    def policies(self) -> frozenset[str]:
        """Codes of the policies that have a say."""
        named = (
            {self.policy} | {use.if_policy for use in self.uses} | {use.unless_policy for use in self.uses}
        )
        return frozenset(code for code in named if code is not None)


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """An age with one end only, so that the first and the last possible day of birth decide for all between."""

    at_least: int | None = None
    below: int | None = None
    preschool: bool = False
    until_junior_high_end: bool = False

    def is_below(self, age: int) -> bool:
        """Whether everybody of this age is below another, in years."""
        if self.below is not None:
            return self.below <= age
        return (self.preschool and age > 6) or (self.until_junior_high_end and age > 15)

    def words(self) -> str:
        """The age as it stands in a rule file."""
        if self.at_least is not None:
            return f"at_least: {self.at_least}"
        if self.below is not None:
            return f"below: {self.below}"
        return "preschool" if self.preschool else "until_junior_high_end"

    def holds(self, birth: date, on: date) -> bool:
        """Whether somebody born on a day has the age on another (calendar days of the ward)."""
        age = age_on(birth, on)
        return (
            (self.at_least is None or age >= self.at_least)
            and (self.below is None or age < self.below)
            and (not self.preschool or on <= preschool_ends(birth))
            and (not self.until_junior_high_end or on <= junior_high_ends(birth))
        )


@dataclass(frozen=True, slots=True)
class AgeRule:
    """For which age a recipient type is meant; ``note`` says why not, ``instead`` names types that would fit.

    ``if_policy``, ``unless_policy``: the rule is in force only under a ward policy, or only without it.
    """

    note: str
    span: AgeSpan
    instead: tuple[str, ...] = ()
    if_policy: str | None = None
    unless_policy: str | None = None

    def may_hold(self, born: BirthDate, on: date) -> bool:
        """Whether some possible day of birth gives the age."""
        return any(self.span.holds(day, on) for day in born.candidates(on))


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


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a document that was shown may not count; ``note`` is what the clerk is told."""

    code: str
    note: str
    evidence: Evidence
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipientType:
    """One row of the decision table: who receives the card, who comes, and what is needed.

    ``notice_waive_if``: any one of these facts makes the notice unnecessary; ``notice_or``: any one of these papers.
    ``no_notice``: the type by which somebody without the notice is judged as well: if it is complete, so is this one.
    ``authority``: every one of these papers. ``waive_if``: any one of these facts makes them unnecessary.
    ``proofs``: one of these papers shows why the applicant cannot come; empty where none is asked for.
    ``not_for_facts``: with one of these facts the type is not allowed, see ``instead``. ``why``: the note where the
    type is never allowed. ``then``: what to say where something is missing, by what it is; the usual where it is not
    in it. Of ``ages`` the first that is in force under the ward's policies decides. ``facts``: what a clerk is asked
    about beside the facts that something hangs on.
    """

    code: str
    visit: VisitForm
    evidence: Evidence
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    applicant: CombinationChoice = CombinationChoice()
    visitor: CombinationChoice = CombinationChoice()
    notice: NoticeNeed | None = None
    notice_unless: str | None = None
    notice_waive_if: tuple[str, ...] = ()
    notice_or: tuple[str, ...] = ()
    no_notice: str | None = None
    authority: tuple[str, ...] = ()
    waive_if: tuple[str, ...] = ()
    proofs: tuple[ProofUse, ...] = ()
    optional: tuple[str, ...] = ()
    extras: tuple[ExtraPaper, ...] = ()
    ages: tuple[AgeRule, ...] = ()
    not_for_facts: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    why: str = "never_accepted"
    pins: Pins = Pins.ALL
    facts: tuple[str, ...] = ()
    then: Mapping[str, tuple[NextStep, ...]] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[NoteRule, ...] = ()

    def proof_any(self, policies: Mapping[str, PolicyValue]) -> tuple[str, ...]:
        """Codes of the papers that prove why the applicant cannot come, under the ward's policies."""
        return tuple(use.paper for use in self.proofs if use.if_policy is None or policies[use.if_policy])

    def age_under(self, policies: Mapping[str, PolicyValue]) -> AgeRule | None:
        """The age rule that is in force under the ward's policies."""
        for rule in self.ages:
            wanted = rule.if_policy is None or policies[rule.if_policy]
            if wanted and not (rule.unless_policy is not None and policies[rule.unless_policy]):
                return rule
        return None


@dataclass(frozen=True, slots=True)
class OneCard:
    """Documents that may be one and the same card: the clerk is asked to look (never counted down by itself)."""

    documents: frozenset[str]
    since: date | None
    note: str
    evidence: Evidence | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule that is only a code: something collected, something looked at on every document."""

    code: str
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
