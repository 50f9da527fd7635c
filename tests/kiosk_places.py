"""The kiosk's screens as places with texts, from what they show: what :mod:`tests.kv_places` measures."""

from collections.abc import Iterator
from functools import partial

from backend.common import fonts
from backend.common.catalogue import Language
from backend.common.line_breaks import break_lines
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.web.devices.bring_view import bring_guide
from backend.wire.messages import BringItem
from kiosk.screens.look import LOOK
from kiosk.visit.inputs import Button
from kiosk.visit.presentation import (
    BringListView,
    BringView,
    KeypadView,
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
from kiosk.visit.screens import PaperState
from kiosk.visit.texts import Text, spoken
from tests.kv_places import Place, constants, line_width

WINDOW = (1080, 1920)
"""The design's window, in which a pixel is a pixel."""
SITUATIONS = bring_guide(RuleBook.load(locate("rules")), TICKET.business_day).situations
SCENES = every_scene(SITUATIONS)
_KINDS: dict[type, str] = {
    WelcomeView: "WelcomeScreen",
    KeypadView: "KeypadScreen",
    WalkInView: "WalkInScreen",
    BringView: "BringScreen",
    BringListView: "BringListScreen",
    WorkingView: "WorkingScreen",
    TicketView: "TicketScreen",
    TroubleView: "TroubleScreen",
    NoticeView: "NoticeScreen",
}


def views(language: Language) -> Iterator[tuple[str, View]]:
    """Every scene in a language, with each paper that its words may name."""
    for name, screen in SCENES.items():
        for office in offices(name):
            yield name, spoken(present(scene_state(name, screen, language, SITUATIONS), office, NOW))


def lay(view: View) -> Place:
    """The whole window with a view on it. The office's name fits itself; a window shows how."""
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
    """The share of the row of languages that a button gets; the screens' own reckoning imports a window."""
    return 1.5 + max(
        2.2, *(sum(0.6 if letter.isascii() else 1.0 for letter in word) for word in str(words).split())
    )


def _fill(screen: Place, view: View, font: str) -> None:
    """What a screen does in Python beside its layout."""
    if isinstance(view, TroubleView):
        screen.know(alone=view.action is Button.HOME)
        for kind in (one for one in screen.walk() if one.is_a("KioskPlace")):
            for at, line in enumerate(view.place):
                letters = constants("trouble")["PLACE_LETTERS" if at else "NAME_LETTERS"]
                kind.add("KioskLine", text=line, font_name=font, most=letters, bold=at == 0)
    elif isinstance(view, TicketView):
        minds = view.paper in {PaperState.FAILED, PaperState.UNCONFIRMED}
        screen.know(paper_kind="mind" if minds else "done")
    elif isinstance(view, KeypadView):
        columns = constants("keypad")["COLUMNS"][view.page]
        screen.know(columns=columns)
        for word in [*[""] * (columns - 2), view.other_page, view.backspace]:
            screen.part("keys").add("KioskKey", text=word, font=font)
    elif isinstance(view, BringView):
        said = constants("bring")
        for choice in view.choices:
            screen.part("choices").add(
                "KioskButton",
                text=choice.words,
                font=font,
                letter=said["CHOICE_LETTERS"],
                height=said["CHOICE_HEIGHT"],
                inset=said["CHOICE_PADDING"] * 2,
            )
    elif isinstance(view, BringListView):
        _fill_list(screen.part("items"), view.items, font, view.common.language)


def _fill_list(place: Place, items: tuple[BringItem, ...], font: str, language: Language) -> None:
    """A list in the smallest letters that may be used: where it fits in those, the screen finds letters for it."""
    said = constants("bring")
    least = min(size for size in said["SIZES"] if min(size) >= constants("bring")["LEAST"])
    room = place.width - said["INDENT"]
    place.know(gap=least[0] * said["GAP"])
    for item in items:
        broken = [
            "\n".join(
                break_lines(
                    text,
                    room / said["MARGIN"],
                    partial(line_width, face=font, size=letter, bold=bold),
                    language,
                )
            )
            for text, letter, bold in ((item.thing, least[0], True), (item.note, least[1], False))
        ]
        place.add(
            "KioskItem", thing=broken[0], note=broken[1], font=font, letter=least[0], note_letter=least[1]
        )
