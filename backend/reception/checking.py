"""The check of documents (書類の確認) at a reception window, and the hand-over (引継ぎ) to ward staff.

What is kept of a check are codes: which documents were there, never their numbers or contents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from backend.documents.ages import BirthDate
from backend.documents.checklist import judge
from backend.documents.errors import BirthDateError, DocumentsError
from backend.documents.rule_book import RuleBook
from backend.documents.rule_set import RuleSet
from backend.documents.visit import Verdict, Visit
from backend.reception.desk import Desk, Handler
from backend.reception.errors import ChecklistError, TicketStateError, WindowError
from backend.reception.steps import advance, need_own_visitor, need_ticket, wrong_state
from backend.reception.tables import checks
from backend.reception.ticket import Ticket, find_ticket, record_step
from backend.reception.windows import Seat, find_seat
from backend.reservations.reading import read_columns
from backend.storage.unit_of_work import UnitOfWork
from backend.wire.codes import ErrorCode, EventKind, TicketState, WindowKind

DEFAULT_RECIPIENT = "R1"


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
class Sheet:
    """A visitor's checklist as a page shows it.

    Attributes:
        ticket: whose.
        fields: the columns of the reservation that the reader may see; empty for a visitor without one.
        rule_set: the rules of the visit's day.
        ticks: what was ticked so far.
        verdict: what the rules say to it.
    """

    ticket: Ticket
    fields: Mapping[str, Any]
    rule_set: RuleSet
    ticks: Ticks
    verdict: Verdict


class Checking:
    """Commands and views of the document check.

    Args:
        desk: shared by all windows.
        rules: every dated rule set.
    """

    def __init__(self, desk: Desk, rules: RuleBook) -> None:
        self._desk = desk
        self._rules = rules

    def sheet(self, office_id: str, ticket_id: str, columns: tuple[str, ...]) -> Sheet:
        """The checklist of a ticket with the columns that the reader's role may see.

        Raises:
            TicketStateError: there is no such ticket at this office.
        """
        with self._desk.database.read() as connection:
            ticket = find_ticket(connection, ticket_id)
            if ticket is None or ticket.office_id != office_id:
                raise TicketStateError(ErrorCode.NOT_FOUND)
            fields = _fields(connection, ticket, columns)
            ticks = _ticks_of(connection, ticket)
            rule_set = self._rules.on(ticket.business_day)
            if ticks is None:
                ticks = Ticks(self._suggested(connection, rule_set, ticket))
            verdict = _judge(connection, rule_set, ticket, ticks)
        return Sheet(ticket, fields, rule_set, ticks, verdict)

    def tick(self, request_id: UUID, handler: Handler, ticket_id: str, ticks: Ticks) -> Mapping[str, Any]:
        """Note what the clerk ticked, for the visitor at the handler's window.

        Raises:
            ChecklistError: a code that the rules of the day do not know.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            if ticket.state is not TicketState.SERVING:
                raise wrong_state(ticket)
            rule_set = self._rules.on(ticket.business_day)
            verdict = _judge(work.connection, rule_set, ticket, ticks)
            was_complete = _save(work, ticket, rule_set.name, ticks, handler, verdict)
            if verdict.complete and not was_complete:
                record_step(work, ticket, EventKind.DOCUMENTS_COMPLETE, WindowKind.RECEPTION)
            return ticket

        return self._desk.run(request_id, "tick", handler, {"ticket": ticket_id, **ticks.as_body()}, act)

    def hand_over(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """Hand a visitor with complete papers over to ward staff.

        Raises:
            ChecklistError: the papers are not complete by the rules of the day.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            ticks = _ticks_of(work.connection, ticket)
            rule_set = self._rules.on(ticket.business_day)
            # Judged anew: the reservation, or the ward's rules, may have changed since the last tick.
            if ticks is None or not _judge(work.connection, rule_set, ticket, ticks).complete:
                if ticket.state is not TicketState.SERVING:
                    raise wrong_state(ticket)
                raise ChecklistError(ErrorCode.CHECKLIST_INCOMPLETE, number=ticket.label)
            return self._leave_window(work, ticket, EventKind.HANDED_OVER)

        return self._desk.run(request_id, "hand_over", handler, {"ticket": ticket_id}, act)

    def end_incomplete(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """Papers are missing: the visitor fetches them, or makes a new reservation. The number stays theirs today."""

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            return self._leave_window(work, ticket, EventKind.ENDED_INCOMPLETE)

        return self._desk.run(request_id, "end_incomplete", handler, {"ticket": ticket_id}, act)

    def _leave_window(self, work: UnitOfWork, ticket: Ticket, kind: EventKind) -> Ticket:
        return advance(
            work,
            ticket,
            kind,
            at=WindowKind.RECEPTION,
            shown_window=ticket.window,
            window=None,
            holder=None,
            call_count=0,
        )

    def _own_visitor(self, work: UnitOfWork, handler: Handler, ticket_id: str) -> Ticket:
        seat: Seat | None = find_seat(work.connection, self._desk.directory, handler.account_id)
        if seat is None:
            raise WindowError(ErrorCode.WINDOW_NEEDED, kind=WindowKind.RECEPTION.value)
        ticket = need_ticket(work, ticket_id, seat.office_id)
        need_own_visitor(ticket, seat)
        return ticket

    def _suggested(self, connection: Connection, rule_set: RuleSet, ticket: Ticket) -> str:
        """The recipient type that the reservation names, where the rules know it."""
        fields = _fields(connection, ticket, ("recipient_type",))
        wanted = fields.get("recipient_type") or DEFAULT_RECIPIENT
        try:
            return rule_set.recipient(wanted).code
        except DocumentsError:
            return DEFAULT_RECIPIENT


def checked(connection: Connection, ticket_ids: Iterable[str]) -> Mapping[str, Ticks]:
    """What was ticked for several tickets, by ticket id; a ticket that nobody has checked is not in it."""
    rows = connection.execute(select(checks).where(checks.c.ticket_id.in_(list(ticket_ids))))
    return {row.ticket_id: _as_ticks(row) for row in rows}


def _fields(connection: Connection, ticket: Ticket, columns: tuple[str, ...]) -> Mapping[str, Any]:
    if ticket.reservation_id is None:
        return {}
    return read_columns(connection, ticket.reservation_id, columns) or {}


def _ticks_of(connection: Connection, ticket: Ticket) -> Ticks | None:
    row = connection.execute(select(checks).where(checks.c.ticket_id == ticket.id)).one_or_none()
    return None if row is None else _as_ticks(row)


def _as_ticks(row: Row[Any]) -> Ticks:
    return Ticks(row.recipient, tuple(row.applicant), tuple(row.visitor), tuple(row.papers), tuple(row.facts))


def _judge(connection: Connection, rule_set: RuleSet, ticket: Ticket, ticks: Ticks) -> Verdict:
    born = _fields(connection, ticket, ("birth",)).get("birth")
    try:
        visit = Visit.of(
            ticks.recipient,
            ticket.business_day,
            born=BirthDate.parse(born) if born else None,
            applicant=ticks.applicant,
            visitor=ticks.visitor,
            papers=ticks.papers,
            facts=ticks.facts,
        )
        return judge(rule_set, visit)
    except BirthDateError:
        raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="birth") from None
    except DocumentsError:
        raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="code") from None


def _save(
    work: UnitOfWork, ticket: Ticket, rule_set: str, ticks: Ticks, handler: Handler, verdict: Verdict
) -> bool:
    """Write the ticks and return whether the papers were complete before."""
    values = {
        "rule_set": rule_set,
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
        work.connection.execute(insert(checks).values(ticket_id=ticket.id, **values))
        return False
    work.connection.execute(update(checks).where(checks.c.ticket_id == ticket.id).values(**values))
    return bool(row.complete)
