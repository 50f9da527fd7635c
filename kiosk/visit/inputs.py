"""What may happen in a visit: scans, taps, answers of the server, timers that ran out, changes of the surroundings.

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
    CheckInReply,
    KindChoice,
    NumberShape,
    Other,
    PrinterTrouble,
    PrintState,
    ScanReason,
    TicketState,
    WindowKind,
)


class TroubleReason(StrEnum):
    """Why a visitor got no number. The first group has the server's reasons, the second the kiosk's own.

    ``other`` is a reason of a newer server that this kiosk does not know: the staff at the counter do.
    """

    NOT_RESERVED = "not_reserved"
    ANOTHER_DAY = "another_day"
    ANOTHER_OFFICE = "another_office"
    CANCELLED = "cancelled"
    NO_CARD = "no_card"
    ALREADY_ISSUED = "already_issued"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    REFUSED = "refused"
    NUMBERS_EXHAUSTED = "numbers_exhausted"
    KIND_NOT_OFFERED = "kind_not_offered"
    PARTY_FULL = "party_full"
    OTHER = "other"

    SERVER_AWAY = "server_away"
    NOT_ACCEPTED = "not_accepted"


class Timer(StrEnum):
    """The timers that run while a screen is shown."""

    SCREEN = "screen"
    SETTLE = "settle"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was held up, or something that is not one code.

    Args:
        reason: the scanner's verdict.
        fresh_id: id for the request that this may start.
        text: the decoded text, where there is exactly one code.
    """

    reason: ScanReason
    fresh_id: UUID
    text: str | None = field(default=None, repr=False)

    def is_new_to(self, source: str | None) -> bool:
        """Whether it is another code than ``source``, or one that must be refused."""
        if self.reason is ScanReason.MY_NUMBER:
            return True
        return self.reason is ScanReason.OK and self.text != source


@dataclass(frozen=True, slots=True)
class LanguageTapped:
    """A visitor chose a language."""

    language: Language


class Button(StrEnum):
    """All buttons but the letters and digits of the keypad."""

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
    JOIN = "join"
    """Further notices of whoever came together, for the same number."""
    BRING = "bring"
    CHOICES = "choices"
    MORE = "more"
    PRINT_LIST = "print_list"
    EASE = "ease"
    """Screens that are easier to see: high contrast and larger letters, or the usual ones again."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A visitor tapped a button. ``fresh_id`` is the id for the request that this may start."""

    button: Button
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class Touched:
    """The screen was touched beside its buttons: somebody is there."""


@dataclass(frozen=True, slots=True)
class KeyTapped:
    """A visitor tapped a letter or digit of the keypad. ``fresh_id`` is the id for the report of a refusal."""

    key: str = field(repr=False)
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class SituationTapped:
    """A visitor chose, on the page of what to bring, who comes to receive a card; ``situation`` is its code."""

    situation: str


@dataclass(frozen=True, slots=True)
class KindTapped:
    """A visitor without a reservation chose what they come for; ``kind`` is its code.

    ``fresh_id`` is the id for the request that this may start.
    """

    kind: str
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class Answered:
    """The server answered a check-in or a walk-in."""

    request_id: UUID
    reply: CheckInReply


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The server did not answer, or rejected the request."""

    request_id: UUID
    reason: TroubleReason


@dataclass(frozen=True, slots=True)
class NotJoinable:
    """No notice can join the number any more: it went on meanwhile, or is unknown where the kiosk stands.

    ``fresh_id`` is the id for the check-in that takes the notice by itself.
    """

    request_id: UUID
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class NumberMoved:
    """The number on the screen was called, is served, or was given up as absent, as the hall's displays show.

    Args:
        ticket_id: whose number.
        state: where it is now.
        window: the label of the window; None where it is at none.
        window_kind: for which work that window called it, where it is known.
    """

    ticket_id: UUID
    state: TicketState | Other
    window: str | None = None
    window_kind: WindowKind | Other | None = None


@dataclass(frozen=True, slots=True)
class PrintFinished:
    """A print job ended. ``fresh_id`` is the id for the report to the server."""

    ticket_id: UUID
    job: int
    state: PrintState
    trouble: PrinterTrouble | None
    fresh_id: UUID


@dataclass(frozen=True, slots=True)
class ListPrinted:
    """The printing of what to bring ended; ``order_id`` is that of the order."""

    order_id: UUID
    state: PrintState


@dataclass(frozen=True, slots=True)
class TimerElapsed:
    """A timer ran out; ``epoch`` is the number of its start."""

    timer: Timer
    epoch: int


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """The server came back, or was asked in vain, for the first time or once more."""

    up: bool


@dataclass(frozen=True, slots=True)
class CameraChanged:
    """The camera was lost or is back."""

    working: bool


@dataclass(frozen=True, slots=True)
class OfficeChanged:
    """The office opened or closed; ``opens_at`` is the next opening, an aware time."""

    open_now: bool
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PartyLimitChanged:
    """The server told how many notices may have one number together; 1 where none may join."""

    limit: int


@dataclass(frozen=True, slots=True)
class NumbersChanged:
    """The server told which forms a typed number can have; empty where it has nothing to tell."""

    shapes: tuple[NumberShape, ...]


@dataclass(frozen=True, slots=True)
class BringChanged:
    """The server told what visitors bring; empty where it has nothing to tell."""

    situations: tuple[BringSituation, ...]


@dataclass(frozen=True, slots=True)
class KindsChanged:
    """The server told what people without a reservation may come for; empty where it has nothing to tell."""

    kinds: tuple[KindChoice, ...]


News = (
    ServerChanged
    | CameraChanged
    | OfficeChanged
    | PartyLimitChanged
    | NumbersChanged
    | BringChanged
    | KindsChanged
)
"""Changes around the kiosk, with or without a visitor."""

Input = (
    Scanned
    | LanguageTapped
    | Tapped
    | Touched
    | KeyTapped
    | SituationTapped
    | KindTapped
    | Answered
    | Unanswered
    | NotJoinable
    | NumberMoved
    | PrintFinished
    | ListPrinted
    | TimerElapsed
    | News
)
