"""Steps of looking up what to bring: who comes, the pages, and the list on paper. No side effects.

Nothing of it is told to the server: the list is the same for everybody in a situation.
"""

from dataclasses import replace
from typing import Final

from backend.wire import PrintState
from kiosk.visit import effects, inputs, screens
from kiosk.visit.bring_pages import bring_pages
from kiosk.visit.effects import Tone
from kiosk.visit.inputs import Button
from kiosk.visit.screens import PaperState
from kiosk.visit.transition import Draft

MAX_LISTS: Final = 3
"""Most lists on paper in one visit to these screens, so that nobody plays with the paper."""


def tap(draft: Draft, screen: screens.Bring, happened: inputs.Tapped) -> None:
    """React to a button, but not to the one that leaves."""
    if happened.button is Button.STAY:
        draft.show_unhurried(replace(screen, warned=False))
    elif screen.situation is None:
        return
    elif happened.button is Button.CHOICES:
        draft.show_unhurried(screens.Bring(orders=screen.orders))
    elif happened.button is Button.MORE:
        pages = len(bring_pages(screen.situation, draft.state.language))
        draft.show_unhurried(replace(screen, page=(screen.page + 1) % pages, warned=False))
    elif happened.button is Button.PRINT_LIST and may_print(screen):
        order = effects.PrintList(screen.situation, draft.state.language, happened.fresh_id)
        draft.do(order)
        draft.show_unhurried(
            replace(
                screen,
                warned=False,
                paper=PaperState.PRINTING,
                orders=screen.orders + 1,
                order_id=order.order_id,
            )
        )


def take(draft: Draft, happened: inputs.SituationTapped | inputs.ListPrinted) -> None:
    """React to what concerns these screens alone."""
    if isinstance(happened, inputs.SituationTapped):
        _choose(draft, happened)
    else:
        _finish_print(draft, happened)


def _choose(draft: Draft, happened: inputs.SituationTapped) -> None:
    """Show what to bring for who comes."""
    screen = draft.state.screen
    if not isinstance(screen, screens.Bring) or screen.situation is not None:
        return
    for situation in draft.state.conditions.bring:
        if situation.code == happened.situation:
            draft.show_unhurried(screens.Bring(situation, orders=screen.orders))
            return


def _finish_print(draft: Draft, happened: inputs.ListPrinted) -> None:
    """Show what became of the list, where it is still read."""
    screen = draft.state.screen
    if not isinstance(screen, screens.Bring) or screen.order_id != happened.order_id:
        return
    if happened.state is PrintState.FAILED:
        draft.do(effects.PlayTone(Tone.REFUSED))
    draft.alter(replace(screen, paper=PaperState(happened.state.value)))


def may_print(screen: screens.Bring) -> bool:
    """Whether the list may be printed, or printed once more."""
    return screen.paper is not PaperState.PRINTING and screen.orders < MAX_LISTS
