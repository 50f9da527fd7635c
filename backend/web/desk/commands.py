"""Carries out the buttons of pages: one form, one command, one answer in the form that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.offices import Office
from backend.protection import Permission, Session
from backend.reception import Handler
from backend.web.desk.banner import Banner
from backend.web.desk.pages import Asked, fragment, page, send_on
from backend.web.desk.people import check_csrf, need_session
from backend.web.graph import Graph, graph_of
from backend.web.http.errors import KNOWN, STATUS, WireError, reply_for
from backend.web.http.forms import Form, Purpose, note_purpose, read_form, wants_fragment, wants_json
from backend.wire import ErrorCode, WindowKind

Context = Callable[[Asked, Session], Mapping[str, Any]]
Act = Callable[[UUID, Handler], Mapping[str, Any] | None]

_OK = 200


@dataclass(frozen=True)
class Post:
    """A form that was sent."""

    request: Request
    form: Form

    @property
    def graph(self) -> Graph:
        """The graph of the application."""
        return graph_of(self.request)


async def read_post(request: Request) -> Post:
    """Read a form; who sent it is checked later, in a worker thread."""
    return Post(request, await read_form(request))


Posted = Annotated[Post, Depends(read_post)]


@dataclass(frozen=True)
class WorkPage:
    """The page of one kind of work, and how its commands are answered.

    Attributes:
        needed: the permission to use it.
        home: its address, to which forms lead back.
        template: the template of the whole page.
        panel: the template of the part that changes.
        context: builds the values for both templates.
    """

    needed: Permission
    home: str
    template: str
    panel: str
    context: Context

    def show(self, request: Request) -> Response:
        """The page."""
        asked = Asked(request, graph_of(request))
        session = need_session(request, asked.graph, self.needed)
        return page(asked, self.template, self.context(asked, session))

    def refresh(self, request: Request) -> Response:
        """The part that changes, for the page's script; such a request does not count as use of the session."""
        asked = Asked(request, graph_of(request))
        session = need_session(request, asked.graph, self.needed, touch=False)
        return fragment(asked, self.panel, self.context(asked, session))

    def look(self, post: Post, context: Context) -> Response:
        """Answer a form that changes nothing, and is a form only to keep its fields out of the address.

        Raises:
            WireError, ReceptionError: as ``context`` raises; or nobody is signed in, or it is not a form of ours.
        """
        note_purpose(post.request, Purpose.READING)
        asked = Asked(post.request, post.graph)
        session = need_session(post.request, post.graph, self.needed)
        check_csrf(post.request, post.form, session)
        shown = context(asked, session)
        if wants_fragment(post.request):
            return fragment(asked, self.panel, shown)
        return page(asked, self.template, shown)

    def carry_out(self, post: Post, act: Act, *, tell: str | None = None) -> Response:
        """Carry out a command and answer it.

        A program gets JSON, the page's script the changed part of the page; a browser without scripts is redirected
        to the page. A refusal becomes a line at the top of the page.

        Args:
            post: the form, with ``request_id`` and ``csrf``.
            act: the command.
            tell: key of the line that says it was done; None if the page shows it anyway.

        Raises:
            WireError: nobody is signed in, the permission is missing, or it is not a form of ours.
        """
        asked = Asked(post.request, post.graph)
        session = need_session(post.request, post.graph, self.needed)
        check_csrf(post.request, post.form, session)
        banner: Banner | None = None
        status = _OK
        try:
            reply = act(post.form.request_id(), Handler(session.account.id, session.office_id)) or {}
        except KNOWN as error:
            if wants_json(post.request):
                raise
            refusal = reply_for(post.request, error)
            banner, status = Banner.of_error(refusal), STATUS[refusal.code]
        else:
            note_purpose(post.request, Purpose.READING)  # the command is done, even if drawing the page fails
            if wants_json(post.request):
                return JSONResponse(dict(reply))
            if tell is not None:
                banner = Banner.done(tell, reply.get("number"))
        if wants_fragment(post.request):
            return fragment(asked, self.panel, self.context(asked, session), banner=banner, status=status)
        return send_on(asked, self.home, banner)


def ticket_of(text: str) -> str:
    """A ticket id from an address.

    Raises:
        WireError: it is no ticket id.
    """
    try:
        return UUID(text).hex
    except ValueError:
        raise WireError(ErrorCode.NOT_FOUND) from None


def window_of(graph: Graph, handler: Handler, label: str, kind: WindowKind) -> str:
    """A window label of the handler's office.

    Raises:
        WireError: there is no such window, or it is of the other kind.
    """
    office: Office | None = graph.directory.get(handler.office_id)
    window = office.window(label) if office else None
    if window is None or window.kind is not kind:
        raise WireError(ErrorCode.WINDOW_UNKNOWN)
    return label
