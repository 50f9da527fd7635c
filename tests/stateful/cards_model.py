"""Cards, notices, bookings and visits in plain Python: what an import makes of them, and what a kiosk answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from backend.cards.states import CardProgress, NoticeState, WardStatus
from backend.common.tokyo import in_tokyo
from backend.reservations.reservation_state import ReservationState
from backend.wire.codes import CheckInReason, TicketState
from tests.stateful.two_offices import EARLY, GRACE, OFFICES

GIVES_UNBOOKED: Final = "01"
"""The office that gives a number to somebody with a notice and without a booking."""
OPENS, CLOSES = 8 * 60, 17 * 60
"""Minutes of the day from which and until when numbers are given: half an hour before the office opens, to its end."""
_BECOMES: Final = {
    WardStatus.NOTIFIED: ReservationState.CANCELLED,
    WardStatus.BOOKED: ReservationState.BOOKED,
    WardStatus.CANCELLED: ReservationState.CANCELLED,
    WardStatus.NO_SHOW: ReservationState.NO_SHOW,
    WardStatus.ISSUED: ReservationState.FULFILLED,
    WardStatus.WITHDRAWN: ReservationState.CANCELLED,
}
_AT_DAYS_END: Final = {
    TicketState.WAITING: TicketState.CANCELLED,
    TicketState.CALLED: TicketState.CANCELLED,
    TicketState.SERVING: TicketState.CANCELLED,
    TicketState.HANDED_OVER: TicketState.ENDED,
    TicketState.CALLED_TO_ISSUANCE: TicketState.ENDED,
}
"""What becomes of a number that nobody brought to its end; one with incomplete papers stays so."""


@dataclass(frozen=True)
class Row:
    """A row of the ward's export about one card."""

    card: int
    number: str
    status: WardStatus
    office: str
    at: datetime


@dataclass
class Booked:
    """A booking as it stands, and the row that said so."""

    row: Row
    state: ReservationState


@dataclass
class Visited:
    """A number of a day."""

    card: int
    day: date
    office: str
    label: str
    state: TicketState
    reserved_for: datetime | None

    @property
    def series(self) -> str:
        """From which its number is."""
        return self.label[0]


@dataclass
class KnownCard:
    """A card with everything that is known of it."""

    last_day: date | None
    there: bool = False
    progress: CardProgress = CardProgress.NOTIFIED
    bookings: dict[str, Booked] = field(default_factory=dict)
    unbooked: Row | None = None
    notices: list[NoticeState] = field(default_factory=list)
    readable: bool = False


@dataclass(frozen=True)
class Told:
    """What is answered to a code or a number."""

    reason: CheckInReason
    gives_ticket: bool = False
    series: str | None = None
    office: str | None = None
    reserved_for: datetime | None = None
    card_state: CardProgress | None = None
    notice_state: NoticeState | None = None


@dataclass(frozen=True)
class Shown:
    """What is held up or typed: the code of a card's notice, by its place among them, or a number."""

    card: int
    notice: int | None = None
    number: str | None = None


class Model:
    """Some cards and what happens to them. Each method does what its name says."""

    def __init__(self, now: datetime, last_days: Sequence[date | None]) -> None:
        self.now = now
        self.cards = [KnownCard(last_day) for last_day in last_days]
        self.visits: list[Visited] = []
        self._last = {(office, code): first for office in OFFICES for code, first in (("M", 0), ("W", 399))}

    @property
    def today(self) -> date:
        """In Tokyo."""
        return in_tokyo(self.now).date()

    def shown(self) -> list[Shown]:
        """Everything that anybody could show."""
        return [
            *(
                Shown(place, notice=one)
                for place, card in enumerate(self.cards)
                for one in range(len(card.notices))
            ),
            *(
                Shown(place, number=number)
                for place, card in enumerate(self.cards)
                for number in numbers_of(place)
                if card.there or number
            ),
        ]

    # What the ward says

    def imported(self, rows: Sequence[Row]) -> None:
        """Rows of one file; of those about a card the booked one with the latest time counts last."""
        for place, card in enumerate(self.cards):
            news = [row for row in rows if row.card == place and not self._said_before(card, row)]
            if news:
                self._keep(card, sorted(news, key=lambda row: (row.status is WardStatus.BOOKED, row.at)))

    def _said_before(self, card: KnownCard, row: Row) -> bool:
        booked = card.bookings.get(row.number)
        return row in ((booked.row,) if booked else (card.unbooked,))

    def _keep(self, card: KnownCard, rows: Sequence[Row]) -> None:
        states = {row.number: self._becomes(card, row) for row in rows if self._tells_of_booking(card, row)}
        winners = [number for number, state in states.items() if state is ReservationState.BOOKED]
        if winners:
            others = {number for number, one in card.bookings.items() if one.state is ReservationState.BOOKED}
            for number in others - states.keys():
                card.bookings[number].state = ReservationState.REPLACED
            states |= dict.fromkeys(winners[:-1], ReservationState.REPLACED)
        last = rows[-1]
        card.unbooked = None if last.number in states else last
        card.progress = self._progress(card, rows)
        card.there = card.readable = True
        for row in rows:
            if row.number in states:
                card.bookings[row.number] = Booked(row, states[row.number])

    def _tells_of_booking(self, card: KnownCard, row: Row) -> bool:
        return row.status is not WardStatus.NOTIFIED or row.number in card.bookings

    def _becomes(self, card: KnownCard, row: Row) -> ReservationState:
        state, before = _BECOMES[row.status], card.bookings.get(row.number)
        over = card.progress is CardProgress.ISSUED and state is ReservationState.BOOKED
        if over or (before is not None and before.state is ReservationState.FULFILLED):
            return ReservationState.FULFILLED
        return state

    def _progress(self, card: KnownCard, rows: Sequence[Row]) -> CardProgress:
        if card.progress is CardProgress.ISSUED or any(row.status is WardStatus.ISSUED for row in rows):
            return CardProgress.ISSUED
        withdrawn = rows[-1].status is WardStatus.WITHDRAWN
        return CardProgress.WITHDRAWN if withdrawn else CardProgress.NOTIFIED

    # Notices

    def notified_again(self, place: int) -> None:
        """Another notice; the living one before it is superseded."""
        notices = self.cards[place].notices
        self._end_living(notices, NoticeState.SUPERSEDED)
        notices.append(NoticeState.MADE)

    def returned(self, place: int) -> None:
        """The post brings the living one back."""
        self._end_living(self.cards[place].notices, NoticeState.RETURNED)

    def voided(self, place: int) -> None:
        """Every code of the card is unknown from now on."""
        notices = self.cards[place].notices
        notices[:] = [NoticeState.VOID] * len(notices)

    def _end_living(self, notices: list[NoticeState], state: NoticeState) -> None:
        notices[:] = [state if one is NoticeState.MADE else one for one in notices]

    # The kiosk

    def answer(self, office: str, shown: Shown) -> Told:
        """What a kiosk answers now."""
        card, notice = self.cards[shown.card], self._notice(shown)
        if not self._means(card, shown, notice):
            return Told(CheckInReason.UNKNOWN)
        visit = self.visit_of(shown.card)
        if visit is not None:
            reason = CheckInReason.ALREADY_CHECKED_IN
            if visit.state is TicketState.ISSUED:
                reason = CheckInReason.ALREADY_ISSUED
            elif visit.office != office:
                reason = CheckInReason.ANOTHER_OFFICE
            again = reason is CheckInReason.ALREADY_CHECKED_IN
            return Told(
                reason,
                again,
                visit.series if again else None,
                visit.office,
                visit.reserved_for,
                card.progress,
                notice,
            )
        booking = self.counting(card)
        reason, series = self._without_visit(card, booking, office)
        return Told(
            reason,
            series is not None,
            series,
            booking.row.office if booking else None,
            booking.row.at if booking else None,
            card.progress,
            notice,
        )

    def received(self, office: str, shown: Shown) -> tuple[Told, Visited | None]:
        """Somebody shows it: the answer, and their number where one is given or was given today."""
        told = self.answer(office, shown)
        visit = self.visit_of(shown.card) if told.reason is not CheckInReason.UNKNOWN else None
        if visit is not None and told.reason is CheckInReason.ALREADY_CHECKED_IN:
            if visit.state is TicketState.INCOMPLETE:
                visit.state = TicketState.WAITING
        elif told.series is not None:
            self._last[office, told.series] += 1
            label = f"{told.series}-{self._last[office, told.series]:03}"
            reserved_for = told.reserved_for if told.series == "M" else None
            visit = Visited(shown.card, self.today, office, label, TicketState.WAITING, reserved_for)
            self.visits.append(visit)
        return told, visit

    def _notice(self, shown: Shown) -> NoticeState | None:
        return None if shown.notice is None else self.cards[shown.card].notices[shown.notice]

    def _means(self, card: KnownCard, shown: Shown, notice: NoticeState | None) -> bool:
        if notice is not None:
            return notice is not NoticeState.VOID
        unbooked = card.unbooked is not None and card.unbooked.number == shown.number
        return shown.number in card.bookings or unbooked

    def counting(self, card: KnownCard) -> Booked | None:
        """The booked one, else the one that was missed last if that was today."""
        booked = [one for one in card.bookings.values() if one.state is ReservationState.BOOKED]
        if booked:
            return booked[0]
        missed = [one for one in card.bookings.values() if one.state is ReservationState.NO_SHOW]
        last = max(missed, key=lambda one: (one.row.at, one.row.number), default=None)
        return last if last is not None and in_tokyo(last.row.at).date() == self.today else None

    def _without_visit(  # noqa: PLR0911 - a line of the table each
        self, card: KnownCard, booking: Booked | None, office: str
    ) -> tuple[CheckInReason, str | None]:
        if card.progress is CardProgress.ISSUED:
            return CheckInReason.ALREADY_ISSUED, None
        if card.progress is CardProgress.WITHDRAWN:
            return CheckInReason.NO_CARD, None
        if card.last_day is not None and card.last_day < self.today:
            return self._if_open(CheckInReason.CARD_EXPIRED, "W")
        if booking is None and office == GIVES_UNBOOKED:
            return self._if_open(CheckInReason.WALK_IN, "W")
        if booking is None:
            return CheckInReason.NOT_RESERVED, None
        if booking.row.office != office:
            return CheckInReason.ANOTHER_OFFICE, None
        if in_tokyo(booking.row.at).date() != self.today:
            return CheckInReason.ANOTHER_DAY, None
        if self.now < booking.row.at - EARLY:
            return self._if_open(CheckInReason.EARLY, "M")
        return self._if_open(
            CheckInReason.LATE if self.now > booking.row.at + GRACE else CheckInReason.ON_TIME, "M"
        )

    def _if_open(self, reason: CheckInReason, series: str) -> tuple[CheckInReason, str | None]:
        local = in_tokyo(self.now)
        if OPENS <= local.hour * 60 + local.minute < CLOSES:
            return reason, series
        return CheckInReason.CLOSED, None

    # The counter

    def visit_of(self, place: int) -> Visited | None:
        """The number that a card has today."""
        return next(
            (
                one
                for one in self.visits
                if one.card == place and one.day == self.today and one.state is not TicketState.CANCELLED
            ),
            None,
        )

    def of_today(self, office: str, *states: TicketState) -> list[Visited]:
        """Who is in one of some states at an office today."""
        return [
            one
            for one in self.visits
            if (one.office, one.day) == (office, self.today) and one.state in states
        ]

    def commanded(self, office: str) -> None:
        """A command is carried out at an office: the first of a day closes what earlier days left open there."""
        for one in self.visits:
            if one.office == office and one.day < self.today:
                one.state = _AT_DAYS_END.get(one.state, one.state)

    def issued(self, visit: Visited) -> bool:
        """The card is handed over; False where another visit did that before, so that this is refused.

        Where only a file of the ward said so before, it is the same hand-over, told twice.
        """
        card = self.cards[visit.card]
        if any(one.card == visit.card and one.state is TicketState.ISSUED for one in self.visits):
            return False
        card.progress, visit.state = CardProgress.ISSUED, TicketState.ISSUED
        for one in card.bookings.values():
            if one.state is ReservationState.BOOKED:
                one.state = ReservationState.FULFILLED
        return True

    def next_day(self, now: datetime) -> None:
        """Numbers begin anew."""
        self.now = now
        self._last = {(office, code): first for office in OFFICES for code, first in (("M", 0), ("W", 399))}


def numbers_of(place: int) -> list[str]:
    """The numbers under which a card may be booked."""
    return [f"1000{place}00{digit}" for digit in range(2)]
