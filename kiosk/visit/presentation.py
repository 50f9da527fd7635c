"""Views: what each screen shows, as plain values. Texts are keys of the catalogue with their values.

:func:`kiosk.visit.texts.spoken` turns the keys into text in the visitor's language; text from the server is in that
language already.

A view never holds a notice's code. The number that is being typed is in the keypad's view, kept out of its
``repr``; it has eleven characters at most.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from backend.common import Language
from backend.wire import BringItem, CodePlace
from kiosk.visit.inputs import Button, TroubleReason
from kiosk.visit.screens import JoinNote, KeyPage, PaperState, Unhurried
from kiosk.visit.state import Closing, TimeLeft
from kiosk.visit.texts import Text, say


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One button of the language row; ``own_name`` is the language's name in that language."""

    language: Language
    own_name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Common:
    """What all views have: the office, which paper has the code (``place``), and the languages to choose from.

    Attributes:
        ease: the word of the button for screens that are easier to see.
        eased: whether the visitor asked for such screens.
        closing: the time that is left before the screen closes by itself.
    """

    language: Language
    place: CodePlace
    office: str
    counter: Text
    choices: tuple[LanguageChoice, ...]
    ease: Text = ""
    eased: bool = False
    closing: Closing | None = None


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
    """The question whether the visitor is still there, shown over a screen before it closes by itself."""

    title: Text
    note: Text
    stay: Text
    leave: Text

    @classmethod
    def asked(cls, screen: Unhurried, area: str) -> "StillThere | None":
        """The question in the words of a screen; None while the screen does not ask.

        Args:
            screen: the screen's state.
            area: the part of the catalogue that has the screen's texts.
        """
        if not screen.warned:
            return None
        return cls(
            title=say(f"{area}.warning_title"),
            note=say(f"{area}.warning_note"),
            stay=say(f"{area}.stay"),
            leave=say({"trouble": "trouble.home", "joining": "joining.done"}.get(area, f"{area}.back")),
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
    """The question whether the visitor wants a number without a reservation; ``wait`` is empty where it is not known."""

    name: ClassVar[str] = "walk_in"
    common: Common
    title: Text
    body: Text
    wait: Text
    next: Text
    take: Text
    back: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class KindOption:
    """One button of the page that asks what somebody comes for.

    Attributes:
        code: the kind's code.
        words: its name.
        icon: name of its picture, as the server told it.
    """

    code: str
    words: str
    icon: str


@dataclass(frozen=True, slots=True)
class KindsView:
    """The question what a visitor without a reservation comes for; the answer takes a number."""

    name: ClassVar[str] = "kinds"
    common: Common
    title: Text
    note: Text
    next: Text
    choices: tuple[KindOption, ...]
    back: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class SituationChoice:
    """One button of the page that asks who comes; ``code`` is the situation's code, ``words`` its text."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class BringView:
    """The question who will come, because what to bring depends on it."""

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
    """A page of what to bring: some things, all of them with what there is to say, or what else to know.

    Attributes:
        place: which page it is of how many; empty where there is only one.
        boxed: the things stand in boxes, in large letters.
        more: the word of the button that turns the page; empty where there is only one.
        print: the word of the button that prints the list; empty on pages that do not have it.
        paper: what is known of the printed list, and what to do about it; what it is for until it is asked for.
        minds: the paper needs somebody to do something.
    """

    name: ClassVar[str] = "bring_list"
    common: Common
    situation: str
    title: Text
    place: str
    items: tuple[BringItem, ...]
    boxed: bool
    home: Text
    choices: Text
    more: Text
    print: Text
    may_print: bool
    paper: Text
    minds: bool
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class WorkingView:
    """The server is being asked."""

    name: ClassVar[str] = "working"
    common: Common
    title: Text
    note: Text


@dataclass(frozen=True, slots=True)
class TicketView:
    """A visitor reads their number, and either how long they wait or where to go now.

    Attributes:
        join: the word of the button that takes further notices for this number; empty where none can join.
        wait: how many wait before, and for how long; one of them where the other is not known, none where it does not
            matter.
        sentence: the one thing to know or to do until the number is called.
        closing: that it closes soon, and how to keep it; empty before.
    """

    name: ClassVar[str] = "ticket"
    common: Common
    label: Text
    number: str
    headline: Text
    minds: bool
    paper: PaperState
    paper_text: Text
    wait: tuple[Text, ...]
    go: Text
    sentence: Text
    join: Text
    done: Text
    reprint: Text
    may_reprint: bool
    closing: Text


@dataclass(frozen=True, slots=True)
class JoinTold:
    """What became of the notice that was held up last, and the one thing to do about it.

    Attributes:
        note: what became of it.
        reason: why it did not join, where no other number is the reason.
        minds: it did not join; otherwise it has this number.
        fact: a day or an office that belongs to it; empty where there is none.
    """

    note: JoinNote
    reason: TroubleReason | None
    minds: bool
    title: Text
    fact: Text
    next: Text


@dataclass(frozen=True, slots=True)
class JoiningView:
    """Further notices are held up for a number that its visitor has already.

    Attributes:
        cards: for how many the number is by now.
        called: that the number is called, or served, and where; empty while it waits.
        frame: what to hold up into the frame, or a hint about what is held up.
        reading: whether a further notice can be held up: there is a camera, and the number may have one more.
        told: what became of the last notice; None before the first.
        retry: the word of the button that asks the server once more; empty where that cannot help.
        enter_number: the word of the button that leads to the keypad; empty where there is nothing to type: the number can
            have no more, or the last notice is to be sent once more.
    """

    name: ClassVar[str] = "joining"
    common: Common
    number: str
    cards: Text
    called: Text
    title: Text
    frame: Text
    hinting: bool
    reading: bool
    told: JoinTold | None
    retry: Text
    enter_number: Text
    done: Text
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A visitor reads why there is no number, and what to do.

    Attributes:
        place: another office, line by line: its name, address, hours, telephone; or by which telephone to book.
        action: what the filled button does; ``HOME`` where there is nothing to do here.
        other: what the second button does; ``HOME`` where there is none.
        retrying: that the kiosk tries again by itself; empty where it does not.
        retry_in: until it does.
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
    retrying: Text
    retry_in: TimeLeft | None
    still_there: StillThere | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The kiosk receives nobody now: it is closed, out of service, or starting.

    Attributes:
        phone: the office's telephone, where it helps.
        bring: the word of the button that leads to what to bring; empty where there is none.
        retrying: that the kiosk goes on trying to reach the server; empty where it need not.
        tries: how often it tried in vain.
    """

    name: str
    common: Common
    title: Text
    body: Text
    next: Text
    phone: Text = ""
    bring: Text = ""
    retrying: Text = ""
    tries: int = 0


View = (
    WelcomeView
    | KeypadView
    | WalkInView
    | KindsView
    | BringView
    | BringListView
    | WorkingView
    | TicketView
    | JoiningView
    | TroubleView
    | NoticeView
)

SCREENS: Final = (
    "starting",
    "welcome",
    "keypad",
    "walk_in",
    "kinds",
    "bring",
    "bring_list",
    "working",
    "ticket",
    "joining",
    "trouble",
    "closed",
    "out_of_service",
)
"""Names of the screens, as they stand in the events of ``--log-json``."""
