"""Everything that somebody may ask of the reception, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from backend.commands import Command
from backend.protection import Permission
from backend.reception.deciding.check_sheet import Judged
from backend.wire import (
    CancelReason,
    CheckInReply,
    DeviceReport,
    NotIssuedReason,
    PrintReply,
    PrintReport,
    RefusalKind,
    SentBackReason,
    WindowKind,
)


@dataclass(frozen=True)
class TicketReply:
    """What is answered to people: the ticket it was about, or nothing.

    Attributes:
        ticket_id: its id.
        number: 受付番号.
        judged: what the rules said to its papers, where the command asked them; nothing that is sent or kept.
    """

    ticket_id: str | None = None
    number: str | None = None
    judged: Judged | None = field(default=None, compare=False, repr=False)

    def as_body(self) -> dict[str, str]:
        """The shape of the answer to a program."""
        if self.ticket_id is None or self.number is None:
            return {}
        return {"ticket_id": self.ticket_id, "number": self.number}


NOTHING = TicketReply()


@dataclass(frozen=True)
class ShowNotice(Command[CheckInReply]):
    """A notice was held up, or its number was typed.

    Attributes:
        shown: the text.
        typed: whether it was typed.
        language: of the kiosk's screen at that moment.
    """

    name: ClassVar[str] = "check_in"
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    shown: str = field(repr=False)
    typed: bool
    language: str


@dataclass(frozen=True)
class JoinParty(ShowNotice):
    """A notice was held up, or its number was typed, to join the number of a party.

    Attributes:
        ticket_id: of that number.
    """

    name: ClassVar[str] = "join"
    ticket_id: UUID

    def body(self) -> Mapping[str, Any]:
        """What was shown, and to whose number."""
        return {**super().body(), "ticket_id": self.ticket_id.hex}


@dataclass(frozen=True)
class CountRefusal(Command[None]):
    """A code was refused before anybody looked it up; what it was is neither told nor kept."""

    name: ClassVar[str] = "refusal"
    events: ClassVar[int] = 0
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    kind: RefusalKind


@dataclass(frozen=True)
class RefuseNumber(Command[None]):
    """A 12-digit number was shown to the server. That it was is counted; nothing else stays, not even the request's id."""

    name: ClassVar[str] = "refuse_number"
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    events: ClassVar[int] = 0


@dataclass(frozen=True)
class ReportPaper(Command[PrintReply]):
    """What became of a ticket's paper."""

    name: ClassVar[str] = "print_report"
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    ticket_id: UUID
    report: PrintReport

    def body(self) -> Mapping[str, Any]:
        """Without the request's own id."""
        return {
            "ticket": self.ticket_id.hex,
            "state": self.report.state.value,
            "trouble": self.report.trouble,
        }


@dataclass(frozen=True)
class ReportDevice(Command[None]):
    """Which parts of a device do not work."""

    name: ClassVar[str] = "device_report"
    events: ClassVar[int] = 0
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    report: DeviceReport

    def body(self) -> Mapping[str, Any]:
        """Without the request's own id."""
        return self.troubles

    @property
    def troubles(self) -> dict[str, str]:
        """Trouble by part, as codes."""
        return {part.value: why for part, why in sorted(self.report.troubles.items())}


@dataclass(frozen=True)
class TakeWindow(Command[TicketReply]):
    """Sit down at a window of one's office, which must be of a kind."""

    name: ClassVar[str] = "take_window"
    needs: ClassVar[Permission] = Permission.SIT_AT_WINDOW
    label: str
    kind: WindowKind | None = None

    def body(self) -> Mapping[str, Any]:
        """The window; the kind follows from it."""
        return {"window": self.label}


@dataclass(frozen=True)
class LeaveWindow(Command[TicketReply]):
    """Get up from one's window."""

    name: ClassVar[str] = "leave_window"
    needs: ClassVar[Permission] = Permission.SIT_AT_WINDOW


@dataclass(frozen=True)
class CallNext(Command[TicketReply]):
    """Call whoever is next in the order of the queue to one's window."""

    name: ClassVar[str] = "call_next"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS


@dataclass(frozen=True)
class OfTicket(Command[TicketReply]):
    """A command about one ticket of one's office today.

    Attributes:
        ticket_id: its id, 32 hex digits.
    """

    ticket_id: str

    def body(self) -> Mapping[str, Any]:
        """The ticket, by the name that every such command gives it."""
        return {"ticket": self.ticket_id}


@dataclass(frozen=True)
class Recall(OfTicket):
    """Call the visitor of one's own window again (再呼出)."""

    name: ClassVar[str] = "recall"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS


@dataclass(frozen=True)
class StartService(OfTicket):
    """The visitor has come to the window."""

    name: ClassVar[str] = "start"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS


@dataclass(frozen=True)
class SetAbsent(OfTicket):
    """The visitor did not come (不在)."""

    name: ClassVar[str] = "set_absent"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS


@dataclass(frozen=True)
class BringBack(OfTicket):
    """Somebody absent came after all, or fetched what was missing: they are next to be called."""

    name: ClassVar[str] = "bring_back"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS


@dataclass(frozen=True)
class CancelTicket(OfTicket):
    """A number is given up before its visit came to an end; every card of the party that is open with it.

    Attributes:
        reason: why; the same codes for clerks and staff.
    """

    name: ClassVar[str] = "cancel"
    needs: ClassVar[Permission] = Permission.CANCEL_NUMBERS
    reason: CancelReason = CancelReason.WENT_HOME

    def body(self) -> Mapping[str, Any]:
        """The ticket, and why where somebody said so: an older page says nothing, and its repeated request is the same."""
        said = {} if self.reason is CancelReason.WENT_HOME else {"reason": self.reason.value}
        return {**super().body(), **said}


@dataclass(frozen=True)
class SettlePaper(OfTicket):
    """Somebody has told the visitor the number, or given a paper."""

    name: ClassVar[str] = "settle_paper"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS


@dataclass(frozen=True)
class CallToIssuance(OfTicket):
    """Call a handed-over visitor to one's issuance window (交付窓口); called again, it is a recall."""

    name: ClassVar[str] = "call_to_issuance"
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS


@dataclass(frozen=True)
class AbsentAtIssuance(OfTicket):
    """Whoever was called to one's issuance window did not come (不在); the window is free."""

    name: ClassVar[str] = "absent_at_issuance"
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS


@dataclass(frozen=True)
class BackToIssuance(OfTicket):
    """Somebody who was absent at issuance is here after all, and can be called again."""

    name: ClassVar[str] = "back_to_issuance"
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS


@dataclass(frozen=True)
class PutBack(OfTicket):
    """Somebody was called to one's issuance window too early, or instead of another: they wait as before."""

    name: ClassVar[str] = "put_back"
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS


@dataclass(frozen=True)
class SendBack(OfTicket):
    """Somebody is sent back to reception, where they are next to be called.

    Attributes:
        reason: why.
    """

    name: ClassVar[str] = "send_back"
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS
    reason: SentBackReason

    def body(self) -> Mapping[str, Any]:
        """The ticket and why."""
        return {**super().body(), "reason": self.reason.value}


@dataclass(frozen=True)
class OfCard(OfTicket):
    """A command of issuance about one card of a visit.

    Attributes:
        case_id: which card; may be left out where one alone is open.
    """

    needs: ClassVar[Permission] = Permission.ISSUE_CARDS
    case_id: str | None = field(default=None, kw_only=True)

    def body(self) -> Mapping[str, Any]:
        """The ticket, and its card where one was named."""
        return {**super().body(), **({} if self.case_id is None else {"case": self.case_id})}


@dataclass(frozen=True)
class IssueCard(OfCard):
    """The card was handed out (交付済); each card of a party by itself, as photos get swapped within households."""

    name: ClassVar[str] = "issue"


@dataclass(frozen=True)
class EndWithoutCard(OfCard):
    """A visit, or one card of it, ends without issuance (交付せず終了).

    Attributes:
        reason: why.
    """

    name: ClassVar[str] = "end_without_card"
    reason: NotIssuedReason

    def body(self) -> Mapping[str, Any]:
        """The ticket, its card, and why."""
        return {**super().body(), "reason": self.reason.value}
