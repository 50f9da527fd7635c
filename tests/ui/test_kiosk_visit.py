"""The kiosk's window, driven by touches against the fake server: what visitors press, type and wait for."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import numpy as np

from backend.client.fake import FakeNotice
from backend.common.catalogue import Language
from backend.wire.codes import (
    PrinterTrouble,
    PrintState,
    RefusalKind,
    TicketState,
    WindowKind,
)
from backend.wire.messages import NumberShape
from kiosk.paper.printer import PrintResult
from kiosk.visit.inputs import Button, Tapped
from kiosk.visit.screens import Bring
from kiosk.visit.texts import KioskWords, day_and_time
from kiosk.visit.transition import Durations
from tests.kiosk_support import JA
from tests.ui.kiosk_machine import Start


async def test_two_impatient_taps_make_one_number(start: Start) -> None:
    """Protects against two tickets from one visitor: a double tap is one request, one number, one paper."""
    async with start() as kiosk:
        kiosk.backend.behaviour.seconds = 0.1
        await kiosk.press("welcome.walk_in")
        await kiosk.see("walk_in")
        await kiosk.press("walk_in.take", times=3)
        await kiosk.see("ticket")
        await kiosk.ui.until(lambda: kiosk.backend.hall.prints, "the print is reported")
        assert next(iter(kiosk.backend.hall.tickets.values())).number == "W-001"
        assert len(kiosk.backend.hall.tickets) == 1
        assert len(kiosk.paper.orders) == 1


async def test_the_second_tap_of_two_does_not_reach_the_next_screen(start: Start) -> None:
    """Protects a screen that has just appeared from a tap that was meant for the one before."""
    async with start(guard=30) as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.press("ticket.done")
        assert kiosk.screen == "ticket"


async def test_no_press_on_the_place_of_a_button_reaches_the_next_screen(start: Start) -> None:
    """Protects against ghost numbers: "done" pressed twice, 0.6 seconds apart, opens nothing on the first screen."""
    async with start(guard=10) as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        guard = kiosk.root._guard
        done = kiosk.ui.find(kiosk.root, JA("ticket.done"))
        guard._seconds = 0
        await kiosk.ui.tap(done)
        await kiosk.see("welcome")
        # The general time is over, that of the place is not.
        guard._seconds = 10
        guard._changed_at -= 11
        await kiosk.ui.tap(done)
        assert kiosk.screen == "welcome"
        guard._pressed_at -= 30
        assert not guard.swallows(*done.to_window(*done.center))


async def test_a_wrong_number_is_corrected_where_it_was_typed(start: Start) -> None:
    """Protects whoever mistyped: one filled button leads back to the number, nothing is typed anew, no number is made."""
    async with start() as kiosk:
        kiosk.backend.number_shapes = [NumberShape(length=8)]
        kiosk.backend.notices["43324006"] = FakeNotice()
        await kiosk.ui.until(lambda: kiosk.session.state.conditions.numbers, "the forms of numbers are there")
        await kiosk.press("welcome.enter_number")
        await kiosk.see("keypad")
        assert JA("keypad.to_letters") not in kiosk.texts()
        assert JA("keypad.length", length=8) in kiosk.texts()
        await kiosk.type("43324")
        assert "4332-4" in kiosk.texts()
        assert JA("keypad.missing_digits", missing=3) in kiosk.texts()
        await kiosk.press("keypad.confirm")
        assert kiosk.screen == "keypad"
        await kiosk.type("0079")
        assert "4332-4007" in kiosk.texts()
        assert JA("keypad.too_long") in kiosk.texts()
        await kiosk.press("keypad.confirm")
        await kiosk.see("trouble")
        await kiosk.press("trouble.retype")
        await kiosk.see("keypad")
        assert "4332-4007" in kiosk.texts()
        await kiosk.press("keypad.backspace")
        await kiosk.type("6")
        await kiosk.press("keypad.confirm")
        await kiosk.see("ticket")
        assert [ticket.number for ticket in kiosk.backend.hall.tickets.values()] == ["M-001"]


async def test_the_language_stays_through_cancel_and_back(start: Start) -> None:
    """Protects a visitor who looks around in their language from being thrown back into Japanese."""
    korean = KioskWords(Language.KOREAN)
    async with start() as kiosk:
        await kiosk.press("language.own_name", korean)
        await kiosk.ui.until(lambda: korean("welcome.title") in kiosk.texts(), "the language is shown")
        for way_in, screen, way_out in (
            ("welcome.enter_number", "keypad", "keypad.back"),
            ("welcome.walk_in", "walk_in", "walk_in.back"),
            ("welcome.bring", "bring", "bring.back"),
        ):
            await kiosk.press(way_in, korean)
            await kiosk.see(screen)
            await kiosk.press(way_out, korean)
            await kiosk.see("welcome")
            assert korean("welcome.title") in kiosk.texts()
        kiosk.scan("NEVER HEARD OF")
        await kiosk.see("trouble")
        await kiosk.press("trouble.home", korean)
        await kiosk.see("welcome")
        assert korean("welcome.title") in kiosk.texts()


async def test_a_notice_shown_again_tells_where_to_go(start: Start) -> None:
    """Protects a visitor who is being called: the second scan says the window, not "please wait"."""
    async with start() as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.ui.until(lambda: kiosk.backend.hall.prints, "the print is reported")
        ((known, ticket),) = kiosk.backend.hall.tickets.items()
        called = {"state": TicketState.CALLED, "window": "3", "window_kind": WindowKind.RECEPTION}
        kiosk.backend.hall.tickets[known] = ticket.model_copy(update=called)
        await kiosk.press("ticket.done")
        await kiosk.see("welcome")
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        window = JA("ticket.window_numbered", label="3")
        assert JA("ticket.called", window=window) in kiosk.texts()
        assert JA("ticket.called_go", window=window) in kiosk.texts()
        assert JA("ticket.next") not in kiosk.texts()
        assert len(kiosk.paper.orders) == 1


async def test_a_family_holds_up_one_notice_after_the_other(start: Start) -> None:
    """Protects who came together: one number and its paper at once, each further notice counted, and a stray one told."""
    async with start() as kiosk:
        await kiosk.ui.until(lambda: kiosk.session.state.conditions.party_limit > 1, "parties are known")
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.ui.until(lambda: kiosk.backend.hall.prints, "the print is reported")
        await kiosk.press("ticket.join")
        await kiosk.see("joining")
        assert JA("joining.title", number="M-001") in kiosk.texts()
        assert kiosk.root.screen.preview._ticking is not None, "the camera's picture is seen here too"
        kiosk.scan("SECOND")
        await kiosk.ui.until(
            lambda: JA("joining.joined", count=2) in kiosk.texts(), "the second is confirmed"
        )
        assert kiosk.root.screen.icon == "check"
        kiosk.scan("TOMORROW")
        told = JA("joining.not_joined_next", number="M-001")
        await kiosk.ui.until(lambda: told in kiosk.texts(), "the stray one is told")
        assert kiosk.root.screen.icon == "calendar-remove"
        preview = kiosk.root.screen.preview
        await kiosk.ui.frames(5)  # what is told moves the buttons
        await kiosk.press("joining.done")
        await kiosk.see("ticket")
        assert preview._ticking is None, "nobody's face stays on the screen"
        assert JA("ticket.received_many", count=2) in kiosk.texts()
        assert len(kiosk.backend.hall.tickets) == len(kiosk.paper.orders) == 1
        await kiosk.press("ticket.reprint")
        await kiosk.ui.until(lambda: len(kiosk.paper.orders) > 1, "another paper is printed")
        assert kiosk.paper.orders[-1].ticket.cards == 2


async def test_a_number_is_typed_corrected_and_received(start: Start) -> None:
    """Protects the keypad: both pages, the correction, and confirming only when there is something."""
    async with start() as kiosk:
        await kiosk.press("welcome.enter_number")
        await kiosk.see("keypad")
        await kiosk.press("keypad.confirm")
        assert kiosk.screen == "keypad"
        await kiosk.press("keypad.to_letters")
        await kiosk.ui.until(lambda: "Q" in kiosk.texts(), "letters are shown")
        await kiosk.type("ABQ")
        await kiosk.press("keypad.backspace_short")
        await kiosk.type("C")
        await kiosk.press("keypad.to_digits")
        await kiosk.ui.until(lambda: "7" in kiosk.texts(), "digits are shown")
        await kiosk.type("123456")
        assert "ABC123456" in kiosk.texts()
        await kiosk.press("keypad.confirm")
        await kiosk.see("ticket")
        assert "M-001" in kiosk.texts()


async def test_a_typed_my_number_is_gone_with_its_last_digit(start: Start) -> None:
    """Protects invariant 6 on the screen: twelve digits are never shown, kept or sent; only the kind is counted."""
    async with start() as kiosk:
        await kiosk.press("welcome.enter_number")
        await kiosk.see("keypad")
        seen: list[str] = []
        for key in "123456789018":
            await kiosk.type(key)
            seen += kiosk.texts()
        await kiosk.see("trouble")
        seen += kiosk.texts()
        assert not any("123456789018" in text for text in seen)
        assert JA("trouble.refused_typed.title") in kiosk.texts()
        assert JA("trouble.refused_typed.body") in kiosk.texts()
        assert "12345678901" not in repr(kiosk.session.state)
        await kiosk.ui.until(lambda: kiosk.backend.hall.refusals, "the refusal is counted")
        assert kiosk.backend.hall.refusals == {RefusalKind.MY_NUMBER: 1}
        assert not kiosk.backend.hall.requests["check_in"]
        assert "123456789018" not in repr(kiosk.told)
        await kiosk.press("trouble.home")
        await kiosk.see("welcome")


async def test_the_wrong_day_is_told_and_help_is_one_tap_away(start: Start) -> None:
    """Protects a visitor on the wrong day: the right day is told, and a number of the assisted queue offered."""
    async with start() as kiosk:
        kiosk.scan("TOMORROW")
        await kiosk.see("trouble")
        day = JA.speak(day_and_time(datetime(2126, 11, 25, 1, 30, tzinfo=UTC), kiosk.session.clock.now()))
        assert JA("trouble.another_day.body", when=day) in kiosk.texts()
        await kiosk.press("trouble.assisted")
        await kiosk.see("walk_in")
        await kiosk.press("walk_in.take")
        await kiosk.see("ticket")
        assert "W-001" in kiosk.texts()


async def test_a_lost_answer_is_asked_for_again_with_the_same_id(start: Start) -> None:
    """Protects a visitor whose answer got lost: trying again gives the number that was made, not a second one."""
    async with start() as kiosk:
        kiosk.backend.behaviour.lose_replies = 1
        await kiosk.press("welcome.walk_in")
        await kiosk.see("walk_in")
        await kiosk.press("walk_in.take")
        await kiosk.see("trouble")
        assert JA("trouble.server_away.title") in kiosk.texts()
        await kiosk.press("trouble.retry")
        await kiosk.see("ticket")
        assert "W-001" in kiosk.texts()
        assert len(kiosk.backend.hall.tickets) == 1


async def test_a_failed_print_leaves_the_number_valid_and_can_be_repeated(start: Start) -> None:
    """Protects invariant 4: the number stays on the screen, the clerk is told, and paper can be tried again."""
    async with start() as kiosk:
        kiosk.paper.outcome = PrintResult(PrintState.FAILED, PrinterTrouble.PAPER_OUT)
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.ui.until(lambda: JA("ticket.paper_failed") in kiosk.texts(), "the failure is told")
        assert "M-001" in kiosk.texts()
        await kiosk.ui.until(lambda: kiosk.backend.hall.prints, "the failure is reported")
        assert kiosk.backend.hall.prints[0][1].trouble is PrinterTrouble.PAPER_OUT
        kiosk.paper.outcome = PrintResult(PrintState.PRINTED)
        await kiosk.press("ticket.reprint")
        await kiosk.ui.until(lambda: JA("ticket.paper_printed") in kiosk.texts(), "the paper is announced")
        assert [order.job for order in kiosk.paper.orders] == [1, 2]
        assert len(kiosk.backend.hall.tickets) == 1


async def test_screens_end_by_themselves(start: Start) -> None:
    """Protects the next visitor: a number that was left on the screen goes away."""
    async with start(durations=Durations(ticket=0.3, trouble=0.3, keypad_warning=0.3)) as kiosk:
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        await kiosk.see("welcome")
        kiosk.scan("NEVER HEARD OF")
        await kiosk.see("trouble")
        await kiosk.see("welcome")
        assert "M-001" not in kiosk.texts()


async def test_a_slow_typist_is_asked_before_the_screen_goes(start: Start) -> None:
    """Protects slow visitors (WCAG 2.2.1): asked first, and one tap gives all the time again."""
    async with start(durations=Durations(keypad=0.3, keypad_warning=30)) as kiosk:
        await kiosk.press("welcome.enter_number")
        await kiosk.see("keypad")
        await kiosk.type("12")
        await kiosk.ui.until(lambda: JA("keypad.warning_title") in kiosk.texts(), "the visitor is asked")
        await kiosk.press("keypad.stay")
        assert kiosk.screen == "keypad"
        assert "12" in kiosk.texts()
        assert JA("keypad.warning_title") not in kiosk.texts()


async def test_a_slow_reader_is_asked_before_the_list_goes(start: Start) -> None:
    """Protects slow readers: the question lies over the list, keeps touches from it, and one tap goes on."""
    async with start(durations=Durations(keypad=0.3, keypad_warning=30)) as kiosk:
        await kiosk.ui.until(lambda: kiosk.session.state.conditions.bring, "the rules are there")
        await kiosk.press("welcome.bring")
        await kiosk.see("bring")
        await kiosk.ui.until(lambda: JA("bring.warning_title") in kiosk.texts(), "the visitor is asked")
        below = kiosk.ui.find(kiosk.root, "代理人が受け取る")
        kiosk.session.post(Tapped(Button.STAY, UUID(int=0)))
        await kiosk.ui.until(lambda: JA("bring.warning_title") in kiosk.texts(), "the visitor is asked again")
        await kiosk.ui.tap(below)
        screen = kiosk.session.state.screen
        assert isinstance(screen, Bring)
        assert screen.situation is None
        await kiosk.ui.until(
            lambda: JA("bring.warning_title") in kiosk.texts(), "the visitor is asked once more"
        )
        await kiosk.press("bring.stay")
        await kiosk.ui.until(lambda: JA("bring.warning_title") not in kiosk.texts(), "the question is gone")
        assert kiosk.screen == "bring"


async def test_the_first_screen_comes_back_with_its_picture(start: Start) -> None:
    """Protects the visitor's eye: no frame of the first screen is drawn with a black field where the camera looks."""
    async with start() as kiosk:
        kiosk.camera.picture = SimpleNamespace(pixels=np.full((36, 64, 3), 200, np.uint8))
        await kiosk.ui.until(lambda: kiosk.root.screen.preview.shown is not None, "the picture is shown")
        kiosk.scan("GOOD")
        await kiosk.see("ticket")
        frames: list[bool] = []

        def look(*_: object) -> None:
            """Take note of what a frame shows."""
            if kiosk.root.screen.name == "WelcomeScreen":
                frames.append(kiosk.root.screen.preview.shown is not None)

        kiosk.ui.window.bind(on_flip=look)
        await kiosk.press("ticket.done")
        await kiosk.see("welcome")
        kiosk.ui.window.unbind(on_flip=look)
        assert frames
        assert all(frames)
