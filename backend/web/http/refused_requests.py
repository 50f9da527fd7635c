"""Refusals for want of a permission, each an entry of the trail: who was refused what, from where."""

import threading
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog
from starlette.requests import Request

from backend.protection import NOBODY, Actor, ObjectKind, record_audit
from backend.storage import Database, StorageError
from backend.web.http.proxies import client_address
from backend.wire import ErrorCode

REFUSED: Final = "refused"
"""Somebody who is known was refused, or a form that is none of ours."""
DEVICE_REFUSED: Final = "device_refused"
"""A token that no device has, or not any more."""
_ACTIONS: Final = {
    ErrorCode.FORBIDDEN: REFUSED,
    ErrorCode.CSRF_FAILED: REFUSED,
    ErrorCode.DEVICE_NOT_ALLOWED: REFUSED,
    ErrorCode.DEVICE_UNKNOWN: DEVICE_REFUSED,
}
_NOTED: Final = "uketsuke_refusal_noted"
_QUIET_SECONDS: Final = 60.0
_MOST: Final = 1000
log = structlog.get_logger("uketsuke.web")


def is_refusal(code: ErrorCode) -> bool:
    """Whether an answer with this code is an entry of the trail."""
    return code in _ACTIONS


class Refusals:
    """Writes the entries.

    Of somebody who is known every refusal is an entry. A stranger could fill the disk with them: of those from one address at
    one route the first of a minute is.

    Args:
        database: where the trail is.
        monotonic: seconds of a clock that nobody sets.
    """

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._told: dict[tuple[str, str, str], float] = {}

    def note(self, request: Request, code: ErrorCode, by: Actor | None) -> None:
        """Write the entry of a request that is about to be refused, once; where it cannot be written, the log says so.

        Args:
            request: that is refused.
            code: why.
            by: who sent it, where that is known.
        """
        if request.scope.get(_NOTED):
            return
        request.scope[_NOTED] = True
        action = _ACTIONS[code]
        place = client_address(request) or None
        route = _route_of(request)
        if by is None and not self._is_new(action, place or "", route):
            return
        ticket = _ticket_of(request)
        facts = {"code": code.value, "route": route, "method": request.method}
        try:
            with self._database.write() as work:
                record_audit(work, by or NOBODY, action, ticket, facts, about=ObjectKind.TICKET, place=place)
        except StorageError as error:
            log.warning("refusal_not_noted", reason=error.word)

    def _is_new(self, action: str, place: str, route: str) -> bool:
        """Whether no stranger was refused there from the same address within the last minute."""
        now, key = self._monotonic(), (action, place, route)
        with self._guard:
            if now - self._told.get(key, -_QUIET_SECONDS) < _QUIET_SECONDS:
                return False
            if len(self._told) >= _MOST:
                self._told = {one: at for one, at in self._told.items() if now - at < _QUIET_SECONDS}
            if len(self._told) >= _MOST:
                return False
            self._told[key] = now
            return True


def _route_of(request: Request) -> str:
    """The address as its route has it, without what stands for its parts."""
    route = getattr(request.scope.get("route"), "path", None)
    # A device's command that took the short way has no route; its address has no parts.
    return str(route or request.url.path)[:80]


def _ticket_of(request: Request) -> str | None:
    try:
        return UUID(str(request.path_params.get("ticket_id", ""))).hex
    except ValueError:
        return None
