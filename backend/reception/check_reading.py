"""What a check of documents is judged by, read in one transaction: cards, bookings, rules, and what is ticked of a party."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.cards import PERSON_COLUMNS, is_erased
from backend.documents import RuleBook, RuleSet, Visit
from backend.protection import Columns, Permission, permitted_columns
from backend.reception.deciding.case import Case, CaseState
from backend.reception.deciding.check_sheet import (
    DEFAULT_RECIPIENT,
    TYPE_COLUMN,
    CardTab,
    judged_by,
    suggested,
    verdict_on,
    visit_of,
)
from backend.reception.deciding.taking_over import begun
from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import TicketStateError
from backend.reception.storing.checks import NO_CHECK, KeptCheck
from backend.reservations import read_fields
from backend.sealing import Records
from backend.storage import Connection
from backend.wire import ErrorCode

_COUNTER = permitted_columns({Permission.SEE_COUNTER_COLUMNS})
_CLERKS = _COUNTER.only(judged_by(_COUNTER))
"""What the commands of a reception window judge by: a refusal tells as much as a sentence does."""
_NAME = "name"
_TYPE = _COUNTER.only({TYPE_COLUMN})


class CheckReading:
    """Reads what checks are judged by.

    Args:
        rules: every dated rule set.
        records: sealed records and their keys.
    """

    def __init__(self, rules: RuleBook, records: Records) -> None:
        self._rules = rules
        self._records = records

    def rules_of(self, ticket: Ticket) -> RuleSet:
        """The rules of a visit's day."""
        return self._rules.on(ticket.business_day)

    def fields(self, connection: Connection, case: Case, columns: Columns) -> Mapping[str, Any]:
        """Columns of the card of a case and of its booking; none for a visitor without a notice."""
        return read_fields(connection, self._records, case.card_id, case.reservation_id, columns)

    def is_erased(self, connection: Connection, case: Case, known_of: Mapping[str, Any]) -> bool:
        """Whether the person of a case was erased; the keys are asked only where nothing was read of a person."""
        if case.card_id is None or any(known_of.get(one) for one in PERSON_COLUMNS):
            return False
        return is_erased(connection, self._records, case.card_id)

    def visit(self, connection: Connection, ticket: Ticket, case: Case, ticks: Ticks) -> Visit:
        """The visit as the rules see it, with what they ask of the person read now, as far as a clerk may see it."""
        return visit_of(ticket, ticks, self.fields(connection, case, _CLERKS))

    def is_complete(self, connection: Connection, ticket: Ticket, case: Case, ticks: Ticks | None) -> bool:
        """Judged anew: the reservation, or the ward's rules, may have changed since the last tick."""
        if ticks is None:
            return False
        return verdict_on(self.rules_of(ticket), self.visit(connection, ticket, case, ticks)).complete

    def others(
        self,
        connection: Connection,
        ticket: Ticket,
        case: Case,
        party: Sequence[Case],
        checks: Mapping[str, KeptCheck],
    ) -> Mapping[str, Ticks]:
        """What is ticked of the other open cards of a party, by case; of one that nobody has checked, its assumed type.

        Args:
            connection: a transaction that may read.
            ticket: the visit.
            case: the card that is not among them.
            party: the latest case of each card.
            checks: of the party, by case.
        """
        rule_set = self.rules_of(ticket)
        found: dict[str, Ticks] = {}
        for one in party:
            if one.state is not CaseState.OPEN or one.case_id == case.case_id:
                continue
            kept = checks.get(one.case_id, NO_CHECK).ticks
            if kept is None:
                known = self.fields(connection, one, _TYPE)
                kept = Ticks(suggested(rule_set, known) or DEFAULT_RECIPIENT)
            found[one.case_id] = kept
        return found

    def begun(
        self,
        connection: Connection,
        ticket: Ticket,
        case: Case,
        party: Sequence[Case],
        checks: Mapping[str, KeptCheck],
        recipient: str,
    ) -> Ticks:
        """What is ticked of a card that nobody has checked yet; arguments as ``others``, and the type that is assumed."""
        others = self.others(connection, ticket, case, party, checks)
        return begun(self.rules_of(ticket), recipient, others.values())

    def tabs(
        self,
        connection: Connection,
        ticket: Ticket,
        party: Sequence[Case],
        checks: Mapping[str, KeptCheck],
        columns: Columns,
    ) -> tuple[CardTab, ...]:
        """The cards of a party beside each other; arguments as ``others``, and what the reader may see.

        Of a visitor alone nothing is judged here: the sheet itself says it.
        """
        return tuple(
            self._tab(
                connection,
                ticket,
                case,
                checks.get(case.case_id, NO_CHECK),
                several=len(party) > 1,
                named=columns.only({_NAME} if len(party) > 1 else ()),
            )
            for case in party
        )

    def _tab(
        self,
        connection: Connection,
        ticket: Ticket,
        case: Case,
        check: KeptCheck,
        *,
        several: bool,
        named: Columns,
    ) -> CardTab:
        is_open = several and case.state is CaseState.OPEN
        return CardTab(
            case.case_id,
            case.place,
            case.state,
            check.ticks.recipient if check.ticks else None,
            self.is_complete(connection, ticket, case, check.ticks) if is_open else check.complete,
            check.version,
            case.card_id is not None,
            self.fields(connection, case, named).get(_NAME),
        )


def shown_of(ticket: Ticket, party: Sequence[Case], case_id: str | None, place: int | None = None) -> Case:
    """The card of a party that is looked at: the one that is named, or the first that is open, or the first.

    Args:
        ticket: the visit.
        party: the latest case of each card.
        case_id: its case, where somebody named it.
        place: which card of the party it is; taken where it is open.

    Raises:
        TicketStateError: a case was named that is none of this party.
    """
    going_on = [case for case in party if case.state is CaseState.OPEN]
    if case_id is None:
        return next((case for case in going_on if case.place == place), (*going_on, *party)[0])
    found = next((case for case in party if case.case_id == case_id), None)
    if found is None:
        raise TicketStateError(ErrorCode.NOT_FOUND, number=ticket.label)
    return found
