"""What is to be done about an input: send, print, report, start and stop clocks, make a sound. Plain values only."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from backend.common import Language
from backend.wire import (
    CheckInReason,
    CheckInRequest,
    PrintReport,
    RefusalReport,
    TicketMessage,
    WalkInRequest,
)
from kiosk.visit.inputs import Timer


class Tone(StrEnum):
    """What the machine says with a sound."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SendCheckIn:
    """Send this check-in."""

    request: CheckInRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Send this walk-in."""

    request: WalkInRequest


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print this ticket on paper."""

    ticket: TicketMessage
    reason: CheckInReason
    language: Language
    job: int


@dataclass(frozen=True, slots=True)
class ReportPrint:
    """Tell the server what became of the paper."""

    ticket_id: UUID
    report: PrintReport


@dataclass(frozen=True, slots=True)
class ReportRefusal:
    """Tell the server that a code was refused here; the code itself is gone already."""

    report: RefusalReport


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start a clock anew; its end comes back with the same epoch."""

    timer: Timer
    seconds: float
    epoch: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Stop a clock."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class PlayTone:
    """Make a sound."""

    tone: Tone


Effect = (
    SendCheckIn | WalkIn | PrintTicket | ReportPrint | ReportRefusal | StartTimer | CancelTimer | PlayTone
)
