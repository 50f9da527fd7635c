"""Notices (交付通知書): each names a card by its code, from the day it is posted until the card is handed over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, text, update

from backend.cards.notice_code import make_code, new_token
from backend.cards.states import NoticeKind, NoticeState
from backend.cards.tables import LIVING, notices
from backend.storage import UnitOfWork


@dataclass(frozen=True)
class KeptNotice:
    """A notice as it is kept.

    Attributes:
        card_id: whose card it names.
        code: the text of its code.
        seq: counts the notices of the card, from 1.
        created_at: when the code was made, aware, UTC.
        pickup_deadline: 受取期限 that is printed on it; none where none was named.
        copies: how often it was printed.
        printed_at: when the last copy was, aware, UTC.
    """

    card_id: str
    code: str
    seq: int
    created_at: datetime
    pickup_deadline: date | None = None
    copies: int = 0
    printed_at: datetime | None = None


COLUMNS: Final = (
    notices.c.token,
    notices.c.card_id,
    notices.c.seq,
    notices.c.created_at,
    notices.c.pickup_deadline,
    notices.c.copies,
    notices.c.printed_at,
)


def notice_of(
    work: UnitOfWork, card_id: str, key: bytes, *, pickup_deadline: date | None = None
) -> KeptNotice:
    """The living notice of a card; made where there is none, so that every print has the same code.

    Args:
        work: the transaction; nothing is kept if this raises.
        card_id: of a card that is there.
        key: the server's secret.
        pickup_deadline: 受取期限 of one that is made; a living one keeps its own.
    """
    row = work.connection.execute(
        select(*COLUMNS).where(notices.c.card_id == card_id, text(LIVING))
    ).one_or_none()
    if row is not None:
        return kept_from(row, key)
    return _make(work, card_id, key, pickup_deadline)


def count_copy(work: UnitOfWork, notice: KeptNotice) -> KeptNotice:
    """Note that a living notice is printed once more, now; the copy bears its number and this day."""
    row = work.connection.execute(
        update(notices)
        .where(notices.c.card_id == notice.card_id, notices.c.seq == notice.seq)
        .values(copies=notices.c.copies + 1, printed_at=work.now)
        .returning(notices.c.copies)
    ).one()
    return replace(notice, copies=row.copies, printed_at=work.now)


def has_notice(connection: Connection, card_id: str) -> bool:
    """Whether a card has a living notice."""
    query = select(notices.c.seq).where(notices.c.card_id == card_id, text(LIVING))
    return connection.execute(query).first() is not None


def kept_from(row: Row[*tuple[Any, ...]], key: bytes) -> KeptNotice:
    """A notice from a row with ``COLUMNS``."""
    return KeptNotice(
        row.card_id,
        make_code(row.token, key),
        row.seq,
        row.created_at,
        row.pickup_deadline,
        row.copies,
        row.printed_at,
    )


def notify_again(
    work: UnitOfWork,
    card_id: str,
    key: bytes,
    *,
    kind: NoticeKind = NoticeKind.RESEND,
    pickup_deadline: date | None = None,
) -> KeptNotice:
    """Give a card another notice (再送); the code of the one before is still understood, and the clerk is told.

    Args:
        work: the transaction.
        card_id: of a card that is there.
        key: the server's secret.
        kind: what the new one is.
        pickup_deadline: 受取期限 that is printed on it.
    """
    _end(work, card_id, NoticeState.SUPERSEDED)
    return _make(work, card_id, key, pickup_deadline, kind)


def note_returned(work: UnitOfWork, card_id: str) -> int:
    """Note that the post brought a card's notice back (返戻); the card is there and its code goes on working."""
    return _end(work, card_id, NoticeState.RETURNED)


def void_notices(work: UnitOfWork, card_ids: Sequence[str]) -> int:
    """Make every code of some cards unknown from now on, superseded ones too, and return how many there were."""
    statement = (
        update(notices)
        .where(notices.c.card_id.in_(card_ids), notices.c.state != NoticeState.VOID.value)
        .values(state=NoticeState.VOID.value, ended_at=work.now)
    )
    return work.connection.execute(statement).rowcount


def _end(work: UnitOfWork, card_id: str, state: NoticeState) -> int:
    statement = (
        update(notices)
        .where(notices.c.card_id == card_id, text(LIVING))
        .values(state=state.value, ended_at=work.now)
    )
    return work.connection.execute(statement).rowcount


def _make(
    work: UnitOfWork,
    card_id: str,
    key: bytes,
    pickup_deadline: date | None,
    kind: NoticeKind | None = None,
) -> KeptNotice:
    last = work.connection.execute(
        select(func.coalesce(func.max(notices.c.seq), 0)).where(notices.c.card_id == card_id)
    ).scalar_one()
    token, seq = new_token(key), last + 1
    work.connection.execute(
        insert(notices).values(
            token=token,
            card_id=card_id,
            seq=seq,
            kind=(kind or (NoticeKind.FIRST if seq == 1 else NoticeKind.RESEND)).value,
            state=NoticeState.MADE.value,
            created_at=work.now,
            pickup_deadline=pickup_deadline,
        )
    )
    return KeptNotice(card_id, make_code(token, key), seq, work.now, pickup_deadline)
