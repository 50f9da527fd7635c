"""The shapes of what screens show: plain values, texts as keys with their fields.

The frame of all screens has them spoken (:func:`kiosk.visit.texts.spoken`). What a server told stands in the visitor's
language already.

A view never holds a notice's code. The number that is being typed is on the keypad's view, kept out of its
``repr``; it has eleven characters at most.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from backend.common import Language
from backend.wire import BringItem, CodePlace
from kiosk.visit.inputs import Button, TroubleReason
from kiosk.visit.screens import KeyPage, PaperState, Unhurried
from kiosk.visit.texts import Text, say


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One button of the language row; its name stands in its own language."""

    language: Language
    own_name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Common:
    """What all screens have: whose counter this is, which paper bears the code, and the languages to choose from."""

    language: Language
    place: CodePlace
    office: str
    counter: Text
    choices: tuple[LanguageChoice, ...]


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """The camera looks for a notice."""

    name: ClassVar[str] = "welcome"
    common: Common
    place: CodePlace
    title: Text
    frame: Text
    hinting: bool
    camera: bool
    no_camera: Text
    enter_number: Text
    enter_number_note: Text
    walk_in: Text
    walk_in_note: Text
    bring: Text


@dataclass(frozen=True, slots=True)
class StillThere:
    """The question that lies over a screen which would otherwise go."""

    title: Text
    note: Text
    stay: Text
    leave: Text

    @classmethod
    def asked(cls, screen: Unhurried, area: str) -> "StillThere | None":
        """The question as a screen asks it, while it is asked."""
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
    title: Text
    note: Text
    caution: Text
    typed: str = field(repr=False)
    empty: Text
    status: Text
    status_warns: bool
    page: KeyPage
    other_page: Text
    backspace: Text
    confirm: Text
    may_confirm: bool
    back: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class WalkInView:
    """Does the visitor want a number without a reservation?"""

    name: ClassVar[str] = "walk_in"
    common: Common
    title: Text
    body: Text
    next: Text
    take: Text
    back: Text
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
    title: Text
    note: Text
    choices: tuple[SituationChoice, ...]
    other: Text
    back: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class BringListView:
    """What to bring, or examples and what else to think of."""

    name: ClassVar[str] = "bring_list"
    common: Common
    situation: str
    title: Text
    items: tuple[BringItem, ...]
    home: Text
    choices: Text
    more: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class WorkingView:
    """The server is being asked."""

    name: ClassVar[str] = "working"
    common: Common
    title: Text
    note: Text


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it means."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class TicketView:
    """A visitor reads their number, and either how long they wait or where to go now."""

    name: ClassVar[str] = "ticket"
    common: Common
    label: Text
    number: str
    headline: Text
    minds: bool
    note: Text
    paper: PaperState
    paper_text: Text
    figures: tuple[Figure, ...]
    go: Text
    next: Text
    pin_note: Text
    done: Text
    more: Text
    reprint: Text
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
    title: Text
    body: Text
    place: tuple[Text, ...]
    next: Text
    action: Button
    action_text: Text
    other: Button
    other_text: Text
    back_text: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The machine receives nobody now: closed, out of service, or starting."""

    name: str
    common: Common
    title: Text
    body: Text
    next: Text


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
