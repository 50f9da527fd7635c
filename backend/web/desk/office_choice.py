"""Where somebody works today (拠点): the offices to choose from, and going to one of them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypedDict
from uuid import uuid4

from backend.commands import NotPermittedError
from backend.common import Language
from backend.offices import Office
from backend.protection import NotTheirOfficeError, Session, choose_office, offices_of
from backend.reception import LeaveWindow, ReceptionError
from backend.web.desk.pages import Asked
from backend.web.desk.people import is_at_work, landing_of
from backend.web.desk.seat_view import name_in
from backend.web.graph import Graph
from backend.web.http.errors import WireError
from backend.wire import ErrorCode

_KEYS = "1234567890"


@dataclass(frozen=True)
class Choice:
    """An office that may be chosen.

    Attributes:
        id: of the office.
        name: in the language of the page.
        key: the digit that chooses it, or nothing: there are ten of them.
        here: whether it is the office of this work now.
    """

    id: str
    name: str
    key: str
    here: bool


@dataclass(frozen=True)
class Arrival:
    """Somebody who has just signed in.

    Attributes:
        session: at an office, or not yet.
        offered: the offices to choose from.
        refused: why they are at none, or nothing.
    """

    session: Session
    offered: tuple[Office, ...]
    refused: WireError | ReceptionError | None = None


def offered_to(graph: Graph, session: Session) -> tuple[Office, ...]:
    """The offices at which somebody works and that the file of offices has; where they worked last is first."""
    with graph.database.read() as connection:
        theirs = offices_of(connection, session.account.id)
    found = (graph.directory.get(office_id) for office_id in theirs)
    return tuple(office for office in found if office is not None)


def arrive(graph: Graph, session: Session, wanted: str) -> Arrival:
    """Go to the office that is wanted, or to the only one that there is; otherwise it is still to be chosen.

    Raises:
        StorageError: the database cannot be read or written.
    """
    offered = offered_to(graph, session)
    only = offered[0].id if len(offered) == 1 else ""
    if not (wanted or only):
        return Arrival(session, offered, WireError(ErrorCode.OFFICE_NEEDED))
    try:
        return Arrival(go_to(graph, session, wanted or only), offered)
    except (WireError, ReceptionError) as error:
        return Arrival(session, offered, error)


def go_to(graph: Graph, session: Session, office_id: str) -> Session:
    """Work at an office from now on. A window at another office is left first.

    Raises:
        WireError: not one of theirs, or they were signed out meanwhile.
        ReceptionError: a visitor is at the window that would be left.
        StorageError: the database cannot be read or written.
    """
    if office_id not in {office.id for office in offered_to(graph, session)}:
        raise WireError(ErrorCode.OFFICE_UNKNOWN)
    account_id = session.account.id
    with graph.database.read() as connection:
        seat = graph.desk.seat_of(connection, account_id)
    if seat is not None and seat.office_id != office_id:
        # A command of its own: a choice that is sent again later must not find this one done.
        # Who sits at windows no more leaves theirs to whoever comes next.
        with suppress(NotPermittedError):
            graph.runner.run(uuid4(), LeaveWindow(), session.actor_anywhere)
    try:
        with graph.database.write() as work:
            chosen = choose_office(work, session, office_id)
    except NotTheirOfficeError:
        raise WireError(ErrorCode.OFFICE_UNKNOWN) from None
    if chosen is None:
        raise WireError(ErrorCode.NOT_SIGNED_IN)
    return chosen


def names_of(offered: tuple[Office, ...], language: Language) -> list[Mapping[str, str]]:
    """The offices to choose from, for a program."""
    return [{"office_id": office.id, "name": name_in(office, language)} for office in offered]


class OfficeContext(TypedDict):
    """What the page of the choice shows; ``back`` leads to one's work, empty as long as there is none."""

    login: str
    csrf: str
    choices: Sequence[Choice]
    back: str


def choice_context(asked: Asked, session: Session) -> OfficeContext:
    """What the page of the choice shows.

    Raises:
        StorageError: the database cannot be read.
    """
    offered = offered_to(asked.graph, session)
    keys = (*_KEYS, *[""] * len(offered))
    return {
        "login": session.account.login,
        "csrf": session.csrf,
        "choices": [
            Choice(office.id, name_in(office, asked.language), key, here=office.id == session.chosen)
            for office, key in zip(offered, keys, strict=False)
        ],
        "back": landing_of(session.permissions) if is_at_work(session, asked.graph) else "",
    }
