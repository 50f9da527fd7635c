"""Answers of a kiosk (受付の判定), from what is kept. Nothing is changed, and no number is taken."""

from collections.abc import Callable
from datetime import datetime

from backend.offices import Directory, business_day
from backend.reception.deciding.admission import admission, counting, number_offered, told
from backend.reception.deciding.answer import (
    KioskAnswer,
    answer_again,
    answer_with_number,
    answer_without_notice,
)
from backend.reception.deciding.party import Party, answer_joining
from backend.reception.deciding.queue_policy import Policies
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.cases import visit_of_card
from backend.reception.storing.parties import party_of_group, places_of
from backend.reservations import CardMatch
from backend.storage import Connection
from backend.wire import CheckInReason

Lookup = Callable[[Connection, str], CardMatch | None]


class Answering:
    """Finds the answer of a kiosk.

    Args:
        directory: offices and their hours.
        policies: each office's rules of the queue.
        lookup: finds the card that a scanned or typed text means.
    """

    def __init__(self, directory: Directory, policies: Policies, lookup: Lookup) -> None:
        self._directory = directory
        self._policies = policies
        self._lookup = lookup

    def shown(self, connection: Connection, office_id: str, text: str, now: datetime) -> KioskAnswer:
        """The answer to a code or a number; what is booked together joins one number by itself.

        Args:
            connection: a transaction that may read.
            office_id: where it is shown.
            text: what was scanned or typed; a 12-digit number was refused before.
            now: aware.

        Raises:
            KeyStoreError: the keys by which numbers are found cannot be read.
        """
        alone, today = self._alone(connection, office_id, text, now), business_day(now)
        booking = (
            counting(alone.match, today) if alone.match is not None and alone.number is not None else None
        )
        if booking is None or booking.group_number is None:
            return alone
        policy = self._policies.of(office_id)
        party = party_of_group(connection, office_id, today, booking.group_number, policy.party_limit)
        return alone if party is None else answer_joining(alone, party, policy)

    def joining(self, connection: Connection, ticket: Ticket, text: str, now: datetime) -> KioskAnswer:
        """The answer to a code or a number that is shown to join a party.

        Args:
            connection: a transaction that may read.
            ticket: of the party, which may be joined.
            text: as for ``shown``.
            now: aware.

        Raises:
            KeyStoreError: as ``shown``.
        """
        party = Party(ticket, places_of(connection, ticket.id))
        alone = self._alone(connection, ticket.office_id, text, now)
        return answer_joining(alone, party, self._policies.of(ticket.office_id))

    def offers_number(self, answer: KioskAnswer, office_id: str, now: datetime) -> bool | None:
        """Whether the kiosk offers a number beside an answer without one; None where its reason says so.

        Args:
            answer: of a kiosk.
            office_id: where it stands.
            now: aware.
        """
        return number_offered(
            told(answer.reason),
            answer.match,
            office_id,
            business_day(now),
            self._policies.of(office_id),
            has_number=answer.ticket is not None,
        )

    def _alone(self, connection: Connection, office_id: str, text: str, now: datetime) -> KioskAnswer:
        """The answer to one card by itself."""
        match = self._lookup(connection, text)
        if match is None:
            return KioskAnswer(CheckInReason.UNKNOWN)
        visit = visit_of_card(connection, match.card_id, business_day(now))
        if visit is not None:
            return answer_again(match, visit, office_id, self._policies.of(office_id))
        return self._to(match, office_id, now)

    def without_notice(self, office_id: str, kind: str | None, now: datetime) -> KioskAnswer:
        """The answer to somebody who asks for a number of the assisted queue.

        Args:
            office_id: where.
            kind: what they come for, or None for what the office offers first.
            now: aware.
        """
        policy = self._policies.of(office_id)
        if self._directory.open_at(office_id, now, lead=policy.lead) is None:
            return KioskAnswer(CheckInReason.CLOSED)
        return answer_without_notice(kind, self._directory[office_id], now, policy)

    def _to(self, match: CardMatch, office_id: str, now: datetime) -> KioskAnswer:
        """The answer to a card without a ticket of today."""
        policy = self._policies.of(office_id)
        admitted = admission(match, office_id, business_day(now), policy)
        if not admitted.gives_number:
            return KioskAnswer(admitted.reason or CheckInReason.UNKNOWN, match)
        if self._directory.open_at(office_id, now, lead=policy.lead) is None:
            return KioskAnswer(CheckInReason.CLOSED, match)
        return answer_with_number(match, admitted, self._directory[office_id], now, policy)
