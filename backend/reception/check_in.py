"""Check-in (受付): a notice or its number becomes a ticket, once per notice and day."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.offices import Directory, Office, business_day
from backend.reception.numbering import NumbersExhaustedError, next_number
from backend.reception.order import PRIORITY_ARRIVAL, PRIORITY_RETURNED, QueuePlace, place_for
from backend.reception.papers import RESULT_WITHIN, paper_open_at
from backend.reception.queue_policy import Policies
from backend.reception.tables import refusals, tickets
from backend.reception.telling import Telling
from backend.reception.ticket import Ticket, find_ticket, from_row, record_step, ticket_fields
from backend.reception.transitions import wait_again
from backend.reservations import ReservationMatch, ReservationState
from backend.storage import Database, UnitOfWork, body_hash, once
from backend.wire import (
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    EventKind,
    FieldShape,
    PrintReply,
    PrintReport,
    PrintState,
    RefusalKind,
    RefusalReport,
    TicketState,
    WalkInRequest,
    contains_my_number,
)

Lookup = Callable[[Connection, str], ReservationMatch | None]
_ATTEMPTS = 4

# Statements of every check-in are made once: making one costs five times as much as running it.
_ISSUE = insert(tickets).returning(*ticket_fields())
_OF_NOTICE = (
    select(*ticket_fields())
    .where(
        tickets.c.reservation_id == bindparam("reservation"),
        tickets.c.business_day == bindparam("day"),
        tickets.c.state != TicketState.CANCELLED.value,
    )
    .with_for_update()
)


@dataclass(frozen=True)
class Caller:
    """The device that asks: its id and the office it stands in."""

    device_id: str
    office_id: str


class CheckIn:
    """Receives visitors.

    Args:
        database: where tickets are kept.
        directory: offices and their hours.
        policies: the settings of each office's queue.
        lookup: finds the reservation that a scanned or typed text means.
        key: keys the fingerprints of requests and of unknown codes.
    """

    def __init__(
        self, database: Database, directory: Directory, policies: Policies, lookup: Lookup, key: bytes
    ) -> None:
        self._database = database
        self._directory = directory
        self._policies = policies
        self._lookup = lookup
        self._key = key
        self._telling = Telling(directory, policies)

    def check_in(self, request: CheckInRequest, caller: Caller) -> CheckInReply:
        """Receive the visitor who shows a notice or types its number."""
        shown = request.code if request.code is not None else request.number or ""
        if contains_my_number(shown, FieldShape.CODE):
            # Nothing of it may be kept, so not even the request is remembered.
            self._count_refusal(caller, RefusalKind.MY_NUMBER.value, None)
            return CheckInReply(reason=CheckInReason.REFUSED)
        return self._once(
            request.request_id,
            "check_in",
            caller,
            {"shown": shown, "typed": request.code is None, "language": request.language},
            lambda work: self._receive(work, shown, request.language, caller),
        )

    def walk_in(self, request: WalkInRequest, caller: Caller) -> CheckInReply:
        """Give a number of the assisted queue to a visitor without notice or reservation."""

        def receive(work: UnitOfWork) -> CheckInReply:
            closed = self._closed(caller.office_id, work.now)
            if closed is not None:
                return closed
            policy = self._policies.of(caller.office_id)
            place = place_for(None, work.now, early=policy.early, grace=policy.grace)
            return self._issue(work, caller, place, None, request.language)

        return self._once(request.request_id, "walk_in", caller, {"language": request.language}, receive)

    def count_refusal(self, report: RefusalReport, caller: Caller) -> None:
        """Count a code that the kiosk refused by itself; what it was is neither told nor kept."""

        def act() -> Mapping[str, Any]:
            _insert_refusal(work, caller, report.kind.value, None)
            return {}

        fingerprint = body_hash(self._key, "refusal", caller.device_id, {"kind": report.kind.value})
        with self._database.write() as work:
            once(work, report.request_id, "refusal", fingerprint, act)

    def report_print(self, ticket_id: UUID, report: PrintReport, caller: Caller) -> PrintReply | None:
        """Note what became of a ticket's paper; the ticket is valid either way. None for an unknown ticket."""
        body = {"ticket": ticket_id.hex, "state": report.state.value, "trouble": report.trouble}
        fingerprint = body_hash(self._key, "print_report", caller.device_id, body)

        def act() -> Mapping[str, Any]:
            ticket = find_ticket(work.connection, ticket_id.hex, lock=True)
            if ticket is None or ticket.office_id != caller.office_id:
                return {}
            row = (
                work.connection.execute(
                    update(tickets)
                    .where(tickets.c.id == ticket.id)
                    .values(
                        print_state=report.state.value,
                        print_trouble=report.trouble.value if report.trouble else None,
                        paper_open_at=paper_open_at(ticket, report, work.now),
                    )
                    .returning(*ticket_fields())
                )
                .mappings()
                .one()
            )
            printed = report.state is not PrintState.FAILED
            record_step(work, from_row(row), EventKind.TICKET_PRINTED if printed else EventKind.PRINT_FAILED)
            return PrintReply(ticket=self._telling.ticket(work, from_row(row))).model_dump(mode="json")

        with self._database.write() as work:
            reply = once(work, report.request_id, "print_report", fingerprint, act)
        return PrintReply.model_validate(reply) if reply else None

    def _once(
        self,
        request_id: UUID,
        command: str,
        caller: Caller,
        body: Mapping[str, Any],
        receive: Callable[[UnitOfWork], CheckInReply],
    ) -> CheckInReply:
        """Run a check-in in one transaction; when another kiosk was faster with the same notice, look again."""
        fingerprint = body_hash(self._key, command, caller.device_id, body)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._database.write() as work:
                    reply = once(
                        work, request_id, command, fingerprint, lambda: receive(work).model_dump(mode="json")
                    )
                return CheckInReply.model_validate(reply)
            except IntegrityError:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    def _receive(self, work: UnitOfWork, shown: str, language: str, caller: Caller) -> CheckInReply:
        today = business_day(work.now)
        match = self._lookup(work.connection, shown)
        if match is None:
            _insert_refusal(work, caller, CheckInReason.UNKNOWN.value, self._fingerprint(shown))
            return CheckInReply(reason=CheckInReason.UNKNOWN)
        # 1. The same notice on the same day is the same ticket, at any hour and at any kiosk of any office.
        existing = _ticket_of(work.connection, match.reservation_id, today)
        if existing is not None:
            return self._again(work, existing, caller)
        # 2. What the reservation itself, or the hour, rules out.
        refusal = self._ruled_out(match, caller, work.now) or self._closed(caller.office_id, work.now)
        if refusal is not None:
            return refusal
        policy = self._policies.of(caller.office_id)
        place = place_for(match.starts_at, work.now, early=policy.early, grace=policy.grace)
        return self._issue(work, caller, place, match, language)

    def _ruled_out(self, match: ReservationMatch, caller: Caller, now: datetime) -> CheckInReply | None:
        """Return why the reservation gets no number here today; None if it gets one."""
        if match.state is ReservationState.ISSUED:
            return CheckInReply(reason=CheckInReason.ALREADY_ISSUED)
        if match.state is ReservationState.CANCELLED:
            return CheckInReply(reason=CheckInReason.CANCELLED)
        if match.state is ReservationState.WITHDRAWN:
            return CheckInReply(reason=CheckInReason.NO_CARD)
        if match.office_id is not None and match.office_id != caller.office_id:
            return self._another_office(match, now)
        if match.starts_at is not None and business_day(match.starts_at) != business_day(now):
            return CheckInReply(reason=CheckInReason.ANOTHER_DAY, reserved_for=match.starts_at)
        return None

    def _again(self, work: UnitOfWork, ticket: Ticket, caller: Caller) -> CheckInReply:
        """The visitor has a number today: tell where they are, and let who comes back wait once more."""
        found = ticket.state
        if found is TicketState.ISSUED:
            return CheckInReply(reason=CheckInReason.ALREADY_ISSUED, found=found)
        if ticket.office_id != caller.office_id:
            # Who shows the notice here is not there: nothing changes, and the way there is told.
            place = self._telling.place(ticket.office_id, ticket.reserved_for, work.now)
            return CheckInReply(
                reason=CheckInReason.ANOTHER_OFFICE,
                ticket=self._telling.ticket(work, ticket),
                reserved_for=ticket.reserved_for,
                office_id=ticket.office_id,
                office_name=place.name["ja"] if place else None,
                office=place,
                found=found,
            )
        if found is TicketState.INCOMPLETE:
            ticket = wait_again(work, ticket, PRIORITY_ARRIVAL)
        elif found is TicketState.ABSENT and self._policies.of(caller.office_id).absent_returns_at_kiosk:
            ticket = wait_again(work, ticket, PRIORITY_RETURNED)
        return CheckInReply(
            reason=CheckInReason.ALREADY_CHECKED_IN, ticket=self._telling.ticket(work, ticket), found=found
        )

    def _another_office(self, match: ReservationMatch, now: datetime) -> CheckInReply:
        """Where to go, and when: the reserved time is told whatever its day, so that both can be said."""
        place = self._telling.place(match.office_id, match.starts_at, now)
        return CheckInReply(
            reason=CheckInReason.ANOTHER_OFFICE,
            reserved_for=match.starts_at,
            office_id=match.office_id,
            office_name=place.name["ja"] if place else None,
            office=place,
        )

    def _closed(self, office_id: str, now: datetime) -> CheckInReply | None:
        if self._directory.open_at(office_id, now, lead=self._policies.of(office_id).lead) is not None:
            return None
        following = self._directory.next_opening(office_id, now)
        return CheckInReply(
            reason=CheckInReason.CLOSED, opens_at=following.opens_at if following is not None else None
        )

    def _issue(
        self,
        work: UnitOfWork,
        caller: Caller,
        place: QueuePlace,
        match: ReservationMatch | None,
        language: str,
    ) -> CheckInReply:
        office: Office = self._directory[caller.office_id]
        series = office.series[office.walk_in_series if match is None else office.reservation_series]
        day = business_day(work.now)
        try:
            number = next_number(work, office.id, day, series)
        except NumbersExhaustedError:
            return CheckInReply(reason=CheckInReason.NUMBERS_EXHAUSTED)
        issued = {
            "id": uuid4().hex,
            "office_id": office.id,
            "business_day": day,
            "series": series.code,
            "number": number,
            "label": series.label(number),
            "state": TicketState.WAITING.value,
            "reason": place.reason.value,
            "priority": place.priority,
            "order_at": place.order_at,
            "reservation_id": match.reservation_id if match else None,
            "reserved_for": match.starts_at if match else None,
            "device_id": caller.device_id,
            "language": language,
            "created_at": work.now,
            "call_count": 0,
            "print_state": PrintState.PENDING.value,
            # Only kiosks ask for numbers, and each prints: this stands if it never says what became of the paper.
            "paper_open_at": work.now + RESULT_WITHIN,
        }
        ticket = from_row(work.connection.execute(_ISSUE, issued).mappings().one())
        record_step(work, ticket, EventKind.TICKET_ISSUED)
        return CheckInReply(reason=place.reason, ticket=self._telling.ticket(work, ticket))

    def _fingerprint(self, shown: str) -> str:
        return hashlib.blake2b(shown.encode(errors="replace"), key=self._key[:64], digest_size=32).hexdigest()

    def _count_refusal(self, caller: Caller, reason: str, fingerprint: str | None) -> None:
        with self._database.write() as work:
            _insert_refusal(work, caller, reason, fingerprint)


def _insert_refusal(work: UnitOfWork, caller: Caller, reason: str, fingerprint: str | None) -> None:
    work.connection.execute(
        insert(refusals).values(
            id=uuid4().hex,
            at=work.now,
            office_id=caller.office_id,
            device_id=caller.device_id,
            reason=reason,
            fingerprint=fingerprint,
        )
    )


def _ticket_of(connection: Connection, reservation_id: str, day: Any) -> Ticket | None:
    """The ticket that a notice has on a day, locked: a clerk may be calling it at this moment."""
    asked = {"reservation": reservation_id, "day": day}
    row = connection.execute(_OF_NOTICE, asked).mappings().one_or_none()
    return None if row is None else from_row(row)
