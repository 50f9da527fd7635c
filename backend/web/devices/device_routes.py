"""What kiosks and displays read: each needs a token, and may use only the routes for which it has permission."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response, StreamingResponse

from backend.offices import business_day
from backend.protection import Device, Permission, find_device
from backend.web.devices.bring_view import bring_guide
from backend.web.devices.device_token import REFUSALS, token_in
from backend.web.graph import Graph, graph_of
from backend.web.http.errors import WireError
from backend.web.http.proxies import client_address
from backend.wire import Board, BringGuide, ErrorCode, OfficeInfo

router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)


async def _graph(request: Request) -> Graph:
    """The graph of objects; asynchronous, because the framework would run a plain function in a thread."""
    return graph_of(request)


GraphOf = Annotated[Graph, Depends(_graph)]


class Allow:
    """Admits devices that have a permission; every route names the one that it needs."""

    def __init__(self, needed: Permission) -> None:
        self._needed = needed

    def __call__(
        self, request: Request, graph: GraphOf, authorization: Annotated[str | None, Header()] = None
    ) -> Device:
        """The device that sent the request.

        Raises:
            WireError: the token is missing or unknown, or the device may not use the route.
        """
        token = token_in(authorization)
        device = _device_of(graph, token) if token else None
        if device is None:
            raise WireError(ErrorCode.DEVICE_UNKNOWN)
        if not device.actor.may(self._needed):
            by = replace(device.actor, place=client_address(request) or None)
            raise WireError(ErrorCode.DEVICE_NOT_ALLOWED, by=by)
        return device


AnyDevice = Annotated[Device, Depends(Allow(Permission.FOLLOW_OFFICE))]


def _device_of(graph: Graph, token: str) -> Device | None:
    with graph.database.read() as connection:
        return find_device(connection, token)


@router.get("/office")
def office(graph: GraphOf, device: AnyDevice) -> OfficeInfo:
    """The device's own office, and whether it is open."""
    return graph.office_info(device.office_id)


@router.get("/bring", dependencies=[Depends(Allow(Permission.RECEIVE_VISITORS))])
def bring(graph: GraphOf) -> BringGuide:
    """What visitors bring today; general information that contains nothing personal."""
    return bring_guide(graph.rules, business_day(graph.database.clock()))


@router.get("/board")
def board(graph: GraphOf, device: AnyDevice) -> Board:
    """A snapshot of the hall."""
    return graph.boards.snapshot(device.office_id)


@router.get("/events", response_class=StreamingResponse)
def events(graph: GraphOf, request: Request, device: AnyDevice) -> Response:
    """A snapshot and the following events, as server-sent events; ends when the device is revoked."""
    token = token_in(request.headers["authorization"])
    return graph.streams.open(
        device.office_id,
        device.id,
        request.headers.get("last-event-id"),
        lambda: _device_of(graph, token) is not None,
    )
