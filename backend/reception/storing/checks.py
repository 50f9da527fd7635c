"""What was ticked of a visitor's documents, as it is kept: codes, never numbers or contents."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, text, update

from backend.documents import RuleSet
from backend.reception.deciding.ticks import Ticks
from backend.reception.storing.tables import cases, checks
from backend.storage import Statement, UnitOfWork

_FIELDS = (
    checks.c.case_id,
    checks.c.version,
    checks.c.complete,
    checks.c.recipient,
    checks.c.applicant,
    checks.c.visitor,
    checks.c.papers,
    checks.c.facts,
    checks.c.apart,
)
_SET = (
    "rule_set",
    "fingerprint",
    "recipient",
    "applicant",
    "visitor",
    "papers",
    "facts",
    "apart",
    "complete",
    "checked_by",
    "changed_at",
)
# Parts of every tick, so compiled once.
_OF_CASE = Statement(select(*_FIELDS).where(checks.c.case_id == bindparam("of")))
_OF_TICKET = Statement(
    select(*_FIELDS)
    .select_from(checks.join(cases, cases.c.id == checks.c.case_id))
    .where(cases.c.ticket_id == bindparam("ticket"))
)
_OF_CASE_WHOLE = Statement(
    select(checks.c.version, *(checks.c[name] for name in _SET)).where(checks.c.case_id == bindparam("of"))
)
_BEGIN = Statement(insert(checks), ("case_id", "version", *_SET))
_GO_ON = Statement(
    update(checks).where(checks.c.case_id == bindparam("of")).values(version=checks.c.version + 1),
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


NO_CHECK: Final = KeptCheck(None)
"""Of a card that nobody has checked yet."""


def check_of(connection: Connection, case_id: str) -> KeptCheck:
    """The check of a case: of one card of a visit."""
    return KeptCheck(_OF_CASE.first(connection, of=case_id))


def checks_of(connection: Connection, ticket_id: str) -> Mapping[str, KeptCheck]:
    """The checks of every case of a ticket, by case; a case that nobody has checked is not in it."""
    return {row[0]: KeptCheck(row) for row in _OF_TICKET.rows(connection, ticket=ticket_id)}


def checked(connection: Connection, ticket_ids: Iterable[str]) -> Mapping[str, Mapping[str, Ticks]]:
    """What was ticked for several tickets, by ticket id and case id; what nobody has checked is not in it.

    A case that ended for missing papers and was opened again is told once, as it stands now.
    """
    rows = connection.execute(
        select(cases.c.ticket_id, cases.c.place, *_FIELDS)
        .select_from(checks.join(cases, cases.c.id == checks.c.case_id))
        .where(cases.c.ticket_id.in_(list(ticket_ids)))
        .order_by(cases.c.opened_at, text("cases.state <> 'incomplete'"))
    )
    latest = {(row[0], row[1]): row[2:] for row in rows}
    found: dict[str, dict[str, Ticks]] = {}
    for (ticket_id, _), row in sorted(latest.items(), key=lambda one: one[0]):
        found.setdefault(ticket_id, {})[row[0]] = _ticks_of(row)
    return found


def carry_check(work: UnitOfWork, from_case: str, to_case: str) -> None:
    """What was ticked for a case holds for the one that takes its place."""
    kept = _OF_CASE_WHOLE.first(work.connection, of=from_case)
    if kept is not None:
        values = dict(zip(_SET, kept[1:], strict=True))
        _BEGIN.run(work.connection, case_id=to_case, version=kept[0], **values)


def save_check(
    work: UnitOfWork,
    case_id: str,
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
        case_id: of which card of a visit.
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
        "apart": ticks.apart,
        "complete": complete,
        "checked_by": by,
        "changed_at": work.now,
    }
    if before.ticks is None:
        _BEGIN.run(work.connection, case_id=case_id, version=1, **values)
    else:
        _GO_ON.run(work.connection, of=case_id, **values)


def _ticks_of(row: Any) -> Ticks:
    recipient, applicant, visitor, papers, facts, apart = row[3:9]
    return Ticks(recipient, tuple(applicant), tuple(visitor), tuple(papers), tuple(facts), apart=bool(apart))
