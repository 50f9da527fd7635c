"""What is known of a check of documents: what was ticked, how the rules see it, and where it is kept.

What is kept are codes: which documents were there, never their numbers or contents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from backend.documents import (
    BirthDate,
    BirthDateError,
    DocumentsError,
    GuideStep,
    RuleLine,
    RuleSet,
    Verdict,
    Visit,
    judge,
)
from backend.reception.desk import Handler
from backend.reception.errors import ChecklistError
from backend.reception.tables import checks
from backend.reception.ticket import Ticket
from backend.reservations import read_columns
from backend.storage import UnitOfWork
from backend.wire import ErrorCode

JUDGED_BY = ("birth", "card_expires_on", "stay_expires_on")
"""Columns of a reservation that the rules ask for."""


def judged_by(columns: Iterable[str]) -> tuple[str, ...]:
    """Those of ``JUDGED_BY`` that a reader may see: a verdict tells nothing that the reader's own columns do not."""
    return tuple(column for column in JUDGED_BY if column in set(columns))


@dataclass(frozen=True)
class Ticks:
    """What the clerk ticked, as codes of the rule set."""

    recipient: str
    applicant: tuple[str, ...] = ()
    visitor: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def as_body(self) -> dict[str, Any]:
        """The shape that the request's fingerprint is made of."""
        return {
            "recipient": self.recipient,
            "applicant": sorted(self.applicant),
            "visitor": sorted(self.visitor),
            "papers": sorted(self.papers),
            "facts": sorted(self.facts),
        }


@dataclass(frozen=True)
class CheckSheet:
    """A visitor's checklist as a page shows it.

    Attributes:
        ticket: whose.
        fields: the columns of the reservation that the reader may see; empty for a visitor without one.
        rule_set: the rules of the visit's day.
        ticks: what was ticked so far.
        verdict: what the rules say to it, as far as the reader's columns go.
        reasons: line by line why.
        asked: nobody has said who came: the reservation names no recipient type that the rules know.
        staff_know_more: a column that the reader may not see changes the verdict; which one, and how, is not told.
        version: counts the changes of the check; 0 before the first.
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


@dataclass(frozen=True)
class Guidance:
    """Where the answers about a visitor lead: the next question, a recipient type, or a refusal."""

    ticket: Ticket
    rule_set: RuleSet
    answers: Mapping[str, str]
    step: GuideStep


def checked(connection: Connection, ticket_ids: Iterable[str]) -> Mapping[str, Ticks]:
    """What was ticked for several tickets, by ticket id; a ticket that nobody has checked is not in it."""
    rows = connection.execute(select(checks).where(checks.c.ticket_id.in_(list(ticket_ids))))
    return {row.ticket_id: _as_ticks(row) for row in rows}


def fields_of(connection: Connection, ticket: Ticket, columns: tuple[str, ...]) -> Mapping[str, Any]:
    """Columns of a ticket's reservation; none for a visitor without one."""
    if ticket.reservation_id is None:
        return {}
    return read_columns(connection, ticket.reservation_id, columns) or {}


def ticks_of(connection: Connection, ticket: Ticket) -> Ticks | None:
    """What was ticked so far; None where nobody has checked yet."""
    row = connection.execute(select(checks).where(checks.c.ticket_id == ticket.id)).one_or_none()
    return None if row is None else _as_ticks(row)


def version_of(connection: Connection, ticket: Ticket) -> int:
    """How often the check was changed so far."""
    found = connection.execute(select(checks.c.version).where(checks.c.ticket_id == ticket.id))
    return int(found.scalar_one_or_none() or 0)


def _as_ticks(row: Row[Any]) -> Ticks:
    return Ticks(row.recipient, tuple(row.applicant), tuple(row.visitor), tuple(row.papers), tuple(row.facts))


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


def save_ticks(
    work: UnitOfWork, ticket: Ticket, rule_set: RuleSet, ticks: Ticks, handler: Handler, verdict: Verdict
) -> bool:
    """Write the ticks, and by which rules they were judged; return whether the papers were complete before."""
    values = {
        "rule_set": rule_set.name,
        "fingerprint": rule_set.fingerprint,
        "recipient": ticks.recipient,
        "applicant": list(ticks.applicant),
        "visitor": list(ticks.visitor),
        "papers": list(ticks.papers),
        "facts": list(ticks.facts),
        "complete": verdict.complete,
        "checked_by": handler.account_id,
        "changed_at": work.now,
    }
    row = work.connection.execute(
        select(checks.c.complete).where(checks.c.ticket_id == ticket.id)
    ).one_or_none()
    if row is None:
        work.connection.execute(insert(checks).values(ticket_id=ticket.id, version=1, **values))
        return False
    counted = {**values, "version": checks.c.version + 1}
    work.connection.execute(update(checks).where(checks.c.ticket_id == ticket.id).values(**counted))
    return bool(row.complete)
