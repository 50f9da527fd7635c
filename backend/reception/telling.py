"""What a device is told: a ticket, and another office with what leads there. Nothing of it is personal."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.offices import PICK_UP, Directory, business_day
from backend.reception.deciding.admission import number_offered, told
from backend.reception.deciding.estimate import Break, estimate
from backend.reception.deciding.order import PRIORITY_RESERVED
from backend.reception.deciding.queue_policy import Policies
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.parties import cards_of
from backend.reception.storing.queue import NOBODY, Ahead, place_at_end, place_in_queue, waiting_ahead
from backend.reservations import CardMatch
from backend.storage import Connection, UnitOfWork
from backend.wire import (
    CheckInReason,
    CheckInReply,
    Estimate,
    OfficePlace,
    TicketMessage,
    TicketState,
    WindowKind,
)

_MINUTE = timedelta(minutes=1)


class Telling:
    """Turns what the room knows into messages.

    Args:
        directory: offices and their hours.
        policies: the settings of each office's queue.
    """

    def __init__(self, directory: Directory, policies: Policies) -> None:
        self._directory = directory
        self._policies = policies

    def reply(
        self,
        work: UnitOfWork,
        office_id: str,
        reason: CheckInReason,
        match: CardMatch | None,
        ticket: Ticket | None,
        found: TicketState | None,
        cards: int | None = None,
    ) -> CheckInReply:
        """What a kiosk is told of a check-in.

        Args:
            work: the transaction.
            office_id: where the kiosk stands.
            reason: what became of it.
            match: the card that was meant, or none.
            ticket: the ticket of today, or none.
            found: the state in which the ticket was found, where there was one.
            cards: how many cards the ticket is for; counted by default.
        """
        reason = told(reason)
        booking = match.booking if match else None
        if reason is CheckInReason.CLOSED:
            following = self._directory.next_opening(office_id, work.now)
            return CheckInReply(reason=reason, opens_at=following.opens_at if following else None)
        if reason is CheckInReason.ALREADY_ISSUED:
            return CheckInReply(reason=reason, found=found)
        old_sheet = match is not None and match.old_sheet and ticket is None
        if reason is CheckInReason.ANOTHER_OFFICE:
            elsewhere = self._another_office(work, office_id, match, ticket, found)
            return elsewhere.model_copy(update={"old_sheet": True}) if old_sheet else elsewhere
        return CheckInReply(
            reason=reason,
            ticket=self.ticket(work, ticket, cards) if ticket else None,
            reserved_for=booking.starts_at if booking and reason is CheckInReason.ANOTHER_DAY else None,
            found=found,
            number_offered=self._offered(work, office_id, reason, match, ticket),
            old_sheet=old_sheet,
        )

    def _offered(
        self,
        work: UnitOfWork,
        office_id: str,
        reason: CheckInReason,
        match: CardMatch | None,
        ticket: Ticket | None,
    ) -> bool | None:
        policy, today = self._policies.of(office_id), business_day(work.now)
        return number_offered(reason, match, office_id, today, policy, has_number=ticket is not None)

    def _another_office(
        self,
        work: UnitOfWork,
        here: str,
        match: CardMatch | None,
        ticket: Ticket | None,
        found: TicketState | None,
    ) -> CheckInReply:
        """Where to go, and when: the reserved time is told whatever its day, so that both can be said."""
        booking = match.booking if match else None
        office_id = ticket.office_id if ticket else booking.office_id if booking else None
        reserved_for = ticket.reserved_for if ticket else booking.starts_at if booking else None
        place = self.place(office_id, reserved_for, work.now)
        return CheckInReply(
            reason=CheckInReason.ANOTHER_OFFICE,
            ticket=self.ticket(work, ticket) if ticket else None,
            reserved_for=reserved_for,
            office_id=office_id,
            office_name=place.name["ja"] if place else None,
            office=place,
            found=found,
            number_offered=self._offered(work, here, CheckInReason.ANOTHER_OFFICE, match, ticket),
        )

    def ticket(self, work: UnitOfWork, ticket: Ticket, cards: int | None = None) -> TicketMessage:
        """A ticket as it stands now.

        Args:
            work: the transaction.
            ticket: which.
            cards: how many cards it is for; counted by default.
        """
        waiting = ticket.state is TicketState.WAITING
        policy = self._policies.of(ticket.office_id)
        due = policy.due(work.now)
        ahead, taken = (
            place_in_queue(
                work.connection, ticket, due, self._called_with(ticket), self._apart(ticket.office_id)
            )
            if waiting
            else (NOBODY, frozenset())
        )
        return TicketMessage(
            ticket_id=UUID(ticket.id),
            number=ticket.label,
            office_id=ticket.office_id,
            business_day=ticket.business_day,
            state=ticket.state,
            issued_at=ticket.created_at,
            reserved_for=ticket.reserved_for,
            waiting_ahead=ahead.count,
            estimate=self._estimate(work, ticket, ahead, taken) if waiting else None,
            be_back_at=policy.be_back_at(_reserved(ticket), work.now) if waiting else None,
            window=ticket.window if ticket.at_kind else None,
            window_kind=ticket.at_kind,
            print_state=ticket.print_state,
            cards=cards if cards is not None else cards_of(work.connection, ticket.id),
        )

    def _estimate(self, work: UnitOfWork, ticket: Ticket, ahead: Ahead, taken: frozenset[str]) -> Estimate:
        """How long it may take with so many ahead; with a reserved time that is to come, as the queue will stand then."""
        policy = self._policies.of(ticket.office_id)
        reserved = _reserved(ticket)
        if reserved is not None and reserved > policy.due(work.now):
            ahead = waiting_ahead(
                work.connection, ticket, reserved, self._called_with(ticket), self._apart(ticket.office_id)
            )
        windows = self._open_windows(ticket.office_id, taken, ticket.kind)
        return self._range(ticket.office_id, ahead, windows, work.now, reserved, ticket.kind)

    def walk_in_estimate(self, connection: Connection, office_id: str, now: datetime) -> Estimate:
        """How long it may take for somebody without a reservation who takes a number now.

        Args:
            connection: to look at the queue.
            office_id: whose queue.
            now: aware.
        """
        due = self._policies.of(office_id).due(now)
        apart = self._apart(office_id)
        ahead, taken = place_at_end(connection, office_id, business_day(now), due, now, apart)
        office = self._directory.get(office_id)
        offered = office.kinds_at_kiosk() if office else ()
        kind = offered[0].code if offered else PICK_UP
        return self._range(office_id, ahead, self._open_windows(office_id, taken), now, None, kind)

    def _range(
        self,
        office_id: str,
        ahead: Ahead,
        windows: int,
        now: datetime,
        reserved: datetime | None,
        kind: str,
    ) -> Estimate:
        def minutes(at: datetime) -> float:
            return (at - now) / _MINUTE

        lengths, usual = self._lengths(office_id), self._policies.of(office_id).minutes_per_visit
        waiting = {usual: ahead.count - sum(ahead.of_kinds.values())}
        for code, count in ahead.of_kinds.items():
            waiting[lengths[code]] = waiting.get(lengths[code], 0) + count
        return estimate(
            waiting,
            windows,
            lengths.get(kind, usual),
            reserved_in=minutes(reserved) if reserved is not None else 0.0,
            breaks=[
                Break(minutes(begins), minutes(ends))
                for begins, ends in self._directory.breaks_ahead(office_id, now)
            ],
        )

    def _lengths(self, office_id: str) -> Mapping[str, float]:
        """The usual minutes of the kinds of visit that take another time than the office's visits do, by code."""
        office, usual = self._directory.get(office_id), self._policies.of(office_id).minutes_per_visit
        kinds = office.kinds if office else ()
        return {
            kind.code: kind.minutes for kind in kinds if kind.minutes is not None and kind.minutes != usual
        }

    def _apart(self, office_id: str) -> tuple[str, ...]:
        """The kinds of visit that are counted apart, as their visits take another time."""
        return tuple(self._lengths(office_id))

    def _open_windows(self, office_id: str, taken: frozenset[str], kind: str | None = None) -> int:
        """At how many windows that call visits of a kind, or of any, somebody sits."""
        office = self._directory.get(office_id)
        windows = office.windows_for(WindowKind.RECEPTION) if office else ()
        return sum(
            window.label in taken
            for window in windows
            if kind is None or window.visits is None or kind in window.visits
        )

    def _called_with(self, ticket: Ticket) -> frozenset[str] | None:
        """The kinds of visit that count as ahead; None for all, as where any window calls all."""
        office = self._directory.get(ticket.office_id)
        return office.called_with(ticket.kind) if office else None

    def place(self, office_id: str | None, visit: datetime | None, now: datetime) -> OfficePlace | None:
        """An office for somebody who has to go there; none for one that is not in the file.

        Args:
            office_id: which.
            visit: reserved time there, aware; past ones are no visit any more.
            now: aware.
        """
        office = self._directory.get(office_id) if office_id is not None else None
        if office is None:
            return None
        opening = self._directory.opening_for(office.id, visit, now)
        return OfficePlace(
            office_id=office.id,
            name=office.name,
            address=office.address,
            phone=office.phone,
            opens_at=opening.opens_at.astimezone(UTC) if opening else None,
            closes_at=opening.closes_at.astimezone(UTC) if opening else None,
        )


def _reserved(ticket: Ticket) -> datetime | None:
    """The reserved time, where it is the ticket's place in the queue: who came back, or late, is not waiting for it."""
    return ticket.reserved_for if ticket.priority == PRIORITY_RESERVED else None
