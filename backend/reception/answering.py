"""Answers of a kiosk (受付の判定), from what is kept. Nothing is changed, and no number is taken."""

from collections.abc import Callable
from datetime import datetime

from backend.offices import Directory, business_day
from backend.reception.deciding.admission import admission
from backend.reception.deciding.answer import WITHOUT_NOTICE, KioskAnswer, answer_again, answer_with_number
from backend.reception.deciding.queue_policy import Policies
from backend.reception.storing.cases import ticket_of_card
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
        """The answer to a code or a number.

        Args:
            connection: a transaction that may read.
            office_id: where it is shown.
            text: what was scanned or typed; a 12-digit number was refused before.
            now: aware.

        Raises:
            KeyStoreError: the keys by which numbers are found cannot be read.
        """
        match = self._lookup(connection, text)
        if match is None:
            return KioskAnswer(CheckInReason.UNKNOWN)
        ticket = ticket_of_card(connection, match.card_id, business_day(now))
        if ticket is not None:
            return answer_again(match, ticket, office_id, self._policies.of(office_id))
        return self._to(match, office_id, now)

    def without_notice(self, office_id: str, now: datetime) -> KioskAnswer:
        """The answer to somebody who asks for a number of the assisted queue."""
        return self._to(None, office_id, now)

    def _to(self, match: CardMatch | None, office_id: str, now: datetime) -> KioskAnswer:
        """The answer to somebody without a ticket of today."""
        policy = self._policies.of(office_id)
        admitted = WITHOUT_NOTICE
        if match is not None:
            admitted = admission(match, office_id, business_day(now), policy)
        if not admitted.gives_number:
            return KioskAnswer(admitted.reason or CheckInReason.UNKNOWN, match)
        if self._directory.open_at(office_id, now, lead=policy.lead) is None:
            return KioskAnswer(CheckInReason.CLOSED, match)
        return answer_with_number(match, admitted, self._directory[office_id], now, policy)
