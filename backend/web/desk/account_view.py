"""One's own account: what somebody is, at which office."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from backend.protection import SHORTEST, Permission, Session, living_sessions, roles_by_office
from backend.web.desk.page_words import moment_words
from backend.web.desk.pages import Asked
from backend.web.desk.people import spans, work_of
from backend.web.desk.seat_view import name_in
from backend.web.http.door import LONGEST_TYPED_PASSWORD


class OwnSessionRow(NamedTuple):
    """A session in words: where its work is, since when, and when it was used last.

    Attributes:
        office: the name of the office; empty as long as none is chosen.
        began: when somebody signed in.
        seen: when it was used last.
        this: whether it is the one that asks.
    """

    office: str
    began: str
    seen: str
    this: bool


class AccountContext(TypedDict):
    """Everything that the page shows.

    Attributes:
        offices: the name of each office at which they work, with what they are there, in words.
        office_id: of this work; empty as long as none is chosen.
        several_offices: whether another one may be chosen.
        may_keep: whether they look after other accounts.
        sessions: where they are signed in.
        work: the page of their work, or nothing where there is none for what they are.
    """

    login: str
    csrf: str
    offices: Sequence[tuple[str, str, Sequence[str]]]
    office_id: str
    several_offices: bool
    work: str
    sessions: Sequence[OwnSessionRow]
    may_keep: bool
    shortest: int
    longest_password: int


def account_context(asked: Asked, session: Session) -> AccountContext:
    """What the page shows.

    Raises:
        StorageError: the database cannot be read.
    """
    with asked.graph.database.read() as connection:
        held = roles_by_office(connection, session.account.id)
        mine = living_sessions(connection, session, asked.now, **spans(asked.graph.settings))
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
        "may_keep": bool(session.chosen) and Permission.UNLOCK_ACCOUNTS in session.permissions,
        "shortest": SHORTEST,
        "longest_password": LONGEST_TYPED_PASSWORD,
        "sessions": [
            OwnSessionRow(
                _name_of(asked, one.office_id) if one.office_id else "",
                moment_words(one.began_at, asked.texts),
                moment_words(one.seen_at, asked.texts),
                one.this,
            )
            for one in mine
        ],
        "work": work_of(session.permissions) if session.chosen else "",
    }


def _name_of(asked: Asked, office_id: str) -> str:
    """The name of an office; its id where the file of offices does not have it any more."""
    office = asked.graph.directory.get(office_id)
    return office_id if office is None else name_in(office, asked.language)
