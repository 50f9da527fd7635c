"""The frame of all screens: the office's name, the time, the screen itself, and the row of languages."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import NoTransition, ScreenManager

from backend.common import Language
from backend.common.device_kit import face_of
from kiosk.camera import CameraAt
from kiosk.screens.bring import BringListScreen, BringScreen
from kiosk.screens.keypad import KeypadScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.office_name import KioskOffice  # noqa: F401 - named in the layout
from kiosk.screens.press_guard import GUARD_SECONDS, Rectangle, TouchGuard
from kiosk.screens.preview import PictureSource
from kiosk.screens.signs import KioskNote, KioskSign  # noqa: F401 - named in the layouts
from kiosk.screens.style import KioskButton, KioskScreen, load_rules
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.trouble import TroubleScreen
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.walk_in import WalkInScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.working import WorkingScreen
from kiosk.visit import (
    BringListView,
    BringView,
    KeypadView,
    LanguageChoice,
    NoticeView,
    TicketView,
    TroubleView,
    View,
    WalkInView,
    WelcomeView,
    WorkingView,
    spoken,
)

MAKERS: Final[dict[type, type[KioskScreen]]] = {
    WelcomeView: WelcomeScreen,
    KeypadView: KeypadScreen,
    WalkInView: WalkInScreen,
    BringView: BringScreen,
    BringListView: BringListScreen,
    WorkingView: WorkingScreen,
    TicketView: TicketScreen,
    TroubleView: TroubleScreen,
    NoticeView: NoticeScreen,
}

LANGUAGE_LETTERS: Final = 40
"""Size of letters of a language's name, in pixels of the design."""

PREPARE_SECONDS: Final = 0.3
"""Pause before each screen that is made in advance."""


class KioskLanguageButton(KioskButton):
    """The button of a language; its text is the language's own name."""

    language: Language = ObjectProperty()
    chosen = BooleanProperty(defaultvalue=False)


class LazyScreens(ScreenManager):
    """Makes each screen when it is first needed.

    Args:
        controls: told what is tapped.
    """

    def __init__(self, controls: VisitorActions, **kwargs: Any) -> None:
        super().__init__(transition=NoTransition(), **kwargs)
        self._controls = controls
        self._made: dict[type[KioskScreen], KioskScreen] = {}

    def has(self, view: View) -> bool:
        """Whether the screen for a view of this type has been made."""
        return MAKERS[type(view)] in self._made

    def of(self, view: View) -> KioskScreen:
        """The screen for a view, made if needed, with the view shown on it."""
        maker = MAKERS[type(view)]
        if maker in self._made:
            self._made[maker].show(view)
        else:
            self._made[maker] = maker(view, self._controls, name=maker.__name__)
            self.add_widget(self._made[maker])
        return self._made[maker]


class KioskRoot(BoxLayout):
    """Everything in the window.

    Args:
        controls: told what is tapped.
        pictures: where the camera's pictures come from, if there is a camera.
        preview_fps: pictures shown per second while something moves.
        mirror: whether to show them mirrored.
        camera_at: where visitors find the camera.
        guard: seconds after a change of screens in which touches do not count.
    """

    office = StringProperty()
    counter = StringProperty()
    font = StringProperty("UD")
    language = ObjectProperty(Language.JAPANESE)
    time = StringProperty()

    def __init__(
        self,
        controls: VisitorActions,
        *,
        pictures: PictureSource | None = None,
        preview_fps: float = 12,
        mirror: bool = True,
        camera_at: CameraAt = CameraAt.NONE,
        guard: float = GUARD_SECONDS,
        **kwargs: Any,
    ) -> None:
        load_rules("style")
        load_rules("root")
        super().__init__(**kwargs)
        self._controls = controls
        self._pictures = pictures
        self._preview_fps = preview_fps
        self._mirror = mirror
        self._camera_at = camera_at
        self._guard = TouchGuard(guard, Clock.time)
        self._choices: tuple[LanguageChoice, ...] = ()
        self.screens = LazyScreens(controls)
        self.ids.place.add_widget(self.screens)

    @property
    def screen(self) -> KioskScreen:
        """The screen that is shown."""
        screen: KioskScreen = self.screens.current_screen
        return screen

    def show(self, view: View) -> None:
        """Show a view, in its language."""
        view = spoken(view)
        common = view.common
        self._guard.turn(view, self._buttons)
        self.language, self.font = common.language, face_of(common.language)
        self.office, self.counter = common.office, common.counter
        self._show_choices(() if isinstance(view, WorkingView) else common.choices)
        screen = self.screens.of(view)
        if isinstance(screen, WelcomeScreen):
            screen.watch(self._pictures, fps=self._preview_fps, mirror=self._mirror)
            screen.camera_at = self._camera_at
        if self.screens.current != screen.name:
            self.screens.current = screen.name

    def prepare(self, views: Iterable[View]) -> None:
        """Make screens before they are needed, with pauses in which a visitor who comes meanwhile is served."""
        for place, view in enumerate(views, start=1):
            Clock.schedule_once(partial(self._prepare, view), place * PREPARE_SECONDS)

    def _prepare(self, view: View, _: float) -> None:
        if not self.screens.has(view):
            self.screens.of(spoken(view))

    def on_touch_down(self, touch: Any) -> bool:
        """Ignore a touch that was meant for the previous screen."""
        if self._guard.swallows(*touch.pos):
            return True
        return bool(super().on_touch_down(touch))

    def _buttons(self) -> tuple[Rectangle, ...]:
        """Where the buttons of the present screen are; without the languages, which all screens have in one place."""
        if self.screens.current_screen is None:
            return ()
        buttons = (each for each in self.screen.walk() if isinstance(each, KioskButton) and not each.hidden)
        return tuple(
            (*each.to_window(each.x, each.y), *each.to_window(each.right, each.top)) for each in buttons
        )

    def _show_choices(self, choices: tuple[LanguageChoice, ...]) -> None:
        if choices == self._choices:
            return
        self._choices = choices
        row = self.ids.languages
        row.clear_widgets()
        for choice in choices:
            button = KioskLanguageButton(
                language=choice.language,
                text=choice.own_name,
                font=face_of(choice.language),
                letter=dp(LANGUAGE_LETTERS),
                chosen=choice.chosen,
            )
            button.bind(on_release=lambda tapped: self._controls.speak(tapped.language))
            row.add_widget(button)
