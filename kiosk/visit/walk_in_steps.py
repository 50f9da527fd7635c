"""Steps of taking a number without a reservation: the question, and what somebody comes for. No side effects.

Where the office does several kinds of visit, the question is which one; one press answers it and takes the number. Whoever
comes from a notice that gave no number is not asked: they come for the card.
"""

from dataclasses import replace

from backend.wire import KindChoice, WalkInRequest
from kiosk.visit import inputs, screens, server_steps
from kiosk.visit.inputs import Button
from kiosk.visit.state import State
from kiosk.visit.transition import Draft


def offered(state: State) -> tuple[KindChoice, ...]:
    """The kinds of visit among which the question lets somebody choose; none where there is no choice."""
    screen, kinds = state.screen, state.conditions.kinds
    asks = isinstance(screen, screens.WalkInQuestion) and not screen.assisted
    return kinds if asks and len(kinds) > 1 else ()


def tap(draft: Draft, screen: screens.WalkInQuestion, happened: inputs.Tapped) -> None:
    """React to a button, but not to the one that leaves."""
    if happened.button is Button.STAY:
        draft.show_unhurried(replace(screen, warned=False))
    elif happened.button is Button.TAKE_NUMBER and not offered(draft.state):
        language = draft.state.language
        server_steps.ask(draft, WalkInRequest(request_id=happened.fresh_id, language=language))


def take(draft: Draft, happened: inputs.KindTapped) -> None:
    """Take a number for what somebody comes for; a kind that is offered no more changes nothing."""
    if happened.kind in {one.code for one in offered(draft.state)}:
        server_steps.ask(
            draft,
            WalkInRequest(request_id=happened.fresh_id, language=draft.state.language, kind=happened.kind),
        )
