"""Check-in (受付): a notice or its number becomes a ticket, or joins one; once per notice and day."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from backend.commands import Command, Done, Handling
from backend.offices import Directory, business_day
from backend.protection import Actor
from backend.reception.answering import Answering, Lookup
from backend.reception.calling import wait_again
from backend.reception.commands import (
    JoinParty,
    RefuseNumber,
    ReportPaper,
    ShowNotice,
)
from backend.reception.deciding.answer import Join, KioskAnswer
from backend.reception.deciding.lacking_paper import RESULT_WITHIN, paper_open_at
from backend.reception.deciding.order import QueuePlace
from backend.reception.deciding.party import need_joinable
from backend.reception.deciding.queue_policy import Policies
from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError
from backend.reception.kind_commands import TakeNumber
from backend.reception.refusing import REFUSALS
from backend.reception.storing.cases import open_case
from backend.reception.storing.numbering import NumbersExhaustedError, next_number
from backend.reception.storing.refused_codes import count_refusal
from backend.reception.storing.tickets import (
    advance,
    change,
    find_ticket,
    issue_ticket,
    record_event,
)
from backend.reception.telling import Telling
from backend.reservations import CardMatch, Shown, find_match
from backend.storage import Kept, UnitOfWork
from backend.wire import (
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    ErrorCode,
    EventKind,
    FieldShape,
    PrintReply,
    PrintState,
    TicketState,
    contains_my_number,
)


@dataclass(frozen=True)
class Received:
    """What became of a visitor at a kiosk.

    Attributes:
        reason: what they are told.
        match: the card that was meant, or none.
        ticket: their ticket of today, or that of the party; or none.
        found: the state in which the ticket was found, where there was one.
        cards: how many cards the ticket is for; None where that has to be counted.
    """

    reason: CheckInReason
    match: CardMatch | None = None
    ticket: Ticket | None = None
    found: TicketState | None = None
    cards: int | None = None


def asked_by(request: CheckInRequest, ticket_id: UUID | None = None) -> ShowNotice | RefuseNumber:
    """The command of a check-in. Of a 12-digit number nothing goes on, not even into a fingerprint.

    Args:
        request: what was shown.
        ticket_id: of the party that it is to join; None for a visitor by themselves.
    """
    shown = request.code if request.code is not None else request.number or ""
    if contains_my_number(shown, FieldShape.CODE):
        return RefuseNumber()
    typed = request.code is None
    if ticket_id is not None:
        return JoinParty(shown, typed, request.language, ticket_id)
    return ShowNotice(shown, typed, request.language)


class CheckIn:
    """Receives visitors.

    Args:
        directory: offices and their hours.
        policies: each office's rules of the queue.
        lookup: finds the card that a scanned or typed text means.
        key: keys the fingerprints of unknown codes.
    """

    def __init__(self, directory: Directory, policies: Policies, lookup: Lookup, key: bytes) -> None:
        self._answering = Answering(directory, policies, lookup)
        self._key = key
        self._telling = Telling(directory, policies)

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {
            ShowNotice: Handling(self._show_notice, self._told_again),
            JoinParty: Handling(self._join, self._told_again),
            TakeNumber: Handling(self._take_number, self._told_again),
            **REFUSALS,
            ReportPaper: Handling(self._report_print, self._print_told_again),
        }

    def _show_notice(self, work: UnitOfWork, command: ShowNotice, actor: Actor) -> Done[CheckInReply]:
        return self._done(work, actor, self._receive(work, command, actor))

    def _join(self, work: UnitOfWork, command: JoinParty, actor: Actor) -> Done[CheckInReply]:
        """A further card for the number of a party.

        Raises:
            TicketStateError: the number cannot be joined; nothing was changed, and the card may get a number of its own.
        """
        found = find_ticket(work.connection, command.ticket_id.hex)
        ticket = need_joinable(found, actor.office_id, business_day(work.now))
        answer = self._answering.joining(work.connection, ticket, command.shown, work.now)
        return self._done(work, actor, self._carried_out(work, command, actor, answer))

    def _take_number(self, work: UnitOfWork, command: TakeNumber, actor: Actor) -> Done[CheckInReply]:
        """Give a number of the assisted queue to a visitor without notice or reservation."""
        answer = self._answering.without_notice(actor.office_id, command.kind, work.now)
        return self._done(work, actor, _issue(work, actor, command.language, answer))

    def _report_print(self, work: UnitOfWork, command: ReportPaper, actor: Actor) -> Done[PrintReply]:
        """Note what became of a ticket's paper; the ticket is valid either way."""
        report = command.report
        ticket = find_ticket(work.connection, command.ticket_id.hex)
        if ticket is None or ticket.office_id != actor.office_id:
            raise TicketStateError(ErrorCode.NOT_FOUND)
        changed = change(
            work,
            ticket,
            print_state=report.state.value,
            print_trouble=report.trouble.value if report.trouble else None,
            paper_open_at=paper_open_at(ticket, report, work.now),
        )
        printed = report.state is not PrintState.FAILED
        record_event(work, changed, EventKind.TICKET_PRINTED if printed else EventKind.PRINT_FAILED)
        reply = PrintReply(ticket=self._telling.ticket(work, changed))
        return Done(reply, {"ticket_id": ticket.id}, subject=ticket.id, facts={"state": report.state.value})

    def _print_told_again(
        self, work: UnitOfWork, command: ReportPaper, _actor: Actor, _kept: Kept
    ) -> PrintReply:
        ticket = find_ticket(work.connection, command.ticket_id.hex)
        if ticket is None:
            raise TicketStateError(ErrorCode.NOT_FOUND)
        return PrintReply(ticket=self._telling.ticket(work, ticket))

    def _receive(self, work: UnitOfWork, command: ShowNotice, actor: Actor) -> Received:
        answer = self._answering.shown(work.connection, actor.office_id, command.shown, work.now)
        return self._carried_out(work, command, actor, answer)

    def _carried_out(
        self, work: UnitOfWork, command: ShowNotice, actor: Actor, answer: KioskAnswer
    ) -> Received:
        if answer.match is None:
            count_refusal(work, actor, answer.reason.value, self._fingerprint(command.shown))
        if answer.ticket is not None:
            return _again(work, actor, answer, answer.ticket)
        return _issue(work, actor, command.language, answer)

    def _done(self, work: UnitOfWork, actor: Actor, received: Received) -> Done[CheckInReply]:
        kept = {
            "reason": received.reason.value,
            "ticket_id": received.ticket.id if received.ticket else None,
            "card_id": received.match.card_id if received.match else None,
            "found": received.found.value if received.found else None,
            "old_sheet": True if received.match and received.match.old_sheet else None,
            "day": business_day(work.now).isoformat(),
        }
        return Done(
            self._telling.reply(
                work,
                actor.office_id,
                received.reason,
                received.match,
                received.ticket,
                received.found,
                received.cards,
            ),
            {name: value for name, value in kept.items() if value is not None},
            subject=received.ticket.id if received.ticket else None,
            facts={"reason": received.reason.value},
        )

    def _told_again(
        self, work: UnitOfWork, _command: ShowNotice | TakeNumber, actor: Actor, kept: Kept
    ) -> CheckInReply:
        """The same outcome, told as things stand now.

        Raises:
            TicketStateError: it was of an earlier day: its number is dead, its reason may not hold any more.
        """
        ticket_id, card_id, found = (kept.get(name) for name in ("ticket_id", "card_id", "found"))
        ticket = find_ticket(work.connection, ticket_id) if ticket_id else None
        if not _is_of_today(work, kept, ticket):
            raise TicketStateError(ErrorCode.NOT_FOUND)
        return self._telling.reply(
            work,
            actor.office_id,
            CheckInReason(kept["reason"]),
            _shown_before(work, card_id, old_sheet="old_sheet" in kept) if card_id else None,
            ticket,
            TicketState(found) if found else None,
        )

    def _fingerprint(self, shown: str) -> str:
        return hashlib.blake2b(shown.encode(errors="replace"), key=self._key[:64], digest_size=32).hexdigest()


def _is_of_today(work: UnitOfWork, kept: Kept, ticket: Ticket | None) -> bool:
    """Whether a kept outcome is of today; one that an older version kept has the day of its number alone."""
    today = business_day(work.now).isoformat()
    return bool(kept.get("day", ticket.business_day.isoformat() if ticket else today) == today)


def _shown_before(work: UnitOfWork, card_id: str, *, old_sheet: bool) -> CardMatch | None:
    match = find_match(work.connection, card_id)
    return replace(match, shown=Shown.OLD_SHEET) if match is not None and old_sheet else match


def _again(work: UnitOfWork, actor: Actor, answer: KioskAnswer, ticket: Ticket) -> Received:
    found = ticket.state
    if answer.waits_again is not None:
        ticket = wait_again(work, actor, ticket, answer.waits_again)
    if answer.joins is not None:
        ticket = _joined(work, actor, ticket, answer.match, answer.joins)
    return Received(answer.reason, answer.match, ticket, found)


def _joined(work: UnitOfWork, actor: Actor, ticket: Ticket, match: CardMatch | None, join: Join) -> Ticket:
    """A card takes its place in a party; the number stays where it is.

    Raises:
        IntegrityError: the place or the card was taken in the same instant; whoever asks looks again.
    """
    case = open_case(work, ticket, match, place=join.place, admitted=join.admitted)
    named: dict[str, Any] = {"case_id": case.case_id, "place": case.place}
    return advance(work, actor, ticket, EventKind.CARD_JOINED, at=ticket.at_kind, **named)


def _issue(work: UnitOfWork, actor: Actor, language: str, answer: KioskAnswer) -> Received:
    """Give the number of an answer, where it has one."""
    if answer.number is None:
        return Received(answer.reason, answer.match)
    series, place, day = answer.number.series, answer.number.place, business_day(work.now)
    try:
        number = next_number(work, actor.office_id, day, series)
    except NumbersExhaustedError:
        return Received(CheckInReason.NUMBERS_EXHAUSTED)
    ticket = Ticket(
        id=uuid4().hex,
        office_id=actor.office_id,
        business_day=day,
        series=series.code,
        number=number,
        label=series.label(number),
        reserved_for=answer.number.reserved_for,
        created_at=work.now,
        language=language,
        kind=answer.number.kind,
        **_of_a_new_ticket(place, work.now),
    )
    issue_ticket(work, actor, ticket, answer.match)
    return Received(answer.reason, answer.match, ticket, cards=1)


def _of_a_new_ticket(place: QueuePlace, now: datetime) -> dict[str, Any]:
    """What every ticket begins with."""
    return {
        "state": TicketState.WAITING,
        "reason": place.reason,
        "priority": place.priority,
        "order_at": place.order_at,
        "window": None,
        "holder": None,
        "called_at": None,
        "call_count": 0,
        "print_state": PrintState.PENDING,
        "print_trouble": None,
        "paper_open_at": now + RESULT_WITHIN,
    }
