"""Which card and which booking a row of a file is about, as far as they are known."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, bindparam, select

from backend.cards import CardProgress, IndexKind, WardWord, cards, cards_by_digest
from backend.exchange.our_rows import came_back
from backend.exchange.record import ReservationRecord
from backend.exchange.row_ids import row_id
from backend.reservations import Owner, ReservationState, reservations
from backend.sealing import Records

_AT_ONCE = 500
_NUMBERS = {"card_number": IndexKind.CARD_NUMBER, "application_id": IndexKind.APPLICATION_ID}
"""By which a card is known again; which of them identify, the ward says."""

_Item = TypeVar("_Item")
# Put together once: an import asks these for every piece, and putting in hundreds of values one by one takes as long as the answer.
_BOOKINGS: Final = select(
    reservations.c.number,
    reservations.c.id,
    reservations.c.card_id,
    reservations.c.state,
    reservations.c.fingerprint,
    reservations.c.ward_state,
    reservations.c.owner,
).where(reservations.c.number.in_(bindparam("asked", expanding=True)))
_CARDS: Final = select(
    cards.c.id,
    cards.c.progress,
    cards.c.kept_at,
    cards.c.fingerprint,
    cards.c.said,
    cards.c.ward_as_of,
).where(cards.c.id.in_(bindparam("asked", expanding=True)))


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card as it is stored.

    Attributes:
        progress: how far it is.
        kept_at: where it lies, if that is known.
        fingerprint: of the row that was imported, where nothing is booked.
        said: what the ward's file last said of it.
        as_of: of when that file was, where it said so; aware, UTC.
    """

    progress: CardProgress
    kept_at: str | None = None
    fingerprint: str | None = None
    said: WardWord | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredBooking:
    """A booking as it is stored.

    Attributes:
        reservation_id: which one.
        card_id: whose card.
        state: what holds.
        fingerprint: of the row that was imported.
        said: what the ward's file last said of it.
        owner: who decided what holds.
    """

    reservation_id: str
    card_id: str
    state: ReservationState
    fingerprint: str | None = None
    said: ReservationState | None = None
    owner: Owner = Owner.WARD

    @property
    def settled(self) -> bool:
        """Whether the ward's system said what holds, so that there is nothing to hear when it says so again."""
        return self.owner is Owner.WARD and self.said in (None, self.state)


@dataclass(frozen=True)
class Known:
    """A row with what is stored of it.

    Attributes:
        record: the row.
        fingerprint: of the row.
        card_id: whose card; of a new one, made for it.
        card: what is stored of it; None for a new one.
        booking: what is stored of the booking under the row's number; None where there is none.
        new: whether neither booking nor number was known.
        unchanged: whether the row says what it said the last time.
        echo: whether it says what holds here, which the ward's system did not say before: nothing changes by it, but from now on
            both say the same.
        spare_id: the id that its booking gets where there is none.
    """

    record: ReservationRecord
    fingerprint: str
    card_id: str
    card: StoredCard | None
    booking: StoredBooking | None
    new: bool
    unchanged: bool
    echo: bool = False
    spare_id: str = field(default_factory=row_id)

    @property
    def progress(self) -> CardProgress | None:
        """How far the card is, as it is stored; None for a new one."""
        return self.card.progress if self.card else None

    @property
    def state(self) -> ReservationState | None:
        """Of the booking under the row's number; None where there is none."""
        return self.booking.state if self.booking else None

    @property
    def as_of(self) -> datetime | None:
        """Of when the file was that last told of the card, where it said so; aware, UTC."""
        return self.card.as_of if self.card else None

    @property
    def older(self) -> bool:
        """Whether a newer file has told of the card already, so that this row says what was."""
        told, before = self.record.as_of, self.as_of
        return not self.unchanged and told is not None and before is not None and told < before

    @property
    def booking_id(self) -> str:
        """The id of the booking that the row tells of, where it tells of one."""
        return self.booking.reservation_id if self.booking else self.spare_id


def known_to(
    connection: Connection,
    sealing: Records,
    records: Sequence[ReservationRecord],
    key: bytes,
    identifying: Collection[str],
) -> list[Known]:
    """Look up card and booking of every row.

    Args:
        connection: a transaction that may read.
        sealing: finds cards by their numbers.
        records: the rows.
        key: the server's secret.
        identifying: the kinds of numbers that one card at most has.
    """
    bookings = _bookings(connection, [record.number for record in records])
    by_number = {
        kind: _by_number(connection, sealing, records, name, kind)
        for name, kind in _NUMBERS.items()
        if kind.value in identifying
    }
    unbooked = _by_number(connection, sealing, records, "number", IndexKind.BOOKING_NUMBER)
    owners = [(record, _owner(record, by_number, bookings, unbooked)) for record in records]
    stored = _cards(connection, {owner for _, owner in owners if owner is not None})
    made: dict[tuple[IndexKind, str], str] = {}
    known = []
    for record, owner in owners:
        card_id = owner or _made_for(record, made, by_number) or row_id()
        for kind, value in _numbers(record, by_number):
            made.setdefault((kind, value), card_id)
        booking = _booked(bookings, record)
        card = stored.get(card_id)
        fingerprint = record.fingerprint(key)
        by_itself = record.number is None or unbooked.get(record.number) == card_id
        unbooked_here = card if booking is None and by_itself else None
        before = booking.fingerprint if booking else unbooked_here.fingerprint if unbooked_here else None
        known.append(
            Known(
                record,
                fingerprint,
                card_id,
                card,
                booking,
                new=card is None if record.number is None else not (booking or record.number in unbooked),
                unchanged=before == fingerprint,
            )
        )
    return _as_ours(connection, sealing, known, key)


def _as_ours(
    connection: Connection,
    sealing: Records,
    known: list[Known],
    key: bytes,
) -> list[Known]:
    """A row that an export of ours would say is unchanged, whatever was imported before; and nothing that CP932 could not hold is lost."""
    asked = [
        (row.booking.reservation_id, row.card_id, row.record)
        for row in known
        if not row.unchanged and row.booking is not None and row.card_id == row.booking.card_id
    ]
    mended = came_back(connection, sealing, asked)
    found = []
    for row in known:
        if row.booking is None or row.booking.reservation_id not in mended:
            found.append(row)
            continue
        record, same = mended[row.booking.reservation_id]
        settled = row.booking.settled
        found.append(
            replace(
                row,
                record=record,
                fingerprint=record.fingerprint(key),
                unchanged=same and settled,
                echo=same and not settled,
            )
        )
    return found


def refreshed(connection: Connection, rows: Sequence[Known]) -> list[Known]:
    """Rows with what is stored now: somebody may have been handed a card since they were looked up.

    Args:
        connection: the transaction that will write them.
        rows: of the same cards as before, for only an import gives a row another card, and there is one at a time. So a card
            that is new is not there yet, and is not looked for.

    Returns:
        The rows; those of which nothing else is stored now, themselves.
    """
    bookings = _bookings(connection, [row.record.number for row in rows])
    stored = _cards(connection, {row.card_id for row in rows if row.card is not None})
    found = []
    for row in rows:
        card, booking = stored.get(row.card_id), _booked(bookings, row.record)
        same = card == row.card and booking == row.booking
        found.append(row if same else replace(row, card=card, booking=booking))
    return found


def chunks(items: Iterable[_Item], size: int = _AT_ONCE) -> Iterator[list[_Item]]:
    """Items in lists that one statement takes."""
    part: list[_Item] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _owner(
    record: ReservationRecord,
    by_number: Mapping[IndexKind, Mapping[str, str]],
    bookings: Mapping[str, StoredBooking],
    unbooked: Mapping[str, str],
) -> str | None:
    """The card's own number says more than the number of a booking."""
    for kind, value in _numbers(record, by_number):
        if value in by_number[kind]:
            return by_number[kind][value]
    booking = _booked(bookings, record)
    return booking.card_id if booking else unbooked.get(record.number or "")


def _booked(bookings: Mapping[str, StoredBooking], record: ReservationRecord) -> StoredBooking | None:
    return None if record.number is None else bookings.get(record.number)


def _made_for(
    record: ReservationRecord,
    made: Mapping[tuple[IndexKind, str], str],
    by_number: Mapping[IndexKind, Mapping[str, str]],
) -> str | None:
    """The card that an earlier row of the same file made."""
    return next((made[pair] for pair in _numbers(record, by_number) if pair in made), None)


def _numbers(record: ReservationRecord, by_number: Collection[IndexKind]) -> Iterator[tuple[IndexKind, str]]:
    for name, kind in _NUMBERS.items():
        value = getattr(record, name)
        if kind in by_number and value:
            yield kind, value


def _by_number(
    connection: Connection,
    sealing: Records,
    records: Sequence[ReservationRecord],
    name: str,
    kind: IndexKind,
) -> dict[str, str]:
    """Cards by a number; one that two cards have names none."""
    values = {value for record in records if (value := getattr(record, name))}
    return cards_by_digest(connection, sealing, kind, sorted(values))


def _bookings(connection: Connection, numbers: Iterable[str | None]) -> dict[str, StoredBooking]:
    found: dict[str, StoredBooking] = {}
    for some in chunks(number for number in numbers if number):
        rows = connection.execute(_BOOKINGS, {"asked": some})
        found |= {
            number: StoredBooking(
                reservation_id,
                card_id,
                ReservationState(state),
                fingerprint,
                said and ReservationState(said),
                Owner(owner),
            )
            for number, reservation_id, card_id, state, fingerprint, said, owner in rows
        }
    return found


def _cards(connection: Connection, card_ids: Collection[str]) -> dict[str, StoredCard]:
    found: dict[str, StoredCard] = {}
    for some in chunks(card_ids):
        rows = connection.execute(_CARDS, {"asked": some})
        found |= {
            card_id: StoredCard(CardProgress(progress), kept_at, fingerprint, said and WardWord(said), as_of)
            for card_id, progress, kept_at, fingerprint, said, as_of in rows
        }
    return found
