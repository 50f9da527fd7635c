"""Steps of hearing that a number moved while its visitor stands at the kiosk: called, served, or given up as absent."""

from dataclasses import replace

from backend.wire import ALIVE_STATES, OTHER, Board, CallMessage, TicketMessage, TicketState, WindowKind
from kiosk.visit import joining_steps, screens
from kiosk.visit.effects import PlayTone, Tone
from kiosk.visit.inputs import NumberMoved
from kiosk.visit.transition import Draft

_CALLED = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE})


def number_in_view(screen: screens.Screen) -> TicketMessage | None:
    """The number that a visitor has before them and that may be called; None where there is none."""
    joining = joining_steps.party_of(screen)
    shown = screen if joining is None else joining.shown
    if not isinstance(shown, screens.TicketShown):
        return None
    return shown.ticket if shown.ticket.state in ALIVE_STATES else None


def moved(ticket: TicketMessage, board: Board) -> NumberMoved | None:
    """What the hall's displays know of a number and the kiosk does not; None where that is nothing.

    Args:
        ticket: as the kiosk knows it.
        board: of its office.
    """
    for call in board.calls:
        if call.ticket_id == ticket.ticket_id:
            now = NumberMoved(ticket.ticket_id, _state_of(call), call.window, _kind_of(call))
            known = NumberMoved(ticket.ticket_id, ticket.state, ticket.window, ticket.window_kind)
            return None if now == known else now
    if ticket.state is TicketState.CALLED and ticket.number in board.absent:
        return NumberMoved(ticket.ticket_id, TicketState.ABSENT)
    return None


def hear(draft: Draft, news: NumberMoved) -> None:
    """Tell a visitor that their number moved, on the screen on which they are; how long it stays changes nothing."""
    screen = draft.state.screen
    ticket = number_in_view(screen)
    if ticket is None or ticket.ticket_id != news.ticket_id:
        return
    change = {"state": news.state, "window": news.window, "window_kind": news.window_kind}
    newer = ticket.model_copy(update=change)
    if news.state in _CALLED and ticket.state not in _CALLED:
        draft.do(PlayTone(Tone.ACCEPTED))
    joining = joining_steps.party_of(screen)
    if joining is not None:
        joining_steps.remember(draft, replace(joining, shown=replace(joining.shown, ticket=newer)))
    elif isinstance(screen, screens.TicketShown):
        draft.alter(replace(screen, ticket=newer))


def _kind_of(call: CallMessage) -> WindowKind | None:
    return None if call.kind is OTHER else call.kind


def _state_of(call: CallMessage) -> TicketState:
    if call.kind is WindowKind.ISSUANCE:
        return TicketState.CALLED_TO_ISSUANCE
    return TicketState.SERVING if call.serving else TicketState.CALLED
