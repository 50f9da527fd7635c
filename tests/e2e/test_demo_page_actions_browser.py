"""What played visits press on the pages beside what one visitor with a notice needs: a card tied, a visit without the card."""

import pytest

from backend.demo.page_actions import ClerkPage, StaffPage
from backend.protection.roles import Role
from backend.reception.deciding.case import CaseState
from backend.reception.storing.cases import cases_of
from backend.wire.codes import NotIssuedReason
from tests.desk_support import Desk, Enter
from tests.pages_support import arrive, walk_in
from tests.support import NUMBER


def test_a_walk_in_is_tied_and_its_papers_become_complete(enter: Enter, desk: Desk) -> None:
    """The visit without a reservation ends with a card that is known."""
    card_id = desk.house.card_of(desk.house.reserve(NUMBER))
    ticket_id = walk_in(desk.house).ticket_id.hex
    desk.sit("clerk1", "1").serve()
    page = ClerkPage(enter("clerk1"))
    page.tie(NUMBER)
    page.tick("papers-notice", "applicant-A03")
    page.wait_complete()
    page.hand_over()
    with desk.house.database.read() as connection:
        (case,) = cases_of(connection, ticket_id)
    assert (case.card_id, case.state) == (card_id, CaseState.OPEN)


@pytest.mark.parametrize("reason", [NotIssuedReason.PIN_UNDECIDED, NotIssuedReason.CARD_DEFECT])
def test_a_visit_ends_at_issuance_without_the_card(enter: Enter, desk: Desk, reason: NotIssuedReason) -> None:
    """The reason that was chosen in the question is the one that is kept."""
    desk.house.reserve(NUMBER)
    ticket = arrive(desk.house, NUMBER)
    desk.sit("clerk1", "1").hand_over()
    desk.sit("staff1", "A", Role.STAFF)
    page = StaffPage(enter("staff1", "/staff"))
    page.call(ticket.number)
    page.end_without_card(reason.value)
    with desk.house.database.read() as connection:
        (case,) = cases_of(connection, ticket.ticket_id.hex)
    assert (case.state, case.reason) == (CaseState.ENDED, reason.value)
