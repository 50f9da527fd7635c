"""Rows of a file as cards and bookings: what the words of the ward's system make of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from backend.cards import (
    PERSON_COLUMNS,
    CardEntry,
    CardProgress,
    SealedPerson,
    WardWord,
    keep_sealed_cards,
    lock_cards,
    note_returned,
    seal_persons,
)
from backend.exchange.matching import Known, refreshed
from backend.exchange.meanings import MEANINGS, Meaning, progress_after
from backend.reservations import (
    BookingEntry,
    ReservationState,
    Side,
    WhoseWord,
    WordOfCard,
    seal_contacts,
    take_word,
)
from backend.sealing import Records
from backend.storage import UnitOfWork

_CONTACT: Final = ("phone", "email", "proxy_name")


@dataclass(frozen=True)
class CardRows:
    """The rows about one card, and what they make of it.

    Attributes:
        rows: the one that counts last.
        card: what is to be kept of the card.
        word: what they say of its bookings.
    """

    rows: Sequence[Known]
    card: CardEntry
    word: WordOfCard

    @classmethod
    def of(cls, rows: Sequence[Known]) -> "CardRows":
        """Rows about one card, the one that counts last."""
        bookings = [booking_entry(row) for row in rows]
        card = card_entry(rows, bookings[-1])
        return cls(rows, card, word_of(rows, bookings, over=card.progress is CardProgress.ISSUED))

    def with_rows(self, rows: Sequence[Known]) -> "CardRows":
        """The same rows with what is stored now; itself where that is what it was."""
        same = all(now is before for now, before in zip(rows, self.rows, strict=True))
        return self if same else CardRows.of(rows)

    @property
    def makes_the_card(self) -> bool:
        """Whether nothing is there yet of which they tell."""
        return all(row.card is None and row.booking is None for row in self.rows)


@dataclass(frozen=True)
class SealedRows:
    """Rows of some cards, and what is personal of them, sealed while nobody waited.

    Attributes:
        cards: the rows of each card.
        persons: sealed, by card.
        contacts: sealed, by booking.
    """

    cards: Sequence[CardRows]
    persons: Mapping[str, SealedPerson]
    contacts: Mapping[str, bytes]


def seal(
    sealing: Records,
    keys: Mapping[str, bytes],
    cards: Sequence[Sequence[Known]],
    identifying: Collection[str],
) -> SealedRows:
    """Seal what rows say.

    Args:
        sealing: seals what is personal.
        keys: of these cards.
        cards: the rows of each card.
        identifying: the kinds of numbers that one card at most has.

    Raises:
        KeyStoreError: a card has no key any more.
    """
    told = [CardRows.of(in_order(of_card)) for of_card in cards]
    persons = seal_persons(sealing, keys, [one.card for one in told], identifying)
    bookings = [entry for one in told for entry in one.word.entries]
    return SealedRows(told, persons, seal_contacts(sealing, keys, bookings))


def keep(work: UnitOfWork, sealed: SealedRows, choice: WhoseWord, *, owned_here: bool = True) -> int:
    """Write rows by what is stored now.

    Args:
        work: the transaction.
        sealed: the rows, as many as one statement takes.
        choice: what becomes of a booking that was changed here and in the ward's system too.
        owned_here: whether such a booking is ours at all; else the file's word holds, and nobody is asked.

    Returns:
        How many cards have a booking on which the two sides differ anew.
    """
    lock_cards(work, [one.card.card_id for one in sealed.cards])
    now = iter(refreshed(work.connection, [row for one in sealed.cards for row in one.rows]))
    told = [one.with_rows(list(islice(now, len(one.rows)))) for one in sealed.cards]
    new = {one.card.card_id for one in told if one.makes_the_card}
    keep_sealed_cards(work, [one.card for one in told], sealed.persons, new)
    for one in told:
        last = one.rows[-1]
        before = last.card.said if last.card else None
        if last.record.state == WardWord.RETURNED and before is not WardWord.RETURNED:
            note_returned(work, last.card_id)
    return take_word(
        work,
        {one.card.card_id: one.word for one in told},
        sealed.contacts,
        choice if owned_here else WhoseWord.THEIRS,
        noted=owned_here,
        new=new,
    )


def in_order(rows: Sequence[Known]) -> list[Known]:
    """Rows about one card, the one that counts last: a booked one, and of several the latest visit."""

    def rank(row: Known) -> tuple[bool, str]:
        starts_at = row.record.starts_at
        return _said(row) is ReservationState.BOOKED, starts_at.isoformat() if starts_at else ""

    return sorted(rows, key=rank) if len(rows) > 1 else list(rows)


def word_of(rows: Sequence[Known], bookings: Sequence[BookingEntry | None], *, over: bool) -> WordOfCard:
    """What the rows of a card say of its bookings.

    Args:
        rows: the one that counts last.
        bookings: of each row, from ``booking_entry``.
        over: whether the card was handed over.
    """
    booked = any(_said(row) in _LIVING for row in rows)
    # A row without a number cancels whatever was booked: it names the card alone.
    ends = any(row.record.number is None and _meaning(row).ends for row in rows)
    entries = [entry for entry in bookings if entry is not None]
    return WordOfCard(entries, none_booked=ends and not booked, over=over)


def card_entry(rows: Sequence[Known], booking: BookingEntry | None) -> CardEntry:
    """The card that rows are about: the last one counts, but a card that any of them calls handed over is so.

    Args:
        rows: the one that counts last.
        booking: of that row, from ``booking_entry``.
    """
    row = rows[-1]
    record, word = row.record, WardWord(row.record.state)
    issued = any(one.record.state == WardWord.ISSUED for one in rows)
    booked = booking is not None
    person: Mapping[str, Any] = {
        column: getattr(record, column) for column in PERSON_COLUMNS if not (booked and column in _CONTACT)
    }
    return CardEntry(
        card_id=row.card_id,
        progress=progress_after(row.progress, WardWord.ISSUED if issued else word),
        person=person,
        phone=record.phone,
        ward_status=MEANINGS[word].status,
        kept_at=record.kept_at or (row.card.kept_at if row.card else None),
        fingerprint=None if booked else row.fingerprint,
        booking_number=None if booked else record.number,
        said=word,
        wished_office_id=None if booked else record.office_id,
        as_of=max(filter(None, (row.as_of, *(one.record.as_of for one in rows))), default=None),
    )


def booking_entry(row: Known) -> BookingEntry | None:
    """The booking that a row tells of; none where nothing is booked and nothing was."""
    record, said = row.record, _said(row)
    if said is None or record.number is None:
        return None
    becomes = said
    booked_of_issued = row.progress is CardProgress.ISSUED and said in _LIVING
    if booked_of_issued or row.state is ReservationState.FULFILLED:
        becomes = ReservationState.FULFILLED
    return BookingEntry(
        reservation_id=row.booking_id,
        card_id=row.card_id,
        number=record.number,
        state=becomes,
        office_id=record.office_id,
        starts_at=record.starts_at,
        recipient_type=record.recipient_type,
        contact={column: getattr(record, column) for column in _CONTACT},
        window_name=record.window_name,
        ward_ticket_number=record.ward_ticket_number,
        group_number=record.group_number,
        fingerprint=row.fingerprint,
        said=Side(said, record.office_id, record.starts_at),
    )


def _said(row: Known) -> ReservationState | None:
    """What a row says of the booking under its number; None where it has none."""
    record, meaning = row.record, _meaning(row)
    known = row.booking is not None
    state = meaning.booking
    if meaning.ends:
        state = ReservationState.CANCELLED if known else None
    elif meaning.leaves_booking:
        before = row.booking.said or row.booking.state if row.booking else None
        state = before or ReservationState.BOOKED
        if state in _LIVING and not (record.office_id and record.starts_at):
            # A place without a time is a wish.
            return ReservationState.CANCELLED if known else None
    return state


def _meaning(row: Known) -> Meaning:
    return MEANINGS[WardWord(row.record.state)]


_LIVING: Final = (ReservationState.BOOKED, ReservationState.TENTATIVE)
