"""The check of documents (書類の確認) at a reception window, and the hand-over (引継ぎ) to ward staff.

What is kept of a check are codes: which documents were there, never their numbers or contents.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from backend.documents import (
    BirthDateError,
    DocumentsError,
    GuideStep,
    Refused,
    Resolved,
    RuleBook,
    RuleSet,
    Verdict,
    Visit,
    explain,
    guide,
)
from backend.protection import Permission, permitted_columns
from backend.reception.check_seen import Seen, lost_of, stale
from backend.reception.check_sheet import (
    JUDGED_BY,
    CheckSheet,
    Guidance,
    Ticks,
    fields_of,
    judged_by,
    save_ticks,
    ticks_of,
    verdict_on,
    version_of,
    visit_of,
)
from backend.reception.desk import Desk, Handler
from backend.reception.errors import ChecklistError, TicketStateError, WindowError
from backend.reception.ticket import Ticket, find_ticket, record_step
from backend.reception.transitions import advance, need_own_visitor, need_ticket, wrong_state
from backend.reception.windows import Seat, find_seat
from backend.storage import UnitOfWork
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind

DEFAULT_RECIPIENT = "R1"
_CLERKS = judged_by(permitted_columns({Permission.SEE_COUNTER_COLUMNS}))
"""What the commands of a reception window judge by: a refusal tells as much as a sentence does."""
_TYPE = "recipient_type"


class Checking:
    """Commands and views of the document check.

    Args:
        desk: shared by all windows.
        rules: every dated rule set.
    """

    def __init__(self, desk: Desk, rules: RuleBook) -> None:
        self._desk = desk
        self._rules = rules

    def sheet(self, office_id: str, ticket_id: str, columns: tuple[str, ...]) -> CheckSheet:
        """The checklist of a ticket with the columns that the reader's role may see.

        Raises:
            TicketStateError: there is no such ticket at this office.
        """
        with self._desk.database.read() as connection:
            ticket = find_ticket(connection, ticket_id)
            if ticket is None or ticket.office_id != office_id:
                raise TicketStateError(ErrorCode.NOT_FOUND)
            known_of = fields_of(connection, ticket, (*columns, *JUDGED_BY, _TYPE))
            ticks = ticks_of(connection, ticket)
            version = version_of(connection, ticket)
            rule_set = self._rules.on(ticket.business_day)
            suggested = None if ticks else _suggested(rule_set, known_of)
            known = ticks or Ticks(suggested or DEFAULT_RECIPIENT)
            seen = {column: known_of[column] for column in judged_by(columns) if column in known_of}
            visit = visit_of(ticket, known, seen)
            verdict = verdict_on(rule_set, visit)
        return CheckSheet(
            ticket,
            {column: known_of[column] for column in columns if column in known_of},
            rule_set,
            known,
            verdict,
            explain(rule_set, visit),
            ticks is None and suggested is None,
            _differs(rule_set, ticket, known, known_of, verdict),
            version,
        )

    def guidance(self, handler: Handler, ticket_id: str, answers: Mapping[str, str]) -> Guidance:
        """Return where the clerk's answers about the visitor at their window lead. Nothing is stored.

        Raises:
            ChecklistError: no such question or answer, or answers that contradict each other.
            TicketStateError: there is no such ticket here, or nobody is being served under it.
        """
        with self._desk.database.read() as connection:
            ticket = find_ticket(connection, ticket_id)
            if ticket is None or ticket.office_id != handler.office_id:
                raise TicketStateError(ErrorCode.NOT_FOUND)
            seat = find_seat(connection, self._desk.directory, handler.account_id)
            if seat is None:
                raise WindowError(ErrorCode.WINDOW_NEEDED, kind=WindowKind.RECEPTION.value)
            need_own_visitor(ticket, seat)
            if ticket.state is not TicketState.SERVING:
                raise wrong_state(ticket)
            return self._guidance(connection, ticket, answers)

    def choose_recipient(
        self,
        request_id: UUID,
        handler: Handler,
        ticket_id: str,
        answers: Mapping[str, str],
        seen: Seen | None = None,
    ) -> Mapping[str, Any]:
        """Set the recipient type that the answers lead to; what was ticked stays.

        The answers themselves are not kept: the type is the only trace of a reason.

        Raises:
            ChecklistError: the answers lead to no type, or the check is not the one that was seen.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            if ticket.state is not TicketState.SERVING:
                raise wrong_state(ticket)
            self._need_fresh(work, ticket, seen)
            step = self._guidance(work.connection, ticket, answers).step
            recipient = chosen_by(step)
            if recipient is None:
                raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="answers")
            ticks = ticks_of(work.connection, ticket) or Ticks(recipient)
            self._note(work, ticket, replace(ticks, recipient=recipient), handler)
            record_step(work, ticket, EventKind.RECIPIENT_CHOSEN, WindowKind.RECEPTION)
            return ticket

        body = {"ticket": ticket_id, "answers": dict(answers), **_seen_body(seen)}
        return self._desk.run(request_id, "choose_recipient", handler, body, act)

    def tick(
        self, request_id: UUID, handler: Handler, ticket_id: str, ticks: Ticks, seen: Seen | None = None
    ) -> Mapping[str, Any]:
        """Note what the clerk ticked, for the visitor at the handler's window.

        Raises:
            ChecklistError: a code that the rules of the day do not know, or the check is not the one that was seen:
                what another page ticked meanwhile is not taken away, and nothing of this one is lost in silence.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            if ticket.state is not TicketState.SERVING:
                raise wrong_state(ticket)
            if seen is not None and seen.version != version_of(work.connection, ticket):
                present = ticks_of(work.connection, ticket) or seen.ticks
                lost = lost_of(seen.ticks, ticks, present)
                if lost:
                    raise stale(ticket, lost)
                return ticket  # both pages say the same
            self._note(work, ticket, ticks, handler)
            return ticket

        body = {"ticket": ticket_id, **ticks.as_body(), **_seen_body(seen)}
        return self._desk.run(request_id, "tick", handler, body, act)

    def hand_over(
        self, request_id: UUID, handler: Handler, ticket_id: str, seen: Seen | None = None
    ) -> Mapping[str, Any]:
        """Hand a visitor with complete papers over to ward staff.

        Raises:
            ChecklistError: the papers are not complete by the rules of the day, or not those that were seen.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            self._need_fresh(work, ticket, seen)
            ticks = ticks_of(work.connection, ticket)
            rule_set = self._rules.on(ticket.business_day)
            # Judged anew: the reservation, or the ward's rules, may have changed since the last tick.
            verdict = verdict_on(rule_set, _visit(work.connection, ticket, ticks)) if ticks else None
            if ticks is None or verdict is None or not verdict.complete:
                if ticket.state is not TicketState.SERVING:
                    raise wrong_state(ticket)
                raise ChecklistError(ErrorCode.CHECKLIST_INCOMPLETE, number=ticket.label)
            save_ticks(work, ticket, rule_set, ticks, handler, verdict)
            return self._leave_window(work, ticket, EventKind.HANDED_OVER)

        return self._desk.run(
            request_id, "hand_over", handler, {"ticket": ticket_id, **_seen_body(seen)}, act
        )

    def end_incomplete(
        self, request_id: UUID, handler: Handler, ticket_id: str, seen: Seen | None = None
    ) -> Mapping[str, Any]:
        """Papers are missing: the visitor fetches them, or makes a new reservation. The number stays theirs today.

        Raises:
            ChecklistError: the check is not the one that was seen; another page may have found it complete.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = self._own_visitor(work, handler, ticket_id)
            self._need_fresh(work, ticket, seen)
            return self._leave_window(work, ticket, EventKind.ENDED_INCOMPLETE)

        return self._desk.run(
            request_id, "end_incomplete", handler, {"ticket": ticket_id, **_seen_body(seen)}, act
        )

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

    def _need_fresh(self, work: UnitOfWork, ticket: Ticket, seen: Seen | None) -> None:
        """Refuse what was decided on an older check of a visitor who is still being served; without ``seen`` nothing is compared."""
        if seen is None or ticket.state is not TicketState.SERVING:
            return
        if seen.version != version_of(work.connection, ticket):
            raise stale(ticket)

    def _note(self, work: UnitOfWork, ticket: Ticket, ticks: Ticks, handler: Handler) -> None:
        """Judge and keep the ticks; the event of completeness is written when they become complete."""
        rule_set = self._rules.on(ticket.business_day)
        verdict = verdict_on(rule_set, _visit(work.connection, ticket, ticks))
        was_complete = save_ticks(work, ticket, rule_set, ticks, handler, verdict)
        if verdict.complete and not was_complete:
            record_step(work, ticket, EventKind.DOCUMENTS_COMPLETE, WindowKind.RECEPTION)

    def _guidance(self, connection: Connection, ticket: Ticket, answers: Mapping[str, str]) -> Guidance:
        rule_set = self._rules.on(ticket.business_day)
        visit = _visit(connection, ticket, ticks_of(connection, ticket) or Ticks(DEFAULT_RECIPIENT))
        try:
            step = guide(rule_set, answers, on=visit.on, born=visit.born, papers=visit.papers)
        except BirthDateError:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="birth") from None
        except DocumentsError:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="answers") from None
        return Guidance(ticket, rule_set, answers, step)


def _visit(connection: Connection, ticket: Ticket, ticks: Ticks) -> Visit:
    """The visit as the rules see it, with what they ask of the reservation read now, as far as a clerk may see it."""
    return visit_of(ticket, ticks, fields_of(connection, ticket, _CLERKS))


def _seen_body(seen: Seen | None) -> dict[str, Any]:
    """What of the page that was seen belongs to the fingerprint of a command."""
    return {} if seen is None else {"seen": seen.version}


def _differs(
    rule_set: RuleSet, ticket: Ticket, ticks: Ticks, fields: Mapping[str, Any], verdict: Verdict
) -> bool:
    """Whether the rules would say something else if they saw every column that they ask for."""
    return verdict_on(rule_set, visit_of(ticket, ticks, fields)) != verdict


def _suggested(rule_set: RuleSet, fields: Mapping[str, Any]) -> str | None:
    """The recipient type that the reservation names, where the rules know it."""
    wanted = fields.get(_TYPE)
    try:
        return rule_set.recipient(wanted).code if wanted else None
    except DocumentsError:
        return None


def chosen_by(step: GuideStep) -> str | None:
    """The recipient type that a step of the guide ends with; a reason that is never accepted has one too."""
    if isinstance(step, Resolved):
        return step.recipients[0]
    return step.recipient if isinstance(step, Refused) else None
