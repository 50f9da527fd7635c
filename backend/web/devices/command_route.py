"""A route for commands of devices: one body in, one message out, and nothing between that costs more than the command.

The framework makes the description of the interface from the function's signature, as for every route; what it does
around a call takes longer than the call itself (adr/0023), so body and answer are read and written here.
"""

from collections.abc import Callable, Coroutine
from typing import Any, get_type_hints
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend.web.devices.device_token import need_device
from backend.web.http.errors import WireError
from backend.web.http.number_guard import no_number_in_address

_JSON = "application/json"


class CommandRoute(APIRoute):
    """A route whose function takes the request, a ``body``, and ids from the address."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What the framework calls for each request."""
        act = self.endpoint
        taken = get_type_hints(act)
        model: type[BaseModel] = taken["body"]
        ids = [name for name, kind in taken.items() if kind is UUID]

        async def answer(request: Request) -> Response:
            await no_number_in_address(request)
            try:
                named = {name: _id_of(request, name) for name in ids}
                body = _read(model, request, await request.body())
            except (RequestValidationError, WireError):
                # Whoever is no device learns that first, and nothing of what was wrong.
                await run_in_threadpool(need_device, request)
                raise
            reply: BaseModel = await act(request=request, body=body, **named)
            return Response(reply.model_dump_json(), media_type=_JSON)

        return answer


def _read(model: type[BaseModel], request: Request, body: bytes) -> BaseModel:
    """The body as a message.

    Raises:
        RequestValidationError: it is none; where, not what.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise RequestValidationError([{"loc": ("body",), "type": "content_type"}])
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        places = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(
            [{**place, "loc": ("body", *place["loc"])} for place in places]
        ) from None


def _id_of(request: Request, name: str) -> UUID:
    """An id in the address.

    Raises:
        RequestValidationError: it is none.
    """
    try:
        return UUID(request.path_params[name])
    except ValueError:
        raise RequestValidationError([{"loc": ("path", name), "type": "uuid_parsing"}]) from None
