"""A route for commands of devices: one body in, one message out, and nothing between that costs more than the command.

The framework makes the description of the interface from the function's signature, as for every route; what it does
around a call takes longer than the call itself (adr/0023), so body and answer are read and written here.
"""

from collections.abc import Callable, Coroutine
from functools import cached_property
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

JSON = "application/json"


Act = Callable[..., Coroutine[Any, Any, BaseModel]]


class Order:
    """What a route's function takes, and how it is called.

    Args:
        act: the function: it takes the request, a ``body``, and ids from the address.
    """

    def __init__(self, act: Act) -> None:
        self._act = act
        taken = get_type_hints(act)
        self._model: type[BaseModel] = taken["body"]
        self._ids = [name for name, kind in taken.items() if kind is UUID]

    @property
    def is_plain(self) -> bool:
        """Whether nothing is taken from the address."""
        return not self._ids

    def ordinary_body(self, body: bytes) -> BaseModel | None:
        """The body as a message, or None where something is wrong with it."""
        try:
            return self._model.model_validate_json(body)
        except ValidationError:
            return None

    def body(self, request: Request, body: bytes) -> BaseModel:
        """The body as a message.

        Raises:
            RequestValidationError: it is none; where, not what.
        """
        return _read(self._model, request, body)

    def ids(self, request: Request) -> dict[str, UUID]:
        """The ids in the address.

        Raises:
            RequestValidationError: one of them is none.
        """
        return {name: _id_of(request, name) for name in self._ids}

    async def carry_out(self, request: Request, body: BaseModel, **ids: UUID) -> BaseModel:
        """Give the command, and return what is answered.

        Raises:
            Exception: it was refused.
        """
        return await self._act(request=request, body=body, **ids)


class CommandRoute(APIRoute):
    """A route whose function takes the request, a ``body``, and ids from the address."""

    @cached_property
    def order(self) -> Order:
        """What its function takes."""
        return Order(self.endpoint)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What the framework calls for each request."""
        order = self.order

        async def answer(request: Request) -> Response:
            await no_number_in_address(request)
            try:
                ids = order.ids(request)
                body = order.body(request, await request.body())
            except (RequestValidationError, WireError):
                # Whoever is no device learns that first, and nothing of what was wrong.
                await run_in_threadpool(need_device, request)
                raise
            reply = await order.carry_out(request, body, **ids)
            return Response(reply.model_dump_json(), media_type=JSON)

        return answer


def _read(model: type[BaseModel], request: Request, body: bytes) -> BaseModel:
    """The body as a message.

    Raises:
        RequestValidationError: it is none; where, not what.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
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
