"""The shapes of what screens show: plain values, every text in its language already.

A view never holds a notice's code. The number that is being typed is on the keypad's view, kept out of its
``repr``; it has eleven characters at most.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from backend.common import Language
from backend.wire import BringItem, CodePlace
from kiosk.visit.model import Button, KeyPage, PaperState, TroubleReason, Unhurried
from kiosk.visit.texts import KioskWords


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One button of the language row; its name stands in its own language."""

    language: Language
    own_name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Common:
    """What all screens have: whose counter this is, and the languages to choose from."""

    language: Language
    office: str
    counter: str
    choices: tuple[LanguageChoice, ...]


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """The camera looks for a notice."""

    name: ClassVar[str] = "welcome"
    common: Common
    place: CodePlace
    title: str
    frame: str
    hinting: bool
    camera: bool
    no_camera: str
    enter_number: str
    enter_number_note: str
    walk_in: str
    walk_in_note: str
    bring: str


@dataclass(frozen=True, slots=True)
class StillThere:
    """The question that lies over a screen which would otherwise go."""

    title: str
    note: str
    stay: str
    leave: str

    @classmethod
    def asked(cls, screen: Unhurried, area: str, say: KioskWords) -> "StillThere | None":
        """The question in the words of a screen, while it is asked."""
        if not screen.warned:
            return None
        return cls(
            title=say(f"{area}.warning_title"),
            note=say(f"{area}.warning_note"),
            stay=say(f"{area}.stay"),
            leave=say("trouble.home" if area == "trouble" else f"{area}.back"),
        )


@dataclass(frozen=True, slots=True)
class KeypadView:
    """A number is being typed."""

    name: ClassVar[str] = "keypad"
    common: Common
    title: str
    note: str
    caution: str
    typed: str = field(repr=False)
    empty: str
    status: str
    status_warns: bool
    page: KeyPage
    other_page: str
    backspace: str
    confirm: str
    may_confirm: bool
    back: str
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class WalkInView:
    """Does the visitor want a number without a reservation?"""

    name: ClassVar[str] = "walk_in"
    common: Common
    title: str
    body: str
    next: str
    take: str
    back: str
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class SituationChoice:
    """One button of the page that asks who comes."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class BringView:
    """Who will come? What to bring depends on it."""

    name: ClassVar[str] = "bring"
    common: Common
    title: str
    note: str
    choices: tuple[SituationChoice, ...]
    other: str
    back: str
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class BringListView:
    """What to bring, or examples and what else to think of."""

    name: ClassVar[str] = "bring_list"
    common: Common
    situation: str
    title: str
    items: tuple[BringItem, ...]
    home: str
    choices: str
    more: str
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class WorkingView:
    """The server is being asked."""

    name: ClassVar[str] = "working"
    common: Common
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it means."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A visitor reads their number, and either how long they wait or where to go now."""

    name: ClassVar[str] = "ticket"
    common: Common
    label: str
    number: str
    headline: str
    minds: bool
    note: str
    paper: PaperState
    paper_text: str
    figures: tuple[Figure, ...]
    go: str
    next: str
    pin_note: str
    done: str
    more: str
    reprint: str
    may_reprint: bool


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A visitor reads why there is no number, and what to do.

    Attributes:
        place: another office, line by line: its name, address, hours, telephone.
        action: what the filled button does; ``HOME`` where there is nothing to do here.
        other: another way on; empty where there is none.
    """

    name: ClassVar[str] = "trouble"
    common: Common
    reason: TroubleReason
    title: str
    body: str
    place: tuple[str, ...]
    next: str
    action: Button
    action_text: str
    other: Button
    other_text: str
    back_text: str
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The machine receives nobody now: closed, out of service, or starting."""

    name: str
    common: Common
    title: str
    body: str
    next: str


View = (
    WelcomeView
    | KeypadView
    | WalkInView
    | BringView
    | BringListView
    | WorkingView
    | TicketView
    | TroubleView
    | NoticeView
)

SCREENS: Final = (
    "starting",
    "welcome",
    "keypad",
    "walk_in",
    "bring",
    "bring_list",
    "working",
    "ticket",
    "trouble",
    "closed",
    "out_of_service",
)
"""Names of the screens, as in the events of ``--log-json``."""
