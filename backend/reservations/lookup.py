"""Finds the reservation that a visitor's code or number means. Nothing personal leaves this module."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from backend.reservations.code_patterns import CodePatterns
from backend.reservations.notice_code import CodeProblem, NoticeCode, parse_code
from backend.reservations.numbers import BadNumberError, normalise_number
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import notices, reservations
from backend.storage import Clock, utc_now
from backend.wire import FieldShape, contains_my_number, without_aim_prefix

_COLUMNS = (
    reservations.c.id,
    reservations.c.office_id,
    reservations.c.starts_at,
    reservations.c.state,
)
_LONGEST = 256
_AnyRow = Row[*tuple[Any, ...]]


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


def find_reservation(
    connection: Connection, text: str, *, key: bytes, patterns: CodePatterns, now: datetime | None = None
) -> ReservationMatch | None:
    """Find the reservation that a scanned or typed text means; what a hand scanner put around it is ignored.

    Tried in this order: the code of our own notice, the 予約番号, the patterns of other systems. A forged or
    revoked code, a text with a 12-digit number, and a number that belongs to two cards find nothing.

    Args:
        connection: a transaction that may read.
        text: what was decoded or typed; it may be anything.
        key: the server's secret.
        patterns: codes of other systems.
        now: the time of the command, aware, by default the present time; of several reservations for one card, the
            booked one nearest to it is chosen.
    """
    now = now or utc_now()
    bare = without_aim_prefix(text)
    unusable = not bare or len(text) > _LONGEST
    if unusable or any(contains_my_number(seen, FieldShape.CODE) for seen in (text, bare)):
        return None
    text = bare
    code = parse_code(text, key)
    if isinstance(code, NoticeCode):
        return _by_notice(connection, code.token)
    if code is CodeProblem.FORGED:
        return None
    try:
        found = _best(connection, reservations.c.number == normalise_number(text), now)
    except BadNumberError:
        found = None
    if found is not None:
        return found
    for field, number in patterns.candidates(text):
        found = _best(connection, reservations.c[field] == number, now)
        if found is not None:
            return found
    return None


class ReservationLookup:
    """``find_reservation`` with its settings bound: call it with a connection and a text.

    Args:
        key: the server's secret.
        patterns: codes of other systems.
        clock: the server's clock.
    """

    def __init__(self, key: bytes, patterns: CodePatterns, clock: Clock) -> None:
        self._key = key
        self._patterns = patterns
        self._clock = clock

    def __call__(self, connection: Connection, text: str) -> ReservationMatch | None:
        """Find the reservation that a text means; None if there is none."""
        return find_reservation(connection, text, key=self._key, patterns=self._patterns, now=self._clock())


def _match(row: _AnyRow) -> ReservationMatch:
    return ReservationMatch(row.id, row.office_id, row.starts_at, ReservationState(row.state))


def _by_notice(connection: Connection, token: str) -> ReservationMatch | None:
    query = (
        select(*_COLUMNS)
        .join(notices, notices.c.reservation_id == reservations.c.id)
        .where(notices.c.token == token, notices.c.revoked_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _match(row)


def _best(connection: Connection, condition: ColumnElement[bool], now: datetime) -> ReservationMatch | None:
    """The best of several reservations for one card; None if they are for different cards, as none may be guessed."""
    rows = connection.execute(select(*_COLUMNS, reservations.c.card_number).where(condition).limit(50)).all()
    if not rows or len({row.card_number for row in rows}) > 1:
        return None

    def rank(row: _AnyRow) -> tuple[bool, float, str]:
        distance = abs((row.starts_at - now).total_seconds()) if row.starts_at is not None else float("inf")
        return row.state != ReservationState.BOOKED, distance, row.id

    return _match(min(rows, key=rank))
