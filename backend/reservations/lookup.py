"""Finds the reservation that a visitor's code or number means. Nothing personal leaves this module."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select

from backend.reservations.code_patterns import CodePatterns
from backend.reservations.notice_code import CodeProblem, NoticeCode, parse_code
from backend.reservations.numbers import BadNumberError, normalise_number
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import notices, reservations
from backend.storage import Statement
from backend.wire import FieldShape, contains_my_number, without_aim_prefix

_COLUMNS = (
    reservations.c.id,
    reservations.c.office_id,
    reservations.c.starts_at,
    reservations.c.state,
)
_LONGEST = 256
_MOST = 50


@cache
def _by(field: str) -> Statement:
    """Reservations by one of their numbers."""
    query = select(*_COLUMNS, reservations.c.card_number)
    return Statement(
        query.where(reservations.c[field] == bindparam("asked")).limit(literal_column(str(_MOST)))
    )


# Parts of every check-in, so compiled once.
_BY_NUMBER = _by("number")
_BY_ID = _by("id")
_BY_TOKEN = Statement(
    select(*_COLUMNS)
    .join(notices, notices.c.reservation_id == reservations.c.id)
    .where(notices.c.token == bindparam("token"), notices.c.revoked_at.is_(None))
)


@dataclass(frozen=True)
class ReservationMatch:
    """A reservation as check-in may see it.

    Attributes:
        reservation_id: our id.
        office_id: where the visitor is expected, ``None`` if nothing is booked.
        starts_at: when, aware, UTC; ``None`` if nothing is booked.
        state: the state of the reservation (処理状況).
    """

    reservation_id: str
    office_id: str | None
    starts_at: datetime | None
    state: ReservationState


class ReservationLookup:
    """Finds the reservation that a text means: call it with a connection, a text and the time.

    Args:
        key: the server's secret.
        patterns: codes of other systems.
    """

    def __init__(self, key: bytes, patterns: CodePatterns) -> None:
        self._key = key
        self._patterns = patterns

    def __call__(self, connection: Connection, text: str, now: datetime) -> ReservationMatch | None:
        """Find the reservation that a scanned or typed text means; what a hand scanner put around it is taken off.

        Tried in this order: the code of our own notice, the 予約番号, the patterns of other systems. A forged or
        revoked code, a text with a 12-digit number, and a number that means two cards find nothing.

        Args:
            connection: a transaction that may read.
            text: what was decoded or typed, whatever it is.
            now: the time of the command, aware; of several reservations for one card the booked one nearest to it is
                meant.
        """
        bare = without_aim_prefix(text)
        unusable = not bare or len(text) > _LONGEST
        if unusable or any(contains_my_number(seen, FieldShape.CODE) for seen in (text, bare)):
            return None
        code = parse_code(bare, self._key)
        if isinstance(code, NoticeCode):
            row = _BY_TOKEN.first(connection, token=code.token)
            return None if row is None else _match(row)
        if code is CodeProblem.FORGED:
            return None
        try:
            found = _best(_BY_NUMBER.rows(connection, asked=normalise_number(bare)), now)
        except BadNumberError:
            found = None
        if found is not None:
            return found
        for field, number in self._patterns.candidates(bare):
            found = _best(_by(field).rows(connection, asked=number), now)
            if found is not None:
                return found
        return None


def find_by_id(connection: Connection, reservation_id: str) -> ReservationMatch | None:
    """The reservation with an id of ours, or none."""
    row = _BY_ID.first(connection, asked=reservation_id)
    return None if row is None else _match(row)


def _match(row: tuple[Any, ...]) -> ReservationMatch:
    reservation_id, office_id, starts_at, state = row[:4]
    return ReservationMatch(reservation_id, office_id, starts_at, ReservationState(state))


def _best(rows: list[tuple[Any, ...]], now: datetime) -> ReservationMatch | None:
    """One card may have been booked several times; two cards under one number are nobody's to choose between."""
    if not rows or len({card_number for *_, card_number in rows}) > 1:
        return None

    def rank(match: ReservationMatch) -> tuple[bool, float, str]:
        at = match.starts_at
        distance = abs((at - now).total_seconds()) if at is not None else float("inf")
        return match.state is not ReservationState.BOOKED, distance, match.reservation_id

    return min(map(_match, rows), key=rank)
