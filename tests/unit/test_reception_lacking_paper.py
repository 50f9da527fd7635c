"""Whether a number has a paper, as far as anybody knows: every word of a kiosk on every earlier one."""

from datetime import timedelta
from itertools import product

import pytest

from backend.reception.deciding.lacking_paper import RESULT_WITHIN, lacks_paper, paper_open_at
from backend.wire.codes import PrinterTrouble, PrintState
from backend.wire.messages import PrintReport
from tests.support import MORNING
from tests.ticket_support import ISSUED_AT, a_ticket

OPEN_SINCE = MORNING - timedelta(minutes=3)
REPORTED = (PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED)


@pytest.mark.parametrize(
    ("before", "state", "trouble"), list(product(PrintState, REPORTED, (None, *PrinterTrouble))), ids=str
)
def test_the_newest_word_about_a_paper_counts(
    before: PrintState, state: PrintState, trouble: PrinterTrouble | None
) -> None:
    """Printed closes, failed opens; a silent printer changes nothing that was known, and never lists a number by itself."""
    ticket = a_ticket(print_state=before, paper_open_at=OPEN_SINCE)
    report = PrintReport(request_id="5f0c2a1e-9d7b-4c3a-8e6f-1d2b3c4a5e6f", state=state, trouble=trouble)  # type: ignore[arg-type]  # pydantic reads both
    found = paper_open_at(ticket, report, MORNING)
    if state is PrintState.PRINTED:
        assert found is None
    elif state is PrintState.FAILED or trouble not in {None, PrinterTrouble.SILENT}:
        assert found == MORNING
    else:
        assert found == (None if before is PrintState.PENDING else OPEN_SINCE)


@pytest.mark.parametrize(("seconds", "lacks"), [(-1, False), (0, True), (1, True)])
def test_a_kiosk_that_says_nothing_is_waited_for_to_the_second(seconds: int, lacks: bool) -> None:
    """A kiosk that dies in a print needs nobody who notices: its number is listed when its time is over."""
    ticket = a_ticket(print_state=PrintState.PENDING, paper_open_at=ISSUED_AT + RESULT_WITHIN)
    assert lacks_paper(ticket, ISSUED_AT + RESULT_WITHIN + timedelta(seconds=seconds)) is lacks
    assert not lacks_paper(a_ticket(paper_open_at=None), ISSUED_AT + timedelta(days=1))


def test_the_time_for_a_word_is_that_of_the_papers() -> None:
    """Longer than a kiosk's longest print with another before it, short enough that the visitor still stands there."""
    assert timedelta(seconds=60) == RESULT_WITHIN
