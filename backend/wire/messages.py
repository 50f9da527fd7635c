"""Messages between the server and its devices, version 1.

All times are aware datetimes in UTC on the wire; screens show them in Asia/Tokyo. No reply or event contains anything
personal: only a ticket's number, windows, times, counts and codes. Unknown fields and codes are refused in requests.
In replies, unknown fields are ignored and unknown codes become ``OTHER``, so that a newer server may add both.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from backend.wire.codes import (
    CheckInReason,
    CodePlace,
    DevicePart,
    ErrorCode,
    EventKind,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    TicketState,
    WindowKind,
)
from backend.wire.heard import Heard

ScannedText = Annotated[str, StringConstraints(min_length=1, max_length=8000)]
TypedNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]
TroubleCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
KnownCodePlace = Annotated[
    CodePlace, BeforeValidator(lambda place: place if place in set(CodePlace) else CodePlace.SHEET)
]
"""The paper on which the code is; an unknown value from a newer server is read as the sheet."""
KindCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,19}$")]
"""What somebody comes for (来庁の用件), by the ward's code."""
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]{2,16}$")]


class Request(BaseModel):
    """A command from a device: immutable, further fields are refused, and the device makes its id.

    The id makes repeating a command harmless: the server carries it out only once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID


class Reply(BaseModel):
    """An answer: immutable; fields of a newer server are ignored, and on a device its codes become ``OTHER``."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CheckInRequest(Request):
    """A notice was held up (``code``: decoded text) or its number was typed (``number``); exactly one of them."""

    code: ScannedText | None = None
    number: TypedNumber | None = None
    language: LanguageTag = "ja"


class WalkInRequest(Request):
    """A visitor without a notice or reservation asks for a number of the assisted queue.

    Without a kind, it means the first one that the office offers. It is not sent then, as older servers know no kinds.
    """

    language: LanguageTag = "ja"
    kind: KindCode | None = Field(default=None, exclude_if=lambda kind: kind is None)


class RefusalReport(Request):
    """A kiosk refused a code by itself. Only the kind is sent, never the value."""

    kind: RefusalKind


class PrintReport(Request):
    """What became of a ticket's paper."""

    state: Literal[PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED]
    trouble: PrinterTrouble | None = None


class DeviceReport(Request):
    """The state of a kiosk: every part that does not work, with the code of its trouble; empty if all is well.

    The known codes are those of ``PartTrouble``; a newer kiosk may send others.
    """

    troubles: dict[DevicePart, TroubleCode] = Field(default_factory=dict)


class Estimate(Reply):
    """The expected waiting time as a range in minutes, for reference only."""

    low_minutes: int
    high_minutes: int


class TicketMessage(Reply):
    """A ticket as a device may see it."""

    ticket_id: UUID
    number: str = Field(description="What is shown and printed, for example M-012")
    office_id: str
    business_day: date
    state: Heard[TicketState]
    issued_at: AwareDatetime
    reserved_for: AwareDatetime | None = None
    waiting_ahead: int = 0
    estimate: Estimate | None = None
    be_back_at: AwareDatetime | None = Field(
        default=None, description="Where the reserved time is far: when to be back in the hall at the latest"
    )
    window: str | None = Field(
        default=None, description="Window at which the number is called or served, as written on its sign"
    )
    window_kind: Heard[WindowKind] | None = None
    print_state: Heard[PrintState] = PrintState.PENDING
    cards: int = Field(default=1, ge=0, description="How many cards of a party the number is for")


class OfficePlace(Reply):
    """Another office, for a visitor who has to go there; taken from the file of offices."""

    office_id: str
    name: dict[str, str] = Field(description="Name by language tag")
    address: dict[str, str] = Field(
        default_factory=dict, description="Address by language tag; Japanese at least"
    )
    phone: str | None = None
    opens_at: AwareDatetime | None = Field(
        default=None, description="Opening on the reserved day, or the next one where no day is reserved"
    )
    closes_at: AwareDatetime | None = None


class CheckInReply(Reply):
    """The outcome of a check-in as codes and facts; the kiosk puts them into words."""

    reason: Heard[CheckInReason]
    ticket: TicketMessage | None = None
    reserved_for: AwareDatetime | None = Field(
        default=None, description="Reserved time, where another day or an early visit is the reason"
    )
    office_id: str | None = Field(
        default=None, description="Office of the reservation or of today's number, where it is another one"
    )
    office_name: str | None = None
    office: OfficePlace | None = Field(
        default=None, description="That office with what leads there; absent from older servers"
    )
    found: Heard[TicketState] | None = Field(
        default=None,
        description="Where the visitor was when a notice was shown again; the ticket tells where they are now",
    )
    opens_at: AwareDatetime | None = Field(
        default=None, description="Next opening, where the office is closed"
    )
    number_offered: bool | None = Field(
        default=None,
        description="Whether who is booked at another office or day is offered a number here; absent from older servers",
    )
    old_sheet: bool = Field(
        default=False,
        description="A booking sheet was shown that says something else than what is booked now; only where there is no number",
    )


class PrintReply(Reply):
    """The ticket after a print report."""

    ticket: TicketMessage


class Accepted(Reply):
    """The command was carried out; the reply contains nothing else."""


class ErrorReply(Reply):
    """Every refusal of the server has this shape."""

    code: ErrorCode
    detail: dict[str, str] = Field(default_factory=dict, description="Machine-readable facts, never personal")


class NumberShape(Reply):
    """One form of a number that visitors may type, without hyphens and spaces."""

    length: int = Field(ge=1, le=20)
    letters: bool = Field(default=False, description="Capitals A to Z may stand in it, not digits alone")
    check: str = Field(
        default="none",
        description="How its last digit checks the others: none or damm; an unknown word checks nothing",
    )
    groups: list[int] = Field(
        default_factory=list, description="Sizes of the groups in which paper shows it; empty means fours"
    )


class KindChoice(Reply):
    """What somebody without a reservation may come for, as a kiosk offers it."""

    code: str
    name: dict[str, str] = Field(description="Name by language tag; Japanese at least")
    icon: str = Field(default="info", description="Name of the picture; an unknown one is shown as info")


class OfficeInfo(Reply):
    """What a device needs to know of its office."""

    office_id: str
    name: dict[str, str] = Field(description="Name by language tag")
    phone: str | None = None
    open_now: bool
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    server_time: AwareDatetime
    code_patterns: list[str] = Field(
        default_factory=list,
        description="Regular expressions of other systems' codes, for the whole text as `code_shape` folds it",
    )
    number_shapes: list[NumberShape] = Field(
        default_factory=list,
        description="What a typed number can be; empty where the server does not say: anything up to 11 characters",
    )
    party_limit: int = Field(
        default=1,
        ge=1,
        description="How many notices may join one number; 1 where the server knows no parties, and none is offered",
    )
    kinds: list[KindChoice] = Field(
        default_factory=list,
        description="What people without a reservation may come for; with fewer than two, nobody is asked",
    )
    code_stands_on: KnownCodePlace = Field(
        default=CodePlace.SHEET,
        description="The paper that visitors are asked to hold up, by the ward's habit",
    )
    walk_in_estimate: Estimate | None = None


class BringItem(Reply):
    """A thing to bring, an example, or what else to remember, in words for visitors."""

    thing: str
    note: str = Field(default="", description="What there is to say of it")


class BringSituation(Reply):
    """One way to receive a card, and what to bring for it; every text is general and in words for visitors."""

    code: str = Field(description="Tells situations apart, for example self; no recipient type")
    title: dict[str, str] = Field(description="Who comes, by language tag")
    bring: dict[str, list[BringItem]] = Field(description="What to bring, by language tag, in order")
    know: dict[str, list[BringItem]] = Field(
        default_factory=dict, description="Examples of documents and what else to think of, by language tag"
    )


class BringGuide(Reply):
    """What visitors bring on a day, by the document rules; nothing in it is about a particular person."""

    business_day: date
    situations: list[BringSituation] = Field(
        default_factory=list, description="In the order to offer them; empty where no rules are in force"
    )


class CallMessage(Reply):
    """A ticket's number that is called to a window."""

    ticket_id: UUID
    number: str
    window: str = Field(description="Window label as written on its sign, for example 3 or C")
    kind: Heard[WindowKind]
    called_at: AwareDatetime
    call_count: int = 1
    serving: bool = Field(default=False, description="The visitor has come to the window")


class Board(Reply):
    """A snapshot of one office's hall: everything that a display shows, as of event ``seq``."""

    office_id: str
    business_day: date
    at: AwareDatetime
    seq: int
    calls: list[CallMessage] = Field(
        default_factory=list, description="Numbers at a window, latest call first"
    )
    recent: list[CallMessage] = Field(
        default_factory=list, description="The last call of each number, latest first, present ones too"
    )
    absent: list[str] = Field(
        default_factory=list,
        description="Numbers that were called and did not come, in order of their numbers",
    )
    waiting: int = 0
    preparing: int = Field(default=0, description="Handed over: the card is being prepared")
    open_now: bool = True


class EventMessage(Reply):
    """One event of an office, in order of ``seq``. ``waiting`` and ``preparing`` are the counts after the event.

    ``place`` is the number (from 1) of the card in its party, if the event is about a single card.
    """

    seq: int
    kind: Heard[EventKind]
    at: AwareDatetime
    office_id: str
    business_day: date
    ticket_id: UUID | None = None
    number: str | None = None
    window: str | None = None
    window_kind: Heard[WindowKind] | None = None
    call_count: int | None = None
    waiting: int = 0
    preparing: int = 0
    place: int | None = None


class Health(Reply):
    """Whether the server is well: ``status`` is ``ok`` or ``degraded``, ``parts`` is the same for each checked part."""

    status: Heard[Literal["ok", "degraded"]]
    version: str
    wire_version: int
    server_time: datetime
    parts: dict[str, str]
