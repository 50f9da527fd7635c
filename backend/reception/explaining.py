"""What a kiosk would answer to a code or a number, and why (受付の説明): for staff, with nothing personal in it."""

from dataclasses import dataclass, replace
from datetime import datetime

from backend.cards import CardProgress, NoticeState
from backend.offices import business_day
from backend.reception.answering import Answering
from backend.reception.deciding.admission import counting, told
from backend.reception.deciding.answer import KioskAnswer
from backend.reception.storing.numbering import NumbersExhaustedError, free_number
from backend.storage import Connection
from backend.wire import CheckInReason, FieldShape, contains_my_number


@dataclass(frozen=True)
class Explanation:
    """An answer of a kiosk.

    Attributes:
        reason: as staff are told it.
        gives_ticket: whether the kiosk prints a number, a new one or once more that of today.
        series: the code of the series of that number.
        office_id: where the card's number of today is, else where its visitor is expected.
        reserved_for: when, aware.
        card_state: how far the card has come.
        notice_state: of the notice that was shown; None where a number was.
        number_offered: whether who is booked at another office or day is offered a number there; None for other reasons.
    """

    reason: CheckInReason
    gives_ticket: bool = False
    series: str | None = None
    office_id: str | None = None
    reserved_for: datetime | None = None
    card_state: CardProgress | None = None
    notice_state: NoticeState | None = None
    number_offered: bool | None = None

    @property
    def told(self) -> CheckInReason:
        """The reason that a kiosk there tells: another one where only staff are told the true one."""
        return told(self.reason)


def explained(
    connection: Connection, answering: Answering, office_id: str, text: str, now: datetime
) -> Explanation:
    """What a kiosk of an office would answer at a time, as the records stand now; nothing is changed.

    Args:
        connection: a transaction that may read.
        answering: finds the answer as check-in does.
        office_id: where.
        text: what would be scanned or typed. One with a 12-digit number is refused and not looked up.
        now: the time, aware.

    Raises:
        KeyStoreError: the keys by which numbers are found cannot be read.
    """
    if contains_my_number(text, FieldShape.CODE):
        return Explanation(CheckInReason.REFUSED)
    answer = answering.shown(connection, office_id, text, now)
    if answer.number is not None:
        try:
            free_number(connection, office_id, business_day(now), answer.number.series)
        except NumbersExhaustedError:
            return _explanation(answer, now, CheckInReason.NUMBERS_EXHAUSTED)
    offered = answering.offers_number(answer, office_id, now)
    return replace(_explanation(answer, now, answer.reason), number_offered=offered)


def _explanation(answer: KioskAnswer, now: datetime, reason: CheckInReason) -> Explanation:
    match, ticket = answer.match, answer.ticket
    if match is None:
        return Explanation(reason)
    booking = counting(match, business_day(now))
    gives_ticket = told(reason).gives_ticket
    series = answer.number.series.code if answer.number else ticket.series if ticket else None
    return Explanation(
        reason=reason,
        gives_ticket=gives_ticket,
        series=series if gives_ticket else None,
        office_id=ticket.office_id if ticket else booking.office_id if booking else None,
        reserved_for=ticket.reserved_for if ticket else booking.starts_at if booking else None,
        card_state=match.progress,
        notice_state=match.notice,
    )
