"""What people order about notices that are out: make them anew, make them void, note that the post brought them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import select

from backend.cards import has_notice, note_returned, notices, notify_again, void_notices
from backend.commands import Command, Done, Handling
from backend.protection import Actor, Permission
from backend.reservations.booking_sheets import void_booking_sheets
from backend.reservations.notices import NoticeError
from backend.storage import Kept, UnitOfWork


class NoticeReason(StrEnum):
    """Why a notice is made anew or void."""

    LOST = "lost"
    """紛失."""
    DAMAGED = "damaged"
    """汚損・破損."""
    RETURNED = "returned"
    """返戻: the post brought it back, and another one goes out."""
    MISSENT = "missent"
    """誤送付: it reached, or may have reached, somebody else."""
    MISPRINTED = "misprinted"
    """印刷の誤り."""
    OTHER = "other"


@dataclass(frozen=True)
class CardsChanged:
    """What became of it.

    Attributes:
        cards: of how many cards.
        codes: how many codes were changed.
    """

    cards: int
    codes: int


@dataclass(frozen=True)
class _OfCards(Command[CardsChanged]):
    """A command about some cards, each with a notice; all of them or none.

    Attributes:
        card_ids: whose.
    """

    needs: ClassVar[Permission] = Permission.KEEP_NOTICES
    events: ClassVar[int] = 0
    card_ids: tuple[str, ...]

    def body(self) -> Mapping[str, Any]:
        """The cards."""
        return {"card_ids": list(self.card_ids)}


@dataclass(frozen=True)
class ReissueNotices(_OfCards):
    """Make another notice for each card (再送); the codes before are still understood, and the clerk is told.

    Attributes:
        reason: why.
        pickup_deadline: 受取期限 that is printed on them.
    """

    name: ClassVar[str] = "reissue_notices"
    reason: NoticeReason = NoticeReason.OTHER
    pickup_deadline: date | None = None

    def body(self) -> Mapping[str, Any]:
        """The cards, the reason and the deadline."""
        deadline = self.pickup_deadline.isoformat() if self.pickup_deadline else None
        return {**super().body(), "reason": self.reason.value, "deadline": deadline}


@dataclass(frozen=True)
class VoidNotices(_OfCards):
    """Make every code of each card unknown, those of booking sheets too.

    Attributes:
        reason: why.
    """

    name: ClassVar[str] = "void_notices"
    reason: NoticeReason = NoticeReason.OTHER

    def body(self) -> Mapping[str, Any]:
        """The cards and the reason."""
        return {**super().body(), "reason": self.reason.value}


@dataclass(frozen=True)
class NoteReturned(_OfCards):
    """Note that the post brought the notice of each card back (返戻); its code goes on working."""

    name: ClassVar[str] = "note_returned"


def notice_handlings(key: bytes) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
    """What is done about the commands.

    Args:
        key: the server's secret, with which codes are made.
    """
    return {
        ReissueNotices: Handling(partial(_reissue, key), _told_again),
        VoidNotices: Handling(_void, _told_again),
        NoteReturned: Handling(_returned, _told_again),
    }


def _reissue(key: bytes, work: UnitOfWork, command: ReissueNotices, _actor: Actor) -> Done[CardsChanged]:
    had = set(
        work.connection.execute(
            select(notices.c.card_id).where(notices.c.card_id.in_(command.card_ids))
        ).scalars()
    )
    without = set(command.card_ids) - had
    if without:
        raise NoticeError(
            f"{_cards(len(without))} never had a notice; print the first one without 'reissue'", without
        )
    for card_id in command.card_ids:
        notify_again(work, card_id, key, pickup_deadline=command.pickup_deadline)
    return _done(command, len(command.card_ids), {"reason": command.reason.value})


def _void(work: UnitOfWork, command: VoidNotices, _actor: Actor) -> Done[CardsChanged]:
    codes = void_notices(work, command.card_ids) + void_booking_sheets(work, command.card_ids)
    if not codes:
        raise NoticeError("no code of these cards is known any more; there is nothing to make void")
    return _done(command, codes, {"reason": command.reason.value})


def _returned(work: UnitOfWork, command: NoteReturned, _actor: Actor) -> Done[CardsChanged]:
    without = {card_id for card_id in command.card_ids if not has_notice(work.connection, card_id)}
    if without:
        raise NoticeError(f"{_cards(len(without))} no living notice that the post could bring back", without)
    return _done(command, sum(note_returned(work, card_id) for card_id in command.card_ids), {})


def _cards(count: int) -> str:
    return "a card of these has" if count == 1 else f"{count} of these cards have"


def _done(command: _OfCards, codes: int, facts: Mapping[str, Any]) -> Done[CardsChanged]:
    changed = CardsChanged(len(command.card_ids), codes)
    return Done(
        changed,
        {"cards": changed.cards, "codes": changed.codes},
        facts={"cards": list(command.card_ids), "codes": codes, **facts},
    )


def _told_again(_work: UnitOfWork, _command: _OfCards, _actor: Actor, kept: Kept) -> CardsChanged:
    return CardsChanged(kept["cards"], kept["codes"])
