"""Errors on the wire: every exception becomes a code and a status in one table; words are for screens.

Every failure of the server (5xx) is logged with an id, which the answer shows, too, so that a person can read it to the
administrator.
"""

import secrets
from http import HTTPStatus
from math import ceil

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse

from backend.commands import NotPermittedError
from backend.common import places_of
from backend.protection import (
    Actor,
    ActorKind,
    NotTheirOfficeError,
    OfficeNotChosenError,
    TooManyTriesError,
    WrongCredentialsError,
)
from backend.reception import ReceptionError
from backend.storage import RequestIdReusedError, StorageBusyError, StorageError, StorageFullError
from backend.web.http.refused_requests import is_refusal
from backend.wire import ErrorCode, ErrorReply

log = structlog.get_logger("uketsuke.web")

STATUS: dict[ErrorCode, HTTPStatus] = {
    ErrorCode.INVALID_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.REQUEST_ID_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    ErrorCode.WRONG_CREDENTIALS: HTTPStatus.UNAUTHORIZED,
    ErrorCode.TOO_MANY_TRIES: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.SIGN_IN_BUSY: HTTPStatus.TOO_MANY_REQUESTS,
    # The sign-in is not finished: a page's script goes back to it, as after the end of a session.
    ErrorCode.OFFICE_NEEDED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.OFFICE_UNKNOWN: HTTPStatus.NOT_FOUND,
    ErrorCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ErrorCode.CSRF_FAILED: HTTPStatus.FORBIDDEN,
    ErrorCode.DEVICE_UNKNOWN: HTTPStatus.UNAUTHORIZED,
    ErrorCode.DEVICE_NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    ErrorCode.WINDOW_UNKNOWN: HTTPStatus.NOT_FOUND,
    ErrorCode.WINDOW_NEEDED: HTTPStatus.CONFLICT,
    ErrorCode.WINDOW_TAKEN: HTTPStatus.CONFLICT,
    ErrorCode.WINDOW_OCCUPIED: HTTPStatus.CONFLICT,
    ErrorCode.NOBODY_WAITING: HTTPStatus.CONFLICT,
    ErrorCode.TICKET_TAKEN: HTTPStatus.CONFLICT,
    ErrorCode.WRONG_STATE: HTTPStatus.CONFLICT,
    ErrorCode.TOO_SOON: HTTPStatus.CONFLICT,
    ErrorCode.ISSUANCE_NEEDED: HTTPStatus.CONFLICT,
    ErrorCode.FINISH_NEEDED: HTTPStatus.CONFLICT,
    ErrorCode.ALREADY_ISSUED: HTTPStatus.CONFLICT,
    ErrorCode.CASE_NEEDED: HTTPStatus.CONFLICT,
    ErrorCode.CASE_TIED: HTTPStatus.CONFLICT,
    ErrorCode.CARD_IN_PARTY: HTTPStatus.CONFLICT,
    ErrorCode.CASE_NOT_TIED: HTTPStatus.CONFLICT,
    ErrorCode.CASE_ENDED: HTTPStatus.CONFLICT,
    ErrorCode.CARD_UNKNOWN: HTTPStatus.NOT_FOUND,
    ErrorCode.CARD_AMBIGUOUS: HTTPStatus.CONFLICT,
    ErrorCode.CARD_GONE: HTTPStatus.CONFLICT,
    ErrorCode.CARD_HAS_NUMBER: HTTPStatus.CONFLICT,
    ErrorCode.CARD_HAS_NUMBER_ELSEWHERE: HTTPStatus.CONFLICT,
    ErrorCode.BIRTH_NEEDED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.TOO_MANY_SEARCHES: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.CHECKLIST_INCOMPLETE: HTTPStatus.CONFLICT,
    ErrorCode.CHECKLIST_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.STALE_CHECK: HTTPStatus.CONFLICT,
    ErrorCode.CONTAINS_MY_NUMBER: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.STORAGE_FULL: HTTPStatus.INSUFFICIENT_STORAGE,
    ErrorCode.STORAGE_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.STORAGE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The HTTP status of every code."""


_CODES: tuple[tuple[type[Exception], ErrorCode], ...] = (
    (WrongCredentialsError, ErrorCode.WRONG_CREDENTIALS),
    (OfficeNotChosenError, ErrorCode.OFFICE_NEEDED),
    (NotTheirOfficeError, ErrorCode.OFFICE_UNKNOWN),
    (RequestIdReusedError, ErrorCode.REQUEST_ID_REUSED),
    (StorageFullError, ErrorCode.STORAGE_FULL),
    (StorageBusyError, ErrorCode.STORAGE_BUSY),
    (StorageError, ErrorCode.STORAGE_UNAVAILABLE),
)


class WireError(Exception):
    """A refusal that a route raises itself.

    Attributes:
        code: why.
        by: who was refused, where that is known.
        facts: what else is told.
    """

    def __init__(self, code: ErrorCode, by: Actor | None = None, **facts: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.by = by
        self.facts = facts


def describe(error: Exception) -> ErrorReply:
    """The code and facts of an exception; for an unexpected one only ``internal``."""
    if isinstance(error, WireError | ReceptionError):
        return ErrorReply(code=error.code, detail=dict(error.facts))
    if isinstance(error, TooManyTriesError):
        return ErrorReply(code=ErrorCode.TOO_MANY_TRIES, detail={"until": error.until.isoformat()})
    if isinstance(error, NotPermittedError):
        device = error.actor.kind is ActorKind.DEVICE
        return ErrorReply(code=ErrorCode.DEVICE_NOT_ALLOWED if device else ErrorCode.FORBIDDEN)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return ErrorReply(code=code)
    return ErrorReply(code=ErrorCode.INTERNAL)


KNOWN = (
    WireError,
    ReceptionError,
    NotPermittedError,
    TooManyTriesError,
    WrongCredentialsError,
    OfficeNotChosenError,
    NotTheirOfficeError,
    StorageError,
)
"""Exceptions that have a code of their own."""

# Ids are read aloud: no letter looks like a digit, and without vowels they form no words.
_SIGNS = "346789BCDFHJKLMNPRTX"
_LOG_ID = "uketsuke_log_id"


def reply_for(request: Request, error: Exception) -> ErrorReply:
    """The code and facts of an exception, for an answer.

    A failure of the server is logged, and a refusal for want of a permission is an entry of the trail: once per request.
    The latter asks the database, so this is for threads.
    """
    reply = describe(error)
    if is_refusal(reply.code):
        refusals = getattr(request.app.state, "refusals", None)
        if refusals is not None:
            refusals.note(request, reply.code, _who(error))
    if STATUS[reply.code] < HTTPStatus.INTERNAL_SERVER_ERROR:
        return reply
    log_id = request.scope.get(_LOG_ID)
    if log_id is None:
        log_id = request.scope[_LOG_ID] = _new_id()
        _note(log_id, request, error, reply.code)
    return ErrorReply(code=reply.code, detail={**reply.detail, "log_id": log_id})


def _who(error: Exception) -> Actor | None:
    if isinstance(error, NotPermittedError):
        return error.actor
    return error.by if isinstance(error, WireError) else None


def reply_to(request: Request, error: Exception) -> JSONResponse:
    """The JSON answer to an exception."""
    reply = reply_for(request, error)
    headers = retry_after(error)
    return JSONResponse(reply.model_dump(mode="json"), status_code=STATUS[reply.code], headers=headers)


def retry_after(error: Exception) -> dict[str, str]:
    """The ``Retry-After`` header (in seconds), if the time is known; else nothing."""
    if isinstance(error, TooManyTriesError):
        return {"Retry-After": str(max(1, ceil(error.wait.total_seconds())))}
    code = describe(error).code
    if code is ErrorCode.SIGN_IN_BUSY:
        return {"Retry-After": "2"}
    return {"Retry-After": "1"} if STATUS[code] == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _new_id() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(6))
    return f"{signs[:3]}-{signs[3:]}"


def _note(log_id: str, request: Request, error: Exception, code: ErrorCode) -> None:
    route = getattr(request.scope.get("route"), "path", "?")
    if isinstance(error, StorageError):
        # The message is one of ours and contains nothing of the request.
        log.error("storage_failed", id=log_id, code=code.value, reason=str(error), route=route)
    else:
        # The exception's message may hold what somebody typed; class, place and route are enough to find the cause.
        log.error(
            "unexpected_error",
            id=log_id,
            error=type(error).__name__,
            places=places_of(error.__traceback__),
            route=route,
        )
