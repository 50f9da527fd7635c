"""A counter for the pages of windows in a browser: who sits where, and how far each has come with a visitor."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page

from backend.protection.roles import Role
from backend.reception.deciding.ticks import Ticks
from tests.counter import actor_of
from tests.support import House

Enter = Callable[..., Page]
"""Opens the page of somebody who is signed in: their login, and what differs from the page of clerks in Japanese."""


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
