"""The kiosk's screens as trees of widgets with texts, which :mod:`tests.kv_places` measures."""

from collections.abc import Iterator

from backend.common import fonts
from backend.common.catalogue import Language
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.web.devices.bring_view import bring_guide
from backend.wire.messages import BringItem
from kiosk.screens.look import LOOK
from kiosk.visit.inputs import Button
from kiosk.visit.presentation import (
    BringListView,
    BringView,
    JoiningView,
    KeypadView,
    KindsView,
    NoticeView,
    TicketView,
    TroubleView,
    View,
    WalkInView,
    WelcomeView,
    WorkingView,
)
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, TICKET, every_scene, offices, scene_state
from kiosk.visit.screens import KeyPage, PaperState
from kiosk.visit.texts import Text, spoken
from tests.kv_places import Place, constants

WINDOW = (1080, 1920)
"""The size of the design, at which a pixel of the design is a pixel of the window."""
SITUATIONS = bring_guide(RuleBook.load(locate("rules")), TICKET.business_day).situations
SCENES = every_scene(SITUATIONS)
_KINDS: dict[type, str] = {
    WelcomeView: "WelcomeScreen",
    KeypadView: "KeypadScreen",
    WalkInView: "WalkInScreen",
    KindsView: "KindsScreen",
    BringView: "BringScreen",
    BringListView: "BringListScreen",
    WorkingView: "WorkingScreen",
    TicketView: "TicketScreen",
    JoiningView: "JoiningScreen",
    TroubleView: "TroubleScreen",
    NoticeView: "NoticeScreen",
}


def views(language: Language) -> Iterator[tuple[str, View]]:
    """Every scene in a language, with each office whose paper its texts may name."""
    for name, screen in SCENES.items():
        for office in offices(name):
            yield name, spoken(present(scene_state(name, screen, language, SITUATIONS), office, NOW))


def lay(view: View) -> Place:
    """The whole window with a view. The office's name is left out: it fits itself, which tests with a window check."""
    common = view.common
    LOOK.language = common.language
    LOOK.ease(eased=common.eased)
    font = fonts.typeface_of(common.language).value
    window = Place(
        "KioskFrame", {"office": "", "counter": common.counter, "font": font, "time": "10:21"}, *WINDOW
    )
    for choice in common.choices:
        window.part("languages").add(
            "KioskLanguageButton",
            text=choice.own_name,
            font=fonts.typeface_of(choice.language).value,
            chosen=choice.chosen,
            size_hint=(_wide(choice.own_name), 1),
        )
    window.part("languages").add(
        "KioskLanguageButton",
        text=common.ease,
        font=font,
        chosen=common.eased,
        size_hint=(_wide(common.ease), 1),
    )
    screen = window.part("place").add(
        _KINDS[type(view)], view=view, font=font, camera_at="none", slot_at="none"
    )
    _fill(screen, view, font)
    if (words := getattr(view, "still_there", None)) is not None:
        screen.add("StillThereQuestion", words=words, font=font)
    return window


def _wide(words: Text) -> float:
    """The width of a language's button relative to others; a copy, because the screens' own function needs a window."""
    return 1.5 + max(
        2.2, *(sum(0.6 if letter.isascii() else 1.0 for letter in word) for word in str(words).split())
    )


def _fill(screen: Place, view: View, font: str) -> None:
    """Do what a screen does in Python, in addition to its layout."""
    if isinstance(view, TroubleView):
        screen.know(alone=view.action is Button.HOME, icon="info", entered=False)
        for kind in (one for one in screen.walk() if one.is_a("KioskPlace")):
            for at, line in enumerate(view.place):
                letters = constants("trouble")["PLACE_LETTERS" if at else "NAME_LETTERS"]
                kind.add("KioskLine", text=line, font_name=font, most=letters, bold=at == 0)
    elif isinstance(view, TicketView):
        minds = view.paper in {PaperState.FAILED, PaperState.UNCONFIRMED}
        screen.know(
            paper_kind="mind" if minds else "done",
            paper_short=view.paper in {PaperState.PRINTED, PaperState.PRINTING},
        )
    elif isinstance(view, JoiningView):
        screen.know(icon="check")
    elif isinstance(view, NoticeView):
        screen.know(icon="clock")
    elif isinstance(view, KeypadView):
        columns = constants("keypad")["COLUMNS"][view.page]
        screen.know(columns=columns)
        for word in [*[""] * (columns - 2), view.other_page, view.backspace]:
            letter = LOOK.type.small / (LOOK.larger if view.page is KeyPage.LETTERS else 1)
            screen.part("keys").add("KioskKey", text=word, font=font, letter=letter)
    elif isinstance(view, KindsView):
        _fill_kinds(screen, view, font)
    elif isinstance(view, BringView):
        _fill_choices(screen, view, font)
    elif isinstance(view, BringListView):
        _fill_page(screen.part("page"), view, font)


def _fill_page(page: Place, view: BringListView, font: str) -> None:
    """Fill a page of what to bring: a few things in boxes, or the whole list."""
    if view.boxed:
        boxes = page.add("BringBoxes")
        for item in view.items:
            boxes.add("BringBox", thing=item.thing, font=font)
    else:
        _fill_list(page.add("BringCard", items=view.items, font=font).part("items"), view.items, font)


def _fill_list(place: Place, items: tuple[BringItem, ...], font: str) -> None:
    """Fill a list in the smallest letters that are allowed: if it fits then, the screen will find a size."""
    said = constants("bring_things")
    letter, note_letter = min(size for size in said["SIZES"] if min(size) >= said["LEAST"])
    place.know(gap=letter * said["GAP"])
    for item in items:
        place.add(
            "KioskItem",
            thing=item.thing,
            note=item.note,
            font=font,
            letter=letter,
            note_letter=note_letter,
        )


def _fill_kinds(screen: Place, view: KindsView, font: str) -> None:
    said = constants("kinds")
    count = len(view.choices)
    for option in view.choices:
        screen.part("kinds").add(
            "KioskButton",
            text=option.words,
            font=font,
            letter=said["KIND_LETTERS"],
            height=min(said["KIND_HIGHEST"], (said["KIND_ROOM"] - (count - 1) * said["KIND_GAP"]) / count),
            inset=said["KIND_PADDING"],
        )


def _fill_choices(screen: Place, view: BringView, font: str) -> None:
    said = constants("bring")
    for choice in view.choices:
        screen.part("choices").add(
            "KioskButton",
            text=choice.words,
            font=font,
            letter=said["CHOICE_LETTERS"],
            height=said["CHOICE_HEIGHT"],
            inset=said["CHOICE_PADDING"],
        )
