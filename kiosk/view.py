"""What each screen shows, as plain values: every text is in its language already, nothing here draws.

A view never holds a notice's code. The number that is being typed is on the keypad's view, kept out of its
``repr``; it has eleven characters at most.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from assets.catalogue import Language
from backend.wire.codes import CheckInReason
from backend.wire.messages import BringItem, BringSituation, OfficeInfo
from kiosk import visit
from kiosk.flow import ASSISTED, may_reprint
from kiosk.texts import Words
from kiosk.visit import Button, KeyPage, Paper, Server, State, TroubleReason


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
    page: KeyPage
    other_page: str
    backspace: str
    confirm: str
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
class TicketView:
    """A visitor reads their number."""

    name: ClassVar[str] = "ticket"
    common: Common
    label: str
    number: str
    headline: str
    note: str
    paper: Paper
    paper_text: str
    ahead_label: str
    ahead: str
    estimate_label: str
    estimate: str
    next: str
    pin_note: str
    done: str
    more: str
    reprint: str
    may_reprint: bool


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A visitor reads why there is no number, and what to do."""

    name: ClassVar[str] = "trouble"
    common: Common
    reason: TroubleReason
    title: str
    body: str
    next: str
    action: Button
    action_text: str
    back_text: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The machine receives nobody now: closed, out of service, or starting."""

    name: str
    common: Common
    title: str
    body: str
    next: str


View = (
    WelcomeView | KeypadView | BringView | BringListView | WorkingView | TicketView | TroubleView | NoticeView
)

SCREENS: Final = (
    "starting",
    "welcome",
    "keypad",
    "bring",
    "bring_list",
    "working",
    "ticket",
    "trouble",
    "closed",
    "out_of_service",
)
"""Names of the screens, as in the events of ``--log-json``."""


def present(state: State, office: OfficeInfo | None, now: datetime) -> View:
    """Say what to show in this state.

    Args:
        state: the flow's state.
        office: what the server told of the office, if it did yet.
        now: the server's time, aware.
    """
    say = Words(state.language)
    common = Common(state.language, say.office(office), say("header.counter"), _choices(state.language))
    view: View
    match state.screen:
        case visit.Welcome() as screen:
            view = _welcome(screen, state, say, common)
        case visit.Keypad() as screen:
            view = _keypad(screen, say, common)
        case visit.Bring(None) as screen:
            view = _bring(screen, state, say, common)
        case visit.Bring(situation) as screen if situation is not None:
            view = _bring_list(screen, situation, say, common)
        case visit.Working():
            view = WorkingView(common, say("working.title"), say("working.note"))
        case visit.TicketShown() as screen:
            view = _ticket(screen, say, common)
        case visit.Trouble() as screen:
            view = _trouble(screen, say, common, now)
        case visit.Closed():
            view = _closed(state, say, common, now)
        case visit.OutOfService():
            name = "starting" if state.conditions.server is Server.STARTING else "out_of_service"
            view = NoticeView(name, common, *(say(f"{name}.{part}") for part in ("title", "body", "next")))
    return view


def _choices(chosen: Language) -> tuple[LanguageChoice, ...]:
    return tuple(
        LanguageChoice(language, Words(language)("language.own_name"), language is chosen)
        for language in Language
    )


def _welcome(screen: visit.Welcome, state: State, say: Words, common: Common) -> WelcomeView:
    return WelcomeView(
        common,
        title=say("welcome.title"),
        frame=say("welcome.frame" if screen.hint is None else f"welcome.hint_{screen.hint}"),
        hinting=screen.hint is not None,
        camera=state.conditions.camera,
        no_camera=say("welcome.no_camera"),
        enter_number=say("welcome.enter_number"),
        enter_number_note=say("welcome.enter_number_note"),
        walk_in=say("welcome.walk_in"),
        walk_in_note=say("welcome.walk_in_note"),
        bring=say("welcome.bring") if state.conditions.bring else "",
    )


def _keypad(screen: visit.Keypad, say: Words, common: Common) -> KeypadView:
    other = "to_letters" if screen.page is KeyPage.DIGITS else "to_digits"
    return KeypadView(
        common,
        title=say("keypad.title"),
        note=say("keypad.note"),
        caution=say("keypad.caution"),
        typed=screen.typed,
        empty=say("keypad.empty"),
        page=screen.page,
        other_page=say(f"keypad.{other}"),
        backspace=say("keypad.backspace"),
        confirm=say("keypad.confirm"),
        back=say("keypad.back"),
        still_there=_still_there(screen, "keypad", say),
    )


def _still_there(screen: visit.Keypad | visit.Bring, area: str, say: Words) -> StillThere | None:
    """The question in the words of a screen, while it is asked."""
    if not screen.warned:
        return None
    return StillThere(
        title=say(f"{area}.warning_title"),
        note=say(f"{area}.warning_note"),
        stay=say(f"{area}.stay"),
        leave=say(f"{area}.back"),
    )


def _bring(screen: visit.Bring, state: State, say: Words, common: Common) -> BringView:
    return BringView(
        common,
        title=say("bring.title"),
        note=say("bring.note"),
        choices=tuple(
            SituationChoice(one.code, say.choose(one.title) or one.code) for one in state.conditions.bring
        ),
        other=say("bring.other"),
        back=say("bring.back"),
        still_there=_still_there(screen, "bring", say),
    )


def _bring_list(screen: visit.Bring, situation: BringSituation, say: Words, common: Common) -> BringListView:
    bring, know = say.choose(situation.bring) or [], say.choose(situation.know) or []
    page = "know" if screen.more else "list"
    return BringListView(
        common,
        situation=say.choose(situation.title) or "",
        title=say(f"bring.{page}"),
        items=tuple(know if screen.more else bring),
        home=say("bring.home"),
        choices=say("bring.choices"),
        more=say("bring.to_list") if screen.more else say("bring.to_know") if know else "",
        still_there=_still_there(screen, "bring", say),
    )


_NOTED = frozenset(
    {CheckInReason.EARLY, CheckInReason.LATE, CheckInReason.WALK_IN, CheckInReason.ALREADY_CHECKED_IN}
)


def _ticket(screen: visit.TicketShown, say: Words, common: Common) -> TicketView:
    ticket, reason = screen.ticket, screen.reason
    if reason in {CheckInReason.ON_TIME, CheckInReason.EARLY}:
        headline = (
            say(f"ticket.{reason}", time=say.time(ticket.reserved_for))
            if ticket.reserved_for is not None
            else say(f"ticket.{reason}_plain")
        )
    else:
        headline = say(f"ticket.{reason}")
    return TicketView(
        common,
        label=say("ticket.label"),
        number=ticket.number,
        headline=headline,
        note=say(f"ticket.{reason}_note") if reason in _NOTED else say("ticket.order_note"),
        paper=screen.paper,
        paper_text=say(f"ticket.paper_{screen.paper}"),
        ahead_label=say("ticket.ahead_label"),
        ahead=say("ticket.ahead", count=ticket.waiting_ahead),
        estimate_label=say("ticket.estimate_label"),
        estimate=say.estimate(ticket.estimate),
        next=say("ticket.next"),
        pin_note=say("ticket.pin_note"),
        done=say("ticket.done"),
        more=say("ticket.more"),
        reprint=say("ticket.reprint"),
        may_reprint=may_reprint(screen),
    )


def _trouble(screen: visit.Trouble, say: Words, common: Common, now: datetime) -> TroubleView:
    key = f"trouble.{screen.reason}"
    reply = screen.reply
    body = None
    if reply is not None and screen.reason is TroubleReason.ANOTHER_DAY and reply.reserved_for:
        body = say(f"{key}.body", when=say.day_time(reply.reserved_for, now))
    elif reply is not None and screen.reason is TroubleReason.ANOTHER_OFFICE and reply.office_name:
        body = say(f"{key}.body", office=reply.office_name)
    elif reply is not None and screen.reason is TroubleReason.CLOSED and reply.opens_at:
        body = say(f"{key}.body", when=say.day_time(reply.opens_at, now))
    elif screen.reason in {TroubleReason.ANOTHER_DAY, TroubleReason.ANOTHER_OFFICE, TroubleReason.CLOSED}:
        body = say(f"{key}.body_plain")
    if screen.retry is not None:
        action, action_text = Button.RETRY, say("trouble.retry")
    elif screen.reason in ASSISTED:
        action, action_text = Button.WALK_IN, say("trouble.assisted")
    else:
        action, action_text = Button.HOME, say("trouble.home")
    return TroubleView(
        common,
        reason=screen.reason,
        title=say(f"{key}.title"),
        body=body or say(f"{key}.body"),
        next=say(f"{key}.next"),
        action=action,
        action_text=action_text,
        back_text="" if action is Button.HOME else say("trouble.home"),
    )


def _closed(state: State, say: Words, common: Common, now: datetime) -> NoticeView:
    opens_at = state.conditions.opens_at
    body = say("closed.opens", when=say.day_time(opens_at, now)) if opens_at else say("closed.opens_plain")
    return NoticeView("closed", common, say("closed.title"), body, say("closed.next"))
