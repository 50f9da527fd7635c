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
    """What becomes of the 交付通知書: it is asked for, asked for in a sealed envelope, or known to be lost."""

    REQUIRED = "required"
    SEALED = "sealed"
    LOST = "lost"


class Pins(StrEnum):
    """Which PINs are chosen at the counter: all, those of four digits (no 署名用電子証明書), or none there."""

    ALL = "all"
    FOUR = "four"
    NONE = "none"


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
        """The age rule that is in force under the ward's policies."""
        for rule in self.ages:
            wanted = rule.if_policy is None or policies[rule.if_policy]
            if wanted and not (rule.unless_policy is not None and policies[rule.unless_policy]):
                return rule
        return None
