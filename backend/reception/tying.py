"""Ties the card of somebody who came without a notice to their visit, so that issuing it marks the card."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from backend.cards import BadNumberError, CardProgress, IndexKind
from backend.commands import Command, Done, Handling
from backend.offices import business_day
from backend.protection import SEARCH_FAILED, Actor, next_search_at
from backend.reception.check_commands import TieCard, UntieCard
from backend.reception.commands import TicketReply
from backend.reception.deciding.admission import need_look
from backend.reception.deciding.case import Case
from backend.reception.deciding.seat import need_today
from backend.reception.deciding.steps import wrong_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.desk import Desk, by, told_again
from backend.reception.ending import one_open
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import (
    cases_of,
    issued_in_a_visit,
    tie_case,
    untie_case,
    visit_of_card,
)
from backend.reception.storing.tickets import find_ticket, record_event
from backend.reservations import LENGTHS, CardMatch, Shown, find_match, search_cards
from backend.sealing import Records
from backend.storage import Connection, Kept, UnitOfWork
from backend.wire import ErrorCode, EventKind, FieldShape, TicketState, contains_my_number

_SEEN: Final = frozenset(
    {
        TicketState.SERVING,
        TicketState.HANDED_OVER,
        TicketState.CALLED_TO_ISSUANCE,
        TicketState.ISSUANCE_ABSENT,
    }
)
"""Where somebody has talked with the visitor."""


class Tying:
    """The commands by which a card is tied, and by which a wrong one is taken back.

    Args:
        desk: shared by all windows.
        records: sealed records and their keys.
        identifying: the kinds of numbers that one card at most has, as the ward says; with another kind the birthday is
            asked for. A booking is one card's in any case.
    """

    def __init__(self, desk: Desk, records: Records, identifying: Collection[str]) -> None:
        self._desk = desk
        self._records = records
        self._identifying = frozenset({*identifying, IndexKind.BOOKING_NUMBER.value})

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {TieCard: Handling(self._tie, _told_again), UntieCard: by(self._untie)}

    def _tie(self, work: UnitOfWork, command: TieCard, actor: Actor) -> Done[TicketReply]:
        """The case names the card and its booking from now on; what was ticked stays, and is judged with its record.

        The trail keeps who, for which case, and by which kind of number; never the number. So it does where no one card
        that may be received today has that number: the refusal is told, and its line stays.

        Raises:
            TicketStateError: no such visitor here, or at somebody else's window; they come for something else than a
                card; the case has a card; or too many searches of this person have failed.
        """
        ticket, case = self._case(work, command, actor)
        if self._desk.directory.ends_at_reception(ticket.kind):
            raise TicketStateError(ErrorCode.FINISH_NEEDED, number=ticket.label)
        if case.card_id is not None:
            raise TicketStateError(ErrorCode.CASE_TIED, number=ticket.label)
        self._need_number(command)
        until = next_search_at(work.connection, actor.id, work.now)
        if until is not None:
            raise TicketStateError(ErrorCode.TOO_MANY_SEARCHES, until=until.isoformat())
        try:
            match = self._found(work.connection, command)
            _need_free(work.connection, ticket, match)
        except TicketStateError as error:
            return _not_found(ticket, case, command.kind, error)
        return self._tied(work, ticket, case, match, command.kind)

    def _tied(
        self, work: UnitOfWork, ticket: Ticket, case: Case, match: CardMatch, kind: IndexKind
    ) -> Done[TicketReply]:
        # What staff have to look at is told of a card that was found as of one whose notice was shown.
        policy = self._desk.policies.of(ticket.office_id)
        reason = need_look(match, ticket.office_id, ticket.business_day, policy)
        if tie_case(work, case, match, reason) is None:
            raise TicketStateError(ErrorCode.CASE_TIED, number=ticket.label)
        record_event(work, ticket, EventKind.CARD_TIED, ticket.at_kind, place=case.place)
        return Done(
            TicketReply(ticket.id, ticket.label),
            {"ticket_id": ticket.id},
            subject=ticket.id,
            facts={"case": case.case_id, "kind": kind.value},
        )

    def _untie(self, work: UnitOfWork, command: UntieCard, actor: Actor) -> Done[TicketReply]:
        """The visit is about no card again; what was ticked stays. A card whose notice was shown stays that of the visit.

        Raises:
            TicketStateError: no such visitor here, or at somebody else's window; or no card was tied.
        """
        ticket, case = self._case(work, command, actor)
        tied = case.card_id is not None and case.shown is Shown.NOTHING
        if not tied or untie_case(work, case, ticket.reason) is None:
            raise TicketStateError(ErrorCode.CASE_NOT_TIED, number=ticket.label)
        record_event(work, ticket, EventKind.CARD_UNTIED, ticket.at_kind, place=case.place)
        return Done(
            TicketReply(ticket.id, ticket.label),
            {"ticket_id": ticket.id},
            subject=ticket.id,
            facts={"case": case.case_id},
        )

    def _case(self, work: UnitOfWork, command: TieCard | UntieCard, actor: Actor) -> tuple[Ticket, Case]:
        """The visitor, who has been talked with, and the card that is meant.

        Raises:
            TicketStateError: no such visitor here, or at somebody else's window, or the card's case has ended.
        """
        found = find_ticket(work.connection, command.ticket_id)
        ticket = need_today(found, actor.office_id, business_day(work.now))
        own = ticket.holder == actor.id
        if ticket.state not in _SEEN or (ticket.at_kind is not None and not own):
            raise wrong_state(ticket, own=own)
        case = one_open(ticket, cases_of(work.connection, ticket.id), command.case_id)
        if case is None:
            raise wrong_state(ticket, own=own)
        return ticket, case

    def _need_number(self, command: TieCard) -> None:
        """Refuse what is no search yet.

        Raises:
            TicketStateError: a 12-digit number, or one that several cards may have, without the birthday.
        """
        if contains_my_number(command.number, FieldShape.NUMBER):
            raise TicketStateError(ErrorCode.CONTAINS_MY_NUMBER)
        if command.kind not in LENGTHS:
            raise TicketStateError(ErrorCode.INVALID_REQUEST, fields="kind")
        if command.kind.value not in self._identifying and command.born is None:
            raise TicketStateError(ErrorCode.BIRTH_NEEDED)

    def _found(self, connection: Connection, command: TieCard) -> CardMatch:
        """The one card that was meant.

        Raises:
            TicketStateError: none, or several.
        """
        try:
            cards = search_cards(connection, self._records, command.kind, command.number, command.born)
        except BadNumberError:
            cards = []
        if len(cards) > 1:
            raise TicketStateError(ErrorCode.CARD_AMBIGUOUS)
        match = find_match(connection, cards[0]) if cards else None
        if match is None:
            raise TicketStateError(ErrorCode.CARD_UNKNOWN)
        return match


def _not_found(ticket: Ticket, case: Case, kind: IndexKind, error: TicketStateError) -> Done[TicketReply]:
    """A search that led to no card: refused, with its line in the trail."""
    return Done(
        TicketReply(ticket.id, ticket.label),
        {"refused": error.code.value, **error.facts},
        subject=ticket.id,
        facts={"case": case.case_id, "kind": kind.value},
        noted_as=SEARCH_FAILED,
        refusal=error,
    )


def _told_again(work: UnitOfWork, command: TieCard, actor: Actor, kept: Kept) -> TicketReply:
    """The reply to a tie that was carried out before.

    Raises:
        TicketStateError: it was refused.
    """
    refused = kept.get("refused")
    if refused is None:
        return told_again(work, command, actor, kept)
    raise TicketStateError(ErrorCode(refused), **{name: kept[name] for name in kept if name != "refused"})


def _need_free(connection: Connection, ticket: Ticket, match: CardMatch) -> None:
    """Refuse a card that is no more to be received, or that has a number of today.

    Raises:
        TicketStateError: which of it, and the number.
    """
    if match.progress is CardProgress.ISSUED or issued_in_a_visit(connection, match.card_id):
        raise TicketStateError(ErrorCode.ALREADY_ISSUED, number=ticket.label)
    if not match.progress.receivable:
        raise TicketStateError(ErrorCode.CARD_GONE)
    visit = visit_of_card(connection, match.card_id, ticket.business_day)
    if visit is None:
        return
    other = visit.ticket
    if other.office_id != ticket.office_id:
        # Each office has a number like it.
        raise TicketStateError(
            ErrorCode.CARD_HAS_NUMBER_ELSEWHERE, number=other.label, office=other.office_id
        )
    code = ErrorCode.CARD_IN_PARTY if other.id == ticket.id else ErrorCode.CARD_HAS_NUMBER
    raise TicketStateError(code, number=other.label)
