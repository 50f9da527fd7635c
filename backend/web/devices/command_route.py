"""A route for commands of devices: one body in, one message out, with little overhead.

The framework's work for a call takes longer than the call itself (adr/0023), so body and answer are read and written
here. The framework still makes the description of the API from the function's signature.
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
    """The parameters of a route's function, and how to call it.

    Args:
        act: the function; its parameters are the request, a ``body``, and ids from the address.
    """

    def __init__(self, act: Act) -> None:
        self._act = act
        taken = get_type_hints(act)
        self._model: type[BaseModel] = taken["body"]
        self._ids = [name for name, kind in taken.items() if kind is UUID]

    @property
    def is_plain(self) -> bool:
        """Whether the address contains no ids."""
        return not self._ids

    def ordinary_body(self, body: bytes) -> BaseModel | None:
        """The body as a message, or None if something is wrong with it."""
        try:
            return self._model.model_validate_json(body)
        except ValidationError:
            return None

    def body(self, request: Request, body: bytes) -> BaseModel:
        """The body as a message.

        Raises:
            RequestValidationError: it is not valid; the error names the places, but no values.
        """
        return _read(self._model, request, body)

    def ids(self, request: Request) -> dict[str, UUID]:
        """The ids in the address.

        Raises:
            RequestValidationError: one of them is not a valid id.
        """
        return {name: _id_of(request, name) for name in self._ids}

    async def carry_out(self, request: Request, body: BaseModel, **ids: UUID) -> BaseModel:
        """Call the function, and return its reply.

        Raises:
            Exception: it was refused.
        """
        return await self._act(request=request, body=body, **ids)


class CommandRoute(APIRoute):
    """A route for a function with the parameters request, ``body``, and ids from the address."""

    @cached_property
    def order(self) -> Order:
        """The parameters of its function."""
        return Order(self.endpoint)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that the framework calls for each request."""
        order = self.order

        async def answer(request: Request) -> Response:
            await no_number_in_address(request)
            try:
                ids = order.ids(request)
                body = order.body(request, await request.body())
            except (RequestValidationError, WireError):
                # A caller that is not a device gets this refusal first, and learns nothing about the request's
                # mistakes.
                await run_in_threadpool(need_device, request)
                raise
            reply = await order.carry_out(request, body, **ids)
            return Response(reply.model_dump_json(), media_type=JSON)

        return answer


def _read(model: type[BaseModel], request: Request, body: bytes) -> BaseModel:
    """The body as a message.

    Raises:
        RequestValidationError: it is not valid; the error names the places, but no values.
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
        RequestValidationError: it is not a valid id.
    """
    try:
        return UUID(request.path_params[name])
    except ValueError:
        raise RequestValidationError([{"loc": ("path", name), "type": "uuid_parsing"}]) from None
