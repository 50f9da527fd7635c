"""Steps of the ticket screen: the number and its paper. Pure: a draft of the next state goes in and is changed.

A number that was given is shown whatever the printer says; one that has no paper stays until it can be noted.
"""

from dataclasses import replace
from typing import Final

from backend.wire import CheckInReason, CheckInReply, PrintReport, PrintState, TicketMessage, TicketState
from kiosk.visit import effects, inputs, screens
from kiosk.visit.effects import Tone
from kiosk.visit.inputs import Timer
from kiosk.visit.screens import PaperState
from kiosk.visit.transition import Draft

MAX_PRINT_JOBS: Final = 3
"""Print jobs of one ticket screen: paper is not a toy."""

_HAD_PAPER: Final = frozenset({PrintState.PRINTED, PrintState.UNCONFIRMED})
_IN_HAND: Final = frozenset({PaperState.PRINTED, PaperState.PRINTED_BEFORE, PaperState.NONE})
"""What is known of the paper where a visitor needs to note nothing."""


def show_ticket(draft: Draft, reply: CheckInReply, ticket: TicketMessage, source: str | None) -> None:
    """Show a number; print it for whoever waits with it and never got paper."""
    again = reply.reason is CheckInReason.ALREADY_CHECKED_IN
    if again and ticket.print_state in _HAD_PAPER:
        paper = PaperState.PRINTED_BEFORE
    elif ticket.state is TicketState.WAITING:
        paper = PaperState.PRINTING
    else:
        # Whoever is called goes to the window now, and needs no paper to wait with.
        paper = PaperState.NONE
    prints = paper is PaperState.PRINTING
    found = (reply.found or ticket.state) if again else None
    screen = screens.TicketShown(
        ticket, reply.reason, paper, jobs=1 if prints else 0, found=found, source=source
    )
    draft.show(screen)
    if prints:
        draft.do(effects.PrintTicket(ticket, reply.reason, draft.state.language, screen.jobs))
    draft.do(effects.PlayTone(Tone.ACCEPTED))
    draft.start(Timer.SCREEN, draft.durations.ticket_unprinted if prints else draft.durations.ticket)
    draft.start(Timer.SETTLE, draft.durations.ticket_settle)


def reprint(draft: Draft, screen: screens.TicketShown) -> None:
    """Print another copy, while there may be one."""
    if not may_reprint(screen):
        return
    screen = replace(screen, paper=PaperState.PRINTING, trouble=None, jobs=screen.jobs + 1)
    draft.alter(screen)
    draft.do(effects.PrintTicket(screen.ticket, screen.reason, draft.state.language, screen.jobs))
    draft.start(Timer.SCREEN, draft.durations.ticket_unprinted)


def finish_print(draft: Draft, happened: inputs.PrintFinished) -> None:
    """Take note of what became of a job.

    The report is due even where the visitor has left: the clerk sees who has no paper.
    """
    report = PrintReport.model_validate(
        {"request_id": happened.fresh_id, "state": happened.state, "trouble": happened.trouble}
    )
    draft.do(effects.ReportPrint(happened.ticket_id, report))
    screen = draft.state.screen
    if not isinstance(screen, screens.TicketShown):
        return
    if screen.ticket.ticket_id != happened.ticket_id or screen.jobs != happened.job:
        return
    draft.alter(replace(screen, paper=PaperState(happened.state.value), trouble=happened.trouble))
    if happened.state is PrintState.FAILED:
        draft.do(effects.PlayTone(Tone.REFUSED))
    printed = happened.state is PrintState.PRINTED
    draft.start(Timer.SCREEN, draft.durations.ticket if printed else draft.durations.ticket_unprinted)


def may_reprint(screen: screens.TicketShown) -> bool:
    """Whether the ticket may be printed once more."""
    return screen.paper is not PaperState.PRINTING and screen.jobs < MAX_PRINT_JOBS


def may_give_way(screen: screens.TicketShown) -> bool:
    """Whether another notice may take over: the number could be read, and its paper is out."""
    return screen.settled and screen.paper in _IN_HAND


def may_ask_again(screen: screens.TicketShown) -> bool:
    """Whether a visitor who holds the same notice up once more is asked about: the number could be read."""
    return screen.settled and screen.paper is not PaperState.PRINTING


def still_waits(screen: screens.TicketShown, reply: CheckInReply) -> bool:
    """Whether an answer only says once more what is on the screen: the same number, and its visitor waits."""
    ticket = reply.ticket
    return (
        ticket is not None
        and ticket.ticket_id == screen.ticket.ticket_id
        and ticket.state is TicketState.WAITING is screen.ticket.state
        and reply.found in {None, TicketState.WAITING}
    )


def bring_back(draft: Draft, screen: screens.TicketShown, ticket: TicketMessage | None = None) -> None:
    """Show a number again that was on the screen, with its queue as of now where that is known."""
    draft.show(replace(screen, ticket=ticket or screen.ticket, next_scan=None))
    draft.start(
        Timer.SCREEN, draft.durations.ticket if screen.paper in _IN_HAND else draft.durations.ticket_unprinted
    )
