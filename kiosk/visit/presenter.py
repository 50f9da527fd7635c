"""What each screen shows in a state: makes the views of :mod:`kiosk.visit.presentation`."""

from datetime import datetime

from backend.common import Language
from backend.wire import BringSituation, CodePlace, KindChoice, OfficeInfo
from kiosk.visit import screens, walk_in_steps
from kiosk.visit.bring_pages import PageKind, bring_pages
from kiosk.visit.bring_steps import may_print
from kiosk.visit.inputs import Timer
from kiosk.visit.joining_presenter import joining_view
from kiosk.visit.outcome_presenter import ticket_view, trouble_view
from kiosk.visit.presentation import (
    BringListView,
    BringView,
    Common,
    KeypadView,
    KindOption,
    KindsView,
    LanguageChoice,
    NoticeView,
    SituationChoice,
    StillThere,
    View,
    WalkInView,
    WelcomeView,
    WorkingView,
)
from kiosk.visit.screens import KeyPage, PaperState
from kiosk.visit.state import State
from kiosk.visit.surroundings import ServerState
from kiosk.visit.texts import KioskWords, Text, choose, day_and_time, say, waiting_time
from kiosk.visit.typed_number import NumberForms, NumberStage


def present(state: State, office: OfficeInfo | None, now: datetime) -> View:
    """The view of a state.

    Args:
        state: the flow's state.
        office: what the server told of the office; None before its first answer.
        now: the server's time, aware.
    """
    place = office.code_stands_on if office is not None else CodePlace.SHEET
    name = (choose(office.name, state.language) or "") if office is not None else ""
    common = Common(
        state.language,
        place,
        name,
        say("header.counter"),
        _choices(state.language),
        ease=say("header.ease"),
        eased=state.eased,
        closing=state.closing,
    )
    view: View
    match state.screen:
        case screens.Welcome() as screen:
            view = _welcome(screen, state, place, common)
        case screens.Keypad() as screen:
            view = _keypad(screen, NumberForms(state.conditions.numbers), common)
        case screens.WalkInQuestion() as screen:
            kinds = walk_in_steps.offered(state)
            view = _kinds(screen, kinds, common) if kinds else _walk_in(screen, office, common)
        case screens.Bring() as screen:
            view = _bring(screen, state, common)
        case screens.Working():
            view = WorkingView(common, say("working.title"), say("working.note"))
        case screens.TicketShown() as screen:
            view = ticket_view(screen, common, state.conditions.party_limit)
        case screens.Joining() as screen:
            view = joining_view(screen, state.conditions, common, now)
        case screens.Trouble() as screen:
            view = trouble_view(screen, common, office, now, state.start_of(Timer.RETRY))
        case screens.Closed() | screens.OutOfService():
            view = _notice(state, office, common, now)
    return view


def _choices(chosen: Language) -> tuple[LanguageChoice, ...]:
    return tuple(
        LanguageChoice(language, KioskWords(language)("language.own_name"), language is chosen)
        for language in Language
    )


def _welcome(screen: screens.Welcome, state: State, place: CodePlace, common: Common) -> WelcomeView:
    camera = state.conditions.camera
    # Without a camera, neither the title nor the line below its picture may ask to hold something up.
    frame = say("welcome.frame") if camera else ""
    return WelcomeView(
        common,
        place=place,
        title=say("welcome.title" if camera else "welcome.title_blind"),
        frame=frame if screen.hint is None else say(f"welcome.hint_{screen.hint}"),
        hinting=screen.hint is not None,
        camera=camera,
        no_camera=say("welcome.no_camera"),
        enter_number=say("welcome.enter_number"),
        enter_number_note=say("welcome.enter_number_note") if camera else "",
        walk_in=say("welcome.walk_in"),
        walk_in_note=say("welcome.walk_in_note"),
        bring=say("welcome.bring") if state.conditions.bring else "",
    )


def _keypad(screen: screens.Keypad, forms: NumberForms, common: Common) -> KeypadView:
    other = "to_letters" if screen.page is KeyPage.DIGITS else "to_digits"
    looked = forms.look(screen.typed)
    return KeypadView(
        common,
        title=say("keypad.title"),
        note=say("keypad.note"),
        caution=say("keypad.caution"),
        typed=forms.grouped(screen.typed),
        empty=say("keypad.empty"),
        status=_keypad_status(screen, forms),
        status_warns=screen.note is not None or looked.stage is NumberStage.WRONG,
        page=screen.page,
        other_page=say(f"keypad.{other}") if forms.letters else "",
        backspace=say("keypad.backspace" if screen.page is KeyPage.DIGITS else "keypad.backspace_short"),
        confirm=say("keypad.confirm"),
        may_confirm=looked.stage is NumberStage.WHOLE,
        back=say("keypad.back"),
        still_there=StillThere.asked(screen, "keypad"),
    )


def _keypad_status(screen: screens.Keypad, forms: NumberForms) -> Text:
    """What is wrong with the number so far, or missing; this is also why it cannot be confirmed yet."""
    looked = forms.look(screen.typed)
    if screen.note is not None:
        return say(f"keypad.{screen.note}")
    if looked.stage is NumberStage.WRONG:
        return say("keypad.wrong")
    if looked.stage is NumberStage.SHORT:
        return say(
            "keypad.missing_digits" if looked.digits_only else "keypad.missing", missing=looked.missing
        )
    if looked.stage is NumberStage.EMPTY and len(forms.lengths) == 1 and looked.digits_only:
        return say("keypad.length", length=looked.missing)
    return ""


def _walk_in(screen: screens.WalkInQuestion, office: OfficeInfo | None, common: Common) -> WalkInView:
    kind = "_assisted" if screen.assisted else ""
    expected = None if office is None else office.walk_in_estimate
    return WalkInView(
        common,
        title=say(f"walk_in.title{kind}"),
        body=say(f"walk_in.body{kind}"),
        wait=say("walk_in.wait", wait=waiting_time(expected)) if expected is not None else "",
        next=say(f"walk_in.next{kind}"),
        take=say("walk_in.take"),
        back=say("walk_in.back"),
        still_there=StillThere.asked(screen, "walk_in"),
    )


def _kinds(screen: screens.WalkInQuestion, kinds: tuple[KindChoice, ...], common: Common) -> KindsView:
    return KindsView(
        common,
        title=say("kinds.title"),
        note=say("kinds.note"),
        next=say("walk_in.next"),
        choices=tuple(
            KindOption(one.code, choose(one.name, common.language) or one.code, one.icon) for one in kinds
        ),
        back=say("walk_in.back"),
        still_there=StillThere.asked(screen, "walk_in"),
    )


def _bring(screen: screens.Bring, state: State, common: Common) -> BringView | BringListView:
    if screen.situation is not None:
        return _bring_list(screen, screen.situation, common)
    return BringView(
        common,
        title=say("bring.title"),
        note=say("bring.note"),
        choices=tuple(
            SituationChoice(one.code, choose(one.title, common.language) or one.code)
            for one in state.conditions.bring
        ),
        other=say("bring.other"),
        back=say("bring.back"),
        still_there=StillThere.asked(screen, "bring"),
    )


def _bring_list(screen: screens.Bring, situation: BringSituation, common: Common) -> BringListView:
    pages = bring_pages(situation, common.language)
    page, following = pages[screen.page % len(pages)], pages[(screen.page + 1) % len(pages)]
    following_kind = PageKind.THINGS if following.kind is page.kind else following.kind
    turned = "list" if screen.page + 1 == len(pages) else following_kind
    return BringListView(
        common,
        situation=choose(situation.title, common.language) or "",
        title=say("bring.know" if page.kind is PageKind.KNOW else "bring.list"),
        place=f"{screen.page + 1}/{len(pages)}" if len(pages) > 1 else "",
        items=page.items,
        boxed=page.kind is PageKind.THINGS,
        home=say("bring.home"),
        choices=say("bring.choices"),
        more=say(f"bring.to_{turned}") if len(pages) > 1 else "",
        print=say("bring.print") if page.kind is PageKind.THINGS else "",
        may_print=may_print(screen),
        paper=say(f"bring.paper_{screen.paper}"),
        minds=screen.paper in {PaperState.FAILED, PaperState.UNCONFIRMED},
        still_there=StillThere.asked(screen, "bring"),
    )


def _notice(state: State, office: OfficeInfo | None, common: Common, now: datetime) -> NoticeView:
    """The view of a kiosk that receives nobody: closed, out of service, or starting."""
    known = state.conditions
    if not isinstance(state.screen, screens.Closed):
        down = known.server is not ServerState.STARTING
        name = "out_of_service" if down else "starting"
        return NoticeView(
            name,
            common,
            say(f"{name}.title"),
            say(f"{name}.body"),
            say(f"{name}.next"),
            retrying=say("out_of_service.retrying") if down else "",
            tries=known.tries,
        )
    body = (
        say("closed.opens", when=day_and_time(known.opens_at, now))
        if known.opens_at
        else say("closed.opens_plain")
    )
    return NoticeView(
        "closed",
        common,
        say("closed.title"),
        body,
        say("closed.next"),
        phone=say("closed.phone", phone=office.phone) if office is not None and office.phone else "",
        bring=say("closed.bring") if known.bring else "",
    )
