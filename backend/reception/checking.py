"""The check of documents (書類の確認) at a reception window, and the hand-over (引継ぎ) to ward staff.

What is kept of a check are codes: which documents were there, never their numbers or contents.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend.cards import PERSON_COLUMNS, is_erased
from backend.commands import Command, Done, Handling
from backend.documents import (
    BirthDateError,
    DocumentsError,
    RuleBook,
    RuleSet,
    Verdict,
    Visit,
    explain,
    guide,
)
from backend.protection import Actor, Permission, permitted_columns
from backend.reception.commands import ChooseRecipient, EndIncomplete, HandOver, OfCheck, Tick, TicketReply
from backend.reception.deciding.case import Case
from backend.reception.deciding.check_seen import Seen, lost_of, stale
from backend.reception.deciding.check_sheet import (
    DEFAULT_RECIPIENT,
    JUDGED_BY,
    TYPE_COLUMN,
    CheckSheet,
    Guidance,
    Judged,
    chosen_by,
    judged_by,
    suggested,
    verdict_on,
    visit_of,
)
from backend.reception.deciding.seat import need_own_visitor, need_seat
from backend.reception.deciding.steps import wrong_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.desk import Desk, by, done_with
from backend.reception.errors import ChecklistError, TicketStateError
from backend.reception.storing.cases import cases_of
from backend.reception.storing.checks import KeptCheck, check_of, save_check
from backend.reception.storing.tickets import advance, find_ticket, record_event
from backend.reservations import Shown, read_fields
from backend.sealing import Records
from backend.storage import Connection, UnitOfWork
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind

_CLERKS = judged_by(permitted_columns({Permission.SEE_COUNTER_COLUMNS}))
"""What the commands of a reception window judge by: a refusal tells as much as a sentence does."""


class Checking:
    """Commands and views of the document check.

    Args:
        desk: shared by all windows.
        rules: every dated rule set.
    """

    def __init__(self, desk: Desk, rules: RuleBook, records: Records) -> None:
        self._desk = desk
        self._records = records
        self._rules = rules

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {
            ChooseRecipient: by(self._choose_recipient),
            Tick: by(self._tick),
            HandOver: by(self._hand_over),
            EndIncomplete: by(self._end_incomplete),
        }

    def sheet(
        self, office_id: str, ticket_id: str, columns: tuple[str, ...], judged: Judged | None = None
    ) -> CheckSheet:
        """The checklist of a ticket with the columns that the reader's role may see.

        Args:
            office_id: where it is.
            ticket_id: whose.
            columns: what of the reservation the reader may see.
            judged: what the rules said a moment ago; taken if it was said to the same visit.

        Raises:
            TicketStateError: there is no such ticket at this office.
        """
        with self._desk.database.read() as connection:
            ticket = find_ticket(connection, ticket_id)
            if ticket is None or ticket.office_id != office_id:
                raise TicketStateError(ErrorCode.NOT_FOUND)
            case = _case_of(connection, ticket)
            known_of = self._fields(connection, case, (*columns, *JUDGED_BY, TYPE_COLUMN))
            check = check_of(connection, ticket)
            erased = self._erased(connection, case, known_of)
        if erased:
            known_of = {column: value for column, value in known_of.items() if value is not None}
        rule_set = self._rules.on(ticket.business_day)
        proposed = None if check.ticks or erased else suggested(rule_set, known_of)
        known = check.ticks or Ticks(proposed or DEFAULT_RECIPIENT)
        seen = {column: known_of[column] for column in judged_by(columns) if column in known_of}
        visit = visit_of(ticket, known, seen)
        same = judged is not None and judged.is_of(rule_set, visit)
        verdict = judged.verdict if judged is not None and same else verdict_on(rule_set, visit)
        return CheckSheet(
            ticket,
            {column: known_of[column] for column in columns if column in known_of},
            rule_set,
            known,
            verdict,
            explain(rule_set, visit),
            check.ticks is None and proposed is None,
            _differs(rule_set, visit, visit_of(ticket, known, known_of), verdict),
            check.version,
            case is not None and case.shown is Shown.OLD_NOTICE,
            erased,
        )

    def guidance(self, actor: Actor, ticket_id: str, answers: Mapping[str, str]) -> Guidance:
        """Return where the clerk's answers about the visitor at their window lead. Nothing is stored.

        Raises:
            ChecklistError: no such question or answer, or answers that contradict each other.
            TicketStateError: there is no such ticket here, or nobody is being served under it.
        """
        with self._desk.database.read() as connection:
            ticket = find_ticket(connection, ticket_id)
            if ticket is None or ticket.office_id != actor.office_id:
                raise TicketStateError(ErrorCode.NOT_FOUND)
            found = self._desk.seat_of(connection, actor.id)
            seat = need_seat(found, actor.office_id, WindowKind.RECEPTION, any_kind=True)
            need_own_visitor(ticket, seat)
            _need_serving(ticket)
            return self._guidance(connection, ticket, answers, check_of(connection, ticket))

    def _choose_recipient(
        self, work: UnitOfWork, command: ChooseRecipient, actor: Actor
    ) -> Done[TicketReply]:
        """Set the recipient type; what was ticked stays. The type is the only trace of a reason.

        Raises:
            ChecklistError: the answers lead to no type, or the check is not the one that was seen.
        """
        ticket = self._own_visitor(work, command, actor)
        _need_serving(ticket)
        check = check_of(work.connection, ticket)
        _need_fresh(check, ticket, command.seen)
        recipient = chosen_by(self._guidance(work.connection, ticket, command.answers, check).step)
        if recipient is None:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="answers")
        ticks = check.ticks or Ticks(recipient)
        judged = self._note(work, actor, ticket, replace(ticks, recipient=recipient), check)
        record_event(work, ticket, EventKind.RECIPIENT_CHOSEN, WindowKind.RECEPTION)
        return done_with(ticket, judged)

    def _tick(self, work: UnitOfWork, command: Tick, actor: Actor) -> Done[TicketReply]:
        """Note what the clerk ticked, for the visitor at their window.

        Raises:
            ChecklistError: a code that the rules of the day do not know, or the check is not the one that was seen:
                what another page ticked meanwhile is not taken away, and nothing of this one is lost in silence.
        """
        ticket = self._own_visitor(work, command, actor)
        _need_serving(ticket)
        check, seen = check_of(work.connection, ticket), command.seen
        if seen is not None and seen.version != check.version:
            lost = lost_of(seen.ticks, command.ticks, check.ticks or seen.ticks)
            if lost:
                raise stale(ticket, lost)
            return done_with(ticket)  # both pages say the same
        return done_with(ticket, self._note(work, actor, ticket, command.ticks, check))

    def _hand_over(self, work: UnitOfWork, command: HandOver, actor: Actor) -> Done[TicketReply]:
        """Hand a visitor with complete papers over.

        Raises:
            ChecklistError: the papers are not complete by the rules of the day, or not those that were seen.
        """
        ticket = self._own_visitor(work, command, actor)
        check = check_of(work.connection, ticket)
        _need_fresh(check, ticket, command.seen)
        rule_set = self._rules.on(ticket.business_day)
        ticks = check.ticks
        # Judged anew: the reservation, or the ward's rules, may have changed since the last tick.
        verdict = verdict_on(rule_set, self._visit(work.connection, ticket, ticks)) if ticks else None
        if ticks is None or verdict is None or not verdict.complete:
            _need_serving(ticket)
            raise ChecklistError(ErrorCode.CHECKLIST_INCOMPLETE, number=ticket.label)
        save_check(work, ticket, rule_set, ticks, complete=True, before=check, by=actor.id)
        return done_with(_leave_window(work, actor, ticket, EventKind.HANDED_OVER))

    def _end_incomplete(self, work: UnitOfWork, command: EndIncomplete, actor: Actor) -> Done[TicketReply]:
        """The number stays the visitor's today.

        Raises:
            ChecklistError: the check is not the one that was seen; another page may have found it complete.
        """
        ticket = self._own_visitor(work, command, actor)
        if command.seen is not None:
            _need_fresh(check_of(work.connection, ticket), ticket, command.seen)
        return done_with(_leave_window(work, actor, ticket, EventKind.ENDED_INCOMPLETE))

    def _own_visitor(self, work: UnitOfWork, command: OfCheck, actor: Actor) -> Ticket:
        _, ticket = self._desk.need_visitor(
            work, actor, command.ticket_id, WindowKind.RECEPTION, any_kind=True
        )
        return ticket

    def _note(self, work: UnitOfWork, actor: Actor, ticket: Ticket, ticks: Ticks, check: KeptCheck) -> Judged:
        """Judge and keep the ticks; the event of completeness is written when they become complete."""
        rule_set = self._rules.on(ticket.business_day)
        visit = self._visit(work.connection, ticket, ticks)
        verdict = verdict_on(rule_set, visit)
        save_check(work, ticket, rule_set, ticks, complete=verdict.complete, before=check, by=actor.id)
        if verdict.complete and not check.complete:
            record_event(work, ticket, EventKind.DOCUMENTS_COMPLETE, WindowKind.RECEPTION)
        return Judged(rule_set, visit, verdict)

    def _guidance(
        self, connection: Connection, ticket: Ticket, answers: Mapping[str, str], check: KeptCheck
    ) -> Guidance:
        rule_set = self._rules.on(ticket.business_day)
        visit = self._visit(connection, ticket, check.ticks or Ticks(DEFAULT_RECIPIENT))
        try:
            step = guide(rule_set, answers, on=visit.on, born=visit.born, papers=visit.papers)
        except BirthDateError:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="birth") from None
        except DocumentsError:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="answers") from None
        return Guidance(ticket, rule_set, answers, step)

    def _fields_of(
        self, connection: Connection, ticket: Ticket, columns: tuple[str, ...]
    ) -> Mapping[str, Any]:
        """Columns of the card of a ticket and of its booking; none for a visitor without a notice."""
        return self._fields(connection, _case_of(connection, ticket), columns)

    def _fields(
        self, connection: Connection, case: Case | None, columns: tuple[str, ...]
    ) -> Mapping[str, Any]:
        if case is None:
            return {}
        return read_fields(connection, self._records, case.card_id, case.reservation_id, columns)

    def _erased(self, connection: Connection, case: Case | None, known_of: Mapping[str, Any]) -> bool:
        """Whether the person of a case was erased; the keys are asked only where nothing was read of a person."""
        if case is None or case.card_id is None or any(known_of.get(one) for one in PERSON_COLUMNS):
            return False
        return is_erased(connection, self._records, case.card_id)

    def _visit(self, connection: Connection, ticket: Ticket, ticks: Ticks) -> Visit:
        """The visit as the rules see it, with what they ask of the person read now, as far as a clerk may see it."""
        return visit_of(ticket, ticks, self._fields_of(connection, ticket, _CLERKS))


def _case_of(connection: Connection, ticket: Ticket) -> Case | None:
    """What the visitor is here for: the newest case of the ticket."""
    known = cases_of(connection, ticket.id)
    return known[-1] if known else None


def _leave_window(work: UnitOfWork, actor: Actor, ticket: Ticket, event: EventKind) -> Ticket:
    return advance(
        work, actor, ticket, event, at=WindowKind.RECEPTION, window=None, holder=None, call_count=0
    )


def _need_serving(ticket: Ticket) -> None:
    """Documents are checked while a visitor is being served.

    Raises:
        TicketStateError: where the ticket is instead.
    """
    if ticket.state is not TicketState.SERVING:
        raise wrong_state(ticket)


def _need_fresh(check: KeptCheck, ticket: Ticket, seen: Seen | None) -> None:
    """Refuse what was decided on an older check of a visitor who is still being served; without ``seen`` nothing is compared."""
    if seen is not None and ticket.state is TicketState.SERVING and seen.version != check.version:
        raise stale(ticket)


def _differs(rule_set: RuleSet, seen: Visit, whole: Visit, verdict: Verdict) -> bool:
    """Whether the rules would say something else if they saw every column that they ask for."""
    return whole != seen and verdict_on(rule_set, whole) != verdict
