"""The demonstration's page: both screens live, taps on them, notices to hold up, and the printed tickets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from backend.common import icon_font_of_pages, locate
from backend.common.design import TOKENS_CSS, stylesheet
from backend.demo.errors import DemoError
from backend.demo.hold_up import hold_up
from backend.demo.lens import Lens, Watched, jpeg
from backend.demo.visitors import Sample

Told = TypeVar("Told", bound=BaseModel)

TICKETS_SHOWN = 6
_FILES = {
    "": ("demo", "index.html"),
    "page.css": ("demo", "page.css"),
    "page.js": ("demo", "page.js"),
    "icon.svg": ("pages", "icon.svg"),
}
_ICONS = "icons.woff2"
_TICKET = re.compile(r"\d{3,9}\.png")
_SMALL = 300
_BODY_LIMIT = 1000
_MODES = ("ok", "paper_out")


@dataclass(frozen=True)
class DemoStage:
    """What the page shows and controls.

    Attributes:
        screens: the virtual screens by name; empty if the windows are on a real screen.
        samples: what can be held up to the camera.
        camera: folder of the virtual camera; None if the camera is real.
        printer: folder of the virtual printer; None if the printer is real.
        links: for the pages of clerk and staff, label, address and how to sign in.
    """

    screens: Mapping[str, Watched]
    samples: Sequence[Sample]
    camera: Path | None
    printer: Path | None
    links: Sequence[tuple[str, str, str]]


class Nothing(BaseModel):
    """The body of a command without arguments."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Tap(BaseModel):
    """Where a screen is touched, in its own pixels."""

    model_config = ConfigDict(extra="forbid", strict=True)

    x: int = Field(ge=0)
    y: int = Field(ge=0)


class PrinterBehaviour(BaseModel):
    """How the virtual printer behaves from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    mode: str


class Page:
    """The page's routes; everything that waits runs in threads of the server.

    Args:
        stage: what the page shows and controls.
    """

    def __init__(self, stage: DemoStage) -> None:
        self._stage = stage
        self._samples = {sample.name: sample for sample in stage.samples}
        self._lenses = {name: Lens(screen) for name, screen in stage.screens.items()}
        self._small: dict[str, tuple[int, bytes]] = {}

    def app(self) -> Starlette:
        """The application; it must be served behind a :class:`backend.demo.page_guard.Guard`."""
        return Starlette(
            routes=[
                Route("/state", self.state),
                Route("/screens/{name}.jpg", self.screen),
                Route("/screens/{name}/tap", self.tap, methods=["POST"]),
                Route("/samples/{name}.jpg", self.sample),
                Route("/samples/{name}/hold-up", self.hold_up, methods=["POST"]),
                Route("/tickets/{name}", self.ticket),
                Route("/printer", self.printer, methods=["POST"]),
                Route("/{name}", self.file),
                Route("/", self.file),
            ]
        )

    def file(self, request: Request) -> Response:
        """The page itself, its style sheets and its script."""
        name = request.path_params.get("name", "")
        if name == TOKENS_CSS:
            return Response(stylesheet(_ICONS), media_type="text/css")
        if name == _ICONS:
            return FileResponse(icon_font_of_pages())
        file = _FILES.get(name)
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(locate(*file))

    def state(self, _: Request) -> Response:
        """Everything that the page shows besides pictures."""
        stage = self._stage
        return JSONResponse(
            {
                "screens": [
                    {"name": name, "display": one.display, "width": one.size[0], "height": one.size[1]}
                    for name, one in stage.screens.items()
                ],
                "samples": [
                    {"name": one.name, "shows": one.shows, "printed": _changed(one.picture)}
                    for one in stage.samples
                ],
                "camera": stage.camera is not None,
                "tickets": self._tickets(),
                "printer": stage.printer is not None,
                "links": [
                    {"label": label, "href": href, "login": login} for label, href, login in stage.links
                ],
            }
        )

    def screen(self, request: Request) -> Response:
        """A picture of a screen, no wider than requested; status 204 if the page already has it."""
        lens = self._lens(request)
        try:
            frame, mark = lens.look()
        except DemoError:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE) from None
        if request.query_params.get("seen") == mark:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        asked = request.query_params.get("width", "")
        width = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else frame.width
        width = max(160, min(width, frame.width))
        return Response(jpeg(frame, width), media_type="image/jpeg", headers={"X-Mark": mark})

    async def tap(self, request: Request) -> Response:
        """Touch a screen."""
        lens = self._lens(request)
        told = await _body(request, Tap)
        try:
            await run_in_threadpool(lens.screen.tap, told.x, told.y)
        except ValueError:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "the place is not on the screen") from None
        except DemoError:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE) from None
        lens.forget()
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def sample(self, request: Request) -> Response:
        """A small picture of what can be held up."""
        sample = self._sample(request)
        printed = _changed(sample.picture)
        if printed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        kept = self._small.get(sample.name)
        if kept is None or kept[0] != printed:
            with Image.open(sample.picture) as picture:
                kept = (printed, jpeg(picture.convert("RGB"), _SMALL))
            self._small[sample.name] = kept
        return Response(kept[1], media_type="image/jpeg")

    async def hold_up(self, request: Request) -> Response:
        """Hold something up to the virtual camera."""
        sample = self._sample(request)
        camera = self._stage.camera
        await _body(request, Nothing)
        if camera is None:
            raise HTTPException(HTTPStatus.CONFLICT, "the camera is a real one: print the notice")
        try:
            await run_in_threadpool(hold_up, sample.picture, camera)
        except OSError:
            raise HTTPException(HTTPStatus.CONFLICT, "this picture is still being printed") from None
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def ticket(self, request: Request) -> Response:
        """A picture of a printed ticket."""
        name, folder = request.path_params["name"], self._stage.printer
        if folder is None or _TICKET.fullmatch(name) is None or not (folder / name).is_file():
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(folder / name)

    async def printer(self, request: Request) -> Response:
        """Take the paper out of the virtual printer, or put it back."""
        told = await _body(request, PrinterBehaviour)
        folder = self._stage.printer
        if folder is None or told.mode not in _MODES:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
        (folder / "mode").write_text(f"{told.mode}\n", "utf-8")
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _lens(self, request: Request) -> Lens:
        lens = self._lenses.get(request.path_params["name"])
        if lens is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return lens

    def _sample(self, request: Request) -> Sample:
        """One of the prepared samples, by name: a name from a request is never used as a path."""
        sample = self._samples.get(request.path_params["name"])
        if sample is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return sample

    def _tickets(self) -> list[str]:
        folder = self._stage.printer
        if folder is None:
            return []
        names = sorted(path.name for path in folder.glob("*.png") if _TICKET.fullmatch(path.name))
        return names[: -TICKETS_SHOWN - 1 : -1]


async def _body(request: Request, shape: type[Told]) -> Told:
    """The body of a command. Only JSON is accepted: pages of other sites cannot send that without permission (CORS).

    Raises:
        HTTPException: it is no JSON, is too long, or does not fit the shape.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _BODY_LIMIT:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        return shape.model_validate_json(content)
    except ValidationError:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from None


def _changed(path: Path) -> int | None:
    """A number that changes whenever the picture does; None if it is not there."""
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError:
        return None
