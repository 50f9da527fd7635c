"""The first screen's drawing, which turns only while it is seen, and the office's name, which stays readable."""

import time
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from backend.common.catalogue import Language
from backend.common.shipped import locate
from backend.wire.codes import CodePlace
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, OFFICE
from kiosk.visit.screens import Keypad, Screen, Welcome
from kiosk.visit.state import State
from kiosk.visit.surroundings import Conditions, ServerState
from tests.ui.test_kiosk_layout import LETTERS, make_root, settle

_NAMES = [
    office["name"]
    for office in tomllib.loads(locate("offices", "shinjuku.toml").read_text("utf-8"))["office"]
]
LONG = {
    "ja": "地方独立行政法人東京都新宿区立西新宿五丁目市民総合サービスセンター第二分室窓口",
    "en": "Nishi-Shinjuku Citizens’ General Service",
    "zh-Hans": "地方独立行政法人东京都新宿区立西新宿五丁目市民综合服务中心第二分室服务窗口处",
    "ko": "도쿄도 신주쿠구립 니시신주쿠 오초메 시민 종합 서비스 센터 제이 분실 창구",
}
"""Names of about forty characters."""


def show(root: Any, screen: Screen, language: Language = Language.JAPANESE, **office: Any) -> None:
    """Show a screen of a kiosk whose camera works, and let its layout settle."""
    conditions = Conditions(server=ServerState.UP, camera=office.pop("camera", True))
    state = State(screen, language, conditions)
    root.show(present(state, OFFICE.model_copy(update=office), NOW))
    settle()


def until(condition: Callable[[], object]) -> None:
    """Let frames pass until a condition holds; the deadline only bounds a failure."""
    from kivy.base import EventLoop

    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        EventLoop.idle()


@pytest.mark.parametrize(("place", "pictures"), [(CodePlace.SHEET, 3), (CodePlace.BOTH, 6)])
def test_the_drawing_turns_while_the_first_screen_is_seen(ui: Any, place: CodePlace, pictures: int) -> None:
    """Protects the picture of what to do, and the idle cost: elsewhere nothing turns that nobody sees."""
    root = make_root(ui)
    show(root, Welcome(), code_stands_on=place)
    drawing = root.screen.drawing
    before = drawing.step
    until(lambda: drawing.step != before)
    drawing.stop()
    seen = set()
    for step in range(pictures):
        drawing.step = step
        settle()
        seen.add(ui.picture().tobytes())
    assert len(seen) == pictures
    drawing.start()
    drawing.step = pictures - 1
    until(lambda: drawing.step == 0)
    show(root, Keypad())
    assert not drawing.turning
    show(root, Welcome(), code_stands_on=place)
    assert drawing.turning


def test_a_new_language_does_not_begin_the_drawing_anew(ui: Any) -> None:
    """Protects the sequence from standing still at its beginning where the screen's words change often."""
    root = make_root(ui)
    show(root, Welcome())
    until(lambda: root.screen.drawing.step == 1)
    show(root, Welcome(), Language.ENGLISH)
    assert root.screen.drawing.step == 1


@pytest.mark.parametrize("language", list(Language))
def test_without_a_camera_nothing_is_asked_of_it(ui: Any, language: Language) -> None:
    """Protects visitors from holding a code up to a camera that is lost: no drawing, no frame, no word of it."""
    from backend.common.catalogue import Catalogue

    root = make_root(ui)
    show(root, Welcome(), language)
    drawing, with_camera = root.screen.drawing, ui.texts(root)
    show(root, Welcome(), language, camera=False)
    assert not drawing.turning
    assert drawing.height == 0
    words = Catalogue("kiosk", language).text
    blind = ui.texts(root)
    assert {words("welcome.title_blind"), words("welcome.no_camera")} <= set(blind)
    for key in ("welcome.title", "welcome.frame"):
        assert words(key) in with_camera
        assert words(key) not in blind
    show(root, Welcome(), language)
    assert drawing.turning
    assert drawing.height > 0


@pytest.mark.parametrize("language", list(Language))
def test_every_office_name_is_readable_in_the_head(ui: Any, language: Language) -> None:
    """Protects the answer to "am I at the right counter": no name shrinks away, however long it is."""
    from kiosk.screens.office_name import KioskOffice

    root = make_root(ui)
    for name in (*_NAMES, LONG):
        show(root, Welcome(), language, name=name)
        head = next(widget for widget in root.walk() if isinstance(widget, KioskOffice))
        own = name.get(language.value, name["ja"])
        assert head.font_size >= LETTERS
        assert head.text.replace("\n", "").replace(" ", "") == own.replace(" ", ""), own
        assert len(head._label._cached_lines) == head.text.count("\n") + 1 <= 2
        assert head.texture_size[0] <= head.width
        assert head.y >= head.parent.y - 1
        assert head.top <= head.parent.top + 1


def test_a_name_without_end_is_cut_where_all_can_see_it(ui: Any) -> None:
    """Protects the head of the screen from a name that no rule can fit: it ends in dots, not in the middle of a letter."""
    from kiosk.screens.office_name import KioskOffice

    root = make_root(ui)
    show(root, Welcome(), name={"ja": "寿限無" * 40})
    head = next(widget for widget in root.walk() if isinstance(widget, KioskOffice))
    assert head.text.endswith("…")
    assert head.font_size >= LETTERS
    assert len(head._label._cached_lines) == 2
    assert head.texture_size[0] <= head.width
