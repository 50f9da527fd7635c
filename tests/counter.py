"""The counter for tests: a method for every command, carried out as the server does it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.commands.command import Command
from backend.commands.runner import Runner
from backend.protection.accounts import Account
from backend.protection.actor import Actor, ActorKind, system_at
from backend.protection.permissions import OF_DEVICE, permissions_of
from backend.protection.roles import DeviceKind
from backend.reception.check_commands import ChooseRecipient, EndIncomplete, HandOver, Tick
from backend.reception.check_in import asked_by
from backend.reception.closing import CloseDay, ClosedDay
from backend.reception.commands import (
    AbsentAtIssuance,
    BackToIssuance,
    BringBack,
    CallNext,
    CallToIssuance,
    CancelTicket,
    CountRefusal,
    EndWithoutCard,
    IssueCard,
    LeaveWindow,
    PutBack,
    Recall,
    RefuseNumber,
    ReportDevice,
    ReportPaper,
    SendBack,
    SetAbsent,
    SettlePaper,
    StartService,
    TakeWindow,
    TicketReply,
)
from backend.reception.deciding.check_seen import Seen
from backend.reception.deciding.ticks import Ticks
from backend.reception.kind_commands import FinishVisit, TakeNumber
from backend.reception.stopping import NoteContacted, StopIssuance
from backend.wire.codes import CancelReason, CheckInReason, NotIssuedReason, SentBackReason
from backend.wire.messages import (
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    PrintReply,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)


def actor_of(account: Account, office_id: str | None = None) -> Actor:
    """A person at work, at the office of the account or another one."""
    return Actor(ActorKind.PERSON, account.id, office_id or account.office_id, permissions_of(account.roles))


def kiosk_at(office_id: str, device_id: str = "kiosk-1") -> Actor:
    """The actor for a kiosk of an office."""
    return Actor(ActorKind.DEVICE, device_id, office_id, OF_DEVICE[DeviceKind.KIOSK])


class Counter:
    """Gives commands and waits for their replies.

    Args:
        runner: the server's runner.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def check_in(self, request: CheckInRequest, kiosk: Actor) -> CheckInReply:
        """A notice or its number is shown."""
        asked = asked_by(request)
        if isinstance(asked, RefuseNumber):
            self._runner.run(request.request_id, asked, kiosk)
            return CheckInReply(reason=CheckInReason.REFUSED)
        return self._runner.run(request.request_id, asked, kiosk)

    def join(self, ticket_id: UUID, request: CheckInRequest, kiosk: Actor) -> CheckInReply:
        """A further notice is shown for a number that was given."""
        asked = asked_by(request, ticket_id)
        if isinstance(asked, RefuseNumber):
            self._runner.run(request.request_id, asked, kiosk)
            return CheckInReply(reason=CheckInReason.REFUSED)
        return self._runner.run(request.request_id, asked, kiosk)

    def walk_in(self, request: WalkInRequest, kiosk: Actor) -> CheckInReply:
        """Somebody without a notice takes a number."""
        return self._runner.run(request.request_id, TakeNumber(request.language, request.kind), kiosk)

    def count_refusal(self, report: RefusalReport, kiosk: Actor) -> None:
        """The kiosk refused a code by itself."""
        self._runner.run(report.request_id, CountRefusal(report.kind), kiosk)

    def report_print(self, ticket_id: UUID, report: PrintReport, kiosk: Actor) -> PrintReply:
        """What became of a paper."""
        return self._runner.run(report.request_id, ReportPaper(ticket_id, report), kiosk)

    def report_device(self, report: DeviceReport, kiosk: Actor) -> None:
        """How a kiosk is."""
        self._runner.run(report.request_id, ReportDevice(report), kiosk)

    def take_window(self, request_id: UUID, actor: Actor, label: str) -> None:
        """Take a window."""
        self._do(request_id, TakeWindow(label), actor)

    def leave_window(self, request_id: UUID, actor: Actor) -> None:
        """Leave the window."""
        self._do(request_id, LeaveWindow(), actor)

    def call_next(self, request_id: UUID, actor: Actor) -> Mapping[str, Any]:
        """Call the next visitor."""
        return self._do(request_id, CallNext(), actor)

    def recall(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """Call again."""
        return self._do(request_id, Recall(ticket_id), actor)

    def start(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """The visitor has come."""
        return self._do(request_id, StartService(ticket_id), actor)

    def set_absent(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """The visitor did not come."""
        return self._do(request_id, SetAbsent(ticket_id), actor)

    def bring_back(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """The visitor is here again."""
        return self._do(request_id, BringBack(ticket_id), actor)

    def cancel(
        self,
        request_id: UUID,
        actor: Actor,
        ticket_id: str,
        reason: CancelReason = CancelReason.WENT_HOME,
    ) -> Mapping[str, Any]:
        """The number is given up."""
        return self._do(request_id, CancelTicket(ticket_id, reason), actor)

    def settle_paper(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """The visitor was told the number."""
        return self._do(request_id, SettlePaper(ticket_id), actor)

    def choose_recipient(
        self,
        request_id: UUID,
        actor: Actor,
        ticket_id: str,
        answers: Mapping[str, str],
        seen: Seen | None = None,
        case_id: str | None = None,
    ) -> Mapping[str, Any]:
        """Set the recipient type that answers lead to."""
        return self._do(request_id, ChooseRecipient(ticket_id, answers, seen=seen, case_id=case_id), actor)

    def tick(
        self,
        request_id: UUID,
        actor: Actor,
        ticket_id: str,
        ticks: Ticks,
        seen: Seen | None = None,
        case_id: str | None = None,
    ) -> Mapping[str, Any]:
        """Tick what the visitor has shown."""
        return self._do(request_id, Tick(ticket_id, ticks, seen=seen, case_id=case_id), actor)

    def hand_over(
        self,
        request_id: UUID,
        actor: Actor,
        ticket_id: str,
        seen: Seen | None = None,
        versions: Mapping[str, int] | None = None,
    ) -> Mapping[str, Any]:
        """Hand over to staff."""
        return self._do(request_id, HandOver(ticket_id, seen=seen, versions=versions or {}), actor)

    def end_incomplete(
        self, request_id: UUID, actor: Actor, ticket_id: str, seen: Seen | None = None
    ) -> Mapping[str, Any]:
        """Papers are missing."""
        return self._do(request_id, EndIncomplete(ticket_id, seen=seen), actor)

    def finish(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """What the visitor came for is done."""
        return self._do(request_id, FinishVisit(ticket_id), actor)

    def call_to_issuance(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """Staff call."""
        return self._do(request_id, CallToIssuance(ticket_id), actor)

    def issue(
        self, request_id: UUID, actor: Actor, ticket_id: str, case_id: str | None = None
    ) -> Mapping[str, Any]:
        """The card is handed out."""
        return self._do(request_id, IssueCard(ticket_id, case_id=case_id), actor)

    def end_without_card(
        self,
        request_id: UUID,
        actor: Actor,
        ticket_id: str,
        reason: NotIssuedReason,
        case_id: str | None = None,
    ) -> Mapping[str, Any]:
        """The visit, or one card of it, ends without issuance."""
        return self._do(request_id, EndWithoutCard(ticket_id, reason, case_id=case_id), actor)

    def absent_at_issuance(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """A visitor whom staff called did not come."""
        return self._do(request_id, AbsentAtIssuance(ticket_id), actor)

    def back_to_issuance(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """A visitor who was absent at issuance is here again."""
        return self._do(request_id, BackToIssuance(ticket_id), actor)

    def put_back(self, request_id: UUID, actor: Actor, ticket_id: str) -> Mapping[str, Any]:
        """A visitor whom staff called waits again as before."""
        return self._do(request_id, PutBack(ticket_id), actor)

    def send_back(
        self, request_id: UUID, actor: Actor, ticket_id: str, reason: SentBackReason
    ) -> Mapping[str, Any]:
        """Staff send somebody back to reception."""
        return self._do(request_id, SendBack(ticket_id, reason), actor)

    def stop_issuance(self, request_id: UUID, actor: Actor) -> None:
        """Nothing can be issued."""
        self._do(request_id, StopIssuance(), actor)

    def note_contacted(self, request_id: UUID, actor: Actor, case_id: str) -> None:
        """Note that a visitor was told what happens next."""
        self._do(request_id, NoteContacted(case_id), actor)

    def close_day(self, request_id: UUID, office_id: str, day: date, most: int | None = None) -> ClosedDay:
        """Close what is still open at an office on a day."""
        return self._runner.run(request_id, CloseDay(day, most), system_at(office_id, "console"))

    def _do(self, request_id: UUID, command: Command[TicketReply], actor: Actor) -> Mapping[str, Any]:
        return self._runner.run(request_id, command, actor).as_body()
