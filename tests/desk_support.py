"""A counter for the pages of windows in a browser: who sits where, and how far each has come with a visitor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page

from backend.common.catalogue import Language
from backend.protection.roles import Role
from backend.reception.deciding.ticks import Ticks
from backend.web.desk.pages import LANGUAGE_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from tests.counter import actor_of
from tests.support import House

Enter = Callable[..., Page]
"""Opens the page of somebody who is signed in: their login, and what differs from the page of clerks in Japanese."""


class OpenPage(Protocol):
    """Opens a page of whoever has a token: the page's path, its language, and what differs in its window."""

    def __call__(self, token: str, path: str, language: Language, **more: object) -> Page:
        """Open it."""


class Desk:
    """A counter and its people: who sits where, and the token of each."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tokens: dict[str, str] = {}

    def sit(self, login: str, window: str, role: Role = Role.CLERK) -> "Seat":
        """Somebody at a window."""
        account, self.tokens[login], _ = self.house.signed_in(login, role)
        handler = actor_of(account)
        self.house.counter.take_window(uuid4(), handler, window)
        return Seat(self, handler)


class Seat:
    """Somebody at a window."""

    def __init__(self, desk: Desk, handler: object) -> None:
        self._at = desk.house.counter
        self._handler = handler

    def call(self) -> str:
        """Call whoever is next."""
        return str(self._at.call_next(uuid4(), self._handler)["ticket_id"])  # type: ignore[arg-type]

    def serve(self) -> str:
        """Call whoever is next and begin the check."""
        ticket_id = self.call()
        self._at.start(uuid4(), self._handler, ticket_id)  # type: ignore[arg-type]
        return ticket_id

    def hand_over(self) -> str:
        """See whoever is next through the check."""
        ticket_id = self.serve()
        ticks = Ticks("R1", ("A03", "B20"), (), ("notice",))
        self._at.tick(uuid4(), self._handler, ticket_id, ticks)  # type: ignore[arg-type]
        self._at.hand_over(uuid4(), self._handler, ticket_id)  # type: ignore[arg-type]
        return ticket_id


@contextmanager
def pages_of(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """Opens pages of somebody who is signed in, by their token, each in a window of its own; an error of a script fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(token: str, path: str, language: Language, **more: object) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 720}, **more})  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        cookies = {SESSION_COOKIE: token, LANGUAGE_COOKIE: language.value}
        context.add_cookies([{"name": name, "value": one, "url": address} for name, one in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
