"""How many cards and notices are in which state; docs/figures-of-work.md says what the four figures of the work count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from backend.cards.states import CardProgress, NoticeKind, NoticeState
from backend.cards.tables import cards, notices

_NOTIFIED: Final = (
    CardProgress.NOTIFIED,
    CardProgress.OVERDUE,
    CardProgress.RENOTIFIED,
    CardProgress.DISCARD_DUE,
    CardProgress.DISCARDED,
    CardProgress.ISSUED,
)
_DELIVERED: Final = (CardProgress.DELIVERED, CardProgress.PREPARED, *_NOTIFIED)


@dataclass(frozen=True)
class Milestones:
    """How many cards have come at least so far, of all that are kept.

    Attributes:
        applied: 申請: every card that is kept.
        delivered: 納品: the card came to the ward.
        notified: 発送: a notice was posted, or made here.
        issued: 交付: the card was handed over.
    """

    applied: int
    delivered: int
    notified: int
    issued: int


@dataclass(frozen=True)
class CardCount:
    """How many cards are in a state at a place.

    Attributes:
        office_id: where they lie; None where nobody told.
        state: how far they have come.
        count: how many.
    """

    office_id: str | None
    state: CardProgress
    count: int


@dataclass(frozen=True)
class NoticeCount:
    """How many notices of a kind are in a state."""

    kind: NoticeKind
    state: NoticeState
    count: int


def milestones(connection: Connection) -> Milestones:
    """The four figures of the work, over everything that is kept."""
    noticed = select(notices.c.token).where(notices.c.card_id == cards.c.id).exists()
    row = connection.execute(
        select(
            func.count(),
            _how_many(or_(_among(_DELIVERED), noticed)),
            _how_many(or_(_among(_NOTIFIED), noticed)),
            _how_many(_among((CardProgress.ISSUED,))),
        ).select_from(cards)
    ).one()
    return Milestones(*map(int, row))


def count_cards(connection: Connection) -> list[CardCount]:
    """Cards by where they lie and how far they have come; what nobody has is left out."""
    columns = (cards.c.kept_at, cards.c.progress)
    rows = connection.execute(select(*columns, func.count()).group_by(*columns))
    found = [CardCount(office_id, CardProgress(state), count) for office_id, state, count in rows]
    order = list(CardProgress)
    return sorted(found, key=lambda one: (one.office_id or "", order.index(one.state)))


def count_notices(connection: Connection) -> list[NoticeCount]:
    """Notices by kind and state; what there is none of is left out."""
    columns = (notices.c.kind, notices.c.state)
    rows = connection.execute(select(*columns, func.count()).group_by(*columns))
    found = [NoticeCount(NoticeKind(kind), NoticeState(state), count) for kind, state, count in rows]
    kinds, states = list(NoticeKind), list(NoticeState)
    return sorted(found, key=lambda one: (kinds.index(one.kind), states.index(one.state)))


def _among(progresses: Sequence[CardProgress]) -> ColumnElement[bool]:
    return cards.c.progress.in_([one.value for one in progresses])


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
