"""A party that comes to a window: one number with a case for each card."""

from collections.abc import Sequence
from typing import Any

from backend.reception.deciding.case import latest_of
from backend.reception.storing.cases import cases_of, open_case
from backend.reception.storing.tickets import find_ticket
from backend.reservations.lookup import find_match
from tests.pages_support import arrive
from tests.support import House

NUMBERS = ("12345679", "22345678", "32345677")
"""予約番号 of three persons."""
CHILD: dict[str, Any] = {"birth": "2015-05-05", "recipient_type": "R2"}
"""A child, who comes with a parent."""
NAMES = ("受付 花子", "受付 太郎", "受付 次郎", "受付 三郎", "受付 四郎", "受付 五郎")


def a_party(house: House, numbers: Sequence[str], **columns: Any) -> str:
    """A party with one number, each person with a booking for now; returns the ticket's id.

    Args:
        house: the server.
        numbers: their 予約番号.
        columns: columns that all of them have, as for ``House.reserve``.
    """
    booked = [
        house.reserve(number, name=name, **columns) for number, name in zip(numbers, NAMES, strict=False)
    ]
    ticket_id = arrive(house, numbers[0]).ticket_id.hex
    for place, reservation_id in enumerate(booked[1:], start=2):
        join(house, ticket_id, house.card_of(reservation_id), place)
    return ticket_id


def join(house: House, ticket_id: str, card_id: str | None, place: int) -> None:
    """Add a card to a party, or a person without a notice."""
    with house.database.write() as work:
        ticket = find_ticket(work.connection, ticket_id)
        assert ticket is not None
        open_case(work, ticket, find_match(work.connection, card_id) if card_id else None, place=place)


def case_ids(house: House, ticket_id: str) -> list[str]:
    """The latest case of each card of a visit, in the party's order."""
    with house.database.read() as connection:
        return [case.case_id for case in latest_of(cases_of(connection, ticket_id))]
