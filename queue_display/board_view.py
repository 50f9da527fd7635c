"""The hall's screen in Kivy: it shows a :class:`~queue_display.hall_screen.HallScreen` in widgets.

Sizes are pixels of a 1920×1080 screen, multiplied by ``u``, so that a smaller window looks the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.gridlayout import GridLayout

from backend.common import Catalogue, Language, Sentence
from backend.common.device_kit import UD_FACE, face_of
from queue_display import places
from queue_display.board_widgets import (
    Called,
    CallRow,
    HeroCard,
    Panel,
    Para,
    PastRow,
    letter_size,
    load_rules,
)
from queue_display.hall_screen import Card, HallScreen, ScreenMode

HERO_LETTER, HERO_LETTER_MOST = 256.0, 360.0
"""Usual and largest font size of the large number; a digit of BIZ UDPGothic is four fifths of it, over 200 pixels."""
HERO_WIDTH, HERO_WIDTH_ALONE = 940.0, 1400.0
"""Width of the large number beside the list of earlier calls, and without that list."""
ROW_LETTER, SHORT_LETTER = 104.0, 77.0
ROW_WIDTH, SHORT_WIDTH = 360.0, 320.0
PAST_LETTER, PAST_WIDTH, PAST_GAP = 77.0, 422.0, 16.0
"""A line of earlier calls: font size of the number, width of the line, and the gap between number and sign."""
ABSENT_LETTER, ABSENT_WIDTH = 80.0, 1840.0


class BoardView(FloatLayout):
    """The whole screen.

    Args:
        languages: the first is used for the large texts; the others take turns in the small line.
    """

    u = NumericProperty(1)
    phase = BooleanProperty(defaultvalue=False)
    font = StringProperty(UD_FACE)
    font2 = StringProperty(UD_FACE)
    tongue = StringProperty(Language.JAPANESE.value)
    tongue2 = StringProperty(Language.JAPANESE.value)
    office = StringProperty()
    office2 = StringProperty()
    clock = StringProperty()
    date = StringProperty()
    banner = StringProperty()
    banner2 = StringProperty()
    recent = StringProperty()
    recent2 = StringProperty()
    counted = BooleanProperty(defaultvalue=True)
    absent = StringProperty()
    absent_letter = NumericProperty(56)
    absent_title = StringProperty()
    absent_help = StringProperty()
    font_absent = StringProperty(UD_FACE)
    covered = BooleanProperty(defaultvalue=False)
    cover = StringProperty()
    cover2 = StringProperty()
    cover_message = StringProperty()
    cover_message2 = StringProperty()
    cover_staff = StringProperty()

    def __init__(self, languages: Sequence[Language], **kwargs: Any) -> None:
        load_rules()
        self._voices = [Catalogue("display", language) for language in languages]
        self._rows: list[CallRow] = []
        self._past: list[PastRow] = []
        self._screen: HallScreen | None = None
        self._second: Catalogue | None = None
        self._hero = HeroCard()
        self._grid = GridLayout()
        self._panel = Panel()
        self._notice = Para(size_hint_y=None, bold=True)
        super().__init__(**kwargs)
        self.bind(size=self._resized)

    @property
    def screen(self) -> HallScreen | None:
        """What is shown now."""
        return self._screen

    def show(self, screen: HallScreen) -> bool:
        """Show a screen, and return whether it differs from the present one."""
        if screen == self._screen:
            return False
        self._screen = screen
        self._apply(screen)
        return True

    def _resized(self, *_: object) -> None:
        self.u = min(self.width / 1920, self.height / 1080)
        if self._screen is not None:
            self._apply(self._screen)

    def _apply(self, screen: HallScreen) -> None:
        self._second = self._voices[1 + screen.second % (len(self._voices) - 1)] if self._voices[1:] else None
        second = self._second or self._voices[0]
        self.font, self.tongue = face_of(self._voices[0].language), self._voices[0].language.value
        self.font2, self.tongue2 = face_of(second.language), second.language.value
        self.covered = screen.mode is not ScreenMode.BOARD
        if self.covered:
            self.cover, self.cover2 = self._say(screen.headline)
            self.cover_message, self.cover_message2 = self._say(screen.message)
            self.cover_staff = self._say(screen.staff)[0]
            return
        self.office, self.office2 = self._office(dict(screen.office_name))
        self.clock = screen.clock
        self.date = self._say(screen.date)[0]
        self.banner, self.banner2 = self._say(screen.banner)
        self._apply_lists(screen)
        self._apply_calls(screen)

    def _apply_calls(self, screen: HallScreen) -> None:
        """Fill the left side: the large call and the rows, or the panel while nobody is called, and a line below."""
        notice = self._say(screen.message)[0] if screen.hero is not None else ""
        parts: list[Any]
        if screen.hero is None:
            parts = [self._panel]
            self._apply_panel(screen)
        else:
            parts = [self._hero, *([self._grid] if screen.rows else []), *([self._notice] if notice else [])]
            self._notice.font_name, self._notice.tongue = self.font, self.tongue
            self._notice.most, self._notice.least = 46 * self.u, places.LEAST_WORD * self.u
            self._notice.height = places.NOTICE * self.u
            self._notice.said = notice
            self._apply_hero(screen)
        self._apply_rows(screen)
        if self.ids.left.children != parts[::-1]:
            self.ids.left.clear_widgets()
            for part in parts:
                self.ids.left.add_widget(part)

    def _apply_panel(self, screen: HallScreen) -> None:
        """Fill the panel that is shown while nobody is called."""
        panel = self._panel
        panel.u, panel.font, panel.font2 = self.u, self.font, self.font2
        panel.tongue, panel.tongue2 = self.tongue, self.tongue2
        panel.headline, panel.headline2 = self._say(screen.headline)
        panel.message, panel.message2 = self._say(screen.message)

    def _apply_hero(self, screen: HallScreen) -> None:
        """Fill the large place; the line in the second language is shown if there is room for it."""
        hero, card = self._hero, screen.hero
        if card is None:
            return
        hero.u, hero.font, hero.font2 = self.u, self.font, self.font2
        hero.title, hero.title2 = self._say(Sentence("call.recall" if card.recall else "title.calling"))
        sign, hero.sign2 = self._say(Sentence(f"window.{card.kind}"))
        ask, hero.ask2 = self._say(_asked(card))
        hero.show(card, sign, ask)
        left = self._room(screen) - self._rows_height(screen)
        hero.second = self._second is not None and left >= places.HERO_LEAST + places.HERO_SECOND
        most = min(HERO_LETTER_MOST, HERO_LETTER + max(0.0, left - places.HERO_LEAST - places.HERO_SECOND))
        width = HERO_WIDTH if screen.recent else HERO_WIDTH_ALONE
        hero.letter = letter_size(hero.number, most * self.u, width * self.u)
        hero.frame = (14 if hero.flashing else 3) * self.u

    def _apply_rows(self, screen: HallScreen) -> None:
        """Fill the rows of the other present calls, below the large place."""
        self._fill(self._grid, self._rows, CallRow, screen.rows)
        if not screen.rows:
            return
        short = screen.columns > places.WIDE_COLUMNS
        height = screen.row
        # All pages of a long list have their places at the same positions.
        self._grid.cols = screen.columns
        self._grid.spacing = places.ROW_GAP * self.u
        self._grid.size_hint_y = None
        self._grid.height = (self._rows_height(screen) - places.GAP) * self.u
        self._grid.row_default_height = height * self.u
        self._grid.row_force_default = True
        most, width = (SHORT_LETTER, SHORT_WIDTH) if short else (ROW_LETTER, ROW_WIDTH)
        for row, card in zip(self._rows, screen.rows, strict=True):
            row.short = short
            row.worded = screen.columns == places.FULL_COLUMNS
            row.font = self.font
            row.phase = self.phase
            row.show(card, *(self._say(said)[0] for said in (Sentence(f"window.{card.kind}"), _asked(card))))
            row.letter = letter_size(row.number, min(most, height) * self.u, width * self.u)
            row.frame = (8 if row.flashing else 2) * self.u

    def _rows_height(self, screen: HallScreen) -> float:
        """The height of the rows and the gap above them, in pixels of the 1080 high screen."""
        if not screen.rows:
            return 0.0
        lines = -(-len(screen.rows) // screen.columns)
        return lines * (screen.row + places.ROW_GAP) - places.ROW_GAP + places.GAP

    def _room(self, screen: HallScreen) -> float:
        """The height of the left side, in pixels of the 1080 high screen."""
        body = places.body(
            banner=screen.banner is not None, counts=screen.banner is None, absent=bool(screen.absent)
        )
        used = places.NOTICE + places.GAP if screen.hero is not None and screen.message is not None else 0.0
        return float(self.height / self.u) - places.HEIGHT + body - used

    def _apply_lists(self, screen: HallScreen) -> None:
        """Fill the counts, the earlier calls and the absent numbers."""
        ids = self.ids
        # With an old board nobody knows how many visitors wait.
        self.counted = screen.banner is None
        for card, key, count in (
            (ids.waiting, "waiting", screen.waiting),
            (ids.preparing, "preparing", screen.preparing),
        ):
            card.label, card.label2 = self._say(Sentence(f"title.{key}"))
            card.count = str(count)
            card.unit = self._say(Sentence("unit.people"))[0].strip()
        ids.preparing.shown = self.counted and screen.preparing > 0
        self.recent, self.recent2 = self._say(Sentence("title.recent") if screen.recent else None)
        self._fill(ids.past, self._past, PastRow, screen.recent)
        for row, past in zip(self._past, screen.recent, strict=True):
            row.show(past, "", "")
            row.fit(*(self.u * size for size in (PAST_LETTER, places.PAST_ROW, PAST_WIDTH, PAST_GAP)))
        self._apply_absent(screen)

    def _apply_absent(self, screen: HallScreen) -> None:
        """Fill the band of absent numbers; languages take turns in it, the first one at every other turn."""
        turn, others_turn = divmod(screen.second, 2)
        others = self._voices[1:]
        # Turns are counted apart from those of the small line; otherwise some languages would never get a turn.
        voice = others[turn % len(others)] if others and others_turn else self._voices[0]
        self.absent_title, self.absent_help = (
            voice.speak(Sentence(key)) for key in ("title.absent", "absent.help")
        )
        self.font_absent = face_of(voice.language)
        self.absent = "   ".join(screen.absent)
        self.absent_letter = letter_size(self.absent or "0", ABSENT_LETTER, ABSENT_WIDTH) * self.u

    def on_phase(self, _: object, phase: bool) -> None:
        """Pass the phase of the flash on to the calls; called by Kivy."""
        for called in (self._hero, *self._rows):
            called.phase = phase

    def _fill(self, box: Any, rows: list[Any], kind: type[Called], cards: Sequence[Card]) -> None:
        """Keep exactly as many rows as there are cards; widgets are reused."""
        while len(rows) > len(cards):
            box.remove_widget(rows.pop())
        while len(rows) < len(cards):
            row = kind(u=self.u)
            rows.append(row)
            box.add_widget(row)
        for row in rows:
            row.u = self.u

    def _office(self, names: Mapping[str, str]) -> tuple[str, str]:
        """The office's name in the first and the second language."""
        first = names.get(self._voices[0].language) or names.get(Language.JAPANESE, "")
        second = names.get(self._second.language, "") if self._second else ""
        return first, second if second != first else ""

    def _say(self, sentence: Sentence | None) -> tuple[str, str]:
        """A sentence in the first and the second language; empty where there is none."""
        if sentence is None:
            return "", ""
        return self._voices[0].speak(sentence), self._second.speak(sentence) if self._second else ""


def _asked(card: Card) -> Sentence:
    """What the visitor is asked to do, or that they are being served."""
    return Sentence("call.serving" if card.serving else "call.come")
