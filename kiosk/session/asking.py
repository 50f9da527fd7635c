"""Asks the server about a visitor, and turns the answer or the failure into an input of the flow.

A visitor is waiting, so every failure leads to a screen. Only its kind is logged: its text may quote a notice's code.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from backend.client import Backend, BackendRefusedError, BackendUnavailableError
from backend.common.device_kit import device_now, stamp
from backend.wire import CheckInReply, ErrorCode
from kiosk import visit
from kiosk.visit import TroubleReason

log = structlog.get_logger()

Question = visit.SendCheckIn | visit.SendJoin | visit.WalkIn
"""What the flow asks the server about a visitor."""

_NOT_JOINABLE: Final = frozenset({ErrorCode.WRONG_STATE, ErrorCode.NOT_FOUND})
"""Refusals after which a notice is checked in on its own: the party's number cannot be joined any more, or belongs to
another office or day."""


async def ask(
    backend: Backend, question: Question, new_id: Callable[[], UUID]
) -> visit.Answered | visit.Unanswered | visit.NotJoinable:
    """Ask the server; never raises.

    Args:
        backend: the server.
        question: what to ask.
        new_id: makes request ids.
    """
    request_id = question.request.request_id
    try:
        reply = await _send(backend, question)
    except BackendUnavailableError:
        return visit.Unanswered(request_id, TroubleReason.SERVER_AWAY)
    except BackendRefusedError as error:
        log.warning("check_in_not_accepted", code=error.code.value)
        if isinstance(question, visit.SendJoin) and error.code in _NOT_JOINABLE:
            return visit.NotJoinable(request_id, new_id())
        refused = error.code is ErrorCode.CONTAINS_MY_NUMBER
        return visit.Unanswered(request_id, TroubleReason.REFUSED if refused else TroubleReason.NOT_ACCEPTED)
    except Exception as error:  # noqa: BLE001 - a visitor waits: any fault must end on a screen
        log.error("check_in_failed", kind=type(error).__name__)  # noqa: TRY400 - a trace may quote the code
        return visit.Unanswered(request_id, TroubleReason.NOT_ACCEPTED)
    _log(reply)
    return visit.Answered(request_id, reply)


async def _send(backend: Backend, question: Question) -> CheckInReply:
    match question:
        case visit.SendCheckIn(request):
            return await backend.check_in(request)
        case visit.SendJoin(ticket_id, request):
            return await backend.join(ticket_id, request)
        case visit.WalkIn(walk_in):
            return await backend.walk_in(walk_in)


def _log(reply: CheckInReply) -> None:
    at = stamp(device_now())
    if reply.ticket is not None:
        log.info("checked_in", ticket=reply.ticket.number, reason=reply.reason.value, at=at)
    else:
        log.info("check_in_refused", reason=reply.reason.value, at=at)
