"""The token of a device: who asks, and the refusals without a valid one."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request

from backend.commands import Identify
from backend.protection import Actor, find_device
from backend.storage import Connection
from backend.web.graph import graph_of
from backend.web.http.errors import WireError
from backend.web.http.proxies import client_address
from backend.wire import ErrorCode, ErrorReply

REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorReply} for status in (401, 403, 409, 422, 503, 507)
}
_SCHEME = "bearer "


def token_in(authorization: str | None) -> str:
    """The token in an ``Authorization`` header, or an empty text."""
    given = authorization or ""
    return given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""


def device_of(request: Request) -> Identify:
    """A function that finds out, in the transaction of a command, which device asks.

    Raises:
        WireError: there is no token.
    """
    token = token_in(request.headers.get("authorization"))
    if not token:
        raise WireError(ErrorCode.DEVICE_UNKNOWN)

    def identify(connection: Connection, _now: datetime) -> Actor:
        device = find_device(connection, token)
        if device is None:
            raise WireError(ErrorCode.DEVICE_UNKNOWN)
        return replace(device.actor, place=client_address(request) or None)

    return identify


def need_device(request: Request) -> None:
    """Check, in a transaction of its own, that a known device asks.

    Raises:
        WireError: it is not a known device.
    """
    graph = graph_of(request)
    identify = device_of(request)
    with graph.database.read() as connection:
        identify(connection, graph.database.clock())
