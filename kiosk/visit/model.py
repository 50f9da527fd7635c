"""The words of the visit flow: what may happen (inputs), what is shown (screens), what to do (effects).

Plain values only. A value that may hold a notice's code or a typed number keeps it out of its ``repr``, so that
no log or traceback can show it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.common import Language
from backend.wire import (
    BringSituation,
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    NumberShape,
    PrinterTrouble,
    PrintReport,
    PrintState,
    RefusalReport,
    ScanReason,
    TicketMessage,
    TicketState,
    WalkInRequest,
)


class ServerState(StrEnum):
    """What is known of the server."""

    STARTING = "starting"
    UP = "up"
    DOWN = "down"


class Hint(StrEnum):
    """A short word on the welcome screen."""

    ONE_CODE_AT_A_TIME = "one_code"
    ANOTHER_CODE = "other_code"
    HARD_TO_READ = "hard_to_read"


class KeyPage(StrEnum):
    """Which keys the keypad shows."""

    DIGITS = "digits"
    LETTERS = "letters"


class PaperState(StrEnum):
    """What the visitor is told of the paper."""

    PRINTING = "printing"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    PRINTED_BEFORE = "printed_before"
    NONE = "none"
    """None is needed: the visitor is called, or being served."""


class KeypadNote(StrEnum):
    """What is said of a number beside the keys, where there is something to say."""

    TOO_LONG = "too_long"


class TroubleReason(StrEnum):
    """Why a visitor got no number. The first group are the server's reasons, the second the kiosk's own."""

    ANOTHER_DAY = "another_day"
    ANOTHER_OFFICE = "another_office"
    CANCELLED = "cancelled"
    NO_CARD = "no_card"
    ALREADY_ISSUED = "already_issued"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    REFUSED = "refused"
    NUMBERS_EXHAUSTED = "numbers_exhausted"

    SERVER_AWAY = "server_away"
    NOT_ACCEPTED = "not_accepted"


class Timer(StrEnum):
    """The clocks that run beside a screen."""

    SCREEN = "screen"
    SETTLE = "settle"
    RETRY = "retry"


class Tone(StrEnum):
    """What the machine says with a sound."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


# Inputs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scanned:
    """The camera saw a code, or something that is not one code. ``fresh_id`` serves the request it may start."""

    reason: ScanReason
    fresh_id: UUID
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LanguageTapped:
    """A visitor chose a language."""

    language: Language


class Button(StrEnum):
    """The buttons that carry no letter."""

    ENTER_NUMBER = "enter_number"
    WALK_IN = "walk_in"
    BACKSPACE = "backspace"
    PAGE = "page"
    CONFIRM = "confirm"
    RETYPE = "retype"
    TAKE_NUMBER = "take_number"
    STAY = "stay"
    HOME = "home"
    RETRY = "retry"
    REPRINT = "reprint"
    BRING = "bring"
    CHOICES = "choices"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Tapped:
    """A visitor tapped a button. ``fresh_id`` serves the request it may start."""

    button: Button
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class KeyTapped:
    """One letter or digit of the keypad. ``fresh_id`` serves the report of a refusal."""

    key: str = field(repr=False)
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class SituationTapped:
    """Who comes to receive a card, chosen on the page of what to bring."""

    situation: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The server answered a check-in or a walk-in."""

    request_id: UUID
    reply: CheckInReply


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The server did not answer, or would not carry the request out."""

    request_id: UUID
    reason: TroubleReason


@dataclass(frozen=True, slots=True)
class PrintFinished:
    """A print job ended. ``fresh_id`` serves the report to the server."""

    ticket_id: UUID
    job: int
    state: PrintState
    trouble: PrinterTrouble | None
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class TimerElapsed:
    """A clock ran out; ``epoch`` tells which start of it."""

    timer: Timer
    epoch: int


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """The server went away or came back."""

    up: bool


@dataclass(frozen=True, slots=True)
class CameraChanged:
    """The camera was lost or is back."""

    working: bool


@dataclass(frozen=True, slots=True)
class OfficeChanged:
    """The office opened or closed; ``opens_at`` is the next opening, aware."""

    open_now: bool
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NumbersChanged:
    """The server told which forms a typed number can have; empty where it has nothing to tell."""

    shapes: tuple[NumberShape, ...]


@dataclass(frozen=True, slots=True)
class BringChanged:
    """The server told what visitors bring; empty where it has nothing to tell."""

    situations: tuple[BringSituation, ...]


Input = (
    Scanned
    | LanguageTapped
    | Tapped
    | KeyTapped
    | SituationTapped
    | Answered
    | Unanswered
    | PrintFinished
    | TimerElapsed
    | ServerChanged
    | CameraChanged
    | OfficeChanged
    | NumbersChanged
    | BringChanged
)


# Screens -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Welcome:
    """The camera looks for a notice."""

    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Keypad:
    """A number is being typed.

    Args:
        typed: what was taken of it.
        page: which keys are shown.
        warned: the visitor was asked whether they are still there.
        note: what is said of the last key.
        beyond: keys that were tapped although the number was as long as any; they are not kept.
    """

    typed: str = field(default="", repr=False)
    page: KeyPage = KeyPage.DIGITS
    warned: bool = False
    note: KeypadNote | None = None
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class WalkInQuestion:
    """Does the visitor want a number without a reservation? Nothing is made before they say so.

    Args:
        assisted: it is asked after a notice that gave no number, for a word with the staff.
        warned: the visitor was asked whether they are still there.
    """

    assisted: bool = False
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Bring:
    """What to bring is looked up; nothing of it is about anybody, and nothing is sent or kept.

    Args:
        situation: who comes; None while that is asked. News of the server do not change what is being read.
        more: the second page is shown, with examples and what else to think of.
        warned: the visitor was asked whether they are still there.
    """

    situation: BringSituation | None = None
    more: bool = False
    warned: bool = False


@dataclass(frozen=True, slots=True)
class TicketShown:
    """A visitor reads their number.

    Args:
        ticket: the ticket, as the server told it.
        reason: how the check-in ended.
        paper: what is known of the paper.
        trouble: why there is no paper.
        jobs: print jobs of this screen so far; the number of the last one.
        found: where the visitor was when the notice was shown once more; None where it was the first time.
        source: what was scanned for it, so that the same notice held on is not taken for another.
        settled: the visitor had time to see the number; another notice may take over.
        next_scan: another notice that is held up already.
    """

    ticket: TicketMessage
    reason: CheckInReason
    paper: PaperState
    trouble: PrinterTrouble | None = None
    jobs: int = 0
    found: TicketState | None = None
    source: str | None = field(default=None, repr=False)
    settled: bool = False
    next_scan: Scanned | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """The server is being asked.

    Args:
        request: what it is asked.
        retries: how often the machine asked again by itself.
        before: the number that was on the screen when its own notice was held up again; it comes back unless the
            visitor is somewhere else by now.
    """

    request: CheckInRequest | WalkInRequest = field(repr=False)
    retries: int = 0
    before: TicketShown | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A visitor got no number, and reads why and what to do.

    Args:
        reason: why.
        reply: what the server told of it.
        retry: the request to send again unchanged, where that may help.
        source: what was scanned, so that the same notice held on is not asked about for ever.
        typed: the number that was typed, to be corrected.
        by_keys: it was about something typed, not about a code that was held up.
        retries: how often the machine asked again by itself.
        warned: the visitor was asked whether they are still there.
    """

    reason: TroubleReason
    reply: CheckInReply | None = None
    retry: CheckInRequest | WalkInRequest | None = field(default=None, repr=False)
    source: str | None = field(default=None, repr=False)
    typed: str = field(default="", repr=False)
    by_keys: bool = False
    retries: int = 0
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The office is closed."""


@dataclass(frozen=True, slots=True)
class OutOfService:
    """The machine cannot receive anybody: the server is away, or was not reached yet."""


Unhurried = Keypad | WalkInQuestion | Bring | Trouble
"""Screens whose visitor is asked before they go."""

Screen = Welcome | Keypad | WalkInQuestion | Bring | Working | TicketShown | Trouble | Closed | OutOfService


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the machine knows of its surroundings."""

    server: ServerState = ServerState.STARTING
    camera: bool = True
    open_now: bool = True
    opens_at: datetime | None = None
    numbers: tuple[NumberShape, ...] = ()
    bring: tuple[BringSituation, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Everything the flow remembers.

    Args:
        screen: what is shown.
        language: what it is said in.
        conditions: what is known of the surroundings.
        started: how many clocks were started so far; a clock that ran out before it was stopped is told apart
            by its number.
        running: the clocks that run, each with the number of its start.
    """

    screen: Screen
    language: Language
    conditions: Conditions = Conditions()
    started: int = 0
    running: tuple[tuple[Timer, int], ...] = ()


# Effects -----------------------------------------------------------------------------------------------------


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
