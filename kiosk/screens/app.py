"""The kiosk's window: shows the session's views, passes taps to the session, and logs what was drawn.

The session and the window run on one asyncio loop. ``screen_shown`` and ``kiosk_ready`` are logged when the frame with
the screen has been handed to the window system, not when the screen was chosen.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Final

import structlog
from kivy.app import App
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.core.window import Window

from backend.common import clock_face
from backend.common.device_kit import device_now, let_clock_wait, register_faces, stamp
from kiosk.config import KioskConfig
from kiosk.hand import LONGEST_GAP, KeyBurst
from kiosk.screens.press_guard import GUARD_SECONDS
from kiosk.screens.preview import PictureSource
from kiosk.screens.rehearsal import rehearse
from kiosk.screens.root import KioskRoot
from kiosk.session import KioskSession
from kiosk.visit import TicketView, TroubleView, View, WorkingView

WORKING_SECONDS: Final = 0.15
"""The working screen appears only if the server takes longer than this, so that it does not flash up and vanish."""

CLOCK_SECONDS: Final = 0.002
"""How many seconds before an event Kivy's clock stops sleeping and polls; it is also the accuracy of events.

By default Kivy polls when the next event is less than a third of a frame away. The preview has an event every eleven
milliseconds while something moves, so the default would keep one core busy for nothing.
"""

READY_SCREENS: Final = frozenset({"welcome", "closed"})

log = structlog.get_logger()


class KioskApp(App):
    """The window of a kiosk.

    Args:
        config: the settings.
        session: decides what is shown.
        pictures: where the camera's pictures come from, if there is a camera.
        emit: logs an event, by its name and values.
        guard: seconds after a change of screens in which touches do not count.
    """

    title = "受付 Uketsuke"

    def __init__(
        self,
        config: KioskConfig,
        session: KioskSession,
        *,
        pictures: PictureSource | None = None,
        emit: Callable[..., object] = log.info,
        guard: float = GUARD_SECONDS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._config = config
        self._session = session
        self._pictures = pictures
        self._emit = emit
        self._guard = guard
        self._undrawn: View | None = None
        self._drawn: tuple[str, str | None, str | None] | None = None
        self._ready = False
        self._waiting: Any = None
        self._burst = KeyBurst()
        self._forgetting = Clock.create_trigger(self._forget_keys, LONGEST_GAP * 1.5)

    def build(self) -> KioskRoot:
        """Make the window's content; called by Kivy."""
        register_faces(LabelBase)
        if self._config.fullscreen:
            Window.show_cursor = False
        root = KioskRoot(
            self._session,
            pictures=self._pictures,
            preview_fps=self._config.preview_fps,
            mirror=self._config.camera_mirror,
            camera_at=self._config.camera_at,
            slot_at=self._config.slot_at,
            still=self._config.reduced_motion,
            guard=self._guard,
        )
        self.root = root
        self._session.on_view = self.show
        self._apply(self._session.view)
        Window.bind(on_flip=self._flipped)
        if self._config.scanner == "keyboard":
            Window.bind(on_key_down=self._key_down)
        Clock.schedule_interval(self._turn_clock, 1.0)
        return root

    def open_settings(self, *_: object) -> bool:
        """Do nothing; otherwise the key F1 would open Kivy's own settings over any screen."""
        return False

    async def run_all(self) -> None:
        """Run until the window is closed or ``stop`` is called.

        Raises:
            ExceptionGroup: the rules of the flow failed; the process must be restarted.
        """
        async with asyncio.TaskGroup() as tasks:
            session = tasks.create_task(self._session.run())
            let_clock_wait(Clock, CLOCK_SECONDS)
            try:
                await self.async_run()
            finally:
                Window.unbind(on_flip=self._flipped, on_key_down=self._key_down)
                Clock.unschedule(self._turn_clock)
                session.cancel()

    def show(self, view: View) -> None:
        """Show a view; the working screen only after a moment, because most answers are quicker."""
        if self._waiting is not None:
            self._waiting.cancel()
        delay = WORKING_SECONDS if isinstance(view, WorkingView) else 0
        self._waiting = Clock.schedule_once(lambda _: self._apply(view), delay)

    def _apply(self, view: View) -> None:
        self._waiting = None
        self.root.show(view)
        self._undrawn = view
        self._turn_clock(0)
        # Draw a frame even if it looks the same, so that the logged time is true.
        Window.canvas.ask_update()

    def _turn_clock(self, _: float) -> None:
        clock = self._session.clock
        self.root.time = clock_face(clock.now()) if clock.known else ""

    def _key_down(
        self, _: object, key: int, _scancode: int, codepoint: str | None, modifiers: Collection[str]
    ) -> None:
        """Take a key from a keyboard, or from a hand scanner that types."""
        text = self._burst.press(
            key,
            codepoint,
            shift="shift" in modifiers,
            control="ctrl" in modifiers,
            alt="alt" in modifiers,
            now=Clock.time(),
        )
        if text is not None:
            self._session.hand_scanned(text)
        if not self._burst.empty:
            self._forgetting()

    def _forget_keys(self, _: float) -> None:
        self._burst.forget(Clock.time())
        if not self._burst.empty:
            self._forgetting()

    def _flipped(self, *_: object) -> None:
        """A frame is being handed to the window system; log it when the current turn of the loop has ended."""
        if self._undrawn is not None:
            view, self._undrawn = self._undrawn, None
            asyncio.get_running_loop().call_soon(self._tell, view)

    def _tell(self, view: View) -> None:
        """Log a screen that was drawn, once per screen, ticket and reason."""
        at = stamp(device_now())
        if not self._ready and view.name in READY_SCREENS:
            self._ready = True
            self._emit("kiosk_ready", at=at)
            self.root.prepare(rehearse(view.common.language))
        ticket = view.number if isinstance(view, TicketView) else None
        reason = view.reason.value if isinstance(view, TroubleView) else None
        shown = (view.name, ticket, reason)
        if shown != self._drawn:
            self._drawn = shown
            self._emit("screen_shown", screen=view.name, ticket=ticket, reason=reason, at=at)
