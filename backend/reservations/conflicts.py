"""Bookings that were changed here and in the ward's system (食い違い): both sides as codes, kept until somebody decides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from backend.protection import ObjectKind, record_audit
from backend.reservations.owning import Disagreement, Side, WhoseWord
from backend.reservations.reservation_state import Decision, ReservationState
from backend.reservations.tables import import_conflicts, reservations
from backend.storage import UnitOfWork

IMPORT = "import"
"""Who decided, where a choice of the import did."""


@dataclass(frozen=True)
class Conflict:
    """Both sides of a card's booking.

    Attributes:
        id: ours.
        card_id: whose card.
        found_at: when an import met it, aware, UTC.
        ours: what holds here.
        theirs: what the ward's file says.
        decision: what became of it; None while it is open.
    """

    id: str
    card_id: str
    found_at: datetime
    ours: Side
    theirs: Side
    decision: Decision | None = None


def open_conflicts(connection: Connection) -> list[Conflict]:
    """Every conflict that nobody has decided yet, the oldest first."""
    query = (
        select(import_conflicts)
        .where(import_conflicts.c.decision.is_(None))
        .order_by(import_conflicts.c.found_at, import_conflicts.c.id)
    )
    return [_conflict(row) for row in connection.execute(query).mappings()]


def find_conflict(connection: Connection, conflict_id: str) -> Conflict | None:
    """A conflict by its id; None where there is none."""
    query = select(import_conflicts).where(import_conflicts.c.id == conflict_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _conflict(row)


def numbers_of_cards(connection: Connection, card_ids: Collection[str]) -> dict[str, list[str]]:
    """予約番号 of cards, those of bookings that stand first; by them somebody finds the card in either system."""
    query = (
        select(reservations.c.card_id, reservations.c.number)
        .where(reservations.c.card_id.in_(list(card_ids)))
        .order_by(reservations.c.state != ReservationState.BOOKED.value, reservations.c.number)
    )
    found: dict[str, list[str]] = {}
    for card_id, number in connection.execute(query):
        found.setdefault(card_id, []).append(number)
    return found


def note_conflicts(work: UnitOfWork, found: Mapping[str, Disagreement], choice: WhoseWord) -> None:
    """Keep what an import met, one open conflict of a card at most; a choice of the import decides it at once.

    Args:
        work: the transaction.
        found: both sides, by card.
        choice: what the import was told to do.
    """
    if not found:
        return
    there = {
        card_id: conflict_id
        for conflict_id, card_id in work.connection.execute(
            select(import_conflicts.c.id, import_conflicts.c.card_id).where(
                import_conflicts.c.card_id.in_(list(found)), import_conflicts.c.decision.is_(None)
            )
        )
    }
    for card_id, both in found.items():
        values = {**_columns("ours", both.ours), **_columns("theirs", both.theirs), "found_at": work.now}
        conflict_id = there.get(card_id)
        if conflict_id is None:
            conflict_id = uuid4().hex
            work.connection.execute(
                insert(import_conflicts).values(id=conflict_id, card_id=card_id, **values)
            )
        else:
            work.connection.execute(
                update(import_conflicts).where(import_conflicts.c.id == conflict_id).values(**values)
            )
        record_audit(
            work,
            "console",
            "import_conflict",
            conflict_id,
            facts_of(both.ours, both.theirs),
            about=ObjectKind.CONFLICT,
        )
        if choice is not WhoseWord.REPORT:
            close(work, conflict_id, Decision(choice.value), IMPORT)


def close_agreed(work: UnitOfWork, card_ids: Collection[str]) -> None:
    """The two sides of cards say the same now: what was open of them is closed."""
    if not card_ids:
        return
    query = select(import_conflicts.c.id).where(
        import_conflicts.c.card_id.in_(list(card_ids)), import_conflicts.c.decision.is_(None)
    )
    for conflict_id in work.connection.execute(query).scalars().all():
        close(work, conflict_id, Decision.AGREED, IMPORT)


def close(work: UnitOfWork, conflict_id: str, decision: Decision, by: str) -> None:
    """Note what was decided, with a line of the audit trail."""
    work.connection.execute(
        update(import_conflicts)
        .where(import_conflicts.c.id == conflict_id)
        .values(decision=decision.value, decided_at=work.now, decided_by=by)
    )
    actor = "console" if by == IMPORT else by
    record_audit(
        work,
        actor,
        "import_conflict_decided",
        conflict_id,
        {"decision": decision.value, "by": by},
        about=ObjectKind.CONFLICT,
        fields=("starts_at", "office_id", "state"),
    )


def facts_of(ours: Side, theirs: Side) -> dict[str, Any]:
    """Both sides as codes, for programs."""
    return {"ours": _facts(ours), "theirs": _facts(theirs)}


def _facts(side: Side) -> dict[str, Any]:
    starts_at = None if side.starts_at is None else side.starts_at.isoformat()
    return {"state": side.state.value, "office": side.office_id, "starts_at": starts_at}


def _columns(name: str, side: Side) -> dict[str, Any]:
    return {
        f"{name}_state": side.state.value,
        f"{name}_office_id": side.office_id,
        f"{name}_starts_at": side.starts_at,
    }


def _conflict(row: Mapping[Any, Any]) -> Conflict:
    return Conflict(
        row["id"],
        row["card_id"],
        row["found_at"],
        _side(row, "ours"),
        _side(row, "theirs"),
        Decision(row["decision"]) if row["decision"] else None,
    )


def _side(row: Mapping[Any, Any], name: str) -> Side:
    return Side(ReservationState(row[f"{name}_state"]), row[f"{name}_office_id"], row[f"{name}_starts_at"])
