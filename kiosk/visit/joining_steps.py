"""Steps of taking further notices for a number that somebody has already: who came together has one number.

The number was given, and its paper printed, before any of this begins; nothing here can take it away. A notice joins
only after a button was pressed: without it, another notice is that of the next visitor.
"""

from dataclasses import replace
from typing import Final

from backend.wire import JOINABLE_STATES, CheckInReason, CheckInReply, TicketMessage
from kiosk.visit import screens
from kiosk.visit.effects import PlayTone, Tone
from kiosk.visit.inputs import TroubleReason
from kiosk.visit.screens import Hint, JoinNote
from kiosk.visit.transition import Draft

_OF_THIS: Final = frozenset({None, JoinNote.JOINED, JoinNote.SAME})
"""Notes after which the last notice is known to have this number; before any note, it is the first one."""


def may_join(screen: screens.TicketShown, limit: int) -> bool:
    """Whether a further notice may join the number on the screen; ``limit`` is how many one number may have.

    While another notice is held up already, that of the next visitor is not to be taken for one of this party.
    """
    if screen.next_scan is not None:
        return False
    return screen.ticket.cards < limit > 1 and screen.ticket.state in JOINABLE_STATES


def party_of(screen: screens.Screen) -> screens.Joining | None:
    """The screen for further notices that this one is, or that comes back after it."""
    match screen:
        case screens.Joining():
            return screen
        case screens.Keypad(joining=joining) | screens.Working(joining=joining):
            return joining
        case _:
            return None


def remember(draft: Draft, joining: screens.Joining) -> None:
    """Note something for further notices, on whichever screen they are being taken; timers run on."""
    screen = draft.state.screen
    if isinstance(screen, screens.Keypad | screens.Working):
        draft.alter(replace(screen, joining=joining))
    else:
        draft.alter(joining)


def begin(draft: Draft, screen: screens.TicketShown) -> None:
    """Ask for the next notice."""
    shown = replace(screen, warned=False)
    draft.show_unhurried(screens.Joining(shown, source=screen.source))


def answered(
    draft: Draft, joining: screens.Joining, reply: CheckInReply, ticket: TicketMessage, source: str | None
) -> None:
    """Tell what became of a further notice that has a number: this one, or another one.

    Args:
        draft: the step in the making.
        joining: the screen on which the notice was held up.
        reply: the server's reply.
        ticket: the ticket in it.
        source: the text that was scanned; None where a number was typed.
    """
    shown = joining.shown
    source = source or joining.source
    if ticket.ticket_id != shown.ticket.ticket_id:
        draft.do(PlayTone(Tone.REFUSED))
        note = screens.Joining(shown, JoinNote.ANOTHER_NUMBER, number=ticket.number, source=source)
    else:
        draft.do(PlayTone(Tone.ACCEPTED))
        joined = reply.reason is CheckInReason.JOINED or ticket.cards > shown.ticket.cards
        shown = replace(shown, ticket=ticket, reason=CheckInReason.JOINED if joined else shown.reason)
        note = screens.Joining(shown, JoinNote.JOINED if joined else JoinNote.SAME, source=source)
    draft.show_unhurried(note)


def tell_trouble(draft: Draft, joining: screens.Joining, trouble: screens.Trouble) -> None:
    """Tell why a further notice did not join; the number stays as it is."""
    shown, reply = joining.shown, trouble.reply
    if reply is not None and reply.ticket is not None and reply.ticket.ticket_id == shown.ticket.ticket_id:
        shown = replace(shown, ticket=reply.ticket)
    note = JoinNote.FULL if trouble.reason is TroubleReason.PARTY_FULL else JoinNote.NOT_JOINED
    draft.show_unhurried(screens.Joining(shown, note, trouble, source=trouble.source))


def hint(draft: Draft, joining: screens.Joining, said: Hint) -> None:
    """Give a hint about what is held up. A notice that did not join before it may be tried again."""
    source = joining.source if joining.note in _OF_THIS else None
    draft.show_unhurried(screens.Joining(joining.shown, hint=said, source=source))


def still_held_up(draft: Draft, joining: screens.Joining) -> None:
    """The last notice was read once more: say so where it has this number; what was said of it stays otherwise."""
    if joining.note in _OF_THIS:
        joining = replace(joining, note=JoinNote.SAME, hint=None)
    draft.show_unhurried(replace(joining, warned=False))
