"""Runs that print the notices of many cards: which card stands in which part, so that an interrupted run goes on where it was."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, exists, func, insert, select, text, update

from backend.cards.notice_code import new_token
from backend.cards.notifying import COLUMNS, KeptNotice, kept_from
from backend.cards.states import LIVING_NOTICES, CardProgress, NoticeKind, NoticeState
from backend.cards.tables import LIVING, cards, notices
from backend.storage import UnitOfWork

_SPOKEN_FOR = [state.value for state in (*LIVING_NOTICES, NoticeState.RETURNED)]
"""A notice that the post brought back waits for somebody who finds out why; no run sends another one after it."""


def cards_to_notify(connection: Connection) -> list[str]:
    """Ids of every prepared card that has no living notice, and none that the post brought back."""
    spoken_for = exists().where(notices.c.card_id == cards.c.id, notices.c.state.in_(_SPOKEN_FOR))
    query = select(cards.c.id).where(cards.c.progress == CardProgress.PREPARED.value, ~spoken_for)
    return list(connection.execute(query.order_by(cards.c.id)).scalars())


def make_part(
    work: UnitOfWork,
    run_id: str,
    part: int,
    card_ids: Sequence[str],
    key: bytes,
    pickup_deadline: date | None = None,
) -> int:
    """Make the notices of one part of a run; a card that has a living one by now is left out.

    Args:
        work: the transaction; nothing is kept if this raises.
        run_id: of the run, in hex.
        part: its number, from 1.
        card_ids: whose; as many as fit into a part.
        key: the server's secret.
        pickup_deadline: 受取期限 that is printed on them.

    Returns:
        How many were made.
    """
    living = select(notices.c.card_id).where(notices.c.card_id.in_(card_ids), text(LIVING))
    taken = set(work.connection.execute(living).scalars())
    last = select(notices.c.card_id, func.max(notices.c.seq)).where(notices.c.card_id.in_(card_ids))
    seqs = {row[0]: row[1] for row in work.connection.execute(last.group_by(notices.c.card_id))}
    rows = [
        {
            "token": new_token(key),
            "card_id": card_id,
            "seq": seqs.get(card_id, 0) + 1,
            "kind": (NoticeKind.RESEND if card_id in seqs else NoticeKind.FIRST).value,
            "state": NoticeState.MADE.value,
            "created_at": work.now,
            "pickup_deadline": pickup_deadline,
            "run_id": run_id,
            "run_part": part,
        }
        for card_id in card_ids
        if card_id not in taken
    ]
    if rows:
        work.connection.execute(insert(notices), rows)
    return len(rows)


def parts_of(connection: Connection, run_id: str) -> dict[int, int]:
    """How many notices each part of a run has, by its number."""
    query = select(notices.c.run_part, func.count()).where(notices.c.run_id == run_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(notices.c.run_part))}


def part_of(connection: Connection, run_id: str, part: int, key: bytes) -> list[KeptNotice]:
    """The living notices of one part of a run: the same sheets each time, without what was taken back since."""
    query = select(*COLUMNS).where(notices.c.run_id == run_id, notices.c.run_part == part, text(LIVING))
    return [kept_from(row, key) for row in connection.execute(query.order_by(notices.c.card_id))]


def note_part_printed(work: UnitOfWork, run_id: str, part: int) -> None:
    """Note that the sheets of a part are complete: each has its first copy."""
    work.connection.execute(
        update(notices)
        .where(notices.c.run_id == run_id, notices.c.run_part == part, notices.c.copies == 0)
        .values(copies=1, printed_at=work.now)
    )


def unfinished_elsewhere(connection: Connection, run_id: str) -> list[str]:
    """Ids of the cards whose living notices another run made and never printed."""
    query = select(notices.c.card_id).where(
        notices.c.run_id.is_not(None), notices.c.run_id != run_id, notices.c.copies == 0, text(LIVING)
    )
    return list(connection.execute(query.order_by(notices.c.card_id)).scalars())


def adopt_part(work: UnitOfWork, run_id: str, part: int, card_ids: Sequence[str]) -> int:
    """Take living notices that another run made and never printed into a part of this one; returns how many."""
    statement = (
        update(notices)
        .where(notices.c.card_id.in_(card_ids), notices.c.copies == 0, text(LIVING))
        .values(run_id=run_id, run_part=part)
    )
    return work.connection.execute(statement).rowcount
