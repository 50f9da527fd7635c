"""The commands of kiosks: each body becomes a command, whose reply is the answer. No thread waits for a commit."""

from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from backend.reception import CountRefusal, RefuseNumber, ReportDevice, ReportPaper, TakeNumber, asked_by
from backend.web.devices.command_route import CommandRoute
from backend.web.devices.device_token import REFUSALS, device_of, need_device
from backend.web.graph import graph_of
from backend.web.http.errors import WireError
from backend.wire import (
    Accepted,
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    ErrorCode,
    PrintReply,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)

router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS, route_class=CommandRoute)


@router.post("/check-ins")
async def check_in(request: Request, body: CheckInRequest) -> CheckInReply:
    """A notice was held up, or its number was typed."""
    return await _shown(request, body)


@router.post("/walk-ins")
async def walk_in(request: Request, body: WalkInRequest) -> CheckInReply:
    """A visitor without notice or reservation asks for a number."""
    asked = TakeNumber(body.language, body.kind)
    return await graph_of(request).runner.run_soon(body.request_id, asked, device_of(request))


@router.post("/refusals")
async def refusal(request: Request, body: RefusalReport) -> Accepted:
    """The kiosk refused a code by itself; only the kind of the code is sent."""
    asked = CountRefusal(body.kind)
    await graph_of(request).runner.run_soon(body.request_id, asked, device_of(request))
    return Accepted()


@router.post("/device-reports")
async def device_report(request: Request, body: DeviceReport) -> Accepted:
    """Which parts of the kiosk do not work; clerks see it."""
    asked = ReportDevice(body)
    await graph_of(request).runner.run_soon(body.request_id, asked, device_of(request))
    return Accepted()


@router.post("/tickets/{ticket_id}/cards")
async def join(request: Request, ticket_id: UUID, body: CheckInRequest) -> CheckInReply:
    """A further notice joins a number that was given; it gets no number of its own."""
    return await _shown(request, body, ticket_id)


@router.post("/tickets/{ticket_id}/print-reports")
async def print_report(request: Request, ticket_id: UUID, body: PrintReport) -> PrintReply:
    """What became of a ticket's paper."""
    asked = ReportPaper(ticket_id, body)
    return await graph_of(request).runner.run_soon(body.request_id, asked, device_of(request))


async def _shown(request: Request, body: CheckInRequest, ticket_id: UUID | None = None) -> CheckInReply:
    """A notice was shown: by itself, or to join the number of a party (``ticket_id``)."""
    if (body.code is None) == (body.number is None):
        await run_in_threadpool(need_device, request)
        raise WireError(ErrorCode.INVALID_REQUEST, fields="body.code, body.number")
    runner, asked = graph_of(request).runner, asked_by(body, ticket_id)
    if isinstance(asked, RefuseNumber):
        await runner.run_soon(body.request_id, asked, device_of(request))
        return CheckInReply(reason=CheckInReason.REFUSED)
    return await runner.run_soon(body.request_id, asked, device_of(request))
