"""A counter for tests of the windows' pages in a browser: people at windows, and their work with visitors."""

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

LONGEST = (Language.EASY_JAPANESE, Language.ENGLISH, Language.KOREAN)
"""The languages with the longest texts in each way to break lines; Japanese and Chinese are shorter than やさしい日本語."""
Enter = Callable[..., Page]
"""Opens a page for somebody: takes their login, and what differs from a clerk's page in Japanese."""


class OpenPage(Protocol):
    """Opens a page with a session token: takes the page's path, its language, and options of the browser window."""

    def __call__(self, token: str, path: str, language: Language, **more: object) -> Page:
        """Open it."""


class Desk:
    """A counter with the people who sit at its windows, and the session token of each."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tokens: dict[str, str] = {}

    def sit(self, login: str, window: str, role: Role = Role.CLERK) -> "Seat":
        """Add a person who sits at a window."""
        account, self.tokens[login], _ = self.house.signed_in(login, role)
        handler = actor_of(account)
        self.house.counter.take_window(uuid4(), handler, window)
        return Seat(self, handler)


class Seat:
    """A person who sits at a window."""

    def __init__(self, desk: Desk, handler: object) -> None:
        self._at = desk.house.counter
        self._handler = handler

    def call(self) -> str:
        """Call the next visitor; returns the ticket's id."""
        return str(self._at.call_next(uuid4(), self._handler)["ticket_id"])  # type: ignore[arg-type]

    def serve(self) -> str:
        """Call the next visitor and begin the check; returns the ticket's id."""
        ticket_id = self.call()
        self._at.start(uuid4(), self._handler, ticket_id)  # type: ignore[arg-type]
        return ticket_id

    def hand_over(self) -> str:
        """Call the next visitor, complete the check and hand over; returns the ticket's id."""
        ticket_id = self.serve()
        ticks = Ticks("R1", ("A03", "B20"), (), ("notice",))
        self._at.tick(uuid4(), self._handler, ticket_id, ticks)  # type: ignore[arg-type]
        self._at.hand_over(uuid4(), self._handler, ticket_id)  # type: ignore[arg-type]
        return ticket_id


@contextmanager
def pages_of(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """A function that opens pages by a session token, each in its own window; an error of a script fails the test."""
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
