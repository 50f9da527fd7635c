"""A server in memory with simple rules, for tests of screens and for looking at a device without a server.

It behaves as devices may expect: the same notice gives the same ticket, a request id belongs to one body, a 12-digit
number is refused, and a request whose answer was lost may be sent again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar, cast
from uuid import UUID, uuid4

from pydantic import BaseModel

from backend.client.errors import BackendRefusedError, BackendUnavailableError
from backend.client.fake_hall import OVER, Behaviour, FakeNotice, Hall, estimate
from backend.client.fake_newer import newer
from backend.client.fake_situations import SITUATIONS
from backend.wire import (
    JOINABLE_STATES,
    WIRE_VERSION,
    Board,
    BringGuide,
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    ErrorCode,
    FieldShape,
    Health,
    KindChoice,
    NumberShape,
    OfficeInfo,
    PrintReply,
    PrintReport,
    PrintState,
    RefusalReport,
    TicketMessage,
    TicketState,
    WalkInRequest,
    contains_my_number,
    hear,
    without_aim_prefix,
)

__all__ = ["Behaviour", "FakeBackend", "FakeNotice", "Hall"]

_JST = timezone(timedelta(hours=9), "JST")
_OFFICE = "00"

ReplyT = TypeVar("ReplyT", bound=BaseModel)


class FakeBackend:
    """A server in memory that implements :class:`~backend.client.port.Backend`.

    Args:
        notices: what is known of each code or number; anything else is unknown.
        now: the server's clock, aware; UTC by default.
        new_id: makes ticket ids.

    Attributes:
        hall: what happened; if a test changes a ticket's ``office_id``, its notice counts as one of another office.
        number_shapes: the forms that a typed number can have; empty if the server sends none.
        kinds: what people without a reservation may come for; empty if the server sends none.
        absent_returns: whether an absent visitor who shows the notice again waits again, or stays absent.
        party_limit: how many notices may join one number.
    """

    def __init__(
        self,
        notices: dict[str, FakeNotice] | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.notices = dict(notices or {})
        self.behaviour = Behaviour()
        self.hall = Hall()
        self.open_now = True
        self.opens_at: datetime | None = None
        self.situations = list(SITUATIONS)
        self.number_shapes: list[NumberShape] = []
        self.kinds: list[KindChoice] = []
        self.absent_returns = True
        self.party_limit = 6
        self._now = now
        self._new_id = new_id
        self._by_notice: dict[str, UUID] = {}
        self._answered: dict[UUID, tuple[str, BaseModel]] = {}
        self._last: Counter[str] = Counter()

    async def health(self) -> Health:
        """Ask whether the server is well."""
        await self._arrive("health")
        return self._heard(
            Health(
                status="ok",
                version="0",
                wire_version=WIRE_VERSION,
                server_time=self._now(),
                parts={"memory": "ok"},
            )
        )

    async def office(self) -> OfficeInfo:
        """Ask for the office: Shinjuku's main one."""
        await self._arrive("office")
        return self._heard(
            OfficeInfo(
                office_id=_OFFICE,
                name={"ja": "新宿区役所 本庁舎", "en": "Shinjuku City Office"},
                open_now=self.open_now,
                opens_at=self.opens_at,
                server_time=self._now(),
                number_shapes=list(self.number_shapes),
                walk_in_estimate=estimate(self._waiting()) if self.open_now else None,
                party_limit=self.party_limit,
                kinds=list(self.kinds),
            )
        )

    async def bring(self) -> BringGuide:
        """Ask what visitors bring: two invented situations, unless a test sets others."""
        await self._arrive("bring")
        return self._heard(BringGuide(business_day=self._today(), situations=self.situations))

    async def board(self) -> Board:
        """Ask for what the hall's displays show: here only how many wait, and who is at a window or did not come."""
        await self._arrive("board")
        return self._heard(
            Board(
                office_id=_OFFICE,
                business_day=self._today(),
                at=self._now(),
                seq=len(self.hall.tickets),
                calls=self.hall.calls(self._now()),
                absent=self.hall.absent(),
                waiting=self._waiting(),
                open_now=self.open_now,
            )
        )

    async def check_in(self, request: CheckInRequest) -> CheckInReply:
        """Receive a visitor by a notice's code or number."""
        return await self._command("check_in", request, lambda: self._check_in(request))

    async def walk_in(self, request: WalkInRequest) -> CheckInReply:
        """Give a number of the assisted queue; refused for a kind of visit that is not offered."""
        return await self._command("walk_in", request, lambda: self._walk_in(request))

    def _walk_in(self, request: WalkInRequest) -> CheckInReply:
        if request.kind is not None and request.kind not in {one.code for one in self.kinds}:
            return CheckInReply(reason=CheckInReason.KIND_NOT_OFFERED)
        return self._reply(CheckInReason.WALK_IN, "W", FakeNotice())

    async def join(self, ticket_id: UUID, request: CheckInRequest) -> CheckInReply:
        """Let a further notice join a number."""
        return await self._command(f"join {ticket_id}", request, lambda: self._join(ticket_id, request))

    async def report_refusal(self, report: RefusalReport) -> None:
        """Count a code that the kiosk refused by itself."""
        await self._arrive("report_refusal")
        self.hall.refusals[report.kind] += 1

    async def report_device(self, report: DeviceReport) -> None:
        """Remember which parts of the device do not work."""
        await self._arrive("report_device")
        self.hall.troubles.append(dict(report.troubles))

    async def report_print(self, ticket_id: UUID, report: PrintReport) -> PrintReply:
        """Report what became of a ticket's paper."""
        return await self._command("report_print", report, lambda: self._report_print(ticket_id, report))

    async def _arrive(self, name: str) -> None:
        if self.behaviour.seconds:
            await asyncio.sleep(self.behaviour.seconds)
        if not self.behaviour.available:
            raise BackendUnavailableError("the server did not answer: it is told to be away")
        self.hall.requests[name] += 1

    async def _command(
        self, name: str, request: CheckInRequest | WalkInRequest | PrintReport, act: Callable[[], ReplyT]
    ) -> ReplyT:
        await self._arrive(name)
        if self.behaviour.refuse_with is not None:
            raise BackendRefusedError(self.behaviour.refuse_with)
        body = f"{name} {request.model_dump_json()}"
        before = self._answered.get(request.request_id)
        if before is not None and before[0] != body:
            raise BackendRefusedError(ErrorCode.REQUEST_ID_REUSED)
        # The same id with the same body was answered by the same kind of command, so the type is right.
        reply = act() if before is None else cast("ReplyT", before[1])
        self._answered[request.request_id] = (body, reply)
        if self.behaviour.lose_replies:
            self.behaviour.lose_replies -= 1
            raise BackendUnavailableError("the server did not answer: the answer got lost")
        return self._heard(reply)

    def _heard(self, reply: ReplyT) -> ReplyT:
        """The reply as a device reads it, with unknown codes where a test makes this a newer server."""
        if not self.behaviour.newer_at:
            return reply
        return hear(type(reply), newer(reply, self.behaviour.newer_at))

    def _check_in(self, request: CheckInRequest, party: UUID | None = None) -> CheckInReply:
        shown = request.code or request.number or ""
        if contains_my_number(shown, FieldShape.CODE):
            return CheckInReply(reason=CheckInReason.REFUSED)
        shown = without_aim_prefix(shown)
        notice = self.notices.get(shown)
        known = self._by_notice.get(shown)
        if notice is not None and known is not None and self.hall.tickets[known].state not in OVER:
            return self._again(known, notice)
        if notice is None or not self.open_now or not notice.reason.gives_ticket:
            return self._not_admitted(notice)
        if party is not None:
            return self._joined(party, shown)
        reply = self._reply(notice.reason, "M", notice)
        if reply.ticket is not None:
            self._by_notice[shown] = reply.ticket.ticket_id
        return reply

    def _not_admitted(self, notice: FakeNotice | None) -> CheckInReply:
        if not self.open_now:
            return CheckInReply(reason=CheckInReason.CLOSED, opens_at=self.opens_at)
        return (
            CheckInReply(reason=CheckInReason.UNKNOWN) if notice is None else notice.elsewhere(notice.reason)
        )

    def _join(self, ticket_id: UUID, request: CheckInRequest) -> CheckInReply:
        shown = request.code or request.number or ""
        if contains_my_number(shown, FieldShape.CODE):
            return CheckInReply(reason=CheckInReason.REFUSED)
        ticket = self.hall.tickets.get(ticket_id)
        if ticket is None or (ticket.office_id, ticket.business_day) != (_OFFICE, self._today()):
            raise BackendRefusedError(ErrorCode.NOT_FOUND)
        if ticket.state not in JOINABLE_STATES:
            raise BackendRefusedError(
                ErrorCode.WRONG_STATE, {"number": ticket.number, "state": str(ticket.state)}
            )
        return self._check_in(request, ticket_id)

    def _joined(self, ticket_id: UUID, shown: str) -> CheckInReply:
        party = self.hall.tickets[ticket_id]
        if party.cards >= self.party_limit:
            return CheckInReply(reason=CheckInReason.PARTY_FULL, ticket=party, found=party.state)
        ticket = self._here_again(ticket_id).model_copy(update={"cards": party.cards + 1})
        self.hall.tickets[ticket_id] = ticket
        self._by_notice[shown] = ticket_id
        return CheckInReply(reason=CheckInReason.JOINED, ticket=ticket, found=party.state)

    def _again(self, ticket_id: UUID, notice: FakeNotice) -> CheckInReply:
        ticket = self.hall.tickets[ticket_id]
        found = ticket.state
        if found is TicketState.ISSUED:
            return CheckInReply(reason=CheckInReason.ALREADY_ISSUED, found=found)
        if ticket.office_id != _OFFICE:
            there = notice.elsewhere(CheckInReason.ANOTHER_OFFICE)
            return there.model_copy(update={"ticket": ticket, "found": found, "office_id": ticket.office_id})
        return CheckInReply(
            reason=CheckInReason.ALREADY_CHECKED_IN, ticket=self._here_again(ticket_id), found=found
        )

    def _here_again(self, ticket_id: UUID) -> TicketMessage:
        """The ticket of somebody who is at the kiosk once more."""
        found = self.hall.tickets[ticket_id].state
        if found is TicketState.INCOMPLETE or (found is TicketState.ABSENT and self.absent_returns):
            # Like the real server: a visitor who was absent is next; one who went to fetch papers is last.
            ahead = 0 if found is TicketState.ABSENT else self._waiting()
            self.hall.move(ticket_id, TicketState.WAITING)
            self.hall.tickets[ticket_id] = self.hall.tickets[ticket_id].model_copy(
                update={"waiting_ahead": ahead, "estimate": estimate(ahead)}
            )
        return self.hall.tickets[ticket_id]

    def _waiting(self) -> int:
        return sum(ticket.state is TicketState.WAITING for ticket in self.hall.tickets.values())

    def _reply(self, reason: CheckInReason, series: str, notice: FakeNotice) -> CheckInReply:
        if not self.open_now:
            return CheckInReply(reason=CheckInReason.CLOSED, opens_at=self.opens_at)
        ahead = self._waiting()
        self._last[series] += 1
        ticket = TicketMessage(
            ticket_id=self._new_id(),
            number=f"{series}-{self._last[series]:03}",
            office_id=_OFFICE,
            business_day=self._today(),
            state=TicketState.WAITING,
            issued_at=self._now(),
            reserved_for=notice.reserved_for,
            waiting_ahead=ahead,
            estimate=estimate(ahead),
            be_back_at=notice.be_back_at,
        )
        self.hall.tickets[ticket.ticket_id] = ticket
        return CheckInReply(reason=reason, ticket=ticket, reserved_for=notice.reserved_for)

    def _report_print(self, ticket_id: UUID, report: PrintReport) -> PrintReply:
        ticket = self.hall.tickets.get(ticket_id)
        if ticket is None:
            raise BackendRefusedError(ErrorCode.NOT_FOUND)
        self.hall.prints.append((ticket_id, report))
        self.hall.tickets[ticket_id] = ticket.model_copy(update={"print_state": PrintState(report.state)})
        return PrintReply(ticket=self.hall.tickets[ticket_id])

    def _today(self) -> date:
        return self._now().astimezone(_JST).date()
