"""Checks that a database is consistent: tickets, cases, steps, events, requests and lines of the audit trail."""

from collections import Counter, defaultdict
from itertools import pairwise

from sqlalchemy import Connection, select

from backend.protection.failed_searches import SEARCH_FAILED
from backend.protection.tables import audit
from backend.reception.check_commands import TieCard
from backend.reception.deciding.case import Case, CaseState, ended_as
from backend.reception.deciding.steps import STEPS
from backend.reception.storing.tables import cases, ticket_steps, tickets
from backend.reservations.match import Shown
from backend.storage.event_log import event_counters, events
from backend.storage.requests import requests
from backend.wire.codes import EventKind, TicketState

_ENDS = frozenset({TicketState.ISSUED.value, TicketState.INCOMPLETE.value, TicketState.CANCELLED.value})
_NOTED_AS = {SEARCH_FAILED: TieCard.name}
"""Lines of the audit trail whose name differs from that of the command."""
_STEP_KINDS = frozenset(kind.value for kind in STEPS)


def flaws_of(connection: Connection) -> list[str]:
    """All inconsistencies; empty if every change of every ticket was carried out completely and exactly once."""
    return [
        *_broken_chains(connection),
        *_wrong_cases(connection),
        *_gaps(connection),
        *_halves(connection),
    ]


def batches(connection: Connection) -> Counter[int]:
    """The number of transactions by how many commands they carried out; these have the same time."""
    return Counter(Counter(connection.execute(select(requests.c.at)).scalars()).values())


def _broken_chains(connection: Connection) -> list[str]:
    """Tickets whose steps are not a valid chain of transitions, or do not match their events."""
    found: list[str] = []
    steps = defaultdict(list)
    for row in connection.execute(select(ticket_steps).order_by(ticket_steps.c.id)):
        steps[row.ticket_id].append(row)
    told = defaultdict(list)
    for row in connection.execute(select(events).order_by(events.c.office_id, events.c.seq)):
        if row.kind in _STEP_KINDS:
            told[row.facts["ticket_id"]].append(row.kind)
    states = {
        row.id: (row.label, row.state)
        for row in connection.execute(select(tickets.c.id, tickets.c.label, tickets.c.state))
    }
    found += [
        f"a ghost: {ticket_id} has steps or events and is no ticket"
        for ticket_id in {*steps, *told} - set(states)
    ]
    for ticket_id, (label, state) in states.items():
        chain = steps[ticket_id]
        if [step.before for step in chain] != [None, *(step.after for step in chain[:-1])]:
            found.append(f"{label}: the chain is broken")
        found += [
            f"{label}: {step.event} leads not from {step.before} to {step.after}"
            for step in chain
            if _leads_to(step.event, step.before) != step.after
        ]
        if not chain or chain[-1].after != state:
            found.append(f"{label}: {state} is not where its steps lead")
        if [step.event for step in chain] != told[ticket_id]:
            found.append(f"{label}: steps and events differ")
    return found


def _wrong_cases(connection: Connection) -> list[str]:
    """Tickets whose state does not match their cases, and cards with more than one visit."""
    of_ticket = defaultdict(list)
    for row in connection.execute(select(cases).order_by(cases.c.opened_at, cases.c.id)):
        of_ticket[row.ticket_id].append(row)
    found: list[str] = []
    for row in connection.execute(select(tickets.c.id, tickets.c.label, tickets.c.state)):
        own = of_ticket[row.id]
        if not own:
            found.append(f"{row.label}: it is about nobody")
            continue
        # A new case of a card may begin, and end, at the very moment when the one before ended.
        latest = sorted(
            own,
            key=lambda one: (
                one.opened_at,
                one.ended_at is None,
                one.ended_at or one.opened_at,
                one.state != CaseState.INCOMPLETE.value,
            ),
        )
        ended = ended_as(
            [
                Case(
                    one.id,
                    one.card_id,
                    one.reservation_id,
                    Shown(one.shown),
                    CaseState(one.state),
                    one.place,
                )
                for one in latest
            ]
        )
        if ended is None and row.state in _ENDS:
            found.append(f"{row.label}: {row.state} although a card of it is open")
        if ended is not None and row.state != ended.value:
            found.append(f"{row.label}: {row.state} although its cases ended as {ended.value}")
    every = [one for own in of_ticket.values() for one in own if one.card_id is not None]
    issued = Counter(one.card_id for one in every if one.state == CaseState.ISSUED.value)
    living = Counter((one.card_id, one.business_day) for one in every if one.state == CaseState.OPEN.value)
    found += [f"a card was handed over {many} times" for many in issued.values() if many > 1]
    found += [f"a card has {many} visits on {day}" for (_, day), many in living.items() if many > 1]
    return found


def _leads_to(event: str, before: str | None) -> str | None:
    after = STEPS[EventKind(event)].get(None if before is None else TicketState(before))
    return None if after is None else after.value


def _gaps(connection: Connection) -> list[str]:
    """Offices with a gap in their event numbers, or with another last number than their counter."""
    numbers = defaultdict(list)
    for row in connection.execute(select(events.c.office_id, events.c.seq).order_by(events.c.seq)):
        numbers[row.office_id].append(row.seq)
    last = {
        row.office_id: row.last
        for row in connection.execute(select(event_counters).where(event_counters.c.office_id != ""))
    }
    return [
        f"office {office_id}: the events are not numbered as they are counted"
        for office_id in {*numbers, *last}
        if any(after != before + 1 for before, after in pairwise(numbers[office_id]))
        or (numbers[office_id] or [0])[-1] != last.get(office_id)
    ]


def _halves(connection: Connection) -> list[str]:
    """Request ids without a line of the audit trail, or lines without an id, and tickets without a command."""
    asked = connection.execute(select(requests.c.command, requests.c.at, requests.c.reply)).all()
    names = {row.command for row in asked}
    noted = Counter(
        (command, row.at)
        for row in connection.execute(select(audit.c.action, audit.c.at))
        if (command := _NOTED_AS.get(row.action, row.action)) in names
    )
    found = [
        f"{command} at {at}: {many} more ids than lines of the trail"
        for (command, at), many in (Counter((row.command, row.at) for row in asked) - noted).items()
    ]
    found += [
        f"{command} at {at}: {many} more lines of the trail than ids"
        for (command, at), many in (noted - Counter((row.command, row.at) for row in asked)).items()
    ]
    known = {row.reply.get("ticket_id") for row in asked if row.command in {"check_in", "walk_in"}}
    found += [
        f"{row.label}: nobody asked for it"
        for row in connection.execute(select(tickets.c.id, tickets.c.label))
        if row.id not in known
    ]
    return found
