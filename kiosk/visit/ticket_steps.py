"""Steps of the ticket screen: the number and its paper. Each changes a draft of the next state and nothing else.

A number that was given is shown whatever the printer says; without paper it stays longer, so that the visitor can
write it down.
"""

from dataclasses import replace
from typing import Final

from backend.wire import (
    ALIVE_STATES,
    OTHER,
    CheckInReason,
    CheckInReply,
    PrintReport,
    PrintState,
    TicketMessage,
    TicketState,
)
from kiosk.visit import effects, inputs, joining_steps, screens
from kiosk.visit.effects import Tone
from kiosk.visit.inputs import Timer
from kiosk.visit.screens import PaperState
from kiosk.visit.transition import Draft

MAX_PRINT_JOBS: Final = 3
"""Most print jobs of one ticket screen, so that nobody plays with the paper."""

_OVER: Final = frozenset(TicketState) - ALIVE_STATES
"""States of a ticket that is called no more."""

_HAD_PAPER: Final = frozenset({PrintState.PRINTED, PrintState.UNCONFIRMED})
_MAYBE_KNOWN: Final = frozenset({CheckInReason.ALREADY_CHECKED_IN, CheckInReason.JOINED, OTHER})
"""Outcomes with a number that may have been given before."""

_IN_HAND: Final = frozenset({PaperState.PRINTED, PaperState.PRINTED_BEFORE, PaperState.NONE})
"""States of the paper in which the visitor need not write the number down."""


def show_ticket(
    draft: Draft, reply: CheckInReply, ticket: TicketMessage, source: str | None, apart: str = ""
) -> None:
    """Show a ticket; print it if its visitor waits and has not had paper yet.

    Args:
        draft: the step in the making.
        reply: the server's reply.
        ticket: the ticket in it.
        source: the text that was scanned for it.
        apart: the number that the notice was to join and could not.
    """
    again = reply.reason is CheckInReason.ALREADY_CHECKED_IN
    if reply.reason in _MAYBE_KNOWN and ticket.print_state in _HAD_PAPER:
        paper = PaperState.PRINTED_BEFORE
    elif ticket.state is TicketState.WAITING:
        paper = PaperState.PRINTING
    else:
        # A visitor who has been called goes to the window now and needs no paper.
        paper = PaperState.NONE
    prints = paper is PaperState.PRINTING
    found = (reply.found or ticket.state) if again else None
    screen = screens.TicketShown(
        ticket,
        reply.reason,
        paper,
        jobs=1 if prints else 0,
        found=found,
        source=source,
        apart="" if ticket.number == apart else apart,
    )
    draft.show(screen)
    if prints:
        draft.do(effects.PrintTicket(ticket, reply.reason, draft.state.language, screen.jobs))
    draft.do(effects.PlayTone(Tone.ACCEPTED))
    keep(draft, screen)
    draft.start(Timer.SETTLE, draft.durations.ticket_settle)


def reprint(draft: Draft, screen: screens.TicketShown) -> None:
    """Print another copy, if one is allowed."""
    if not may_reprint(screen):
        return
    screen = replace(screen, paper=PaperState.PRINTING, trouble=None, jobs=screen.jobs + 1)
    draft.do(effects.PrintTicket(screen.ticket, screen.reason, draft.state.language, screen.jobs))
    keep(draft, screen)


def finish_print(draft: Draft, happened: inputs.PrintFinished) -> None:
    """Show and report the result of a print job.

    It is reported even where the visitor has left, so that clerks see who has no paper.
    """
    report = PrintReport.model_validate(
        {"request_id": happened.fresh_id, "state": happened.state, "trouble": happened.trouble}
    )
    draft.do(effects.ReportPrint(happened.ticket_id, report))
    joining = joining_steps.party_of(draft.state.screen)
    screen = draft.state.screen if joining is None else joining.shown
    if not isinstance(screen, screens.TicketShown):
        return
    if screen.ticket.ticket_id != happened.ticket_id or screen.jobs != happened.job:
        return
    if happened.state is PrintState.FAILED:
        draft.do(effects.PlayTone(Tone.REFUSED))
    screen = replace(screen, paper=PaperState(happened.state.value), trouble=happened.trouble)
    if joining is None:
        keep(draft, screen)
    else:
        joining_steps.remember(draft, replace(joining, shown=screen))


def keep(draft: Draft, screen: screens.TicketShown) -> None:
    """Keep a ticket on the screen for its whole time from now on.

    The visitor is told in time before it goes (WCAG 2.2.1: at least 20 seconds), and any touch keeps it again.
    """
    stay, warning = _stay(draft, screen)
    draft.alter(replace(screen, warned=False))
    draft.start(Timer.SCREEN, stay - warning)
    draft.close_in(stay, stay)


def warn(draft: Draft, screen: screens.TicketShown) -> None:
    """Tell the visitor that the ticket goes soon."""
    stay, warning = _stay(draft, screen)
    draft.alter(replace(screen, warned=True))
    draft.start(Timer.SCREEN, warning)
    draft.close_in(warning, stay, urgent=True)


def _stay(draft: Draft, screen: screens.TicketShown) -> tuple[float, float]:
    """How long a ticket stays without a touch, and the last part of it in which the visitor is told; in seconds."""
    said = draft.durations
    stay = said.ticket if screen.paper in _IN_HAND else said.ticket_unprinted
    return stay, min(said.ticket_warning, stay)


def may_reprint(screen: screens.TicketShown) -> bool:
    """Whether the ticket may be printed once more; nobody needs paper of a visit that is over."""
    if screen.ticket.state in _OVER:
        return False
    return screen.paper is not PaperState.PRINTING and screen.jobs < MAX_PRINT_JOBS


def may_give_way(screen: screens.TicketShown) -> bool:
    """Whether another notice may take over: the visitor had time to read the number, and needs no more paper."""
    return screen.settled and screen.paper in _IN_HAND


def may_ask_again(screen: screens.TicketShown) -> bool:
    """Whether the same notice, held up once more, asks the server again: the visitor had time to read the number."""
    return screen.settled and screen.paper is not PaperState.PRINTING


def still_waits(screen: screens.TicketShown, reply: CheckInReply) -> bool:
    """Whether an answer only repeats what is on the screen: the same ticket, whose visitor still waits."""
    ticket = reply.ticket
    return (
        ticket is not None
        and ticket.ticket_id == screen.ticket.ticket_id
        and ticket.state is TicketState.WAITING is screen.ticket.state
        and reply.found in {None, TicketState.WAITING}
        and reply.reason is not OTHER
    )


def come_back(draft: Draft, joining: screens.Joining) -> None:
    """Show the ticket again after further notices; the last of them may still be held up."""
    screen = replace(joining.shown, source=joining.source or joining.shown.source, settled=False)
    draft.show(screen)
    keep(draft, screen)
    draft.start(Timer.SETTLE, draft.durations.ticket_settle)


def bring_back(draft: Draft, screen: screens.TicketShown, ticket: TicketMessage | None = None) -> None:
    """Show a ticket again that was on the screen; ``ticket`` is its newer state, where one is known."""
    screen = replace(screen, ticket=ticket or screen.ticket, next_scan=None)
    draft.show(screen)
    keep(draft, screen)
