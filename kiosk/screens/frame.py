"""The frame of all screens: the office's name, the time, the screen itself, and the row of languages."""

from typing import Any, Final

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from backend.common import Language
from backend.common.device_kit import face_of
from kiosk.camera import CameraAt
from kiosk.screens.cues import KioskTimeBar  # noqa: F401 - named in the layout
from kiosk.screens.lazy_screens import LazyScreens
from kiosk.screens.look import LOOK
from kiosk.screens.office_name import KioskOffice  # noqa: F401 - named in the layout
from kiosk.screens.preview import PictureSource
from kiosk.screens.signs import KioskNote  # noqa: F401 - named in the layouts
from kiosk.screens.style import KioskButton, KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.watching import WatchingScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.visit import (
    Button,
    Common,
    LanguageChoice,
    View,
    WorkingView,
)

_NOTHING: Final = "nothing"


class KioskLanguageButton(KioskButton):
    """The button of a language; its text is the language's own name."""

    language: Language = ObjectProperty()
    chosen = BooleanProperty(defaultvalue=False)


class KioskFrame(BoxLayout):
    """Everything in the window, in the look that was active when it was made.

    Args:
        controls: receives what is tapped.
        pictures: where the camera's pictures come from, if there is a camera.
        preview_fps: pictures shown per second while something moves.
        mirror: whether to show them mirrored.
        camera_at: where visitors find the camera.
        slot_at: where they find the slot that gives the paper.
        still: whether the drawing of what to do is one picture that does not change.
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
        slot_at: CameraAt = CameraAt.NONE,
        still: bool = False,
        **kwargs: Any,
    ) -> None:
        load_rules("style")
        load_rules("icon")
        load_rules("cues")
        load_rules("frame")
        super().__init__(**kwargs)
        self._controls = controls
        self._pictures = pictures
        self._preview_fps = preview_fps
        self._mirror = mirror
        self._camera_at = camera_at
        self._slot_at = slot_at
        self._still = still
        self._choices: tuple[object, ...] = ()
        self.screens = LazyScreens(controls)
        self.ids.place.add_widget(self.screens)

    @property
    def screen(self) -> KioskScreen:
        """The screen that is shown."""
        screen: KioskScreen = self.screens.current_screen
        return screen

    def show(self, view: View) -> None:
        """Show a view, in its language."""
        common = view.common
        LOOK.language = common.language
        self.language, self.font = common.language, face_of(common.language)
        self.office, self.counter = common.office, common.counter
        self._show_choices(() if isinstance(view, WorkingView) else common.choices, common)
        self.ids.time_left.show(common.closing)
        screen = self.screens.of(view)
        screen.camera_at, screen.slot_at = self._camera_at, self._slot_at
        if isinstance(screen, WelcomeScreen):
            screen.still = self._still
        if isinstance(screen, WatchingScreen):
            screen.watch(self._pictures, fps=self._preview_fps, mirror=self._mirror)
        if self.screens.current != screen.name:
            self.screens.current = screen.name

    def rest(self) -> None:
        """Show no screen, so that nothing is animated while another frame is in the window."""
        if not self.screens.has_screen(_NOTHING):
            self.screens.add_widget(Screen(name=_NOTHING))
        self.screens.current = _NOTHING
        self.ids.time_left.show(None)

    def _show_choices(self, choices: tuple[LanguageChoice, ...], common: Common) -> None:
        wanted = (*choices, common.ease)
        if wanted == self._choices:
            return
        self._choices = wanted
        row = self.ids.languages
        row.clear_widgets()
        for choice in choices:
            button = KioskLanguageButton(
                language=choice.language,
                text=choice.own_name,
                font=face_of(choice.language),
                chosen=choice.chosen,
                size_hint_x=wide(choice.own_name),
            )
            button.bind(on_release=lambda tapped: self._controls.speak(tapped.language))
            row.add_widget(button)
        if choices:
            ease = KioskLanguageButton(
                text=common.ease,
                font=self.font,
                chosen=common.eased,
                size_hint_x=wide(str(common.ease)),
            )
            ease.bind(on_release=lambda _: self._controls.tap(Button.EASE))
            row.add_widget(ease)


def wide(words: str) -> float:
    """How wide a language's button must be for its words, relative to the other buttons of the row."""
    longest = max(sum(0.6 if letter.isascii() else 1.0 for letter in word) for word in words.split())
    return 1.5 + max(2.2, longest)
