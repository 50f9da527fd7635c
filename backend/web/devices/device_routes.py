"""Routes of kiosks and displays: a token each, and only the routes of its kind."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response, StreamingResponse

from backend.offices import business_day
from backend.protection import Device, Permission, find_device
from backend.reception import Caller
from backend.web.devices.bring_view import bring_guide
from backend.web.graph import Graph, graph_of
from backend.web.http.errors import WireError
from backend.wire import (
    Accepted,
    Board,
    BringGuide,
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    ErrorCode,
    ErrorReply,
    OfficeInfo,
    PrintReply,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)

router = APIRouter(
    prefix="/api/v1",
    tags=["devices"],
    responses={status: {"model": ErrorReply} for status in (401, 403, 409, 422, 503, 507)},
)


async def _graph(request: Request) -> Graph:
    """The graph; asynchronous, because the framework would run a plain function in a thread."""
    return graph_of(request)


GraphOf = Annotated[Graph, Depends(_graph)]
_SCHEME = "bearer "


class Allow:
    """Admits devices that have a permission; every route names the one that it needs."""

    def __init__(self, needed: Permission) -> None:
        self._needed = needed

    def __call__(self, graph: GraphOf, authorization: Annotated[str | None, Header()] = None) -> Device:
        """The device that sent the request.

        Raises:
            WireError: the token is missing or unknown, or the device may not use the route.
        """
        given = authorization or ""
        token = given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""
        device = _device_of(graph, token) if token else None
        if device is None:
            raise WireError(ErrorCode.DEVICE_UNKNOWN)
        if not device.actor.may(self._needed):
            raise WireError(ErrorCode.DEVICE_NOT_ALLOWED)
        return device


Kiosk = Annotated[Device, Depends(Allow(Permission.RECEIVE_VISITORS))]
AnyDevice = Annotated[Device, Depends(Allow(Permission.FOLLOW_OFFICE))]


def _device_of(graph: Graph, token: str) -> Device | None:
    with graph.database.read() as connection:
        return find_device(connection, token)


def _caller(device: Device) -> Caller:
    return Caller(device.id, device.office_id)


@router.get("/office")
def office(graph: GraphOf, device: AnyDevice) -> OfficeInfo:
    """The device's own office, and whether it is open."""
    return graph.office_info(device.office_id)


@router.get("/bring", dependencies=[Depends(Allow(Permission.RECEIVE_VISITORS))])
def bring(graph: GraphOf) -> BringGuide:
    """What visitors bring today; the same for everybody, and about nobody."""
    return bring_guide(graph.rules, business_day(graph.database.clock()))


@router.post("/check-ins")
def check_in(graph: GraphOf, device: Kiosk, body: CheckInRequest) -> CheckInReply:
    """A notice was held up, or its number was typed."""
    if (body.code is None) == (body.number is None):
        raise WireError(ErrorCode.INVALID_REQUEST, fields="body.code, body.number")
    return graph.check_in.check_in(body, _caller(device))


@router.post("/walk-ins")
def walk_in(graph: GraphOf, device: Kiosk, body: WalkInRequest) -> CheckInReply:
    """A visitor without notice or reservation asks for a number."""
    return graph.check_in.walk_in(body, _caller(device))


@router.post("/refusals")
def refusal(graph: GraphOf, device: Kiosk, body: RefusalReport) -> Accepted:
    """The kiosk refused a code by itself; only that it did is told."""
    graph.check_in.count_refusal(body, _caller(device))
    return Accepted()


@router.post("/device-reports")
def device_report(graph: GraphOf, device: Kiosk, body: DeviceReport) -> Accepted:
    """Which parts of the kiosk do not work; clerks see it."""
    graph.device_reports.take(body, _caller(device))
    return Accepted()


@router.post("/tickets/{ticket_id}/print-reports")
def print_report(graph: GraphOf, device: Kiosk, ticket_id: UUID, body: PrintReport) -> PrintReply:
    """What became of a ticket's paper."""
    reply = graph.check_in.report_print(ticket_id, body, _caller(device))
    if reply is None:
        raise WireError(ErrorCode.NOT_FOUND)
    return reply


@router.get("/board")
def board(graph: GraphOf, device: AnyDevice) -> Board:
    """A snapshot of the hall."""
    return graph.boards.snapshot(device.office_id)


@router.get("/events", response_class=StreamingResponse)
def events(graph: GraphOf, request: Request, device: AnyDevice) -> Response:
    """Snapshot and tail as server-sent events; ends when the device is revoked."""
    token = request.headers["authorization"][len(_SCHEME) :].strip()
    return graph.streams.open(
        device.office_id,
        device.id,
        request.headers.get("last-event-id"),
        lambda: _device_of(graph, token) is not None,
    )
