"""Keeps what is ticked of a card and of the others of its party, where it is still what somebody saw."""

from collections.abc import Mapping, Sequence

from backend.protection import Actor
from backend.reception.check_commands import OfCheck, OfParty
from backend.reception.check_reading import CheckReading, shown_of
from backend.reception.deciding.case import Case, CaseState, latest_of, open_of
from backend.reception.deciding.check_seen import Seen, stale
from backend.reception.deciding.check_sheet import Judged, verdict_on, visit_of
from backend.reception.deciding.taking_over import same, taken_over
from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError, TicketStateError
from backend.reception.storing.cases import cases_of
from backend.reception.storing.checks import NO_CHECK, KeptCheck, check_of, checks_of, save_check
from backend.reception.storing.tickets import record_event
from backend.storage import Connection, UnitOfWork
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind


class CheckKeeping:
    """Keeps checks.

    Args:
        reading: reads what they are judged by.
    """

    def __init__(self, reading: CheckReading) -> None:
        self._reading = reading

    def note(
        self,
        work: UnitOfWork,
        actor: Actor,
        ticket: Ticket,
        party: Sequence[Case],
        case: Case,
        check: KeptCheck,
        before: Ticks | None,
        after: Ticks,
    ) -> Judged:
        """Judge and keep what is ticked of a card, and of the others to which it is taken over.

        Args:
            work: the transaction.
            actor: who ticked.
            ticket: the visit.
            party: the latest case of each card.
            case: the card.
            check: as it is kept.
            before: what was ticked, as the page showed it.
            after: what is ticked now.
        """
        rule_set = self._reading.rules_of(ticket)
        own, told = after, dict[str, Ticks]()
        checks = {case.case_id: check}
        if len(open_of(party)) > 1:
            checks = {**checks_of(work.connection, ticket.id)}
            others = self._reading.others(work.connection, ticket, case, party, checks)
            verdict_on(
                rule_set, visit_of(ticket, after, {})
            )  # a code that the rules do not know is refused first
            own, changed = taken_over(rule_set, before, after, others)
            told.update(changed)
        judged = self._keep(work, actor, ticket, case, check, own)
        for other in party:
            if other.case_id in told:
                kept = checks.get(other.case_id, NO_CHECK)
                self._keep(work, actor, ticket, other, kept, told[other.case_id])
        return judged

    def _keep(
        self, work: UnitOfWork, actor: Actor, ticket: Ticket, case: Case, check: KeptCheck, ticks: Ticks
    ) -> Judged:
        """Judge and keep the ticks of a card; other pages are told when they become complete, and when it is set apart or no more."""
        rule_set = self._reading.rules_of(ticket)
        visit = self._reading.visit(work.connection, ticket, case, ticks)
        verdict = verdict_on(rule_set, visit)
        changed = check.ticks is None or not same(check.ticks, ticks) or check.complete != verdict.complete
        if changed:
            save_check(
                work, case.case_id, rule_set, ticks, complete=verdict.complete, before=check, by=actor.id
            )
        if verdict.complete and not check.complete:
            record_event(work, ticket, EventKind.DOCUMENTS_COMPLETE, WindowKind.RECEPTION, place=case.place)
        if ticks.apart != (check.ticks is not None and check.ticks.apart):
            record_event(work, ticket, EventKind.APART_CHANGED, WindowKind.RECEPTION, place=case.place)
        return Judged(rule_set, visit, verdict)


def open_check(
    connection: Connection, ticket: Ticket, command: OfCheck
) -> tuple[Sequence[Case], Case, KeptCheck]:
    """The party of a visit, the card that a command is about, which must be open, and its check.

    Raises:
        TicketStateError: it is none of this party, or its case has ended.
        ChecklistError: several cards are open and none was named.
    """
    party = latest_of(cases_of(connection, ticket.id))
    if command.case_id is None and len(open_of(party)) > 1:
        raise ChecklistError(ErrorCode.CASE_NEEDED, number=ticket.label)
    case = shown_of(ticket, party, command.case_id)
    if case.state is not CaseState.OPEN:
        raise TicketStateError(ErrorCode.CASE_ENDED, number=ticket.label)
    return party, case, check_of(connection, case.case_id)


def seen_party(
    connection: Connection, ticket: Ticket, command: OfParty
) -> tuple[Sequence[Case], Mapping[str, KeptCheck]]:
    """The open cards of a visit and the checks of the party, which must be those that were seen.

    Raises:
        TicketStateError: the card that was looked at is none of this party, or its case has ended.
        ChecklistError: a check has moved on, or another card has come.
    """
    party = open_of(cases_of(connection, ticket.id))
    checks = checks_of(connection, ticket.id)
    if command.seen is not None:
        _, _, shown = open_check(connection, ticket, command)
        need_fresh(shown, ticket, command.seen)
    now = {case.case_id: checks.get(case.case_id, NO_CHECK).version for case in party}
    if command.versions and ticket.state is TicketState.SERVING and command.versions != now:
        raise stale(ticket)
    return party, checks


def need_fresh(check: KeptCheck, ticket: Ticket, seen: Seen | None) -> None:
    """Refuse what was decided on an older check of a visitor who is still being served; without ``seen`` nothing is compared."""
    if seen is not None and ticket.state is TicketState.SERVING and seen.version != check.version:
        raise stale(ticket)
