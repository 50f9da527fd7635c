"""The hall's screen in Kivy: it applies a :class:`~queue_display.view.Screen` to widgets, and nothing else.

Sizes are in pixels of a 1920×1080 screen, times ``u``, so that a smaller window shows the same picture.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.gridlayout import GridLayout

from assets.catalogue import Catalogue, Language
from queue_display.board_widgets import (
    UD_FACE,
    Called,
    CallRow,
    HeroCard,
    Panel,
    PastRow,
    Words,
    face_of,
    letter_size,
    load_rules,
)
from queue_display.view import Card, Mode, Screen, Sentence

HERO_LETTER = 256
"""Pixels of the hero number's font; a digit of BIZ UDPGothic is four fifths of it, more than 200 pixels high."""
HERO_WIDTH = 930
HERO_LEAST = 372.0
"""The least height of the hero in which its number keeps its size."""
GAP = 20.0
ROW_GAP = 14.0
NOTICE = 44.0
LEAST_WITH_ASK = 80.0
ABSENT_PER_LINE = 5
ABSENT_WIDTH = 1190.0


class BoardView(FloatLayout):
    """The whole screen.

    Args:
        languages: the first is spoken large; the others take turns in the small line.
    """

    u = NumericProperty(1)
    phase = BooleanProperty(defaultvalue=False)
    font2 = StringProperty(UD_FACE)
    office = StringProperty()
    office2 = StringProperty()
    clock = StringProperty()
    date = StringProperty()
    banner = StringProperty()
    banner2 = StringProperty()
    recent = StringProperty()
    recent2 = StringProperty()
    absent = StringProperty()
    absent_letter = NumericProperty(56)
    absent_title = StringProperty()
    absent_help = StringProperty()
    absent2 = StringProperty()
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
        self._screen: Screen | None = None
        self._second: Catalogue | None = None
        self._hero = HeroCard()
        self._grid = GridLayout()
        self._panel = Panel()
        self._notice = Words(size_hint_y=None, bold=True, most=32)
        super().__init__(**kwargs)
        self.bind(size=self._resized)

    @property
    def screen(self) -> Screen | None:
        """What is shown now."""
        return self._screen

    def show(self, screen: Screen) -> bool:
        """Show a screen; tell whether it differs from the present one."""
        if screen == self._screen:
            return False
        self._screen = screen
        self._apply(screen)
        return True

    def _resized(self, *_: object) -> None:
        self.u = min(self.width / 1920, self.height / 1080)
        if self._screen is not None:
            self._apply(self._screen)

    def _apply(self, screen: Screen) -> None:
        self._second = self._voices[1 + screen.second % (len(self._voices) - 1)] if self._voices[1:] else None
        self.font2 = face_of(self._second.language) if self._second else UD_FACE
        self.covered = screen.mode is not Mode.BOARD
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

    def _apply_calls(self, screen: Screen) -> None:
        """The left side: the hero and the rows, or the panel of a quiet hall, and a line below."""
        notice = self._say(screen.message)[0] if screen.hero is not None else ""
        self._notice.text = notice
        self._notice.height = NOTICE * self.u
        self._notice.most = 32 * self.u
        if screen.hero is None:
            parts = [self._panel]
            self._panel.headline, self._panel.headline2 = self._say(screen.headline)
            self._panel.message, self._panel.message2 = self._say(screen.message)
        else:
            parts = [self._hero, *([self._grid] if screen.rows else []), *([self._notice] if notice else [])]
            self._apply_hero(screen.hero)
        self._apply_rows(screen)
        self._panel.u = self._hero.u = self.u
        self._panel.font2 = self._hero.font2 = self.font2
        if self.ids.left.children != parts[::-1]:
            self.ids.left.clear_widgets()
            for part in parts:
                self.ids.left.add_widget(part)

    def _apply_hero(self, card: Card) -> None:
        """The newest call."""
        hero = self._hero
        hero.title, hero.title2 = self._say(Sentence("call.recall" if card.recall else "title.calling"))
        sign, hero.sign2 = self._say(Sentence(f"window.{card.kind}"))
        ask, hero.ask2 = self._say(_asked(card))
        hero.show(card, sign, ask)
        hero.letter = letter_size(hero.number, HERO_LETTER * self.u, HERO_WIDTH * self.u)
        hero.frame = (14 if hero.flashing else 3) * self.u

    def _apply_rows(self, screen: Screen) -> None:
        """The other current calls, as high as the hero leaves room for."""
        self._fill(self._grid, self._rows, CallRow, screen.rows)
        if not screen.rows:
            return
        wide = screen.columns > 2
        lines = -(-len(screen.rows) // screen.columns)
        room = self._room(screen) - HERO_LEAST - GAP - (lines - 1) * ROW_GAP
        height = min(84.0 if wide else 108.0, room / lines)
        self._grid.cols = min(screen.columns, len(screen.rows))
        self._grid.spacing = ROW_GAP * self.u
        self._grid.size_hint_y = None
        self._grid.height = (lines * height + (lines - 1) * ROW_GAP) * self.u
        most, width = (62, 190) if wide else (90, 352)
        for row, card in zip(self._rows, screen.rows, strict=True):
            row.wide = wide
            row.phase = self.phase
            ask = self._say(_asked(card))[0] if height >= LEAST_WITH_ASK else ""
            row.show(card, self._say(Sentence(f"window.{card.kind}"))[0], ask)
            row.letter = letter_size(row.number, min(most, height * 0.86) * self.u, width * self.u)
            row.frame = (8 if row.flashing else 2) * self.u

    def _room(self, screen: Screen) -> float:
        """The height of the left side, in pixels of the 1080 high screen."""
        used = 104.0 + 2 * 28 + (96 if screen.banner else 0) + (128 if screen.absent else 0)
        used += NOTICE + GAP if screen.hero is not None and screen.message is not None else 0
        return float(self.height / self.u) - used

    def _apply_lists(self, screen: Screen) -> None:
        """Counts, earlier calls and the absent ones."""
        ids = self.ids
        for card, key, count in (
            (ids.waiting, "waiting", screen.waiting),
            (ids.preparing, "preparing", screen.preparing),
        ):
            card.label, card.label2 = self._say(Sentence(f"title.{key}"))
            card.count = str(count)
            most, width = (118, 200) if card.dark else (66, 120)
            card.letter = letter_size(card.count, most * self.u, width * self.u)
            card.unit = self._say(Sentence("unit.people"))[0]
        self.recent, self.recent2 = self._say(Sentence("title.recent"))
        self._fill(ids.past, self._past, PastRow, screen.recent)
        below = self.height / self.u - 104 - 56 - 176 - 112 - 2 * 18 - 28 - 48
        below -= (96 if screen.banner else 0) + (128 if screen.absent else 0)
        height = min(58.0, below / max(1, len(screen.recent)))
        for row, past in zip(self._past, screen.recent, strict=True):
            row.height = height * self.u
            row.letter = letter_size(past.number, min(44.0, height * 0.86) * self.u, 210 * self.u)
            row.show(past, self._say(Sentence(f"window.{past.kind}"))[0], "")
        title, title2 = self._say(Sentence("title.absent"))
        helps, helps2 = self._say(Sentence("absent.help"))
        self.absent_title, self.absent_help = title, helps
        self.absent2 = f"{title2}  {helps2}".strip()
        lines = [
            screen.absent[at : at + ABSENT_PER_LINE] for at in range(0, len(screen.absent), ABSENT_PER_LINE)
        ]
        self.absent = "\n".join("    ".join(line) for line in lines)
        self.absent_letter = min(
            (
                letter_size("    ".join(line), 64.0 if len(lines) == 1 else 50.0, ABSENT_WIDTH) * self.u
                for line in lines
            ),
            default=self.u,
        )

    def on_phase(self, _: object, phase: bool) -> None:
        """Pass the flash's phase on to the rows."""
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
        return _speak(self._voices[0], sentence), _speak(self._second, sentence) if self._second else ""


def _speak(voice: Catalogue, sentence: Sentence) -> str:
    """Fill in the values; a weekday's number becomes its word."""
    values = {
        name: voice.text(f"weekday.{value}") if name == "weekday" else value
        for name, value in sentence.values
    }
    return voice.text(sentence.key, **values)


def _asked(card: Card) -> Sentence:
    """What is asked of the visitor."""
    return Sentence("call.serving" if card.serving else "call.come")
