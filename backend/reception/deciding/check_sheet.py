"""A check of documents as the rules see it: the visit, the verdict, and what a page is told of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.documents import (
    BirthDate,
    BirthDateError,
    DocumentsError,
    GuideStep,
    Refused,
    Resolved,
    RuleLine,
    RuleSet,
    Verdict,
    Visit,
    judge,
)
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError
from backend.reservations import Shown
from backend.wire import ErrorCode

DEFAULT_RECIPIENT = "R1"
TYPE_COLUMN = "recipient_type"
JUDGED_BY = ("birth", "card_expires_on", "stay_expires_on")
"""Columns of a reservation that the rules ask for."""


def judged_by(columns: Iterable[str]) -> tuple[str, ...]:
    """Those of ``JUDGED_BY`` that a reader may see: a verdict tells nothing that the reader's own columns do not."""
    return tuple(column for column in JUDGED_BY if column in set(columns))


@dataclass(frozen=True)
class CardTab:
    """One card of a party beside the others.

    Attributes:
        case_id: its case.
        place: which card of the party, from 1.
        state: what became of it.
        recipient: the type that was chosen; None where nobody has checked.
        complete: whether its papers are complete, judged anew while its case is open.
        version: of its check.
        tied: whether its card is known; not so for somebody without a notice whose card nobody has found.
        name: whose it is, where the reader may see names and there are several cards.
    """

    case_id: str
    place: int
    state: CaseState
    recipient: str | None
    complete: bool
    version: int = 0
    tied: bool = True
    name: str | None = None


@dataclass(frozen=True)
class CheckSheet:
    """A visitor's checklist as a page shows it.

    Attributes:
        ticket: whose.
        fields: the columns of the reservation that the reader may see; empty for a visitor without one. Of somebody
            who was erased, those that are still there.
        rule_set: the rules of the visit's day.
        ticks: what was ticked so far.
        verdict: what the rules say to it, as far as the reader's columns go.
        reasons: line by line why.
        asked: nobody has said who came: the reservation names no recipient type that the rules know.
        staff_know_more: a column that the reader may not see changes the verdict; which one, and how, is not told.
        version: counts the changes of the check; 0 before the first.
        old_paper: what was shown, where it is a paper that another one has followed; None where it is not.
        erased: what was known of the person was erased, which is another thing than that nothing was known. No type is
            proposed then, since many go by age.
        case_id: the card of the party that this is about.
        party: every card of the party, in the order of their places.
    """

    ticket: Ticket
    fields: Mapping[str, Any]
    rule_set: RuleSet
    ticks: Ticks
    verdict: Verdict
    reasons: tuple[RuleLine, ...]
    asked: bool
    staff_know_more: bool = False
    version: int = 0
    old_paper: Shown | None = None
    erased: bool = False
    case_id: str = ""
    party: tuple[CardTab, ...] = ()

    @property
    def tab(self) -> CardTab:
        """The card that this is about, beside the others."""
        return next(one for one in self.party if one.case_id == self.case_id)

    @property
    def going_on(self) -> tuple[CardTab, ...]:
        """The cards whose cases are open."""
        return tuple(one for one in self.party if one.state is CaseState.OPEN)


@dataclass(frozen=True)
class Judged:
    """What the rules said to a visit a moment ago, for whoever shows it: the same visit is not judged again.

    Attributes:
        rule_set: by which it was judged.
        visit: what was judged, with what the clerk may see of the reservation.
        verdict: what they said.
    """

    rule_set: RuleSet
    visit: Visit
    verdict: Verdict

    def is_of(self, rule_set: RuleSet, visit: Visit) -> bool:
        """Whether it says what these rules say to a visit."""
        return self.rule_set is rule_set and self.visit == visit


@dataclass(frozen=True)
class Guidance:
    """Where the answers about a visitor lead: the next question, a recipient type, or a refusal."""

    ticket: Ticket
    rule_set: RuleSet
    answers: Mapping[str, str]
    step: GuideStep


def visit_of(ticket: Ticket, ticks: Ticks, fields: Mapping[str, Any]) -> Visit:
    """The visit as the rules see it: what was ticked, and what the reservation says (``JUDGED_BY``)."""
    born = fields.get("birth")
    try:
        return Visit.of(
            ticks.recipient,
            ticket.business_day,
            born=BirthDate.parse(born) if born else None,
            applicant=ticks.applicant,
            visitor=ticks.visitor,
            papers=ticks.papers,
            facts=ticks.facts,
            card_expires=_card_ends(fields),
        )
    except BirthDateError:
        raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="birth") from None


def _card_ends(fields: Mapping[str, Any]) -> date | None:
    """The last day of the card: 有効期限 or the end of the period of stay, whichever comes first, as far as they are known."""
    known = [fields[column] for column in ("card_expires_on", "stay_expires_on") if fields.get(column)]
    return min(known, default=None)


def verdict_on(rule_set: RuleSet, visit: Visit) -> Verdict:
    """What the rules say to a visit.

    Raises:
        ChecklistError: a code that they do not know, or a birth date after the visit.
    """
    try:
        return judge(rule_set, visit)
    except BirthDateError:
        raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="birth") from None
    except DocumentsError:
        raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="code") from None


def suggested(rule_set: RuleSet, fields: Mapping[str, Any]) -> str | None:
    """The recipient type that the reservation names, where the rules know it."""
    wanted = fields.get(TYPE_COLUMN)
    try:
        return rule_set.recipient(wanted).code if wanted else None
    except DocumentsError:
        return None


def chosen_by(step: GuideStep) -> str | None:
    """The recipient type that a step of the guide ends with; a reason that is never accepted has one too."""
    if isinstance(step, Resolved):
        return step.recipients[0]
    return step.recipient if isinstance(step, Refused) else None
