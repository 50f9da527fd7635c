"""What the ward's file says of bookings, written beside what was decided here (adr/0029): many cards at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from backend.cards import lock_cards
from backend.reservations.booking import BookingEntry, keep_sealed_bookings
from backend.reservations.conflicts import close_agreed, note_conflicts
from backend.reservations.owning import LIVING, Heard, Settled, Side, TwoSides, WhoseWord, settle
from backend.reservations.reservation_state import Owner, ReservationState
from backend.reservations.tables import reservations
from backend.storage import UnitOfWork

_COLUMNS = (
    reservations.c.card_id,
    reservations.c.id,
    reservations.c.state,
    reservations.c.office_id,
    reservations.c.starts_at,
    reservations.c.owner,
    reservations.c.ward_state,
    reservations.c.ward_office_id,
    reservations.c.ward_starts_at,
)
_CHANGED = ("state", "office_id", "starts_at", "owner", "ward_state", "ward_office_id", "ward_starts_at")
_CHANGE = (
    update(reservations)
    .where(reservations.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in (*_CHANGED, "updated_at")})
)


_BOOKINGS_OF = (
    select(*_COLUMNS)
    .where(reservations.c.card_id.in_(bindparam("asked", expanding=True)))
    .order_by(reservations.c.id)
)


@dataclass(frozen=True)
class WordOfCard:
    """What one file says of the bookings of one card.

    Attributes:
        entries: a row each, the one that counts last; each has what the ward says, and what holds where nothing was decided here.
        none_booked: whether nothing is booked for the card, whatever its number was.
        over: whether the card was handed over.
    """

    entries: Sequence[BookingEntry]
    none_booked: bool = False
    over: bool = False


def take_word(
    work: UnitOfWork,
    words: Mapping[str, WordOfCard],
    contacts: Mapping[str, bytes],
    choice: WhoseWord = WhoseWord.REPORT,
    *,
    noted: bool = True,
    new: Collection[str] = (),
) -> int:
    """Write what a file says of bookings; what was decided here holds, and where both sides changed, both are kept.

    Args:
        work: the transaction; nothing is kept if this raises.
        words: by card, as many as one statement takes; the cards are there.
        contacts: sealed, by booking.
        choice: what becomes of a booking that both sides changed.
        noted: whether such a booking is kept for somebody to look at.
        new: cards that were just made; they have no booking yet, nor has any the id of one of these.

    Returns:
        Of how many cards the two sides differ anew.
    """
    lock_cards(work, words)
    stored = bookings_of(work.connection, [card_id for card_id in words if card_id not in new])
    settled = {
        card_id: settle(
            stored.get(card_id, ()),
            [Heard(one.reservation_id, one.said or _side(one), _side(one)) for one in word.entries],
            choice,
            none_booked=word.none_booked,
            over=word.over,
        )
        for card_id, word in words.items()
    }
    _write(work, words, stored, settled, contacts, new)
    close_agreed(work, [card_id for card_id, one in settled.items() if one.agreed])
    found = {card_id: one.disagreement for card_id, one in settled.items() if one.disagreement is not None}
    if noted:
        note_conflicts(work, found, choice)
    return len(found)


def bookings_of(connection: Connection, card_ids: Collection[str]) -> dict[str, list[TwoSides]]:
    """Every booking of cards with both sides, in one order."""
    found: dict[str, list[TwoSides]] = {}
    if not card_ids:
        return found
    for (
        card_id,
        reservation_id,
        state,
        office,
        starts,
        owner,
        ward_state,
        ward_office,
        ward_starts,
    ) in connection.execute(_BOOKINGS_OF, {"asked": list(card_ids)}):
        ward = Side(ReservationState(ward_state), ward_office, ward_starts) if ward_state else None
        here = Side(ReservationState(state), office, starts)
        found.setdefault(card_id, []).append(TwoSides(reservation_id, here, ward, Owner(owner)))
    return found


def change(work: UnitOfWork, bookings: Sequence[TwoSides]) -> None:
    """Write what holds of bookings that are there; those that end first, as one of a card is booked at most."""
    ending = [one for one in bookings if one.here.state not in LIVING]
    living = [one for one in bookings if one.here.state in LIVING]
    for some in (ending, living):
        if some:
            work.connection.execute(_CHANGE, [_values(one, work) for one in some])


def _write(
    work: UnitOfWork,
    words: Mapping[str, WordOfCard],
    stored: Mapping[str, Sequence[TwoSides]],
    settled: Mapping[str, Settled],
    contacts: Mapping[str, bytes],
    new: Collection[str],
) -> None:
    entries: list[BookingEntry] = []
    before: list[TwoSides] = []
    after: list[TwoSides] = []
    for card_id, word in words.items():
        stands = {one.reservation_id: one for one in settled[card_id].bookings}
        there = {one.reservation_id: one for one in stored.get(card_id, ())}
        told = [_as_it_stands(entry, stands.pop(entry.reservation_id)) for entry in word.entries]
        booked = any(entry.state is ReservationState.BOOKED for entry in told)
        for one in stands.values():
            was = there[one.reservation_id]
            if one == was:
                continue
            # The one that takes its place notes whose place it took, so that is left to it.
            gives_way = booked and was.here.state is ReservationState.BOOKED
            ends = one.here.state not in LIVING and not gives_way
            (before if ends else after).append(one)
        entries += told
    change(work, before)
    keep_sealed_bookings(work, entries, contacts, new)
    change(work, after)


def _as_it_stands(entry: BookingEntry, one: TwoSides) -> BookingEntry:
    here = one.here
    if (here, one.ward, one.owner) == (_side(entry), entry.said, entry.owner):
        return entry
    return replace(
        entry,
        state=here.state,
        office_id=here.office_id,
        starts_at=here.starts_at,
        said=one.ward,
        owner=one.owner,
    )


def _side(entry: BookingEntry) -> Side:
    return Side(entry.state, entry.office_id, entry.starts_at)


def _values(one: TwoSides, work: UnitOfWork) -> dict[str, Any]:
    ward = one.ward
    values = {
        "state": one.here.state.value,
        "office_id": one.here.office_id,
        "starts_at": one.here.starts_at,
        "owner": one.owner.value,
        "ward_state": ward.state.value if ward else None,
        "ward_office_id": ward.office_id if ward else None,
        "ward_starts_at": ward.starts_at if ward else None,
        "updated_at": work.now,
    }
    return {"row_id": one.reservation_id} | {f"new_{name}": value for name, value in values.items()}
