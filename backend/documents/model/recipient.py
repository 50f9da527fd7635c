"""Who may receive a card, and with what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from backend.documents.model.age_rules import AgeRule
from backend.documents.model.combinations import CombinationChoice
from backend.documents.model.missing import NextStep
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.paper_rules import ExtraPaper, ProofUse
from backend.documents.model.persons import VisitForm
from backend.documents.model.policy import Evidence, PolicyValue


class NoticeNeed(StrEnum):
    """How the 交付通知書 is needed: it is asked for, asked for in a sealed envelope, or known to be lost."""

    REQUIRED = "required"
    SEALED = "sealed"
    LOST = "lost"


class Pins(StrEnum):
    """Which PINs are set at the counter: all, only those of four digits (no 署名用電子証明書), or none."""

    ALL = "all"
    FOUR = "four"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RecipientType:
    """One row of the decision table: who receives the card, who comes, and what is needed.

    Attributes:
        code: its code.
        visit: who comes.
        evidence: how the rule is known.
        aliases: other codes by which it is known.
        sources: where it was read.
        applicant: the combinations of documents for the applicant.
        visitor: the combinations for the person who comes with or for the applicant.
        notice: how the notice (交付通知書) is needed; None if it is not.
        notice_unless: the ward policy under which the notice is not required.
        notice_waive_if: any of these facts replaces a missing notice.
        notice_or: any of these papers replaces the notice.
        no_notice: the type by which visits without the notice are judged as well; complete by it is complete.
        authority: papers of authority, all of which are needed.
        waive_if: any of these facts makes the papers of authority unnecessary.
        proofs: papers, one of which must show why the applicant cannot come; empty if none is needed.
        optional: papers that are only looked at.
        extras: papers that facts ask for.
        ages: age rules; the first that is in force under the ward's policies decides.
        not_for_facts: facts with which the type is not allowed.
        instead: types that would fit then.
        reasons: for a type that is never allowed, codes of the reasons that lead to it.
        why: for a type that is never allowed, the note that says so.
        pins: which PINs are set at the counter.
        facts: facts that the clerk is asked about although no rule here depends on them.
        then: by what is missing, what to tell the visitor; the usual steps for anything else.
        notes: notes that are given with it.
    """

    code: str
    visit: VisitForm
    evidence: Evidence
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    applicant: CombinationChoice = field(default_factory=CombinationChoice)
    visitor: CombinationChoice = field(default_factory=CombinationChoice)
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
        """The age rule that is in force under the ward's policies; None if there is none."""
        for rule in self.ages:
            wanted = rule.if_policy is None or policies[rule.if_policy]
            if wanted and not (rule.unless_policy is not None and policies[rule.unless_policy]):
                return rule
        return None
