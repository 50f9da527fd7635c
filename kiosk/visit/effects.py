"""What has to be done after an input: send, print, report, start and stop timers, play a tone. Plain values only."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from backend.common import Language
from backend.wire import (
    BringSituation,
    CheckInReason,
    CheckInRequest,
    Other,
    PrintReport,
    RefusalReport,
    TicketMessage,
    WalkInRequest,
)
from kiosk.visit.inputs import Timer


class Tone(StrEnum):
    """The tones of the kiosk: a number was given, a code was refused, a button was pressed."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PRESSED = "pressed"


@dataclass(frozen=True, slots=True)
class SendCheckIn:
    """Send this check-in."""

    request: CheckInRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendJoin:
    """Send a further notice of whoever has this ticket."""

    ticket_id: UUID
    request: CheckInRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Send this walk-in."""

    request: WalkInRequest


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print this ticket on paper.

    Args:
        ticket: the ticket, as the server told it.
        reason: the outcome of the check-in.
        language: the language of the paper.
        job: number of the print job on this ticket screen, from 1.
    """

    ticket: TicketMessage
    reason: CheckInReason | Other
    language: Language
    job: int


@dataclass(frozen=True, slots=True)
class PrintList:
    """Print what to bring in one situation; there is no ticket with it, and nothing personal on it.

    Args:
        situation: who comes, with what is brought then.
        language: the language of the paper.
        order_id: tells this paper from another one that was asked for.
    """

    situation: BringSituation
    language: Language
    order_id: UUID


@dataclass(frozen=True, slots=True)
class ReportPrint:
    """Tell the server the result of a print job."""

    ticket_id: UUID
    report: PrintReport


@dataclass(frozen=True, slots=True)
class ReportRefusal:
    """Tell the server that a code was refused here; the code itself was not kept."""

    report: RefusalReport


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start a timer, or start it again; ``TimerElapsed`` then carries the same epoch."""

    timer: Timer
    seconds: float
    epoch: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Stop a timer."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class PlayTone:
    """Play a tone."""

    tone: Tone


Effect = (
    SendCheckIn
    | SendJoin
    | WalkIn
    | PrintTicket
    | PrintList
    | ReportPrint
    | ReportRefusal
    | StartTimer
    | CancelTimer
    | PlayTone
)
