"""A server in memory with simple rules, for tests of screens and for looking at a device without a server.

It keeps what a device may rely on: the same notice is the same ticket, a request id is bound to its body, a
twelve-digit number is refused, and a request whose answer was lost may be sent again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar, cast
from uuid import UUID, uuid4

from pydantic import BaseModel

from backend.client.errors import BackendRefusedError, BackendUnavailableError
from backend.wire.codes import (
    WIRE_VERSION,
    CheckInReason,
    DevicePart,
    ErrorCode,
    PrintState,
    RefusalKind,
    TicketState,
)
from backend.wire.messages import (
    Board,
    BringGuide,
    BringItem,
    BringSituation,
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    Estimate,
    Health,
    NumberShape,
    OfficeInfo,
    PrintReply,
    PrintReport,
    RefusalReport,
    TicketMessage,
    WalkInRequest,
)
from backend.wire.my_number import contains_my_number

_JST = timezone(timedelta(hours=9), "JST")
_MINUTES_EACH = 5
_SITUATIONS = (
    BringSituation(
        code="self",
        title={"ja": "本人が受け取る", "en": "I receive my card"},
        bring={
            "ja": [BringItem(thing="交付通知書", note="回答書を記入"), BringItem(thing="運転免許証")],
            "en": [BringItem(thing="Notice", note="Fill in the reply"), BringItem(thing="Driver's licence")],
        },
        know={"ja": [BringItem(thing="原本に限る")], "en": [BringItem(thing="Originals only")]},
    ),
    BringSituation(
        code="agent",
        title={"ja": "代理人が受け取る", "en": "Somebody comes for me"},
        bring={"ja": [BringItem(thing="委任状")], "en": [BringItem(thing="Letter of authority")]},
    ),
)

ReplyT = TypeVar("ReplyT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class FakeNotice:
    """What the fake knows of one notice.

    Args:
        reason: how its check-in ends, the first time.
        reserved_for: reserved time, aware.
        office_name: where the reservation is, if at another office.
    """

    reason: CheckInReason = CheckInReason.ON_TIME
    reserved_for: datetime | None = None
    office_name: str | None = None


@dataclass(slots=True)
class Behaviour:
    """How the fake misbehaves; may be changed at any time.

    Args:
        available: False makes every request fail as if the server were away.
        seconds: time that every request takes.
        lose_replies: so many coming commands are carried out, but their answer gets lost.
        refuse_with: every command is refused with this code.
    """

    available: bool = True
    seconds: float = 0.0
    lose_replies: int = 0
    refuse_with: ErrorCode | None = None


@dataclass(slots=True)
class Hall:
    """What happened so far, for tests to look at."""

    tickets: dict[UUID, TicketMessage] = field(default_factory=dict)
    prints: list[tuple[UUID, PrintReport]] = field(default_factory=list)
    refusals: Counter[RefusalKind] = field(default_factory=Counter)
    troubles: list[dict[DevicePart, str]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)


class FakeBackend:
    """A server in memory, as :class:`~backend.client.port.Backend`.

    Args:
        notices: what is known of each code or number; anything else is unknown.
        now: the server's clock, aware; UTC by default.
        new_id: makes ticket ids.
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
        self.situations = list(_SITUATIONS)
        self.number_shapes: list[NumberShape] = []
        self._now = now
        self._new_id = new_id
        self._by_notice: dict[str, UUID] = {}
        self._answered: dict[UUID, tuple[str, BaseModel]] = {}
        self._last: Counter[str] = Counter()

    async def health(self) -> Health:
        """Ask whether the server is well."""
        await self._arrive("health")
        return Health(
            status="ok",
            version="0",
            wire_version=WIRE_VERSION,
            server_time=self._now(),
            parts={"memory": "ok"},
        )

    async def office(self) -> OfficeInfo:
        """Ask for the office: Shinjuku's main one."""
        await self._arrive("office")
        return OfficeInfo(
            office_id="00",
            name={"ja": "新宿区役所 本庁舎", "en": "Shinjuku City Office"},
            open_now=self.open_now,
            opens_at=self.opens_at,
            server_time=self._now(),
            number_shapes=self.number_shapes,
        )

    async def bring(self) -> BringGuide:
        """Ask what visitors bring: two invented situations, unless a test sets others."""
        await self._arrive("bring")
        return BringGuide(business_day=self._today(), situations=self.situations)

    async def board(self) -> Board:
        """Ask for what the hall's displays show: here only how many wait."""
        await self._arrive("board")
        return Board(
            office_id="00",
            business_day=self._today(),
            at=self._now(),
            seq=len(self.hall.tickets),
            waiting=len(self.hall.tickets),
            open_now=self.open_now,
        )

    async def check_in(self, request: CheckInRequest) -> CheckInReply:
        """Receive a visitor by a notice's code or number."""
        return await self._command("check_in", request, lambda: self._check_in(request))

    async def walk_in(self, request: WalkInRequest) -> CheckInReply:
        """Give a number of the assisted queue."""
        return await self._command("walk_in", request, lambda: self._reply(CheckInReason.WALK_IN, "W", None))

    async def report_refusal(self, report: RefusalReport) -> None:
        """Count a code that the kiosk refused by itself."""
        await self._arrive("report_refusal")
        self.hall.refusals[report.kind] += 1

    async def report_device(self, report: DeviceReport) -> None:
        """Remember which parts of the device do not work."""
        await self._arrive("report_device")
        self.hall.troubles.append(dict(report.troubles))

    async def report_print(self, ticket_id: UUID, report: PrintReport) -> PrintReply:
        """Tell what became of a ticket's paper."""
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
        # The same body under the same id was answered by the same kind of command, so the type is right.
        reply = act() if before is None else cast("ReplyT", before[1])
        self._answered[request.request_id] = (body, reply)
        if self.behaviour.lose_replies:
            self.behaviour.lose_replies -= 1
            raise BackendUnavailableError("the server did not answer: the answer got lost")
        return reply

    def _check_in(self, request: CheckInRequest) -> CheckInReply:
        shown = request.code or request.number or ""
        if contains_my_number(shown):
            return CheckInReply(reason=CheckInReason.REFUSED)
        if not self.open_now:
            return CheckInReply(reason=CheckInReason.CLOSED, opens_at=self.opens_at)
        notice = self.notices.get(shown)
        if notice is None:
            return CheckInReply(reason=CheckInReason.UNKNOWN)
        if not notice.reason.gives_ticket:
            return CheckInReply(
                reason=notice.reason, reserved_for=notice.reserved_for, office_name=notice.office_name
            )
        known = self._by_notice.get(shown)
        if known is not None:
            ticket = self.hall.tickets[known]
            return CheckInReply(reason=CheckInReason.ALREADY_CHECKED_IN, ticket=ticket, found=ticket.state)
        reply = self._reply(notice.reason, "M", notice.reserved_for)
        if reply.ticket is not None:
            self._by_notice[shown] = reply.ticket.ticket_id
        return reply

    def _reply(self, reason: CheckInReason, series: str, reserved_for: datetime | None) -> CheckInReply:
        if not self.open_now:
            return CheckInReply(reason=CheckInReason.CLOSED, opens_at=self.opens_at)
        ahead = len(self.hall.tickets)
        self._last[series] += 1
        ticket = TicketMessage(
            ticket_id=self._new_id(),
            number=f"{series}-{self._last[series]:03}",
            office_id="00",
            business_day=self._today(),
            state=TicketState.WAITING,
            issued_at=self._now(),
            reserved_for=reserved_for,
            waiting_ahead=ahead,
            estimate=Estimate(low_minutes=ahead * _MINUTES_EACH, high_minutes=(ahead + 1) * _MINUTES_EACH),
        )
        self.hall.tickets[ticket.ticket_id] = ticket
        return CheckInReply(reason=reason, ticket=ticket, reserved_for=reserved_for)

    def _report_print(self, ticket_id: UUID, report: PrintReport) -> PrintReply:
        ticket = self.hall.tickets.get(ticket_id)
        if ticket is None:
            raise BackendRefusedError(ErrorCode.NOT_FOUND)
        self.hall.prints.append((ticket_id, report))
        self.hall.tickets[ticket_id] = ticket.model_copy(update={"print_state": PrintState(report.state)})
        return PrintReply(ticket=self.hall.tickets[ticket_id])

    def _today(self) -> date:
        return self._now().astimezone(_JST).date()
