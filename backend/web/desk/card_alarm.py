"""Alarms about cards of visitors who are here, of which a file of the ward says that there is nothing to hand over any more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from backend.cards import CardProgress, WardStatus
from backend.common import Catalogue
from backend.offices import business_day
from backend.protection import Permission, Session, columns_for_program
from backend.reception import CaseState, Ticket, latest_of, parties_of, with_card_gone
from backend.reservations import read_fields, status_of
from backend.storage import Connection
from backend.web.desk.pages import Asked

# Whoever may not see it reads only that staff are to be asked.
_STATE = columns_for_program("state")
_GONE = frozenset({WardStatus.ISSUED, WardStatus.WITHDRAWN})


@dataclass(frozen=True)
class CardAlarms:
    """What a page says of such cards; a clerk reads no reason, only that staff are to be asked.

    Attributes:
        lines: for the top of the page, with the numbers.
        by_ticket: for beside a number, by the ticket's id.
        by_case: for beside one card of several, by its case.
    """

    lines: Sequence[str]
    by_ticket: Mapping[str, str]
    by_case: Mapping[str, str] = field(default_factory=dict)


def card_alarms(connection: Connection, asked: Asked, session: Session, office_id: str) -> CardAlarms:
    """The alarms of an office of today; they end when the card is handed over or the number ends.

    Raises:
        StorageError: the database cannot be read.
    """
    gone = with_card_gone(connection, office_id, business_day(asked.now))
    in_full = Permission.SEE_STAFF_COLUMNS in session.permissions
    alarms = alarms_about(gone, asked.texts, in_full=in_full)
    return replace(alarms, by_case=_by_case(connection, asked, alarms.by_ticket, in_full=in_full))


def _by_case(
    connection: Connection, asked: Asked, tickets: Collection[str], *, in_full: bool
) -> Mapping[str, str]:
    """Which open cards of some numbers are gone. How far a card has come is no more than what the number's alarm says."""
    found: dict[str, str] = {}
    for party in parties_of(connection, tickets).values() if tickets else ():
        for case in latest_of(party):
            if case.state is not CaseState.OPEN:
                continue
            known = read_fields(connection, asked.graph.records, case.card_id, case.reservation_id, _STATE)
            words = changed_words(known.get("state"), asked.texts)
            if words:
                found[case.case_id] = words if in_full else asked.texts.text("reason.ask_staff")
    return found


def alarms_about(
    gone: Sequence[tuple[Ticket, CardProgress]], texts: Catalogue, *, in_full: bool
) -> CardAlarms:
    """Put cards into words.

    Args:
        gone: visitors, and how far their cards have come.
        texts: the catalogue ``pages``.
        in_full: whether the reader may know why.
    """
    comma = texts.text("common.comma")
    if not in_full:
        labels = comma.join(dict.fromkeys(ticket.label for ticket, _ in gone))
        return CardAlarms(
            [texts.text("alarm.ask_staff", numbers=labels)] if gone else [],
            {ticket.id: texts.text("reason.ask_staff") for ticket, _ in gone},
        )
    told = sorted(((status_of(progress, None), ticket) for ticket, progress in gone), key=lambda one: one[0])
    lines = [
        texts.text(
            "alarm.card_changed",
            status=texts.text(f"reservation_state.{status}"),
            numbers=comma.join(dict.fromkeys(ticket.label for _, ticket in group)),
        )
        for status, group in groupby(told, key=lambda one: one[0])
    ]
    return CardAlarms(lines, {ticket.id: changed_words(status, texts) for status, ticket in told})


def changed_words(status: str | None, texts: Catalogue) -> str:
    """The alarm about one visitor's card for staff, by its 処理状況; empty where the card may be handed over."""
    if status not in _GONE:
        return ""
    return texts.text("check.card_changed", status=texts.text(f"reservation_state.{status}"))
