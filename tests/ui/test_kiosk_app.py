"""The kiosk's window, driven by touches against the fake server: every way through a visit."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backend.client.fake import FakeNotice
from backend.common.catalogue import Language
from backend.wire.codes import (
    PrintState,
    RefusalKind,
    ScanReason,
)
from kiosk.visit.code_steps import HINTS
from kiosk.visit.texts import KioskWords, day_and_time
from kiosk.visit.transition import Durations
from tests.device_support import NOTICE
from tests.kiosk_support import JA
from tests.ui.kiosk_machine import Start


async def test_a_notice_becomes_a_number_and_paper(start: Start) -> None:
    """Protects the straight path: code held up, number drawn large, ticket printed and reported."""
    async with start() as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.ui.until(lambda: kiosk.backend.hall.prints, "the print is reported")
        assert kiosk.told[-1][1]["ticket"] == "M-001"
        assert "M-001" in kiosk.texts()
        assert JA("ticket.received") in kiosk.texts()
        await kiosk.ui.until(lambda: JA("ticket.paper_printed") in kiosk.texts(), "the paper is announced")
        assert [order.ticket.number for order in kiosk.paper.orders] == ["M-001"]
        assert kiosk.backend.hall.prints[0][1].state is PrintState.PRINTED


async def test_the_back_of_a_card_is_refused_with_words(start: Start) -> None:
    """Protects the visitor who holds up the wrong side: refused here, said plainly, nothing sent."""
    async with start() as kiosk:
        kiosk.scan(None, ScanReason.MY_NUMBER)
        await kiosk.see("trouble")
        assert JA("trouble.refused.title") in kiosk.texts()
        assert not kiosk.backend.hall.requests["check_in"]


async def test_the_machine_says_when_the_server_is_away_and_returns_by_itself(start: Start) -> None:
    """Protects the first screen: it never invites to something that cannot work, and recovers unaided."""
    async with start() as kiosk:
        kiosk.backend.behaviour.available = False
        await kiosk.see("out_of_service")
        kiosk.backend.behaviour.available = True
        await kiosk.see("welcome")


async def test_without_a_server_the_machine_starts_and_waits(ui: Any, start: Start) -> None:
    """Protects a start in the wrong order: the kiosk first, the server later."""
    async with start(until="starting", available=False) as kiosk:
        await kiosk.see("out_of_service")
        assert not [name for name, _ in kiosk.told if name == "kiosk_ready"]
        kiosk.backend.behaviour.available = True
        await kiosk.see("welcome")
        assert [name for name, _ in kiosk.told if name == "kiosk_ready"] == ["kiosk_ready"]


async def test_a_closed_office_says_when_it_opens(start: Start) -> None:
    """Protects visitors outside opening hours: the next opening is told in words."""
    async with start() as kiosk:
        kiosk.backend.opens_at = datetime.now(UTC) + timedelta(days=3)
        kiosk.backend.open_now = False
        await kiosk.see("closed")
        when = JA.speak(day_and_time(kiosk.backend.opens_at, datetime.now(UTC)))
        assert JA("closed.opens", when=when) in kiosk.texts()
        kiosk.backend.open_now = True
        await kiosk.see("welcome")


async def test_the_window_lives_while_the_printer_does_not(start: Start) -> None:
    """Protects the screen from a printer that hangs: frames go on and the visitor can leave."""
    async with start() as kiosk:
        kiosk.paper.gate.clear()
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        assert JA("ticket.paper_printing") in kiosk.texts()
        await kiosk.ui.frames(20)
        await kiosk.press("ticket.done")
        await kiosk.see("welcome")
        kiosk.paper.gate.set()
        await kiosk.ui.until(lambda: kiosk.backend.hall.prints, "the print is reported after all")


async def test_a_slow_server_shows_that_the_machine_is_working(start: Start) -> None:
    """Protects the visitor's patience: a wait is shown, and neither a scan nor a tap disturbs it."""
    async with start() as kiosk:
        kiosk.backend.behaviour.seconds = 0.6
        kiosk.scan("GOOD")
        await kiosk.see("working")
        kiosk.scan("SECOND")
        await kiosk.see("ticket")
        assert len(kiosk.backend.hall.tickets) == 1


async def test_a_quick_answer_shows_no_working_screen(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects calm: a screen that would flash for a moment is left out, however slow this machine is."""
    from kiosk.screens import app

    monkeypatch.setattr(app, "WORKING_SECONDS", 60.0)
    async with start() as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        assert "working" not in kiosk.shown


async def test_a_family_is_received_without_waiting_for_the_screen(start: Start) -> None:
    """Protects families: the next notice takes over once the first number could be read."""
    async with start(durations=Durations(ticket_settle=0.3)) as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        kiosk.scan("SECOND")
        await kiosk.ui.until(lambda: kiosk.told[-1][1]["ticket"] == "M-002", "the second number is drawn")
        drawn = [facts["ticket"] for name, facts in kiosk.told if name == "screen_shown" and facts["ticket"]]
        assert drawn == ["M-001", "M-002"]


async def test_what_to_bring_is_read_in_ones_language_and_left(start: Start) -> None:
    """Protects the way of somebody who only wants to know what to bring: no number, no ticket, nothing asked."""
    async with start() as kiosk:
        await kiosk.ui.until(lambda: kiosk.session.state.conditions.bring, "the rules are there")
        await kiosk.press("welcome.bring")
        await kiosk.see("bring")
        assert JA("bring.title") in kiosk.texts()
        await kiosk.ui.tap(kiosk.ui.find(kiosk.root, "本人が受け取る"))
        await kiosk.see("bring_list")
        assert {"交付通知書", "運転免許証"} <= set(kiosk.texts())
        assert "回答書を記入" not in kiosk.texts(), "first the things alone"
        await kiosk.press("bring.print")
        await kiosk.ui.until(lambda: JA("bring.paper_printed") in kiosk.texts(), "the list is on paper")
        await kiosk.ui.tap(kiosk.ui.find(kiosk.root, "English"))
        await kiosk.ui.until(lambda: "Driver's licence" in kiosk.texts(), "the list is English")
        english = KioskWords(Language.ENGLISH)
        await kiosk.press("bring.to_details", english)
        await kiosk.ui.until(
            lambda: english("bring.to_know") in kiosk.texts(), "what there is to say is shown"
        )
        await kiosk.press("bring.to_know", english)
        await kiosk.ui.until(lambda: "Originals only" in kiosk.texts(), "the examples are shown")
        await kiosk.press("bring.to_list", english)
        await kiosk.press("bring.choices", english)
        await kiosk.see("bring")
        await kiosk.ui.tap(kiosk.ui.find(kiosk.root, "Somebody comes for me"))
        await kiosk.ui.until(lambda: "Letter of authority" in kiosk.texts(), "the agent's list is shown")
        assert english("bring.to_know") not in kiosk.texts()
        await kiosk.press("bring.home", english)
        await kiosk.see("welcome")
        assert not kiosk.paper.orders
        assert [(order.situation.code, order.language) for order in kiosk.paper.lists] == [
            ("self", Language.JAPANESE)
        ]
        assert not kiosk.backend.hall.requests.keys() & {"check_in", "walk_in"}


async def test_without_rules_the_first_screen_offers_no_list(start: Start) -> None:
    """Protects against a button that leads nowhere."""
    async with start() as kiosk:
        await kiosk.ui.until(lambda: kiosk.session.state.conditions.bring, "the rules are there")
        assert JA("welcome.bring") in kiosk.texts()
        kiosk.backend.situations = []
        await kiosk.ui.until(lambda: JA("welcome.bring") not in kiosk.texts(), "the button is gone")


@pytest.mark.parametrize("language", list(Language))
async def test_each_language_is_one_tap_away_and_comes_onto_the_paper(
    start: Start, language: Language
) -> None:
    """Protects visitors who do not read Japanese: screen, ticket and paper follow the language they tapped."""
    words = KioskWords(language)
    async with start() as kiosk:
        if language is not Language.JAPANESE:
            await kiosk.press("language.own_name", words)
        await kiosk.ui.until(lambda: words("welcome.title") in kiosk.texts(), "the language is shown")
        await kiosk.press("welcome.walk_in", words)
        await kiosk.see("walk_in")
        await kiosk.press("walk_in.take", words)
        await kiosk.see("ticket")
        assert words("ticket.received") in kiosk.texts()
        await kiosk.ui.until(lambda: kiosk.paper.orders, "the ticket is printed")
        assert kiosk.paper.orders[0].language is language
        await kiosk.press("ticket.done", words)
        await kiosk.see("welcome")
        assert JA("welcome.title") in kiosk.texts()


async def test_a_lost_camera_is_told_and_the_keypad_stays(start: Start) -> None:
    """Protects reception without a camera: said on the screen, the other ways in stay open."""
    async with start() as kiosk:
        kiosk.camera.works = False
        await kiosk.ui.until(lambda: JA("welcome.no_camera") in kiosk.texts(), "the loss is told")
        await kiosk.press("welcome.enter_number")
        await kiosk.see("keypad")
        await kiosk.press("keypad.back")
        kiosk.camera.works = True
        await kiosk.see("welcome")
        await kiosk.ui.until(lambda: JA("welcome.no_camera") not in kiosk.texts(), "the camera is back")


async def test_the_newest_picture_is_shown_and_none_is_kept(start: Start) -> None:
    """Protects the preview: the newest picture, mirrored, and no face left when the screen changes."""
    async with start() as kiosk:
        preview = kiosk.root.screen.preview
        pictures = []
        for shade in (40, 200):
            pixels = np.zeros((360, 640, 3), np.uint8)
            pixels[:, :320] = (0, 0, shade)
            pictures.append(SimpleNamespace(pixels=pixels))
        kiosk.camera.picture = pictures[0]
        await kiosk.ui.until(lambda: preview.shown is pictures[0], "the first picture is shown")
        kiosk.camera.picture = pictures[1]
        await kiosk.ui.until(lambda: preview.shown is pictures[1], "the newest picture is shown")
        await kiosk.ui.frames(2)
        seen = kiosk.ui.picture()
        middle = seen.height - preview.center_y
        left = seen.getpixel((round(preview.x + preview.width * 0.06), round(middle)))
        right = seen.getpixel((round(preview.right - preview.width * 0.06), round(middle)))
        assert left == (0, 0, 0)
        assert right == (200, 0, 0)
        await kiosk.press("welcome.enter_number")
        await kiosk.see("keypad")
        assert preview.shown is None


async def test_the_preview_looks_often_only_while_something_moves(start: Start) -> None:
    """Protects the idle machine: seldom looked at while all is still, also where the camera gives the same again."""
    async with start() as kiosk:
        preview = kiosk.root.screen.preview
        still = SimpleNamespace(pixels=np.full((360, 640, 3), 90, np.uint8))
        kiosk.camera.picture = still
        await kiosk.ui.until(lambda: preview.shown is still, "the picture is shown")
        assert preview._lively
        preview._lively_until = 0.0
        await kiosk.ui.until(lambda: not preview._lively, "the preview is calm")
        kiosk.camera.picture = SimpleNamespace(pixels=still.pixels.copy())
        await kiosk.ui.until(
            lambda: preview.shown is kiosk.camera.picture, "a picture without movement is shown"
        )
        assert not preview._lively
        kiosk.camera.picture = SimpleNamespace(pixels=np.full((360, 640, 3), 160, np.uint8))
        await kiosk.ui.until(lambda: preview._lively, "movement wakes it")
        assert preview.shown is kiosk.camera.picture


async def test_what_is_told_was_drawn(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the events: when a ticket screen is told, its number is in the window's pixels."""
    from kiosk.screens import app

    # On a busy machine the answer may take longer, and the working screen in between would be told rightly.
    monkeypatch.setattr(app, "WORKING_SECONDS", 60.0)
    async with start() as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        number = kiosk.root.screen.number
        x, y = number.to_window(*number.pos)
        picture = kiosk.ui.picture()
        box = (x, picture.height - y - number.height, x + number.width, picture.height - y)
        colours = {colour for _, colour in picture.crop(tuple(map(round, box))).getcolors(100_000)}
        assert {(0x12, 0x30, 0x4D), (255, 255, 255)} <= colours
        told = [facts.get("screen", name) for name, facts in kiosk.told]
        assert [one for one in told if one != "starting"] == ["kiosk_ready", "welcome", "ticket"]


async def test_hints_do_not_stop_reading(start: Start) -> None:
    """Protects against guessing between two codes: the visitor is asked for one, and one is read at once."""
    async with start() as kiosk:
        for reason, hint in HINTS.items():
            kiosk.scan(None, reason)
            words = JA(f"welcome.hint_{hint}")
            await kiosk.ui.until(lambda words=words: words in kiosk.texts(), f"{hint} is shown")
            assert JA("welcome.enter_number") in kiosk.texts()
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        assert kiosk.backend.hall.refusals == {RefusalKind.FOREIGN_CODE: 1}


def _scan_by_typing(ui: Any, text: str) -> None:
    """A hand scanner with a keyboard cable: keys one after the other, then Enter."""
    for char in text.lower():
        ui.window.dispatch("on_key_down", ord(char), 0, char, [])
    ui.window.dispatch("on_key_down", 13, 40, None, [])


@pytest.mark.parametrize("text", [NOTICE, "AB1-234567"])
async def test_a_hand_scanner_that_types_is_another_camera(start: Start, text: str) -> None:
    """Protects the second way to read a notice: on the first screen and beside the camera, without a field."""
    async with start() as kiosk:
        kiosk.session.book.learn(["[0-9A-Z]{3}-?[0-9]{6}"])
        kiosk.backend.notices[text.lower()] = FakeNotice()
        _scan_by_typing(kiosk.ui, text)
        await kiosk.see("ticket")
        assert "M-001" in kiosk.texts()


async def test_a_typed_scan_of_a_card_is_refused_and_forgotten(start: Start) -> None:
    """Protects invariant 6 from hand scanners: refused with its words, counted, nothing sent, kept or told."""
    async with start() as kiosk:
        _scan_by_typing(kiosk.ui, "123456789018")
        await kiosk.see("trouble")
        assert JA("trouble.refused.title") in kiosk.texts()
        await kiosk.ui.until(lambda: kiosk.backend.hall.refusals, "the refusal is counted")
        assert kiosk.backend.hall.refusals == {RefusalKind.MY_NUMBER: 1}
        assert not kiosk.backend.hall.requests["check_in"]
        assert "123456789018" not in repr((kiosk.told, kiosk.session.state, kiosk.session._last_scan))
        assert kiosk.app._burst.empty


async def test_somebody_at_a_keyboard_changes_nothing_and_is_forgotten(start: Start) -> None:
    """Protects the first screen from keys that no scanner typed; they are dropped without another key."""
    async with start() as kiosk:
        for char in "98765":
            kiosk.ui.window.dispatch("on_key_down", ord(char), 0, char, [])
        assert not kiosk.app._burst.empty
        await kiosk.ui.until(lambda: kiosk.app._burst.empty, "the keys are forgotten")
        kiosk.ui.window.dispatch("on_key_down", 13, 40, None, [])
        await kiosk.ui.frames(3)
        assert kiosk.screen == "welcome"
        assert not kiosk.backend.hall.requests["check_in"]


async def test_no_key_opens_a_page_of_the_toolkit(start: Start) -> None:
    """Protects the screen from whoever has a keyboard, or a scanner whose prefix is F1: no settings of Kivy come up."""
    escape, first, last = 27, 282, 293  # F1 to F12
    async with start() as kiosk:
        before = list(kiosk.ui.window.children)
        for key in (escape, *range(first, last + 1)):
            kiosk.ui.window.dispatch("on_keyboard", key, 0, None, [])
        await kiosk.ui.frames(3)
        assert kiosk.ui.window.children == before
        assert kiosk.screen == "welcome"
