"""What was ticked of a visitor's documents, as it is kept: codes, never numbers or contents."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from backend.documents import RuleSet
from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.storing.tables import checks
from backend.storage import Statement, UnitOfWork

_FIELDS = (
    checks.c.ticket_id,
    checks.c.version,
    checks.c.complete,
    checks.c.recipient,
    checks.c.applicant,
    checks.c.visitor,
    checks.c.papers,
    checks.c.facts,
)
_SET = (
    "rule_set",
    "fingerprint",
    "recipient",
    "applicant",
    "visitor",
    "papers",
    "facts",
    "complete",
    "checked_by",
    "changed_at",
)
# Parts of every tick, so compiled once.
_OF_TICKET = Statement(select(*_FIELDS).where(checks.c.ticket_id == bindparam("ticket")))
_BEGIN = Statement(insert(checks), ("ticket_id", "version", *_SET))
_GO_ON = Statement(
    update(checks).where(checks.c.ticket_id == bindparam("ticket")).values(version=checks.c.version + 1),
    _SET,
)


class KeptCheck:
    """A check as it is kept.

    Attributes:
        version: counts the changes; 0 before the first.
        complete: whether the papers were complete when it was last judged.
        ticks: what was ticked; None where nobody has checked yet.
    """

    def __init__(self, row: Any) -> None:
        self.version: int = 0 if row is None else row[1]
        self.complete: bool = row is not None and bool(row[2])
        self.ticks: Ticks | None = None if row is None else _ticks_of(row)


def check_of(connection: Connection, ticket: Ticket) -> KeptCheck:
    """The check of a ticket."""
    return KeptCheck(_OF_TICKET.first(connection, ticket=ticket.id))


def checked(connection: Connection, ticket_ids: Iterable[str]) -> Mapping[str, Ticks]:
    """What was ticked for several tickets, by ticket id; a ticket that nobody has checked is not in it."""
    rows = connection.execute(select(*_FIELDS).where(checks.c.ticket_id.in_(list(ticket_ids))))
    return {row.ticket_id: _ticks_of(row) for row in rows}


def save_check(
    work: UnitOfWork,
    ticket: Ticket,
    rule_set: RuleSet,
    ticks: Ticks,
    *,
    complete: bool,
    before: KeptCheck,
    by: str,
) -> None:
    """Write what was ticked, and by which rules it was judged.

    Args:
        work: the transaction.
        ticket: whose.
        rule_set: the rules of the day.
        ticks: what is ticked now.
        complete: what the rules say to it.
        before: the check as it was read in this transaction.
        by: account.
    """
    values = {
        "rule_set": rule_set.name,
        "fingerprint": rule_set.fingerprint,
        "recipient": ticks.recipient,
        "applicant": list(ticks.applicant),
        "visitor": list(ticks.visitor),
        "papers": list(ticks.papers),
        "facts": list(ticks.facts),
        "complete": complete,
        "checked_by": by,
        "changed_at": work.now,
    }
    if before.ticks is None:
        _BEGIN.run(work.connection, ticket_id=ticket.id, version=1, **values)
    else:
        _GO_ON.run(work.connection, ticket=ticket.id, **values)


def _ticks_of(row: Any) -> Ticks:
    recipient, applicant, visitor, papers, facts = row[3:8]
    return Ticks(recipient, tuple(applicant), tuple(visitor), tuple(papers), tuple(facts))
