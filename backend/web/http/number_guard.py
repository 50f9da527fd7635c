"""No 12-digit number (個人番号) comes in by a request: not in its address, not in a field of a form.

What devices send as JSON is closed by its models, or looked at where it is used (``reception.check_in``).
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
CLOSED_FIELDS = frozenset({"request_id", "csrf", "back"})
"""Fields that are compared with what we gave out ourselves, and refused where they are anything else."""


async def no_number_in_address(request: Request) -> None:
    """Refuse twelve digits in path and query: addresses end in logs of proxies and in what browsers remember.

    Raises:
        WireError: there are some. Asynchronous, because the framework takes a plain function to a thread and back.
    """
    path, query = (
        _ID_OF_TICKET.sub("", request.scope["path"]),
        request.scope["query_string"].decode("latin-1"),
    )
    if any(contains_my_number(text, FieldShape.RECORD) for text in (path, unquote_plus(query))):
        raise WireError(ErrorCode.CONTAINS_MY_NUMBER)


def refuse_numbers(fields: Mapping[str, Iterable[str]]) -> None:
    """Refuse a form with a field that holds twelve digits; passwords aside, of which nothing but a hash is kept.

    Raises:
        WireError: there is one. Its name is told, if it is one of ours; never what stood in it.
    """
    for name, values in fields.items():
        if name in CLOSED_FIELDS or "password" in name:
            continue
        if contains_my_number(name):
            raise WireError(ErrorCode.CONTAINS_MY_NUMBER)
        if any(map(contains_my_number, values)):
            raise WireError(ErrorCode.CONTAINS_MY_NUMBER, fields=name[:200])
