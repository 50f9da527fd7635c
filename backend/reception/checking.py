"""The check of documents (書類の確認) at a reception window, and the hand-over (引継ぎ) to ward staff.

What is kept of a check are codes: which documents were there, never their numbers or contents.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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
from backend.protection import Actor, Columns, Permission, columns_for_program
from backend.reception.check_commands import ChooseRecipient, EndIncomplete, HandOver, OfCheck, Tick
from backend.reception.check_keeping import CheckKeeping, need_fresh, open_check, seen_party
from backend.reception.check_reading import CheckReading, shown_of
from backend.reception.commands import TicketReply
from backend.reception.deciding.case import Case, CaseState, latest_of
from backend.reception.deciding.check_seen import lost_of, stale
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
from backend.reception.deciding.seat import Seat, need_own_visitor, need_seat
from backend.reception.deciding.steps import need_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.desk import Desk, by, done_with
from backend.reception.errors import ChecklistError, TicketStateError
from backend.reception.storing.cases import cases_of, end_case
from backend.reception.storing.checks import NO_CHECK, KeptCheck, check_of, checks_of, save_check
from backend.reception.storing.tickets import advance, find_ticket, go_on_at_window, record_event
from backend.reservations import OLD_PAPERS
from backend.sealing import Records
from backend.storage import Connection, UnitOfWork
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind


class Checking:
    """Commands and views of the document check.

    Args:
        desk: shared by all windows.
        rules: every dated rule set.
        records: sealed records and their keys.
    """

    def __init__(self, desk: Desk, rules: RuleBook, records: Records) -> None:
        self._desk = desk
        self._reading = CheckReading(rules, records)
        self._keeping = CheckKeeping(self._reading)

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {
            ChooseRecipient: by(self._choose_recipient),
            Tick: by(self._tick),
            HandOver: by(self._hand_over),
            EndIncomplete: by(self._end_incomplete),
        }

    def sheet(
        self,
        office_id: str,
        ticket_id: str,
        columns: Columns,
        judged: Judged | None = None,
        case_id: str | None = None,
        place: int | None = None,
    ) -> CheckSheet:
        """The checklist of a ticket with the columns that the reader's role may see.

        Args:
            office_id: where it is.
            ticket_id: whose.
            columns: what of the reservation the reader may see.
            judged: what the rules said a moment ago; taken if it was said to the same visit.
            case_id: which card of the party, by its case.
            place: which card, by its place, if its case is open; by default the first that is open, else the first.

        Raises:
            TicketStateError: there is no such ticket at this office, or no such case of it.
        """
        reading = self._reading
        with self._desk.database.read() as connection:
            ticket = find_ticket(connection, ticket_id)
            if ticket is None or ticket.office_id != office_id:
                raise TicketStateError(ErrorCode.NOT_FOUND)
            rule_set = reading.rules_of(ticket)
            party = latest_of(cases_of(connection, ticket.id))
            case = shown_of(ticket, party, case_id, place)
            checks = checks_of(connection, ticket.id)
            known_of = reading.fields(
                connection, case, columns_for_program(*columns, *JUDGED_BY, TYPE_COLUMN)
            )
            check = checks.get(case.case_id, NO_CHECK)
            erased = reading.is_erased(connection, case, known_of)
            proposed = None if check.ticks or erased else suggested(rule_set, known_of)
            known = check.ticks or reading.begun(
                connection, ticket, case, party, checks, proposed or DEFAULT_RECIPIENT
            )
            tabs = reading.tabs(connection, ticket, party, checks, columns)
        if erased:
            known_of = {column: value for column, value in known_of.items() if value is not None}
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
            case.shown if case.shown in OLD_PAPERS else None,
            erased,
            case.case_id,
            tabs,
        )

    def guidance(
        self, actor: Actor, ticket_id: str, answers: Mapping[str, str], case_id: str | None = None
    ) -> Guidance:
        """Return where the clerk's answers about the visitor at their window lead. Nothing is stored.

        Args:
            actor: the clerk.
            ticket_id: whose visit.
            answers: answer by question.
            case_id: about which card of the party; as ``sheet``.

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
            self._need_checkable(ticket)
            case = shown_of(ticket, latest_of(cases_of(connection, ticket.id)), case_id)
            return self._guidance(connection, ticket, case, answers, check_of(connection, case.case_id))

    def _choose_recipient(
        self, work: UnitOfWork, command: ChooseRecipient, actor: Actor
    ) -> Done[TicketReply]:
        """Set the recipient type; what was ticked stays. The type is the only trace of a reason.

        Raises:
            ChecklistError: the answers lead to no type, or the check is not the one that was seen.
        """
        ticket = self._own_visitor(work, command, actor)
        self._need_checkable(ticket)
        party, case, check = open_check(work.connection, ticket, command)
        need_fresh(check, ticket, command.seen)
        recipient = chosen_by(self._guidance(work.connection, ticket, case, command.answers, check).step)
        if recipient is None:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="answers")
        ticks = replace(check.ticks or Ticks(recipient), recipient=recipient)
        judged = self._keeping.note(work, actor, ticket, party, case, check, check.ticks, ticks)
        record_event(work, ticket, EventKind.RECIPIENT_CHOSEN, WindowKind.RECEPTION, place=case.place)
        return done_with(ticket, judged)

    def _tick(self, work: UnitOfWork, command: Tick, actor: Actor) -> Done[TicketReply]:
        """Note what the clerk ticked, for the visitor at their window.

        Raises:
            ChecklistError: a code that the rules of the day do not know, or the check is not the one that was seen:
                what another page ticked meanwhile is not taken away, and nothing of this one is lost in silence.
        """
        ticket = self._own_visitor(work, command, actor)
        self._need_checkable(ticket)
        party, case, check = open_check(work.connection, ticket, command)
        seen = command.seen
        if seen is not None and seen.version != check.version:
            lost = lost_of(seen.ticks, command.ticks, check.ticks or seen.ticks)
            if lost:
                raise stale(ticket, lost)
            return done_with(ticket)  # both pages say the same
        # Of a card that nobody has checked the page showed what is ticked for the others.
        before = check.ticks or (seen.ticks if seen else None)
        return done_with(
            ticket, self._keeping.note(work, actor, ticket, party, case, check, before, command.ticks)
        )

    def _hand_over(self, work: UnitOfWork, command: HandOver, actor: Actor) -> Done[TicketReply]:
        """Hand a visitor over with each card whose papers are complete; the others of the party end as incomplete.

        At a window that also hands out cards, whoever may do so goes on with the visitor there.

        Raises:
            TicketStateError: the visit is about no card, and ends at reception.
            ChecklistError: no card's papers are complete by the rules of the day, or they are not those that were seen.
        """
        seat, ticket = self._seat_and_visitor(work, command, actor)
        self._need_checkable(ticket)
        party, checks = seen_party(work.connection, ticket, command)
        complete = [
            case
            for case in party
            if self._reading.is_complete(
                work.connection, ticket, case, checks.get(case.case_id, NO_CHECK).ticks
            )
        ]
        if not complete:
            raise ChecklistError(ErrorCode.CHECKLIST_INCOMPLETE, number=ticket.label)
        rule_set = self._reading.rules_of(ticket)
        for case in party:
            check = checks.get(case.case_id, NO_CHECK)
            if case not in complete:
                end_case(work, case, CaseState.INCOMPLETE)
            elif check.ticks is not None:
                save_check(
                    work, case.case_id, rule_set, check.ticks, complete=True, before=check, by=actor.id
                )
        if seat.window.kind is WindowKind.COMBINED and actor.may(Permission.ISSUE_CARDS):
            return done_with(go_on_at_window(work, actor, ticket))
        return done_with(_leave_window(work, actor, ticket, EventKind.HANDED_OVER))

    def _end_incomplete(self, work: UnitOfWork, command: EndIncomplete, actor: Actor) -> Done[TicketReply]:
        """The number stays the visitor's today; every card that is open waits for its papers.

        Raises:
            TicketStateError: nobody is being served under this number here.
            ChecklistError: the check is not the one that was seen; another page may have found it complete.
        """
        ticket = self._own_visitor(work, command, actor)
        need_state(ticket, (TicketState.SERVING,), own=True)
        seen_party(work.connection, ticket, command)
        return done_with(_leave_window(work, actor, ticket, EventKind.ENDED_INCOMPLETE))

    def _own_visitor(self, work: UnitOfWork, command: OfCheck, actor: Actor) -> Ticket:
        return self._seat_and_visitor(work, command, actor)[1]

    def _seat_and_visitor(self, work: UnitOfWork, command: OfCheck, actor: Actor) -> tuple[Seat, Ticket]:
        return self._desk.need_visitor(work, actor, command.ticket_id, WindowKind.RECEPTION, any_kind=True)

    def _need_checkable(self, ticket: Ticket) -> None:
        """Documents are checked, and visitors handed over, while they are served and have come for a card.

        Raises:
            TicketStateError: where the ticket is instead, or that they came for something that ends at reception.
        """
        if self._desk.directory.ends_at_reception(ticket.kind):
            raise TicketStateError(ErrorCode.FINISH_NEEDED, number=ticket.label)
        need_state(ticket, (TicketState.SERVING,), own=True)

    def _guidance(
        self,
        connection: Connection,
        ticket: Ticket,
        case: Case,
        answers: Mapping[str, str],
        check: KeptCheck,
    ) -> Guidance:
        rule_set = self._reading.rules_of(ticket)
        visit = self._reading.visit(connection, ticket, case, check.ticks or Ticks(DEFAULT_RECIPIENT))
        try:
            step = guide(rule_set, answers, on=visit.on, born=visit.born, papers=visit.papers)
        except BirthDateError:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="birth") from None
        except DocumentsError:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="answers") from None
        return Guidance(ticket, rule_set, answers, step)


def _leave_window(work: UnitOfWork, actor: Actor, ticket: Ticket, event: EventKind) -> Ticket:
    return advance(
        work, actor, ticket, event, at=WindowKind.RECEPTION, window=None, holder=None, call_count=0
    )


def _differs(rule_set: RuleSet, seen: Visit, whole: Visit, verdict: Verdict) -> bool:
    """Whether the rules would say something else if they saw every column that they ask for."""
    return whole != seen and verdict_on(rule_set, whole) != verdict
