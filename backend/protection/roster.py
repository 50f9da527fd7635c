"""The roster of handlers (取扱者名簿): who is named to the ward as somebody who handles personal data, from when until when.

The duties of a handler are the roles of their account. A day is one in Tokyo: with the day after the last one the account
opens nothing, and with the day before the first one not yet. An account that stands on no line is bound to no days.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from backend.common import in_tokyo
from backend.protection import audit
from backend.protection.actor import Actor
from backend.protection.login_names import refuse_number
from backend.protection.tables import accounts, handlers
from backend.storage import UnitOfWork

LONGEST_HANDLER: Final = 80
"""Characters of a handler's name."""


class RosterError(ValueError):
    """A line of the roster that cannot be; nothing was written."""


@dataclass(frozen=True)
class Handler:
    """A line of the roster.

    Attributes:
        name: of the person, as it was reported to the ward.
        begins_on: the first day, in Tokyo.
        ends_on: the last day; none as long as it is not known.
    """

    name: str
    begins_on: date
    ends_on: date | None

    def __post_init__(self) -> None:
        """Refuse what is no line of a roster.

        Raises:
            RosterError: there is no name, it cannot be printed or is too long, or the last day comes before the first.
            NumberInNameError: the name holds a 12-digit number.
        """
        refuse_number(self.name)
        if not self.name.strip() or not self.name.isprintable() or len(self.name) > LONGEST_HANDLER:
            raise RosterError("name")
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise RosterError("days")


def is_in_time(begins_on: date | None, ends_on: date | None, now: datetime) -> bool:
    """Whether an aware moment is within the days of a line; without a line it always is."""
    today = in_tokyo(now).date()
    return (begins_on is None or begins_on <= today) and (ends_on is None or today <= ends_on)


def in_time(now: datetime) -> ColumnElement[bool]:
    """As ``is_in_time``, of the rows of a query that joins the roster to the accounts."""
    today = in_tokyo(now).date()
    return and_(
        or_(handlers.c.begins_on.is_(None), handlers.c.begins_on <= today),
        or_(handlers.c.ends_on.is_(None), handlers.c.ends_on >= today),
    )


def handler_of(connection: Connection, account_id: str) -> Handler | None:
    """The line of an account, or none."""
    query = select(handlers.c.name, handlers.c.begins_on, handlers.c.ends_on)
    row = connection.execute(query.where(handlers.c.account_id == account_id)).one_or_none()
    return None if row is None else Handler(row.name, row.begins_on, row.ends_on)


def enter_handler(work: UnitOfWork, account_id: str, handler: Handler, actor: Actor | str) -> None:
    """Enter or change the line of an account; sessions end with the next request where it is not their day."""
    values = {"name": handler.name, "begins_on": handler.begins_on, "ends_on": handler.ends_on}
    of_account = accounts.c.id == account_id
    work.connection.execute(select(accounts.c.id).where(of_account).with_for_update())
    before = handler_of(work.connection, account_id)
    if before == handler:
        return
    until = handler.ends_on.isoformat() if handler.ends_on else ""
    facts = {"from": handler.begins_on.isoformat(), "to": until}
    if before is None:
        work.connection.execute(insert(handlers).values(account_id=account_id, **values))
        audit.record_audit(work, actor, "handler_entered", account_id, facts, about=audit.ObjectKind.ACCOUNT)
        return
    work.connection.execute(update(handlers).where(handlers.c.account_id == account_id).values(**values))
    audit.record_audit(work, actor, "handler_changed", account_id, facts, about=audit.ObjectKind.ACCOUNT)
