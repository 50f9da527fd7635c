"""The hall's screen in Kivy: it draws the pieces of a plan, and changes only those that differ.

Sizes are pixels of a 1920×1080 screen, or of an upright one of 1080×1920, multiplied by ``u``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.uix.floatlayout import FloatLayout

from backend.common import Language
from queue_display.board_widgets import (
    ArrowShape,
    FittedLine,
    GroundShape,
    IconSign,
    Para,
    Sign,
    load_rules,
    measure,
)
from queue_display.hall_look import HALL
from queue_display.hall_screen import HallScreen
from queue_display.pieces import ArrowTo, Ground, Icon, Number, Piece, Spot, WindowSign, Words
from queue_display.places import ROOMS, Shape
from queue_display.plan import plan
from queue_display.speech import Speech

_WIDGETS: Mapping[type[Any], type[Any]] = {
    Number: FittedLine,
    WindowSign: Sign,
    ArrowTo: ArrowShape,
    Ground: GroundShape,
    Icon: IconSign,
}


class BoardView(FloatLayout):
    """The whole screen.

    Args:
        languages: the first is used for the large texts; the others take turns in the small ones.
    """

    u = NumericProperty(1)
    phase = BooleanProperty(defaultvalue=False)
    paper = ColorProperty()

    def __init__(self, languages: Sequence[Language], **kwargs: Any) -> None:
        load_rules()
        self._languages = languages
        self._screen: HallScreen | None = None
        self._pieces: list[Piece] = []
        self._drawn: list[Any] = []
        super().__init__(**kwargs)
        self.bind(size=self._resized, pos=self._resized)

    @property
    def screen(self) -> HallScreen | None:
        """What is shown now."""
        return self._screen

    @property
    def pieces(self) -> Sequence[tuple[Piece, Any]]:
        """What is drawn now, and the widget that draws it."""
        return tuple(zip(self._pieces, self._drawn, strict=True))

    @property
    def shape(self) -> Shape:
        """The screen's orientation: a window that is higher than wide is upright."""
        return Shape.PORTRAIT if self.height > self.width else Shape.LANDSCAPE

    def show(self, screen: HallScreen) -> bool:
        """Show a screen, and return whether it differs from the present one."""
        if screen == self._screen:
            return False
        self._screen = screen
        self._apply(screen)
        return True

    def renew(self) -> None:
        """Draw everything again, because the look has changed."""
        self._forget(0)
        if self._screen is not None:
            self._apply(self._screen)

    def _resized(self, *_: object) -> None:
        if self._screen is not None:
            self.renew()

    def _apply(self, screen: HallScreen) -> None:
        room = ROOMS[screen.shape]
        self.paper = HALL.colour.paper
        self.u = min(self.width / room.width, self.height / room.height)
        wanted = plan(screen, Speech(self._languages, measure, screen.second))
        for at, piece in enumerate(wanted):
            if at < len(self._pieces) and self._pieces[at] == piece:
                continue
            if at < len(self._pieces) and _widget_of(self._pieces[at]) is not _widget_of(piece):
                self._forget(at)
            if at == len(self._pieces):
                self._pieces.append(piece)
                self._drawn.append(_widget_of(piece)(size_hint=(None, None)))
                self.add_widget(self._drawn[at])
            self._pieces[at] = piece
            self._place(self._drawn[at], piece.box, room.width, room.height)
            self._drawn[at].wear(piece, self.u)
        self._forget(len(wanted))
        self.on_phase(self, self.phase)

    def _place(self, widget: Any, box: Spot, width: float, height: float) -> None:
        """Give a widget the place and size of its box; the design is centred in the window."""
        left = self.x + (self.width - width * self.u) / 2
        top = self.top - (self.height - height * self.u) / 2
        widget.size = box.width * self.u, box.height * self.u
        widget.pos = left + box.left * self.u, top - box.bottom * self.u

    def _forget(self, first: int) -> None:
        """Remove the widgets of all pieces from position ``first`` on."""
        for widget in self._drawn[first:]:
            self.remove_widget(widget)
        del self._drawn[first:], self._pieces[first:]

    def on_phase(self, _: object, phase: bool) -> None:
        """Pass the phase of the flash on to the calls; called by Kivy."""
        for piece, widget in zip(self._pieces, self._drawn, strict=True):
            if isinstance(piece, Ground) and piece.ring:
                widget.lit = phase


def _widget_of(piece: Piece) -> type[Any]:
    """The widget that draws a piece."""
    if isinstance(piece, Words):
        return FittedLine if piece.lines == 1 else Para
    return _WIDGETS[type(piece)]
