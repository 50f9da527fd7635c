"""The screens of the kiosk, each with what it remembers while it is shown.

Plain values only. A value that may hold a notice's code or a typed number keeps it out of its ``repr``, so that
no log or traceback can show it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from backend.wire import (
    BringSituation,
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    Other,
    PrinterTrouble,
    TicketMessage,
    TicketState,
    WalkInRequest,
)
from kiosk.visit.inputs import Scanned, TroubleReason


class Hint(StrEnum):
    """A short hint on the welcome screen."""

    ONE_CODE_AT_A_TIME = "one_code"
    ANOTHER_CODE = "other_code"
    HARD_TO_READ = "hard_to_read"


class KeyPage(StrEnum):
    """Which keys the keypad shows."""

    DIGITS = "digits"
    LETTERS = "letters"


class PaperState(StrEnum):
    """What the visitor is told about the printed ticket."""

    PRINTING = "printing"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    PRINTED_BEFORE = "printed_before"
    NONE = "none"
    """No paper is needed: the visitor has been called, is being served, or has not asked for the list."""


class JoinNote(StrEnum):
    """What became of the notice that was held up last for a number that others have already."""

    JOINED = "joined"
    SAME = "same"
    ANOTHER_NUMBER = "another_number"
    FULL = "full"
    NOT_JOINED = "not_joined"


class KeypadNote(StrEnum):
    """A note about the number beside the keys."""

    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Welcome:
    """The camera looks for a notice."""

    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Keypad:
    """A number is being typed.

    Args:
        typed: the characters so far.
        page: which keys are shown.
        warned: the visitor was asked whether they are still there.
        note: a note about the last key.
        beyond: how many more keys were tapped after the number had its full length; they are not kept.
        joining: the screen on which further notices are taken, if the number is one of them; it comes back.
    """

    typed: str = field(default="", repr=False)
    page: KeyPage = KeyPage.DIGITS
    warned: bool = False
    note: KeypadNote | None = None
    beyond: int = 0
    joining: "Joining | None" = None


@dataclass(frozen=True, slots=True)
class WalkInQuestion:
    """The question whether the visitor wants a number without a reservation; none is made before they say yes.

    Args:
        assisted: the question follows a notice that gave no number; the number is for speaking with the staff.
        warned: the visitor was asked whether they are still there.
    """

    assisted: bool = False
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Bring:
    """The visitor looks up what to bring; this holds nothing personal, and nothing is sent or kept.

    Args:
        situation: who comes; None while that is asked. News from the server does not change it while it is read.
        page: which page of what to bring is shown, from 0.
        warned: the visitor was asked whether they are still there.
        paper: what is known of the printed list; ``NONE`` until it is asked for.
        orders: how often it was asked for, in every situation together.
        order_id: the last order.
    """

    situation: BringSituation | None = None
    page: int = 0
    warned: bool = False
    paper: PaperState = PaperState.NONE
    orders: int = 0
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TicketShown:
    """A visitor reads their number.

    Args:
        ticket: the ticket, as the server told it.
        reason: the outcome of the check-in.
        paper: what is known of the printed ticket.
        trouble: why there is no paper.
        jobs: how many print jobs this screen has had; also the number of the last one.
        found: the ticket's state when the notice was shown once more; None where it was the first time.
        source: the text that was scanned for it; the same notice, still held up, is recognised by it.
        settled: the visitor had time to read the number; another notice may take over.
        next_scan: another notice that is held up already.
        warned: the visitor was told that it closes soon.
        apart: the number that this notice was to join and could not; empty otherwise.
    """

    ticket: TicketMessage
    reason: CheckInReason | Other
    paper: PaperState
    trouble: PrinterTrouble | None = None
    jobs: int = 0
    found: TicketState | Other | None = None
    source: str | None = field(default=None, repr=False)
    settled: bool = False
    next_scan: Scanned | None = None
    warned: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """The server is being asked.

    Args:
        request: the request that was sent.
        retries: how often the kiosk asked again by itself.
        before: the ticket screen on which its own notice was held up again; it comes back if the visitor still
            waits.
        joining: the screen on which further notices are taken, if this is one of them; it comes back.
        apart: the number that this notice was to join and could not; empty otherwise.
    """

    request: CheckInRequest | WalkInRequest = field(repr=False)
    retries: int = 0
    before: TicketShown | None = None
    joining: "Joining | None" = None
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A visitor got no number, and reads why and what to do.

    Args:
        reason: why.
        reply: the server's reply, if there was one.
        retry: the request to send again unchanged, where that may help.
        source: the text that was scanned; the same notice, still held up, is recognised by it.
        typed: the number that was typed, to be corrected.
        by_keys: the visitor typed a number and did not hold up a code.
        retries: how often the kiosk asked again by itself.
        retry_seconds: how long it waits before it does so once more.
        warned: the visitor was asked whether they are still there.
    """

    reason: TroubleReason
    reply: CheckInReply | None = None
    retry: CheckInRequest | WalkInRequest | None = field(default=None, repr=False)
    source: str | None = field(default=None, repr=False)
    typed: str = field(default="", repr=False)
    by_keys: bool = False
    retries: int = 0
    retry_seconds: float = 5.0
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Joining:
    """Further notices of whoever came together are held up; all of them have one number.

    Args:
        shown: the ticket screen that was left for it, with what is known by now; it comes back.
        note: what became of the last notice; None before the first.
        trouble: why the last notice did not join.
        number: the other number that the last notice has.
        hint: a hint about what is held up.
        source: the text of the last notice; while it is still held up, it is recognised by it.
        warned: the visitor was asked whether they are still there.
    """

    shown: TicketShown
    note: JoinNote | None = None
    trouble: Trouble | None = None
    number: str = ""
    hint: Hint | None = None
    source: str | None = field(default=None, repr=False)
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The office is closed."""


@dataclass(frozen=True, slots=True)
class OutOfService:
    """The kiosk cannot receive anybody: the server is away, or has not been reached yet."""


Unhurried = Keypad | WalkInQuestion | Bring | Joining | Trouble
"""Screens that ask the visitor whether they are still there before they close."""

Screen = (
    Welcome
    | Keypad
    | WalkInQuestion
    | Bring
    | Working
    | TicketShown
    | Joining
    | Trouble
    | Closed
    | OutOfService
)
