"""How pages describe the reason of a number, depending on who reads them."""

import pytest

from backend.common.catalogue import Catalogue
from backend.protection.permissions import OF_ROLE, Permission
from backend.protection.roles import Role
from backend.web.desk.queue_view import QueuePart
from backend.web.desk.reason_words import words_of
from backend.wire.codes import CheckInReason
from tests.ticket_support import a_ticket

ON_TICKETS = [
    reason
    for reason in CheckInReason
    if reason.gives_ticket or reason in {CheckInReason.CARD_EXPIRED, CheckInReason.CARD_NOT_ARRIVED}
]
"""The reasons that stand with a number."""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("reason", ON_TICKETS)
def test_every_reason_of_a_number_has_words(reason: CheckInReason, role: Role) -> None:
    """No row of a list shows a code in place of a word."""
    assert words_of(reason, OF_ROLE[role]).words in Catalogue("pages").keys()  # noqa: SIM118 - a catalogue is no mapping


def test_only_who_sees_the_dates_reads_of_expiry() -> None:
    """Words, look and alarm of an expired card tell a clerk nothing but that staff are to be asked."""
    clerk = words_of(CheckInReason.CARD_EXPIRED, OF_ROLE[Role.CLERK])
    staff = words_of(CheckInReason.CARD_EXPIRED, frozenset({Permission.SEE_STAFF_COLUMNS}))
    assert "expired" not in f"{clerk.words} {clerk.badge}"
    assert (clerk.alarm, staff.alarm, staff.words) == (True, True, "reason.card_expired")


@pytest.mark.parametrize("role", Role)
def test_a_card_that_has_not_arrived_is_everybodys_alarm(role: Role) -> None:
    """Whoever sees the number sees that the card has to be found."""
    assert words_of(CheckInReason.CARD_NOT_ARRIVED, OF_ROLE[role]).alarm


@pytest.mark.parametrize("reason", ON_TICKETS)
def test_every_number_is_in_one_part_of_the_list(reason: CheckInReason) -> None:
    """Nobody who waits falls out of all filters, and nobody is counted in two."""
    ticket = a_ticket(reason=reason)
    assert sum(QueuePart(kind).takes(ticket) for kind in ("reserved", "late", "walk_in")) == 1
