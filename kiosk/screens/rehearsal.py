"""One view of every screen, used to make the screens in advance, so that the first visitor does not wait.

These views are never seen; a screen gets its real view when it is shown.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from backend.common import Language
from backend.wire import BringSituation, CheckInReason, KindChoice, TicketMessage, TicketState, WalkInRequest
from kiosk import visit
from kiosk.visit import Conditions, View, present

_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NOBODY: Final = UUID(int=0)
_KIND: Final = KindChoice(code="", name={})
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
    ticket = visit.TicketShown(_BLANK, CheckInReason.ON_TIME, visit.PaperState.PRINTING)
    screens: tuple[visit.Screen, ...] = (
        ticket,
        visit.Working(WalkInRequest(request_id=_NOBODY)),
        visit.Trouble(visit.TroubleReason.UNKNOWN),
        visit.Joining(ticket),
        visit.Keypad(),
        visit.WalkInQuestion(),
        visit.Bring(),
        visit.Bring(BringSituation(code="", title={}, bring={})),
    )
    asked = visit.State(visit.WalkInQuestion(), language, Conditions(kinds=(_KIND, _KIND)))
    return [
        *(present(visit.State(screen, language), None, _BEGINNING) for screen in screens),
        present(asked, None, _BEGINNING),
    ]
