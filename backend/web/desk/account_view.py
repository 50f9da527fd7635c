"""One's own account: what somebody is, at which office."""

from collections.abc import Sequence
from typing import TypedDict

from backend.protection import Session, roles_by_office
from backend.web.desk.pages import Asked
from backend.web.desk.people import work_of
from backend.web.desk.seat_view import name_in


class AccountContext(TypedDict):
    """Everything that the page shows.

    Attributes:
        offices: the name of each office at which they work, with what they are there, in words.
        office_id: of this work; empty as long as none is chosen.
        several_offices: whether another one may be chosen.
        work: the page of their work, or nothing where there is none for what they are.
    """

    login: str
    csrf: str
    offices: Sequence[tuple[str, str, Sequence[str]]]
    office_id: str
    several_offices: bool
    work: str


def account_context(asked: Asked, session: Session) -> AccountContext:
    """What the page shows.

    Raises:
        StorageError: the database cannot be read.
    """
    with asked.graph.database.read() as connection:
        held = roles_by_office(connection, session.account.id)
    offices = [
        (office_id, _name_of(asked, office_id), [asked.texts.text(f"role.{role}") for role in sorted(roles)])
        for office_id, roles in sorted(held.items())
    ]
    return {
        "login": session.account.login,
        "csrf": session.csrf,
        "offices": offices,
        "office_id": session.chosen or "",
        "several_offices": session.several,
        "work": work_of(session.permissions) if session.chosen else "",
    }


def _name_of(asked: Asked, office_id: str) -> str:
    """The name of an office; its id where the file of offices does not have it any more."""
    office = asked.graph.directory.get(office_id)
    return office_id if office is None else name_in(office, asked.language)
