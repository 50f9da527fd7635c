"""A party (組): several cards that one number is for. Who may join it, and when it is full. docs/states.md holds the table. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.offices import PICK_UP
from backend.reception.deciding.admission import shown_again
from backend.reception.deciding.answer import Join, KioskAnswer
from backend.reception.deciding.case import CardVisit
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reception.deciding.seat import need_today
from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError
from backend.wire import JOINABLE_STATES, CheckInReason, ErrorCode


@dataclass(frozen=True)
class Party:
    """A number and how many cards it is for.

    Attributes:
        ticket: as it was read.
        cards: its places that are taken, also by cards that were given up; 1 for a number without a notice.
    """

    ticket: Ticket
    cards: int


@dataclass(frozen=True)
class _Seen:
    """What the rules look at."""

    alone: KioskAnswer
    party: Party
    policy: QueuePolicy

    @property
    def is_full(self) -> bool:
        return self.party.cards >= self.policy.party_limit


def _joined(seen: _Seen) -> KioskAnswer:
    """Whoever shows a card of the party is here: who was absent or fetched papers waits again, as if their own was shown."""
    ticket = seen.party.ticket
    again = shown_again(CardVisit(ticket), ticket.office_id, seen.policy)
    join = Join(seen.party.cards + 1, seen.alone.reason)
    return KioskAnswer(CheckInReason.JOINED, seen.alone.match, ticket, again.priority, joins=join)


_RULES: Final[tuple[tuple[Callable[[_Seen], bool], Callable[[_Seen], KioskAnswer]], ...]] = (
    # A card that has a number today, here or elsewhere, and one that gets none: as by itself, and the party stays as it is.
    (lambda seen: seen.alone.number is None, lambda seen: seen.alone),
    (
        lambda seen: seen.is_full,
        lambda seen: KioskAnswer(CheckInReason.PARTY_FULL, seen.alone.match, seen.party.ticket),
    ),
    (lambda _seen: True, _joined),
)
"""The first that holds decides."""


def answer_joining(alone: KioskAnswer, party: Party, policy: QueuePolicy) -> KioskAnswer:
    """The answer to a card that is shown to join a party.

    Args:
        alone: the answer to that card shown by itself.
        party: which may be joined.
        policy: of its office.
    """
    seen = _Seen(alone, party, policy)
    return next(answer(seen) for holds, answer in _RULES if holds(seen))


def need_joinable(ticket: Ticket | None, office_id: str, today: date) -> Ticket:
    """A number that further cards may join.

    Raises:
        TicketStateError: there is no such number at this office today, it is past reception, or it is for something else
            than a card.
    """
    found = need_today(ticket, office_id, today)
    if found.state not in JOINABLE_STATES or found.kind != PICK_UP:
        raise TicketStateError(ErrorCode.WRONG_STATE, number=found.label, state=found.state.value)
    return found
