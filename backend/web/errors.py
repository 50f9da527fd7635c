"""Errors on the wire: every exception becomes a code and a status in one table; words are for screens."""

from http import HTTPStatus
from math import ceil

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from backend.protection.sign_in import TooManyTriesError, WrongCredentialsError
from backend.reception.errors import ReceptionError
from backend.storage.errors import RequestIdReusedError, StorageError, StorageFullError
from backend.wire.codes import ErrorCode
from backend.wire.messages import ErrorReply
from backend.wire.my_number import contains_my_number

log = structlog.get_logger("uketsuke.web")

STATUS: dict[ErrorCode, HTTPStatus] = {
    ErrorCode.INVALID_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.REQUEST_ID_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    ErrorCode.WRONG_CREDENTIALS: HTTPStatus.UNAUTHORIZED,
    ErrorCode.TOO_MANY_TRIES: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.SIGN_IN_BUSY: HTTPStatus.TOO_MANY_REQUESTS,
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
    ErrorCode.CHECKLIST_INCOMPLETE: HTTPStatus.CONFLICT,
    ErrorCode.CHECKLIST_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.CONTAINS_MY_NUMBER: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.STORAGE_FULL: HTTPStatus.INSUFFICIENT_STORAGE,
    ErrorCode.STORAGE_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The HTTP status of every code."""


_CODES: tuple[tuple[type[Exception], ErrorCode], ...] = (
    (WrongCredentialsError, ErrorCode.WRONG_CREDENTIALS),
    (RequestIdReusedError, ErrorCode.REQUEST_ID_REUSED),
    (StorageFullError, ErrorCode.STORAGE_FULL),
    (StorageError, ErrorCode.STORAGE_BUSY),
)


class WireError(Exception):
    """A refusal that a route raises itself."""

    def __init__(self, code: ErrorCode, **facts: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


def describe(error: Exception) -> ErrorReply:
    """The code and facts of an exception; of what is unexpected, nothing but that it happened."""
    if isinstance(error, WireError | ReceptionError):
        return ErrorReply(code=error.code, detail=dict(error.facts))
    if isinstance(error, TooManyTriesError):
        return ErrorReply(code=ErrorCode.TOO_MANY_TRIES, detail={"until": error.until.isoformat()})
    for kind, code in _CODES:
        if isinstance(error, kind):
            return ErrorReply(code=code)
    return ErrorReply(code=ErrorCode.INTERNAL)


def reply_to(error: Exception) -> JSONResponse:
    """The JSON answer to an exception."""
    reply = describe(error)
    headers = retry_after(error)
    return JSONResponse(reply.model_dump(mode="json"), status_code=STATUS[reply.code], headers=headers)


def retry_after(error: Exception) -> dict[str, str]:
    """The header that says in how many seconds to try again, where that can be said."""
    if isinstance(error, TooManyTriesError):
        return {"Retry-After": str(max(1, ceil(error.wait.total_seconds())))}
    seconds = _RETRY_SECONDS.get(describe(error).code)
    return {} if seconds is None else {"Retry-After": seconds}


_RETRY_SECONDS = {ErrorCode.STORAGE_BUSY: "1", ErrorCode.SIGN_IN_BUSY: "2"}

KNOWN = (WireError, ReceptionError, TooManyTriesError, WrongCredentialsError, StorageError)
"""Exceptions that have a code of their own."""


def answer_errors(app: FastAPI) -> None:
    """Make the application answer every error in the one shape of the wire."""

    def known(_request: Request, error: Exception) -> JSONResponse:
        return reply_to(error)

    def invalid(_request: Request, error: Exception) -> JSONResponse:
        # Only places are told; the values that were sent may be personal.
        places = ""
        if isinstance(error, RequestValidationError):
            places = ", ".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
        # The name of a field that is none of ours was chosen by whoever sent it.
        return reply_to(
            WireError(ErrorCode.CONTAINS_MY_NUMBER)
            if contains_my_number(places)
            else WireError(ErrorCode.INVALID_REQUEST, fields=places[:200])
        )

    def http(_request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
        code = ErrorCode.NOT_FOUND if status == HTTPStatus.NOT_FOUND else ErrorCode.INVALID_REQUEST
        return JSONResponse(ErrorReply(code=code).model_dump(mode="json"), status_code=status)

    def unexpected(request: Request, error: Exception) -> JSONResponse:
        # The text of the exception may hold what somebody typed; its type and route are enough to find it.
        route = request.scope.get("route")
        log.error("unexpected_error", error=type(error).__name__, route=getattr(route, "path", "?"))
        return reply_to(error)

    for kind in KNOWN:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)
