"""The forms of pages: read once, with limits, before anything else is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs
from uuid import UUID

from starlette.requests import Request

from backend.web.http.errors import WireError
from backend.web.http.number_guard import refuse_numbers
from backend.wire import ErrorCode

_MOST_BYTES = 64 * 1024
_MOST_FIELDS = 400
_FORM = "application/x-www-form-urlencoded"
_PURPOSE = "uketsuke_purpose"


class Purpose(StrEnum):
    """What a person wanted when something went wrong; the values are the tables of its texts in the catalogue."""

    COMMAND = "error"
    READING = "only_read"
    SIGNING_IN = "signing_in"
    SIGNING_OUT = "signing_out"
    CHOOSING_OFFICE = "choosing_office"


@dataclass(frozen=True)
class Form:
    """The fields of a form; a field may have several values, like the boxes of a checklist."""

    fields: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """The first value of a field, or the empty text if it is missing."""
        values = self.fields.get(name, ())
        return values[0] if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in the order of the form, each once."""
        return tuple(dict.fromkeys(self.fields.get(name, ())))

    def request_id(self) -> UUID:
        """The id of this command; a page makes one per form, so that a second click is the same command.

        Raises:
            WireError: the form has none.
        """
        try:
            return UUID(self.one("request_id"))
        except ValueError:
            raise WireError(ErrorCode.INVALID_REQUEST, fields="request_id") from None


async def read_form(request: Request) -> Form:
    """Read the body of a POST.

    Raises:
        WireError: it is not a form, is too large or not UTF-8, or holds a 12-digit number. No value is repeated.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise WireError(ErrorCode.INVALID_REQUEST, fields="body")
    if not body:
        return Form({})
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise WireError(ErrorCode.INVALID_REQUEST, fields="content-type")
    try:
        fields = parse_qs(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise WireError(ErrorCode.INVALID_REQUEST, fields="body") from None
    refuse_numbers(fields)
    return Form({name: tuple(values) for name, values in fields.items()})


def wants_json(request: Request) -> bool:
    """Whether the request comes from a program and not from a page."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def wants_fragment(request: Request) -> bool:
    """Whether the request comes from a page's script, which replaces a part of the page by the answer."""
    return request.headers.get("x-fragment") == "page"


def note_purpose(request: Request, purpose: Purpose) -> None:
    """Remember what a request is for; once a command is carried out, only showing the page is left."""
    request.scope[_PURPOSE] = purpose


def purpose_of(request: Request) -> Purpose:
    """What a request is for: an error while opening a page has other texts than an error of a command."""
    usual = Purpose.READING if request.method in {"GET", "HEAD"} else Purpose.COMMAND
    purpose: Purpose = request.scope.get(_PURPOSE, usual)
    return purpose
