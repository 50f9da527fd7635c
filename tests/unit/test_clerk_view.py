"""What the clerk page says of a visitor's paper, and how often a visitor has still to be called."""

from datetime import timedelta

import pytest

from backend.common.catalogue import Catalogue
from backend.web.desk.clerk_view import calls_left, paper_doubtful, why_no_paper
from backend.wire.codes import PrinterTrouble, PrintState
from tests.ticket_support import ISSUED_AT, a_ticket

LATER = ISSUED_AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "trouble", "open_at", "doubtful"),
    [
        (PrintState.PRINTED, None, None, False),
        (PrintState.FAILED, "paper_out", ISSUED_AT, True),
        (PrintState.FAILED, "paper_out", None, False),
        (PrintState.PENDING, None, LATER + timedelta(seconds=1), False),
        (PrintState.PENDING, None, LATER, True),
        (PrintState.UNCONFIRMED, None, None, True),
        (PrintState.UNCONFIRMED, "silent", None, True),
        (PrintState.UNCONFIRMED, "line_dropped", None, False),
    ],
)
def test_a_number_without_paper_is_told_by_the_clerk(
    state: PrintState, trouble: str | None, open_at: object, doubtful: bool
) -> None:
    """Nobody waits for a number that they were never given; where somebody has told it, the page says nothing."""
    ticket = a_ticket(print_state=state, print_trouble=trouble, paper_open_at=open_at)
    assert paper_doubtful(ticket, LATER) is doubtful


def test_every_reason_for_no_paper_has_words_and_an_unheard_of_one_too() -> None:
    """A kiosk that is newer than the server may report what it likes: the clerk reads words, never a code."""
    known = Catalogue("pages").keys()
    for trouble in (*PrinterTrouble, "burning", None):
        key = why_no_paper(a_ticket(print_state=PrintState.FAILED, print_trouble=trouble))
        assert key in known
        assert (key == "paper.why_unknown") is (trouble not in set(PrinterTrouble))
    pending = a_ticket(print_state=PrintState.PENDING, print_trouble="paper_out")
    assert why_no_paper(pending) == "paper.why_pending"


@pytest.mark.parametrize(("called", "left"), [(0, 3), (2, 1), (3, 0), (5, 0)])
def test_a_visitor_is_called_as_often_as_the_ward_says(called: int, left: int) -> None:
    """Nobody is set absent after too few calls; after more calls than needed, 0 are left, not fewer."""
    assert calls_left(a_ticket(call_count=called), 3) == left
    assert calls_left(None, 3) == 0
