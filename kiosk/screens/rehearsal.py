"""One view of every screen, with which screens are made before anybody comes, so that the first visitor does not wait.

These views are never seen; a screen gets its real view when it is shown.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from backend.common import Language
from backend.wire import BringSituation, CheckInReason, TicketMessage, TicketState, WalkInRequest
from kiosk import visit
from kiosk.visit import View, present

_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NOBODY: Final = UUID(int=0)
_BLANK: Final = TicketMessage(
    ticket_id=_NOBODY,
    number="",
    office_id="",
    business_day=_BEGINNING.date(),
    state=TicketState.WAITING,
    issued_at=_BEGINNING,
)


def rehearse(language: Language) -> list[View]:
    """A view of each screen of a visit, in a language; the screens that are needed first come first."""
    screens: tuple[visit.Screen, ...] = (
        visit.TicketShown(_BLANK, CheckInReason.ON_TIME, visit.PaperState.PRINTING),
        visit.Working(WalkInRequest(request_id=_NOBODY)),
        visit.Trouble(visit.TroubleReason.UNKNOWN),
        visit.Keypad(),
        visit.WalkInQuestion(),
        visit.Bring(),
        visit.Bring(BringSituation(code="", title={}, bring={})),
    )
    return [present(visit.State(screen, language), None, _BEGINNING) for screen in screens]
