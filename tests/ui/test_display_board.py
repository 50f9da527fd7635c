"""The hall's screen as it is really drawn: sizes, contrast, shapes, nothing cut, in every state.

The scenes are drawn by this file run as a program of its own, because a process has one window and these need a
landscape one. It writes a picture and the place of every text per scene; the tests look at those.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from assets import ROOT
from assets.catalogue import Catalogue, Language
from backend.client.stream import Link
from backend.wire.codes import WindowKind
from backend.wire.messages import OfficeInfo
from queue_display.board import BoardState, Call
from queue_display.feed import Picture
from queue_display.view import CallKey, Screen, compose

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
NAVY_SIGN = (14, 40, 64)
JA = Catalogue("display")
OFFICE = OfficeInfo(
    office_id="00",
    name={
        "ja": "新宿区役所本庁舎　マイナンバーカード交付窓口",
        "en": "Shinjuku City Office, My Number Card Counter",
    },
    open_now=True,
    server_time=NOW,
)
CLOSED = OFFICE.model_copy(update={"open_now": False, "opens_at": datetime(2026, 11, 24, 23, 30, tzinfo=UTC)})


def a_call(ticket: int, window: str, kind: WindowKind = WindowKind.RECEPTION, **more: Any) -> Call:
    """A call of ticket M-<ticket>."""
    return Call(UUID(int=ticket), f"M-{ticket:03d}", window, kind, NOW, **more)


def a_picture(*, office: OfficeInfo = OFFICE, **values: Any) -> Picture:
    """A fresh picture."""
    board = replace(BoardState("00", date(2026, 11, 24), 5), **values)
    return Picture(board, office, Link.LIVE, None, 1.0, stale=False, now=NOW)


SIX = (
    a_call(18, "5"),
    a_call(17, "C", WindowKind.ISSUANCE),
    a_call(16, "4", count=2),
    a_call(15, "2", serving=True),
    a_call(14, "B", WindowKind.ISSUANCE, serving=True),
    a_call(888, "1", serving=True),
)
MANY = tuple(
    Call(
        UUID(int=number),
        f"{'MWP'[number % 3]}-{800 + number}",
        str(number),
        WindowKind.ISSUANCE if number % 4 == 0 else WindowKind.RECEPTION,
        NOW,
    )
    for number in range(1, 17)
)
PAST = tuple(a_call(100 + number, str(number)) for number in range(9))
ABSENT = tuple(f"M-{number}" for number in range(200, 213))

PICTURES: dict[str, tuple[Picture, frozenset[CallKey]]] = {
    "empty": (a_picture(), frozenset()),
    "waiting": (a_picture(waiting=7, recent=PAST[:3]), frozenset()),
    "one": (a_picture(waiting=6, preparing=2, calls=SIX[:1], recent=PAST), frozenset({SIX[0].key})),
    "issuance": (a_picture(waiting=6, calls=SIX[1:2], recent=PAST, absent=ABSENT[:2]), frozenset()),
    "six": (
        a_picture(waiting=12, calls=SIX, recent=PAST, absent=ABSENT[:1]),
        frozenset({SIX[0].key, SIX[2].key}),
    ),
    "many": (
        a_picture(waiting=128, preparing=23, calls=MANY, recent=PAST, absent=ABSENT),
        frozenset({MANY[0].key}),
    ),
    "stale": (
        replace(a_picture(waiting=12, calls=SIX, recent=PAST, absent=ABSENT), age_seconds=200.0, stale=True),
        frozenset(),
    ),
    "closed": (a_picture(office=CLOSED, recent=PAST[:4]), frozenset()),
    "closed_calls": (a_picture(office=CLOSED, waiting=2, calls=SIX[:2]), frozenset()),
    "trouble": (replace(a_picture(), link=Link.REFUSED, reason="status_403"), frozenset()),
    "starting": (replace(a_picture(), board=None, link=Link.LOST), frozenset()),
}


def scene(name: str, *, recent_rows: int = 6) -> Screen:
    """What is drawn of one picture."""
    picture, flashing = PICTURES[name]
    return compose(picture, flashing=flashing, recent_rows=recent_rows)


def draw(folder: Path, width: int, height: int, languages: list[Language]) -> None:
    """Draw every scene into a folder; runs in a process of its own."""
    from kivy.config import Config

    for key, value in {"width": width, "height": height, "multisamples": 0, "maxfps": 0}.items():
        Config.set("graphics", key, str(value))
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.uix.label import Label

    from queue_display.board_view import BoardView
    from queue_display.board_widgets import register_fonts

    register_fonts()
    view = BoardView(languages)
    Window.add_widget(view)
    EventLoop.ensure_window()
    EventLoop.start()
    places: dict[str, list[dict[str, Any]]] = {}
    for name in [*PICTURES, "one_off", "six_eight"]:
        view.phase = name != "one_off"
        view.show(
            scene(name.partition("_off")[0].partition("_eight")[0], recent_rows=8 if "eight" in name else 6)
        )
        for _ in range(6):
            Window.canvas.ask_update()
            EventLoop.idle()
        Window.screenshot(name=str(folder / f"{name}.png"))
        places[name] = [
            {
                "kind": type(label).__name__,
                "text": label.text,
                "place": [*label.to_window(*label.pos), *label.size],
                "texture": list(label.texture_size),
                "font": label.font_size,
                "owner": type(label.parent.parent).__name__ + "/" + type(label.parent).__name__,
            }
            for label in view.walk()
            if isinstance(label, Label) and label.text and _visible(label, view)
        ]
    (folder / "places.json").write_text(json.dumps(places), "utf-8")


def _visible(widget: Any, root: Any) -> bool:
    """Tell whether a widget is seen: it and all it stands in have an opacity."""
    while widget is not root:
        if not widget.opacity:
            return False
        widget = widget.parent
    return True


class Stage:
    """Drawn scenes: pictures and places of texts, in pixels from the bottom left."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self.folder = folder
        self.width = width
        self.height = height
        self.places: dict[str, list[dict[str, Any]]] = json.loads((folder / "places.json").read_text("utf-8"))

    def picture(self, name: str) -> Image.Image:
        """The scene as it was drawn."""
        return Image.open(next(self.folder.glob(f"{name}0*.png"))).convert("RGB")

    def texts(self, name: str) -> list[str]:
        """Every text that is seen."""
        return [label["text"] for label in self.places[name]]

    def cut_out(self, name: str, text: str, owner: str) -> Image.Image:
        """The part of a scene where a text stands."""
        label = next(
            label for label in self.places[name] if label["text"] == text and owner in label["owner"]
        )
        x, y, width, height = label["place"]
        tall = max(height, label["texture"][1])
        middle = self.height - (y + height / 2)
        return self.picture(name).crop(
            (round(x), round(middle - tall / 2), round(x + width), round(middle + tall / 2))
        )


def make_stage(folder: Path, width: int, height: int, languages: str) -> Stage:
    """Draw all scenes in a process with a window of its own."""
    environment = {
        **os.environ,
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_HOME": str(folder),
        "KIVY_METRICS_DENSITY": "1",
        "SDL_VIDEODRIVER": "offscreen",
        "PYTHONPATH": str(ROOT.parent),
    }
    command = [sys.executable, __file__, str(folder), str(width), str(height), languages]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "too much iteration" not in done.stderr
    return Stage(folder, width, height)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """All scenes at full size."""
    return make_stage(tmp_path_factory.mktemp("stage"), 1920, 1080, "ja,en")


@pytest.fixture(scope="module")
def small_stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """All scenes on a smaller window, English first, Korean second."""
    return make_stage(tmp_path_factory.mktemp("small"), 1280, 720, "en,ko")


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance after WCAG 2."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(image: Image.Image) -> float:
    """Contrast between the two commonest colours of a picture, after WCAG 2."""
    colours = image.getcolors(image.width * image.height)
    assert colours is not None
    commonest = sorted(colours, reverse=True)[:2]
    high, low = sorted((luminance(colour) for _, colour in commonest), reverse=True)  # type: ignore[arg-type]
    return (high + 0.05) / (low + 0.05)


def ink_height(image: Image.Image) -> int:
    """Rows of a picture that are not background."""
    background = image.getpixel((0, 0))
    rows = [
        y
        for y in range(image.height)
        if any(image.getpixel((x, y)) != background for x in range(0, image.width, 2))
    ]
    return rows[-1] - rows[0] + 1


@pytest.mark.parametrize("name", ["one", "issuance", "six", "many", "stale"])
def test_the_called_number_can_be_read_from_ten_metres(stage: Stage, name: str) -> None:
    """Protects the promise of the screen: digits of at least 200 pixels at a contrast of at least 7 to 1."""
    hero = scene(name).hero
    assert hero is not None
    number = stage.cut_out(name, hero.number, "HeroCard")
    assert ink_height(number) >= 200
    assert contrast(number) >= 7


def test_a_number_keeps_its_contrast_while_it_flashes(stage: Stage) -> None:
    """Protects readability in both halves of the flash, and that there is a flash at all."""
    bright, calm = (stage.cut_out(name, "M-018", "HeroCard") for name in ("one", "one_off"))
    assert min(contrast(bright), contrast(calm)) >= 7
    assert bright.getpixel((0, 0)) != calm.getpixel((0, 0))


def test_rows_and_windows_have_the_contrast_of_numbers(stage: Stage) -> None:
    """Protects the smaller numbers and both kinds of window signs."""
    for text in ("M-017", "M-015", "C", "2"):
        assert contrast(stage.cut_out("six", text, "CallRow" if text.startswith("M") else "Sign")) >= 7, text


def test_reception_and_issuance_differ_in_word_and_shape(stage: Stage) -> None:
    """Protects visitors who do not see colours: a square and a circle, and a word each."""
    assert JA.text("window.reception") in stage.texts("one")
    assert JA.text("window.issuance") in stage.texts("issuance")

    def near_corner_is_filled(name: str, window: str) -> bool:
        image = stage.cut_out(name, window, "Sign")
        box = (image.width - min(image.size)) // 2
        side = min(image.size)
        corner = image.getpixel((box + round(side * 0.08), (image.height - side) // 2 + round(side * 0.08)))
        return corner == image.getpixel((image.width // 2, (image.height - side) // 2 + round(side * 0.06)))

    assert near_corner_is_filled("one", "5")
    assert not near_corner_is_filled("issuance", "C")


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_no_text_is_cut_broken_or_outside(size: str, request: pytest.FixtureRequest) -> None:
    """Protects above all against a number that loses a digit: every text is drawn whole, inside the window."""
    stage: Stage = request.getfixturevalue(size)
    for name, labels in stage.places.items():
        for label in labels:
            x, y, width, height = label["place"]
            where = (name, label)
            assert x >= -1, where
            assert x + width <= stage.width + 1, where
            assert y >= -1, where
            assert y + height <= stage.height + 1, where
            assert label["font"] >= 11, where
            if label["kind"] == "Words":
                assert label["texture"][0] <= width + 1, where
                assert label["font"] <= height + 1, where
            if label["kind"] == "Tight":
                assert label["texture"][0] == pytest.approx(width, abs=1), where


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_texts_do_not_lie_on_each_other(size: str, request: pytest.FixtureRequest) -> None:
    """Protects against a screen that fits only with three calls: no two texts overlap in any scene."""
    stage: Stage = request.getfixturevalue(size)
    for name, labels in stage.places.items():
        inked = [(label["text"], _ink_box(label)) for label in labels]
        for at, (text, box) in enumerate(inked):
            for other, over in inked[at + 1 :]:
                wide = min(box[2], over[2]) - max(box[0], over[0])
                high = min(box[3], over[3]) - max(box[1], over[1])
                assert wide <= 1 or high <= 1, (name, text, other)


def _ink_box(label: dict[str, Any]) -> tuple[float, float, float, float]:
    """Where the letters of a line stand: its font's height around the middle of its place."""
    x, y, width, height = label["place"]
    lines = label["text"].count("\n") + 1
    ink = label["font"] * 0.84 * lines
    return x, y + (height - ink) / 2, x + width, y + (height + ink) / 2


def test_every_state_of_the_hall_has_its_words(stage: Stage) -> None:
    """Protects the designed states: quiet, closed, old, refused, not there yet, each in two languages."""
    english = Catalogue("display", Language.ENGLISH)
    for name, key in (
        ("empty", "empty.nobody"),
        ("waiting", "empty.waiting"),
        ("closed", "closed.title"),
        ("trouble", "trouble.title"),
        ("starting", "starting.unreachable"),
        ("one", "call.come"),
        ("six", "title.absent"),
    ):
        assert JA.text(key) in stage.texts(name), name
        assert any(english.text(key) in text for text in stage.texts(name)), name
    assert JA.text("stale.minutes", age=3) in stage.texts("stale")
    assert "次の受付は 11月25日（水）8:30 からです" in stage.texts("closed")
    assert JA.text("closed.line") in stage.texts("closed_calls")
    assert not any(text.startswith("M-") for text in stage.texts("trouble"))


def test_every_call_of_a_scene_is_drawn(stage: Stage) -> None:
    """Protects that what was composed is on the glass: every number and window of every scene."""
    for name in PICTURES:
        screen = scene(name)
        texts = stage.texts(name)
        cards = [card for card in (screen.hero, *screen.rows, *screen.recent) if card is not None]
        for card in cards:
            assert card.number in texts, (name, card)
            assert card.window in texts, (name, card)
        for number in screen.absent:
            assert any(number in text for text in texts), (name, number)


if __name__ == "__main__":
    draw(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        [Language(tag) for tag in sys.argv[4].split(",")],
    )
