"""Steps of asking the server: the request, its answer, and what is shown without one. No side effects."""

from backend.wire import OTHER, CheckInReply, CheckInRequest, WalkInRequest
from kiosk.visit import effects, inputs, screens, ticket_steps
from kiosk.visit.inputs import Timer, TroubleReason
from kiosk.visit.transition import Draft


def ask(
    draft: Draft,
    request: CheckInRequest | WalkInRequest,
    retries: int = 0,
    before: screens.TicketShown | None = None,
) -> None:
    """Send a request and show the working screen.

    Args:
        draft: the step in the making.
        request: what to send.
        retries: how often the kiosk asked again by itself.
        before: the ticket screen to return to if the answer brings nothing new.
    """
    draft.show(screens.Working(request, retries, before))
    draft.do(effects.SendCheckIn(request) if isinstance(request, CheckInRequest) else effects.WalkIn(request))
    draft.start(Timer.SCREEN, draft.durations.working)


def ask_again(draft: Draft, screen: screens.Trouble) -> None:
    """Send the same request again, with the same id: if only its answer was lost, the server repeats that answer."""
    if screen.retry is not None:
        ask(draft, screen.retry)


def ask_again_unasked(draft: Draft) -> None:
    """Ask again without a tap, unless the visitor may have left: no number is made for somebody who is gone."""
    screen = draft.state.screen
    if isinstance(screen, screens.Trouble) and screen.retry is not None and not screen.warned:
        ask(draft, screen.retry, screen.retries + 1)


def answered(draft: Draft, happened: inputs.Answered) -> None:
    """Show the server's answer to the pending request; an answer to any other request is ignored."""
    screen = draft.state.screen
    if not isinstance(screen, screens.Working) or screen.request.request_id != happened.request_id:
        return
    reply = happened.reply
    if screen.before is not None and ticket_steps.still_waits(screen.before, reply):
        ticket_steps.bring_back(draft, screen.before, reply.ticket)
    elif reply.ticket is not None and _gives_ticket(reply):
        ticket_steps.show_ticket(draft, reply, reply.ticket, _source(screen.request))
    elif reply.reason is not OTHER and reply.reason.gives_ticket:
        show_trouble(draft, screens.Trouble(TroubleReason.NOT_ACCEPTED))
    else:
        show_trouble(draft, _trouble(_told(reply), screen, reply=reply))


def _gives_ticket(reply: CheckInReply) -> bool:
    """Whether a ticket in the reply is to be used here; how a newer server came to it does not make it less valid.

    With an office beside it, it is a number of that other office.
    """
    return reply.office_id is None if reply.reason is OTHER else reply.reason.gives_ticket


def _told(reply: CheckInReply) -> TroubleReason:
    """Why there is no number; a reason that only staff are told is one that this kiosk does not know."""
    if reply.reason is not OTHER and reply.reason.for_staff:
        return TroubleReason.OTHER
    return TroubleReason(reply.reason.value)


def unanswered(draft: Draft, happened: inputs.Unanswered) -> None:
    """Show that the pending request got no answer."""
    screen = draft.state.screen
    if isinstance(screen, screens.Working) and screen.request.request_id == happened.request_id:
        give_up(draft, happened.reason, screen)


def give_up(draft: Draft, reason: TroubleReason, screen: screens.Working) -> None:
    """Show the ticket again that was on the screen before, or else why there is no number."""
    if screen.before is not None:
        ticket_steps.bring_back(draft, screen.before)
    else:
        show_trouble(draft, _trouble(reason, screen))


def show_trouble(draft: Draft, screen: screens.Trouble) -> None:
    """Show why there is no number; with a tone, unless the kiosk had asked again by itself."""
    if not screen.retries:
        draft.do(effects.PlayTone(effects.Tone.REFUSED))
    draft.show_unhurried(screen)


def _source(request: CheckInRequest | WalkInRequest) -> str | None:
    return request.code if isinstance(request, CheckInRequest) else None


def _trouble(
    reason: TroubleReason, asked: screens.Working, *, reply: CheckInReply | None = None
) -> screens.Trouble:
    """The screen that says why a request gave no number; a code or number that was refused is not kept in it."""
    request, refused = asked.request, reason is TroubleReason.REFUSED
    typed = request.number if isinstance(request, CheckInRequest) else None
    return screens.Trouble(
        reason,
        reply,
        retry=request if reason is TroubleReason.SERVER_AWAY else None,
        source=None if refused else _source(request),
        typed="" if refused else typed or "",
        by_keys=typed is not None,
        retries=asked.retries,
    )
