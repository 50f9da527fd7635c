"""Carries out the buttons of pages: one form, one command, one answer in the form that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.commands import Command
from backend.protection import Actor, Permission, Session, touch_session
from backend.reception import TicketReply, latest_of, parties_of
from backend.storage import Connection
from backend.web.desk.banner import Banner
from backend.web.desk.pages import Asked, fragment, lead_on, page, send_on
from backend.web.desk.people import check_csrf, need_at_work, need_session, session_in
from backend.web.graph import Graph, graph_of
from backend.web.http.errors import KNOWN, STATUS, WireError, reply_for
from backend.web.http.forms import Form, Purpose, note_purpose, read_form, wants_fragment, wants_json
from backend.web.http.page_threads import Threads, run_in
from backend.wire import ErrorCode

Context = Callable[[Asked, Session], Mapping[str, object]]

_OK = 200


@dataclass(frozen=True)
class LeadOn:
    """The page that goes on with a visitor.

    Attributes:
        home: its address.
        tell: key of the line that says there what was done.
    """

    home: str
    tell: str


Leads = Callable[[Asked, Session, TicketReply], LeadOn | None]
Shows = Callable[[Asked, Session, TicketReply], tuple[str, Mapping[str, object]]]
"""A template of a whole page, and what it shows; the part of it that changes shows the same."""


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

    async def carry_out(
        self,
        post: Post,
        make: Callable[[], Command[TicketReply]],
        *,
        tell: str | None = None,
        of_card: bool = False,
        leads: Leads | None = None,
        shows: Shows | None = None,
        home: str | None = None,
    ) -> Response:
        """Carry out a command and answer it. No thread waits for the commit.

        A program gets JSON, the page's script the changed part of the page; a browser without scripts is redirected
        to the page. A refusal becomes a line at the top of the page.

        Args:
            post: the form, with ``request_id`` and ``csrf``.
            make: makes the command of the form; what it refuses is told like a refusal of the command itself.
            tell: key of the line that says it was done; none where the page shows it anyway.
            of_card: whether it is about the card that the form names: where a number is for several, the line names it.
            shows: what the page shows after the command, where that is more than the page itself.
            leads: after the command, whether another page goes on with the visitor.
            home: where a browser without scripts is led; the page's own address by default.

        Raises:
            WireError: nobody is signed in, the permission is missing, or it is not a form of ours.
        """
        who = _Sender(post, self.needed)
        refused: Banner | None = None
        told: TicketReply | None = None
        status = _OK
        try:
            reply = await self._run(post, make, who)
        except KNOWN as error:
            if wants_json(post.request) or who.session is None:
                raise
            refusal = await run_in(Threads.PAGES, reply_for, post.request, error)
            refused, status = Banner.of_error(refusal), STATUS[refusal.code]
        else:
            note_purpose(post.request, Purpose.READING)  # the command is done, even if drawing the page fails
            if wants_json(post.request):
                return JSONResponse(reply.as_body())
            told = reply
        asked = Asked(post.request, post.graph, told.judged if told else None)

        def answer() -> Response:
            if told is None:
                return self._answer(asked, who.session, refused, status, home or self.home)
            place = _place_of(asked, told, post.form.one("case_id")) if of_card else None
            after = leads(asked, who.session, told) if leads and who.session else None
            if after is not None:
                return lead_on(asked, after.home, Banner.done(after.tell, told.number))
            if shows is not None and who.session is not None:
                template, shown = shows(asked, who.session, told)
                if wants_fragment(asked.request):
                    return fragment(asked, self.panel, shown)
                return page(asked, template, shown)
            done = None if tell is None else Banner.done(tell, told.number, place)
            return self._answer(asked, who.session, done, status, home or self.home)

        return await run_in(Threads.PAGES, answer)

    async def _run(self, post: Post, make: Callable[[], Command[TicketReply]], who: "_Sender") -> TicketReply:
        runner = post.graph.runner
        try:
            request_id, command = post.form.request_id(), make()
        except KNOWN:
            # Whoever is not signed in, or sends a form that is not ours, learns that first.
            await run_in(Threads.PAGES, who.look)
            raise
        return await runner.run_soon(request_id, command, who)

    def _answer(
        self, asked: Asked, session: Session | None, banner: Banner | None, status: int, home: str
    ) -> Response:
        if session is not None and wants_fragment(asked.request):
            return fragment(asked, self.panel, self.context(asked, session), banner=banner, status=status)
        return send_on(asked, home, banner)


def _place_of(asked: Asked, reply: TicketReply, case_id: str) -> int | None:
    """Which card of several a command was about; None where the number is for one alone."""
    if not case_id or reply.ticket_id is None:
        return None
    with asked.graph.database.read() as connection:
        party = latest_of(parties_of(connection, [reply.ticket_id]).get(reply.ticket_id, ()))
    return next((case.place for case in party if case.case_id == case_id), None) if len(party) > 1 else None


class _Sender:
    """Who sent a form, found out in the transaction of its command.

    Args:
        post: the form.
        needed: what they must be permitted.
    """

    def __init__(self, post: Post, needed: Permission) -> None:
        self._post = post
        self._needed = needed
        self.session: Session | None = None
        """Whose it is, once that is known."""

    def __call__(self, connection: Connection, now: datetime) -> Actor:
        """Who it is, at an aware moment; they have used their session.

        Raises:
            WireError: nobody is signed in, somebody who may not, or not a form of ours.
        """
        found = session_in(self._post.request, self._post.graph, connection, now)
        session = need_at_work(found, self._post.graph, self._needed)
        check_csrf(self._post.request, self._post.form, session)
        touch_session(connection, session, now)
        self.session = session
        return session.actor

    def look(self) -> None:
        """As a call, in a transaction of its own.

        Raises:
            WireError: as a call.
        """
        with self._post.graph.database.write() as work:
            self(work.connection, work.now)


def ticket_of(text: str) -> str:
    """A ticket id from an address.

    Raises:
        WireError: it is no ticket id.
    """
    try:
        return UUID(text).hex
    except ValueError:
        raise WireError(ErrorCode.NOT_FOUND) from None
