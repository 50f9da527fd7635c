"""Finds the card that a visitor's code or number means. Nothing personal leaves this module."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, literal_column, select, text

from backend.cards import (
    BadNumberError,
    CardProgress,
    CodeProblem,
    IndexKind,
    NoticeCode,
    NoticeState,
    cards,
    find_cards,
    normalise_number,
    notices,
    parse_code,
)
from backend.reservations.code_patterns import CodePatterns
from backend.reservations.match import Booking, CardMatch, Shown
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import BOOKED, booking_sheets, reservations
from backend.sealing import Records
from backend.storage import Statement
from backend.wire import FieldShape, contains_my_number, without_aim_prefix

_LONGEST = 256
_INDEXED = {
    "card_number": IndexKind.CARD_NUMBER,
    "dispatch_number": IndexKind.DISPATCH_NUMBER,
    "application_id": IndexKind.APPLICATION_ID,
}


class _Found(NamedTuple):
    """A row of the statements below."""

    card_id: str
    progress: str
    kept_at: str | None
    last_day: Any
    reservation_id: str | None
    office_id: str | None
    starts_at: datetime | None
    group_number: str | None
    shown: str | None = None


_COLUMNS = (
    cards.c.id,
    cards.c.progress,
    cards.c.kept_at,
    cards.c.last_day,
    reservations.c.id.label("reservation_id"),
    reservations.c.office_id,
    reservations.c.starts_at,
    reservations.c.group_number,
)
_WITH_BOOKING = cards.outerjoin(
    reservations, (reservations.c.card_id == cards.c.id) & text(f"reservations.{BOOKED}")
)
# Parts of every check-in, so compiled once.
_BY_ID = Statement(select(*_COLUMNS).select_from(_WITH_BOOKING).where(cards.c.id == bindparam("asked")))
_BY_TOKEN = Statement(
    select(*_COLUMNS, notices.c.state.label("shown"))
    .select_from(_WITH_BOOKING.join(notices, notices.c.card_id == cards.c.id))
    .where(notices.c.token == bindparam("token"), notices.c.state != literal_column(f"'{NoticeState.VOID}'"))
)
# Asked only where no notice has the code, so that an ordinary check-in pays nothing for it.
_BY_SHEET = Statement(
    select(
        booking_sheets.c.reservation_id,
        booking_sheets.c.office_id,
        booking_sheets.c.starts_at,
        reservations.c.card_id,
    )
    .select_from(booking_sheets.join(reservations, reservations.c.id == booking_sheets.c.reservation_id))
    .where(booking_sheets.c.token == bindparam("token"), booking_sheets.c.void_at.is_(None))
)
_BY_NUMBER = Statement(select(reservations.c.card_id).where(reservations.c.number == bindparam("asked")))
_MISSED = Statement(
    select(reservations.c.id, reservations.c.office_id, reservations.c.starts_at, reservations.c.group_number)
    .where(
        reservations.c.card_id == bindparam("asked"),
        reservations.c.state == literal_column(f"'{ReservationState.NO_SHOW}'"),
        reservations.c.office_id.is_not(None),
        reservations.c.starts_at.is_not(None),
    )
    # Of two for one time the number decides: an answer never hangs on the order in which rows happen to lie.
    .order_by(reservations.c.starts_at.desc(), reservations.c.number.desc())
    .limit(literal_column("1"))
)


class CardLookup:
    """Finds the card that a text means: call it with a connection and a text.

    Args:
        key: the server's secret.
        patterns: codes of other systems.
        records: sealed records, for the digests by which numbers are found.
    """

    def __init__(self, key: bytes, patterns: CodePatterns, records: Records) -> None:
        self._key = key
        self._patterns = patterns
        self._records = records

    def __call__(self, connection: Connection, text: str) -> CardMatch | None:
        """Find the card that a scanned or typed text means; what a hand scanner put around it is taken off.

        Tried in this order: the code of our own notice or booking sheet, the 予約番号, the patterns of other systems. A
        forged or void code, a text with a 12-digit number, and a number that means two cards find nothing.

        Args:
            connection: a transaction that may read.
            text: what was decoded or typed, whatever it is.

        Raises:
            KeyStoreError: the keys of the index cannot be read.
        """
        bare = without_aim_prefix(text)
        unusable = not bare or len(text) > _LONGEST
        if unusable or any(contains_my_number(seen, FieldShape.CODE) for seen in (text, bare)):
            return None
        code = parse_code(bare, self._key)
        if isinstance(code, NoticeCode):
            row = _BY_TOKEN.first(connection, token=code.token)
            return _by_sheet(connection, code.token) if row is None else _match(connection, _Found(*row))
        if code is CodeProblem.FORGED:
            return None
        card_id = self._by_number(connection, bare)
        return None if card_id is None else find_match(connection, card_id)

    def _by_number(self, connection: Connection, bare: str) -> str | None:
        try:
            number = normalise_number(bare)
        except BadNumberError:
            number = None
        if number is not None:
            row = _BY_NUMBER.first(connection, asked=number)
            if row is not None:
                return str(row[0])
            unbooked = find_cards(connection, self._records, IndexKind.BOOKING_NUMBER, number)
            if unbooked:
                return _only(unbooked)
        for field, value in self._patterns.candidates(bare):
            if field == "number":
                row = _BY_NUMBER.first(connection, asked=value)
                found = [] if row is None else [str(row[0])]
            else:
                found = find_cards(connection, self._records, _INDEXED[field], value)
            if found:
                return _only(found)
        return None


def find_match(connection: Connection, card_id: str, shown: Shown = Shown.NUMBER) -> CardMatch | None:
    """A card with an id of ours, and what is booked for it; none if it is gone."""
    row = _BY_ID.first(connection, asked=card_id)
    return None if row is None else _match(connection, _Found(*row), shown)


def _by_sheet(connection: Connection, token: str) -> CardMatch | None:
    """The card of a booking sheet; the sheet is old where what it says is not what is booked now."""
    row = _BY_SHEET.first(connection, token=token)
    match = None if row is None else find_match(connection, str(row[3]))
    if row is None or match is None:
        return None
    now = match.booking
    holds = now is not None and (now.reservation_id, now.office_id, now.starts_at) == tuple(row[:3])
    return match if holds else replace(match, shown=Shown.OLD_SHEET)


def _match(connection: Connection, row: _Found, shown: Shown = Shown.NUMBER) -> CardMatch:
    notice = None if row.shown is None else NoticeState(row.shown)
    if notice is not None:
        shown = Shown.OLD_NOTICE if notice is NoticeState.SUPERSEDED else Shown.NOTICE
    return CardMatch(
        row.card_id,
        CardProgress(row.progress),
        row.kept_at,
        row.last_day,
        shown,
        _booking(connection, row),
        notice,
    )


def _booking(connection: Connection, row: _Found) -> Booking | None:
    """The booked one; else the one that was missed last, as who is late may be on the way when the ward notes that."""
    if row.reservation_id is not None and row.office_id is not None and row.starts_at is not None:
        return Booking(
            row.reservation_id, row.office_id, row.starts_at, ReservationState.BOOKED, row.group_number
        )
    missed = _MISSED.first(connection, asked=row.card_id)
    if missed is None:
        return None
    return Booking(missed[0], missed[1], missed[2], ReservationState.NO_SHOW, missed[3])


def _only(card_ids: list[str]) -> str | None:
    """Two cards under one number are nobody's to choose between."""
    return card_ids[0] if len(set(card_ids)) == 1 else None
