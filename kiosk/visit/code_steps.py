"""Steps of reading a code: ask the server about it, give a hint, or refuse it. Each changes a draft and nothing else."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from backend.wire import (
    CheckInRequest,
    FieldShape,
    RefusalKind,
    RefusalReport,
    ScanReason,
    contains_my_number,
)
from kiosk.visit import effects, joining_steps, screens, server_steps
from kiosk.visit.inputs import Scanned, Timer, TroubleReason
from kiosk.visit.screens import Hint
from kiosk.visit.transition import Draft

MAX_CODE_LENGTH: Final = 8000
"""Most characters of a code that the wire carries; no QR code holds more."""

HINTS: Final = {
    ScanReason.AMBIGUOUS: Hint.ONE_CODE_AT_A_TIME,
    ScanReason.FOREIGN: Hint.ANOTHER_CODE,
    ScanReason.HARD_TO_READ: Hint.HARD_TO_READ,
}
"""Verdicts that only lead to a hint; the camera goes on looking."""


def without_my_number(happened: Scanned) -> Scanned:
    """A scan as it may be kept: of a 12-digit number, only that it was one."""
    if happened.reason is ScanReason.MY_NUMBER or contains_my_number(happened.text or "", FieldShape.CODE):
        return replace(happened, reason=ScanReason.MY_NUMBER, text=None)
    return happened


def is_taken(draft: Draft, happened: Scanned) -> bool:
    """Whether a scan brings nothing new to the screen. A notice whose request got no answer sends it again."""
    screen = draft.state.screen
    known = happened.text is not None and happened.text == getattr(screen, "source", None)
    if isinstance(screen, screens.Joining):
        if known and screen.trouble is not None and screen.trouble.retry is not None:
            server_steps.ask_again(draft, screen.trouble, screen)
        elif known:
            joining_steps.still_held_up(draft, screen)
        return known or _refused_again(screen.trouble, happened)
    if not isinstance(screen, screens.Trouble):
        return False
    if known:
        server_steps.ask_again(draft, screen)
        return True
    return _refused_again(screen, happened) or not happened.is_new_to(screen.source)


def _refused_again(screen: screens.Trouble | None, happened: Scanned) -> bool:
    refused = screen is not None and screen.reason is TroubleReason.REFUSED
    return refused and happened.reason is ScanReason.MY_NUMBER


def read(draft: Draft, happened: Scanned) -> None:
    """Act on a code, whatever screen is shown."""
    if happened.reason is ScanReason.MY_NUMBER:
        refuse_number(draft, happened.fresh_id)
    elif happened.reason in HINTS:
        _hint(draft, HINTS[happened.reason], happened.fresh_id)
    elif happened.reason is not ScanReason.OK:
        return
    elif not 1 <= len(happened.text or "") <= MAX_CODE_LENGTH:
        _hint(draft, Hint.ANOTHER_CODE, happened.fresh_id)
    else:
        ask_by_code(draft, happened)


def ask_by_code(draft: Draft, happened: Scanned, before: screens.TicketShown | None = None) -> None:
    """Ask the server about a notice; ``before`` is the ticket screen on which its own notice was held up again."""
    request = CheckInRequest(request_id=happened.fresh_id, code=happened.text, language=draft.state.language)
    server_steps.ask(draft, request, before=before, joining=joining_steps.party_of(draft.state.screen))


def _hint(draft: Draft, hint: Hint, fresh_id: UUID) -> None:
    """Give a hint, where something is to be held up only: elsewhere it would disturb. Foreign codes are reported."""
    screen = draft.state.screen
    if not isinstance(screen, screens.Welcome | screens.Joining):
        return
    if hint is Hint.ANOTHER_CODE:
        draft.do(_refusal(RefusalKind.FOREIGN_CODE, fresh_id))
    if isinstance(screen, screens.Joining):
        joining_steps.hint(draft, screen, hint)
        return
    draft.alter(screens.Welcome(hint))
    draft.start(Timer.SCREEN, draft.durations.hint)


def refuse_number(draft: Draft, fresh_id: UUID, *, by_keys: bool = False) -> None:
    """Refuse a 12-digit number. Nothing of it stays in the new state."""
    draft.do(_refusal(RefusalKind.MY_NUMBER, fresh_id))
    server_steps.show_trouble(draft, screens.Trouble(TroubleReason.REFUSED, by_keys=by_keys))


def _refusal(kind: RefusalKind, fresh_id: UUID) -> effects.ReportRefusal:
    return effects.ReportRefusal(RefusalReport(request_id=fresh_id, kind=kind))
