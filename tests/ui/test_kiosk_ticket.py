"""The screens after a question: a number, a trouble, a list, a rest; on every shape of window that a ward may have."""

from typing import Any
from uuid import UUID

import pytest

from backend.common.catalogue import Language
from kiosk.visit.inputs import Timer, TimerElapsed, TroubleReason
from kiosk.visit.screens import TicketShown
from tests.kiosk_places import SCENES
from tests.kiosk_support import JA
from tests.proof import some_of
from tests.ui.kiosk_machine import Start, start  # noqa: F401 - a fixture
from tests.ui.test_kiosk_layout import LETTERS, labels, make_root, settle, show, text_faults

GAP = 12
"""Least space between two buttons, in pixels of the design."""

TOUCH = 120

AFTERWARDS = [
    scene
    for scene in SCENES
    if scene.startswith(("ticket", "trouble", "bring", "closed", "out", "starting", "working"))
    and not scene.endswith("warned")
]


@pytest.mark.parametrize("screen_size", [(768, 1366), (1080, 1350)])
def test_other_shapes_of_windows_show_everything(ui: Any, screen_size: tuple[int, int]) -> None:
    """Protects small and short panels: no word is cut or small, and no button is small or close to another one."""
    from kivy.metrics import Metrics

    from kiosk.screens.style import KioskButton

    before = Metrics.density
    scale = Metrics.density = min(screen_size[0] / 1080, screen_size[1] / 1920)
    faults: list[object] = []
    try:
        root = make_root(ui)
        for scene in some_of(AFTERWARDS[::3], everything=AFTERWARDS):
            show(ui, root, scene, Language.EASY_JAPANESE)
            for label in labels(ui, root):
                faults += [(scene, *one) for one in text_faults(ui, label) if one[0] != "small"]
                if label.font_size < LETTERS * scale - 0.5 and type(label).__name__ != "KioskOffice":
                    faults.append((scene, "small", label.text))
            buttons = [one for one in root.screen.walk() if isinstance(one, KioskButton) and ui.seen(one)]
            faults += [
                (scene, "hard to touch", one.text) for one in buttons if min(one.size) < TOUCH * scale - 1
            ]
            faults += [
                (scene, "close", one.text, other.text)
                for at, one in enumerate(buttons)
                for other in buttons[at + 1 :]
                if apart(one, other) < GAP * scale - 1
            ]
    finally:
        Metrics.density = before
    assert not faults


def apart(one: Any, other: Any) -> float:
    """How far two widgets are apart, in pixels; negative where they overlap."""
    (x, y), (left, bottom) = one.to_window(*one.pos), other.to_window(*other.pos)
    beside = max(left - (x + one.width), x - (left + other.width))
    above = max(bottom - (y + one.height), y - (bottom + other.height))
    return float(max(beside, above))


async def test_a_touch_anywhere_keeps_the_number(start: Start) -> None:  # noqa: F811 - the fixture
    """Protects slow readers (WCAG 2.2.1): once told that the number goes, they touch anything and have all the time again."""
    async with start() as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.ui.until(lambda: JA("ticket.paper_printed") in kiosk.texts(), "the paper is announced")
        kiosk.session.post(TimerElapsed(Timer.SCREEN, dict(kiosk.session.state.running)[Timer.SCREEN]))
        await kiosk.ui.until(lambda: JA("ticket.closing") in kiosk.texts(), "it is told that the number goes")
        await kiosk.ui.tap(kiosk.root.screen.number)
        await kiosk.ui.until(lambda: JA("ticket.closing") not in kiosk.texts(), "the number stays")
        assert isinstance(kiosk.session.state.screen, TicketShown)
        assert kiosk.session.state.screen.ticket.ticket_id != UUID(int=0)


def test_the_hyphen_of_a_number_is_as_short_as_on_paper(ui: Any) -> None:
    """Protects one number from looking like two: on the screen as on paper the hyphen is two thirds of the typeface's."""
    from kivy.graphics import Color, Rectangle

    root = make_root(ui)
    show(ui, root, "ticket_on_time", Language.JAPANESE)
    number = root.screen.number
    before, hyphen, after = number._parts
    assert hyphen.size[0] == pytest.approx(hyphen.texture.width * 2 / 3, abs=2)
    assert after.size[0] == pytest.approx(after.texture.width, abs=2)
    assert before.pos[0] + before.size[0] == pytest.approx(hyphen.pos[0], abs=0.1)
    assert hyphen.pos[0] + hyphen.size[0] == pytest.approx(after.pos[0], abs=0.1)
    assert number.text == root.screen.view.number
    # Drawn once, in the colour that the letters bring along: not over the whole number, and not a darker one.
    drawn = [one for one in number.canvas.children if isinstance(one, Rectangle)]
    assert drawn == number._parts
    assert {tuple(one.rgba) for one in number.canvas.children if isinstance(one, Color)} == {
        (1.0, 1.0, 1.0, 1.0)
    }


def test_every_trouble_has_an_icon_beside_its_words(ui: Any) -> None:
    """Protects who cannot tell colours apart: a drawn icon stands beside the words of each trouble and each rest."""
    from kiosk.screens.icon import KioskIcon

    root = make_root(ui)
    for scene in [*(f"trouble_{reason}" for reason in TroubleReason), "closed", "out_of_service", "starting"]:
        show(ui, root, scene, Language.JAPANESE)
        (icon,) = (one for one in root.screen.walk() if isinstance(one, KioskIcon))
        assert icon.texture.width > 40, scene
        assert root.screen.view.title in ui.texts(root), scene


def test_the_sign_of_a_kiosk_without_its_server_moves_with_its_attempts(ui: Any) -> None:
    """Protects from a sign that moves although nothing is tried: another attempt fills another dot."""
    from dataclasses import replace

    from kiosk.screens.working import KioskDots

    root = make_root(ui)
    show(ui, root, "out_of_service", Language.JAPANESE)
    (dots,) = (one for one in root.screen.walk() if isinstance(one, KioskDots))
    before = dots.step
    root.show(replace(root.screen.view, tries=before + 1))
    settle()
    assert dots.step == before + 1
