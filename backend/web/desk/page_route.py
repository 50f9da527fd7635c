"""Routes of pages: they run in threads of their own, and errors are answered by texts, or by codes for a program."""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import iscoroutinefunction, signature
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from backend.web.desk.error_answers import answer_trouble
from backend.web.desk.work_page import read_post
from backend.web.http.number_guard import no_number_in_address
from backend.web.http.page_threads import Threads, run_in


class PageRoute(APIRoute):
    """A route that runs in the threads for pages, and whose errors are answered by pages."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _in_page_thread(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What the framework calls for each request, with errors turned into answers.

        What the framework itself does around a function takes longer than most commands (adr/0023), so the request, the
        form that it carries and the parts of its address are handed over here.
        """
        act, taken = self.endpoint, frozenset(signature(self.endpoint).parameters)

        async def handle(request: Request) -> Response:
            await no_number_in_address(request)
            given: dict[str, Any] = {
                name: value for name, value in request.path_params.items() if name in taken
            }
            if "request" in taken:
                given["request"] = request
            if "post" in taken:
                given["post"] = await read_post(request)
            response: Response = await act(**given)
            return response

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (HTTPException, ClientDisconnect):
                raise
            except Exception as error:  # noqa: BLE001 - a person gets a text for every error
                return await run_in(Threads.PAGES, answer_trouble, request, error)

        return answer


def _in_page_thread(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Make a plain function run in a thread for pages; the framework would use a thread meant for devices."""
    if iscoroutinefunction(endpoint):
        return endpoint

    @wraps(endpoint)
    async def in_thread(**values: Any) -> Any:
        return await run_in(Threads.PAGES, endpoint, **values)

    return in_thread
