"""The pages of the roster of handlers and their accounts, as whoever keeps them sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypedDict

from backend.common import in_tokyo
from backend.protection import (
    LONGEST_HANDLER,
    KnownAccount,
    Permission,
    Role,
    Session,
    known_accounts,
    may_give,
    roles_by_office,
)
from backend.storage import Connection
from backend.web.desk.page_words import date_words, moment_words
from backend.web.desk.pages import Asked
from backend.web.desk.seat_view import name_in
from backend.web.http.errors import WireError
from backend.wire import ErrorCode

LONGEST_LOGIN: Final = 64
TYPED: Final = ("handler", "login", "begins", "ends", "office")
"""Fields whose values come back to whoever was refused."""


@dataclass(frozen=True)
class RosterRow:
    """An account in words.

    Attributes:
        known: what is kept of it.
        handler: the name in the roster; empty for whoever may not read it, and where there is no line.
        days: from when until when, in words.
        state: key of what holds now.
        duties: what they are, at which office.
        used: when somebody last signed in, in words.
    """

    known: KnownAccount
    handler: str
    days: str
    state: str
    duties: Sequence[str]
    used: str


class RosterContext(TypedDict):
    """Everything that both pages show.

    Attributes:
        rows: every account, or the one that the page is about.
        one: whether it is the page of one.
        keeps: whether the reader keeps the roster; else they may only let somebody try again at once.
        offices: id and name of each office.
        roles: what somebody may be given here, as code and word.
        held: the codes of what the one is, by office.
        link: the address of a one-time link that was just made, shown this once.
        link_until: until when it is open, in words.
        typed: what was typed and refused, so that nothing is lost.
    """

    login: str
    csrf: str
    several_offices: bool
    rows: Sequence[RosterRow]
    one: bool
    keeps: bool
    offices: Sequence[tuple[str, str]]
    roles: Sequence[tuple[str, str]]
    held: Mapping[str, Sequence[str]]
    link: str
    link_until: str
    typed: Mapping[str, str]
    longest_name: int
    longest_handler: int
    today: date


def roster_context(
    asked: Asked,
    session: Session,
    account_id: str | None = None,
    *,
    link: str = "",
    typed: Mapping[str, str] | None = None,
) -> RosterContext:
    """What the page of all shows, or that of one.

    Raises:
        WireError: there is no such account.
        StorageError: the database cannot be read.
    """
    keeps = Permission.KEEP_ROSTER in session.permissions
    with asked.graph.database.read() as connection:
        found = known_accounts(connection, account_id)
        if account_id is not None and not found:
            raise WireError(ErrorCode.NOT_FOUND)
        rows = [_row(connection, asked, known, keeps=keeps) for known in found]
        held = roles_by_office(connection, account_id) if account_id is not None else {}
    until = found[0].link_until if link else None
    return {
        "login": session.account.login,
        "csrf": session.csrf,
        "several_offices": session.several,
        "rows": rows,
        "one": account_id is not None,
        "keeps": keeps,
        "offices": [(office.id, name_in(office, asked.language)) for office in asked.graph.directory],
        "roles": [(role.value, asked.texts.text(f"role.{role}")) for role in Role if may_give(role)],
        "held": {office_id: sorted(roles) for office_id, roles in held.items()},
        "link": link,
        "link_until": moment_words(until, asked.texts) if until is not None else "",
        "typed": {**dict.fromkeys(TYPED, ""), **(typed or {})},
        "longest_name": LONGEST_LOGIN,
        "longest_handler": LONGEST_HANDLER,
        "today": in_tokyo(asked.now).date(),
    }


def _row(connection: Connection, asked: Asked, known: KnownAccount, *, keeps: bool) -> RosterRow:
    texts = asked.texts
    duties = []
    for office_id, roles in sorted(roles_by_office(connection, known.id).items()):
        office = asked.graph.directory.get(office_id)
        name = office_id if office is None else name_in(office, asked.language)
        words = texts.text("common.comma").join(texts.text(f"role.{role}") for role in sorted(roles))
        duties.append(texts.text("roster.duty", office=name, roles=words))
    begins = date_words(known.begins_on, texts) if known.begins_on else ""
    ends = date_words(known.ends_on, texts) if known.ends_on else ""
    days = texts.text("roster.days", begins=begins, ends=ends) if begins else ""
    used = moment_words(known.used_at, texts) if known.used_at else texts.text("roster.never")
    return RosterRow(known, known.handler if keeps else "", days, _state(known, asked), duties, used)


def _state(known: KnownAccount, asked: Asked) -> str:
    today = in_tokyo(asked.now).date()
    if known.disabled:
        return "roster.disabled"
    if known.ends_on is not None and known.ends_on < today:
        return "roster.ended"
    if known.begins_on is not None and today < known.begins_on:
        return "roster.not_yet"
    if not known.has_password:
        waits = known.link_until is not None and known.link_until > asked.now
        return "roster.waits" if waits else "roster.link_gone"
    return "roster.open"
