"""What the kiosk can show, and what it remembers while it shows it.

Plain values only. A value that may hold a notice's code or a typed number keeps it out of its ``repr``, so that
no log or traceback can show it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from backend.wire import (
    BringSituation,
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    PrinterTrouble,
    TicketMessage,
    TicketState,
    WalkInRequest,
)
from kiosk.visit.inputs import Scanned, TroubleReason


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
