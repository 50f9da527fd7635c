"""What the day's numbers were: each card of each number with the times of its steps and what became of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, exists, func, or_, select

from backend.reception.deciding.case import CaseState
from backend.reception.storing.tables import cases, checks, ticket_steps, tickets
from backend.wire import EventKind

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class KeptStep:
    """A change of a number's state.

    Attributes:
        event: what happened.
        at: when, aware, UTC.
        window: at which window.
        case_id: to which card, where it was about one of several.
    """

    event: str
    at: datetime
    window: str | None
    case_id: str | None


@dataclass(frozen=True)
class VisitRecord:
    """One card of a number; the latest case of each, so that one that came back counts once. Nothing personal.

    Attributes:
        case_id: its case.
        ticket_id: the number's id.
        office_id: where.
        day: the business day.
        label: 受付番号.
        place: which card of the party, from 1.
        kind: what it is about.
        card_id: whose card, where that is known.
        reservation_id: under which booking, where there was one.
        admitted: how it was received, a code.
        state: what became of it.
        reason: why it ended as it did, a code.
        recipient: the recipient type by which its papers were checked.
        received_at: when its number was given, or it joined, aware, UTC.
        ended_at: when it ended.
        steps: of its number, in their order.
    """

    case_id: str
    ticket_id: str
    office_id: str
    day: date
    label: str
    place: int
    kind: str
    card_id: str | None
    reservation_id: str | None
    admitted: str | None
    state: CaseState
    reason: str | None
    recipient: str | None
    received_at: datetime
    ended_at: datetime | None
    steps: Sequence[KeptStep]

    def first(self, *events: EventKind) -> KeptStep | None:
        """The first step of these kinds that was about this card."""
        return next((step for step in self.steps if self._mine(step, events)), None)

    def last(self, *events: EventKind) -> KeptStep | None:
        """The last step of these kinds that was about this card."""
        return next((step for step in reversed(self.steps) if self._mine(step, events)), None)

    def count(self, *events: EventKind) -> int:
        """How many steps of these kinds there were."""
        return sum(self._mine(step, events) for step in self.steps)

    def _mine(self, step: KeptStep, events: Sequence[EventKind]) -> bool:
        return step.event in events and step.case_id in {None, self.case_id}


def visits_between(
    connection: Connection,
    first: date | None,
    last: date | None,
    office_id: str | None = None,
    changed_since: datetime | None = None,
    label: str | None = None,
) -> list[str]:
    """Ids of the latest case of each card of each number of a period, by day, office, time and place.

    Args:
        connection: a transaction that may read.
        first: the first business day; from the beginning on by default.
        last: the last one.
        office_id: of one office; all of them by default.
        changed_since: only those of whose number something happened since, aware.
        label: only those of the numbers that are written so.
    """
    later = cases.alias("later")
    is_latest = ~exists().where(
        later.c.ticket_id == cases.c.ticket_id,
        later.c.place == cases.c.place,
        or_(
            later.c.opened_at > cases.c.opened_at,
            (later.c.opened_at == cases.c.opened_at) & (later.c.id > cases.c.id),
        ),
    )
    query = (
        select(cases.c.id)
        .join(tickets, tickets.c.id == cases.c.ticket_id)
        .where(is_latest)
        .order_by(
            cases.c.business_day,
            tickets.c.office_id,
            tickets.c.created_at,
            tickets.c.series,
            tickets.c.number,
            tickets.c.id,
            cases.c.place,
        )
    )
    if first is not None:
        query = query.where(cases.c.business_day >= first)
    if last is not None:
        query = query.where(cases.c.business_day <= last)
    if office_id is not None:
        query = query.where(tickets.c.office_id == office_id)
    if label is not None:
        query = query.where(tickets.c.label == label)
    if changed_since is not None:
        newest = (
            select(func.max(ticket_steps.c.at))
            .where(ticket_steps.c.ticket_id == cases.c.ticket_id)
            .scalar_subquery()
        )
        query = query.where(
            or_(
                newest >= changed_since,
                cases.c.opened_at >= changed_since,
                cases.c.ended_at >= changed_since,
            )
        )
    return list(connection.execute(query).scalars())


def visit_records(connection: Connection, case_ids: Sequence[str]) -> Iterator[VisitRecord]:
    """What is kept of cases, in the given order.

    Args:
        connection: a transaction that may read.
        case_ids: from ``visits_between``, of the same transaction.
    """
    # A card that came back with its papers was received when it came first.
    before = cases.alias("before")
    for first in range(0, len(case_ids), _AT_ONCE):
        some = case_ids[first : first + _AT_ONCE]
        query = (
            select(
                cases.c.id.label("case_id"),
                cases.c.ticket_id,
                tickets.c.office_id,
                cases.c.business_day.label("day"),
                tickets.c.label,
                cases.c.place,
                cases.c.kind,
                cases.c.card_id,
                cases.c.reservation_id,
                cases.c.admitted,
                cases.c.state,
                cases.c.reason,
                checks.c.recipient,
                select(func.min(before.c.opened_at))
                .where(before.c.ticket_id == cases.c.ticket_id, before.c.place == cases.c.place)
                .scalar_subquery()
                .label("received_at"),
                cases.c.ended_at,
            )
            .select_from(
                cases.join(tickets, tickets.c.id == cases.c.ticket_id).outerjoin(
                    checks, checks.c.case_id == cases.c.id
                )
            )
            .where(cases.c.id.in_(some))
        )
        rows = {row["case_id"]: row for row in connection.execute(query).mappings()}
        steps = _steps(connection, {row["ticket_id"] for row in rows.values()})
        for case_id in some:
            row = rows[case_id]
            yield VisitRecord(
                **{**row, "state": CaseState(row["state"])}, steps=steps.get(row["ticket_id"], ())
            )


def _steps(connection: Connection, ticket_ids: set[str]) -> dict[str, list[KeptStep]]:
    query = (
        select(
            ticket_steps.c.ticket_id,
            ticket_steps.c.event,
            ticket_steps.c.at,
            ticket_steps.c.window,
            ticket_steps.c.case_id,
        )
        .where(ticket_steps.c.ticket_id.in_(list(ticket_ids)))
        .order_by(ticket_steps.c.id)
    )
    found: dict[str, list[KeptStep]] = {}
    for ticket_id, event, at, window, case_id in connection.execute(query):
        found.setdefault(ticket_id, []).append(KeptStep(event, at, window, case_id))
    return found
