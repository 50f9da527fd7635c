"""Notices (交付通知書): each names a card by its code, from the day it is posted until the card is handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, text, update

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
    """

    card_id: str
    code: str
    seq: int
    created_at: datetime


def notice_of(work: UnitOfWork, card_id: str, key: bytes) -> KeptNotice:
    """The living notice of a card; made where there is none, so that every print is the same.

    Args:
        work: the transaction; nothing is kept if this raises.
        card_id: of a card that is there.
        key: the server's secret.
    """
    row = work.connection.execute(
        select(notices.c.token, notices.c.seq, notices.c.created_at).where(
            notices.c.card_id == card_id, text(LIVING)
        )
    ).one_or_none()
    if row is not None:
        return KeptNotice(card_id, make_code(row.token, key), row.seq, row.created_at)
    return _make(work, card_id, key, None)


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
    return KeptNotice(card_id, make_code(token, key), seq, work.now)
