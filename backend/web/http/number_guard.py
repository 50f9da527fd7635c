"""Refuses requests with a 12-digit number (個人番号) in the address or in a field of a form.

The JSON of devices has strict models; codes and numbers in it are checked where they are used (``reception.check_in``).
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

from starlette.requests import Request

from backend.web.http.errors import WireError
from backend.wire import ErrorCode, FieldShape, contains_my_number

_ID_OF_TICKET = re.compile(
    r"(?<=/tickets/)(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=/|\Z)"
)
CLOSED_FIELDS = frozenset({"request_id", "csrf", "back", "case_id", "versions"})
"""Fields that are not searched: they must be equal to values that the server made, or they are refused."""
NUMBER_FIELDS = frozenset({"card_number"})
"""Fields for a single number of a card: it may be typed in groups, and longer numbers are not searched inside."""
ID_FIELDS = frozenset({"actor", "card", "object"})
"""Fields in which an id of ours may be typed: 32 hexadecimal digits are one, and anything else is searched."""
_ID = re.compile(r"[0-9a-f]{32}")


async def no_number_in_address(request: Request) -> None:
    """Refuse a 12-digit number in path and query: addresses are kept in logs of proxies and histories of browsers.

    Asynchronous, because the framework would run a plain function in a thread.

    Raises:
        WireError: there is one.
    """
    path, query = (
        _ID_OF_TICKET.sub("", request.scope["path"]),
        request.scope["query_string"].decode("latin-1"),
    )
    if any(contains_my_number(text, FieldShape.RECORD) for text in (path, unquote_plus(query))):
        raise WireError(ErrorCode.CONTAINS_MY_NUMBER)


def refuse_numbers(fields: Mapping[str, Iterable[str]]) -> None:
    """Refuse a form with a 12-digit number in a field; passwords, of which only a hash is kept, are not searched.

    Raises:
        WireError: a field has one. The error names the field if it is one of ours, and never contains the value.
    """
    for name, values in fields.items():
        if name in CLOSED_FIELDS or "password" in name:
            continue
        if contains_my_number(name):
            raise WireError(ErrorCode.CONTAINS_MY_NUMBER)
        shape = FieldShape.NUMBER if name in NUMBER_FIELDS else FieldShape.TEXT
        searched = (value for value in values if name not in ID_FIELDS or not _ID.fullmatch(value))
        if any(contains_my_number(value, shape) for value in searched):
            raise WireError(ErrorCode.CONTAINS_MY_NUMBER, fields=name[:200])
