"""Steps of asking the server: the request, its answer, and what is shown without one. No side effects."""

from uuid import UUID

from backend.wire import OTHER, CheckInReply, CheckInRequest, WalkInRequest
from kiosk.visit import effects, inputs, joining_steps, screens, ticket_steps
from kiosk.visit.inputs import Timer, TroubleReason
from kiosk.visit.transition import Draft


def ask(
    draft: Draft,
    request: CheckInRequest | WalkInRequest,
    retries: int = 0,
    before: screens.TicketShown | None = None,
    joining: screens.Joining | None = None,
    apart: str = "",
) -> None:
    """Send a request and show the working screen.

    Args:
        draft: the step in the making.
        request: what to send.
        retries: how often the kiosk asked again by itself.
        before: the ticket screen to return to if the answer brings nothing new.
        joining: the screen to return to if this is a further notice for the number on it.
        apart: the number that the notice was to join and could not.
    """
    draft.show(screens.Working(request, retries, before, joining, apart))
    if not isinstance(request, CheckInRequest):
        draft.do(effects.WalkIn(request))
    elif joining is not None:
        draft.do(effects.SendJoin(joining.shown.ticket.ticket_id, request))
    else:
        draft.do(effects.SendCheckIn(request))
    draft.start(Timer.SCREEN, draft.durations.working)


def ask_again(draft: Draft, screen: screens.Trouble | None, joining: screens.Joining | None = None) -> None:
    """Send the same request again, with the same id: if only its answer was lost, the server repeats that answer."""
    if screen is not None and screen.retry is not None:
        ask(draft, screen.retry, joining=joining)


def ask_again_unasked(draft: Draft) -> None:
    """Ask again without a tap, unless the visitor may have left: no number is made for somebody who is gone."""
    screen = draft.state.screen
    if isinstance(screen, screens.Trouble) and screen.retry is not None and not screen.warned:
        ask(draft, screen.retry, screen.retries + 1)
    elif isinstance(screen, screens.Joining) and not screen.warned:
        ask_again(draft, screen.trouble, screen)


def take(draft: Draft, happened: inputs.Answered | inputs.Unanswered | inputs.NotJoinable) -> None:
    """Show what became of the pending request; news of any other request are ignored."""
    screen = draft.state.screen
    if not isinstance(screen, screens.Working) or screen.request.request_id != happened.request_id:
        return
    match happened:
        case inputs.Answered(_, reply):
            _answered(draft, screen, reply)
        case inputs.Unanswered(_, reason):
            give_up(draft, reason, screen)
        case inputs.NotJoinable(_, fresh_id):
            _take_alone(draft, screen, fresh_id)


def _answered(draft: Draft, screen: screens.Working, reply: CheckInReply) -> None:
    given = reply.ticket if _gives_ticket(reply) else None
    if screen.before is not None and ticket_steps.still_waits(screen.before, reply):
        ticket_steps.bring_back(draft, screen.before, reply.ticket)
    elif given is not None and screen.joining is not None:
        joining_steps.answered(draft, screen.joining, reply, given, _source(screen.request))
    elif given is not None:
        ticket_steps.show_ticket(draft, reply, given, _source(screen.request), screen.apart)
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


def _take_alone(draft: Draft, screen: screens.Working, fresh_id: UUID) -> None:
    """Take a notice by itself, as on the first screen: the number it was to join is not one to join any more."""
    if screen.joining is not None:
        request = screen.request.model_copy(update={"request_id": fresh_id})
        ask(draft, request, apart=screen.joining.shown.ticket.number)


def give_up(draft: Draft, reason: TroubleReason, screen: screens.Working) -> None:
    """Show the ticket again that was on the screen before, or else why there is no number."""
    if screen.before is not None:
        ticket_steps.bring_back(draft, screen.before)
    else:
        show_trouble(draft, _trouble(reason, screen))


def show_trouble(draft: Draft, screen: screens.Trouble) -> None:
    """Show why there is no number; with a tone, unless the kiosk had asked again by itself.

    Of a further notice it is told on the screen on which it was held up, so that the number stays in view.
    """
    if not screen.retries:
        draft.do(effects.PlayTone(effects.Tone.REFUSED))
    joining = joining_steps.party_of(draft.state.screen)
    if joining is None:
        draft.show_unhurried(screen)
    else:
        joining_steps.tell_trouble(draft, joining, screen)


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
