"""The hall's screen as it is really drawn: sizes, contrast, shapes, nothing cut, in every state, upright and not.

The scenes are drawn by this file run as a program of its own, because a process has one window. It writes the place of
every piece of every scene, and some pictures; the tests look at those.
"""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from backend.common import fonts
from backend.common.catalogue import Catalogue, Language, Sentence
from backend.common.design import Colour, Theme, colours
from backend.common.shipped import ROOT
from queue_display.hall_screen import HallScreen, ScreenMode
from queue_display.places import LEAST_NUMBER, LEAST_WORD, ROOMS, Places, Shape
from queue_display.scenes import MESSAGE, scenes
from tests.proof import FACTOR, some_of

JA = Catalogue("display")
SCENES = scenes()
SIDE = 960
"""Side of the window in which scenes are measured; those with pictures have a window of the full size."""
PAIRS = [f"{first},{second}" for first in Language for second in Language if first is not second]
RING = [
    f"{first},{second}" for first, second in zip(Language, [*Language][1:] + [*Language][:1], strict=True)
]
ALL = ",".join(reversed(Language))
ORDERS = [*some_of([*RING, "ja", ALL], everything=[*PAIRS, *Language, ALL])]
"""Every language large and small once, one alone and all in turn; in `make proof` every pair, and each alone."""
PICTURED = ("one", "issuance", "six", "burst", "many", "stale", "serving")
COUNTS = {f"standing_{count}" for count in (2, 3, 4, 6, 7, 8, 10)}
TEXTS = {"Words", "Number", "WindowSign"}


def measure(folder: Path, orders: list[str]) -> None:
    """Measure every scene in every order of languages and both shapes; runs in a process of its own."""
    view_of, settle, _, _ = _open(SIDE)
    found: dict[str, list[dict[str, Any]]] = {}
    for order, shape in itertools.product(orders, Shape):
        room = ROOMS[shape]
        view = view_of([Language(tag) for tag in order.split(",")], _size(shape, SIDE))
        turns = max(1, 2 * order.count(","))
        # How many calls stand where depends on no language: a few counts are enough after the first order.
        few = {name: scene for name, scene in SCENES.items() if name not in COUNTS or order == orders[0]}
        shown = few | {f"six_turn_{turn}": replace(SCENES["six"], second=turn) for turn in range(turns)}
        for name, scene in shown.items():
            settle(view, scene)
            found[f"{order} {shape} {name}"] = [
                _told(piece, widget, view.u, room.height) for piece, widget in view.pieces
            ]
    (folder / "pieces.json").write_text(json.dumps(found), "utf-8")


def draw(folder: Path) -> None:
    """Draw some scenes at full size, in both shapes and themes, both halves of the flash; in a process of its own."""
    view_of, settle, picture, wear = _open(1920)
    for theme, shape in itertools.product((Theme.LIGHT, Theme.DARK), Shape):
        wear(theme)
        size = _size(shape, 1920)
        view = view_of([Language.JAPANESE, Language.ENGLISH], size)
        for name, phase in itertools.product(PICTURED, (True, False)):
            settle(view, SCENES[name], phase=phase)
            picture(size).save(folder / f"{name}-{shape}-{theme}-{'on' if phase else 'off'}.png")


def _open(side: int) -> tuple[Any, Any, Any, Any]:
    """Open a square window, and give what makes and shows a view in it."""
    from kivy.config import Config

    for key, value in {"width": side, "height": side, "multisamples": 0, "maxfps": 0}.items():
        Config.set("graphics", key, str(value))
    from queue_display.hall_look import HALL
    from queue_display.screen_pictures import picture, settle, stage

    return stage, settle, picture, HALL.wear


def _size(shape: Shape, longer: int) -> tuple[int, int]:
    return (longer, longer * 9 // 16) if shape is Shape.LANDSCAPE else (longer * 9 // 16, longer)


def _told(piece: Any, widget: Any, u: float, height: float) -> dict[str, Any]:
    """What is known of a drawn piece, in pixels of the design from the top left."""
    kind = type(piece).__name__
    told: dict[str, Any] = {name: str(value) for name, value in vars(piece).items() if name != "box"}
    told |= {"kind": kind, "box": [piece.box.left, piece.box.top, piece.box.width, piece.box.height]}
    told["drawn"] = [
        widget.x / u, height - widget.top / u, widget.width / u, widget.height / u
    ]  # fmt: skip
    if kind not in TEXTS:
        return told
    assert widget.texture is not None, told
    from kivy.core.text import Label as CoreLabel

    core = CoreLabel(font_name=widget.font_name, font_size=widget.font_size, bold=widget.bold)
    # A line that is lower than its face wants has lost the tails of its letters.
    line = core.get_extents(widget.text)[1]
    picture = Image.frombytes("RGBA", widget.texture.size, widget.texture.pixels).getchannel("A")
    left, top, right, bottom = picture.getbbox() or (0, 0, 0, 0)
    # Kivy puts the texture into the middle of its widget.
    x = piece.box.left + (piece.box.width - picture.width / u) / 2
    y = piece.box.top + (piece.box.height - picture.height / u) / 2
    told |= {
        "ink": [x + left / u, y + top / u, x + right / u, y + bottom / u],
        "font": widget.font_size / u,
        "face": widget.font_name,
        "text": widget.text,
        "whole": (kind == "Words" and piece.lines > 1) or widget.texture_size[1] >= line - 1,
        "wide": widget.texture_size[0] / u,
    }
    return told


def in_a_process(folder: Path, *arguments: str) -> None:
    """Run this file as a program with a window of its own."""
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
    command = [sys.executable, __file__, str(folder), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300 * FACTOR, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "too much iteration" not in done.stderr


class Measured:
    """Every scene in every order of languages and both shapes, as it was drawn."""

    def __init__(self, found: dict[str, list[dict[str, Any]]]) -> None:
        self.found = found

    def scenes(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Name and pieces of each."""
        yield from self.found.items()

    def texts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every word, number and sign."""
        for where, pieces in self.found.items():
            for piece in pieces:
                if piece["kind"] in TEXTS:
                    yield where, piece

    def said(self, order: str, shape: Shape, name: str) -> list[str]:
        """What one scene says, each text in one line."""
        pieces = self.found[f"{order} {shape} {name}"]
        return [str(piece.get("said") or piece["window"]) for piece in pieces if piece["kind"] in TEXTS]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """All scenes, measured."""
    folder = tmp_path_factory.mktemp("measured")
    in_a_process(folder, *ORDERS)
    return Measured(json.loads((folder / "pieces.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures of some scenes."""
    folder = tmp_path_factory.mktemp("pictures")
    in_a_process(folder)
    return folder


def of(where: str) -> tuple[str, Shape, str]:
    """Order of languages, shape and name of a measured scene."""
    order, shape, name = where.split(" ")
    return order, Shape(shape), name


def composed(where: str) -> HallScreen:
    """What was to be shown."""
    _, shape, name = of(where)
    return SCENES[name.partition("_turn_")[0]].screen(shape)


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance after WCAG 2."""
    parts = [part / 255 for part in colour[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Contrast of two colours after WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_no_text_is_cut_broken_or_outside(measured: Measured) -> None:
    """Protects above all against a number that loses a digit: every text is drawn whole, in its place and on the screen."""
    bad: set[tuple[Any, ...]] = set()
    for where, text in measured.texts():
        left, top, wide, high = text["box"]
        ink, room = text["ink"], ROOMS[of(where)[1]]
        inside = left >= 0 and top >= 0 and left + wide <= room.width + 1 and top + high <= room.height + 1
        fits = ink[0] >= left - 3 and ink[2] <= left + wide + 3 and text["wide"] <= wide + 5
        # Digits may stand a little higher than the place of their row; it is checked elsewhere that nothing overlaps.
        tall = ink[1] >= top - 3 and ink[3] <= top + high + 3
        if not (inside and fits and tall and text["whole"]):
            bad.add((where, text["text"], inside, fits, tall, text["whole"]))
    assert bad == set()


def test_everything_is_drawn_where_the_plan_says(measured: Measured) -> None:
    """Protects the plan from being a paper only: every widget stands in the box of its piece."""
    off = [
        (where, piece["kind"], piece["box"], piece["drawn"])
        for where, pieces in measured.scenes()
        for piece in pieces
        if any(abs(one - other) > 1 for one, other in zip(piece["box"], piece["drawn"], strict=True))
    ]
    assert off == []


def test_nothing_lies_on_anything_else(measured: Measured) -> None:
    """Protects against a screen that fits only with three calls: no ink meets other ink, no sign covers a number."""
    bad: set[tuple[Any, ...]] = set()
    for where, pieces in measured.scenes():
        solid = [
            (piece.get("text") or piece["kind"], _solid(piece))
            for piece in pieces
            if piece["kind"] != "Ground"
        ]
        for (text, box), (other, over) in itertools.combinations(solid, 2):
            wide = min(box[2], over[2]) - max(box[0], over[0])
            high = min(box[3], over[3]) - max(box[1], over[1])
            if wide > 1 and high > 1:
                bad.add((where, text, other))
    assert bad == set()


def _solid(piece: dict[str, Any]) -> list[float]:
    """Where a piece has ink: a sign has it in its whole place."""
    if piece["kind"] in {"Words", "Number"}:
        return list(piece["ink"])
    left, top, wide, high = piece["box"]
    return [left, top, left + wide, top + high]


def test_texts_stay_on_their_ground(measured: Measured) -> None:
    """Protects bands and cards from words that stick out, and calls from a message that lies over them."""
    bad: set[tuple[Any, ...]] = set()
    for where, pieces in measured.scenes():
        grounds = [piece["box"] for piece in pieces if piece["kind"] == "Ground"]
        for piece in pieces:
            if piece["kind"] == "Ground":
                continue
            left, top, right, bottom = _solid(piece)
            under = [box for box in grounds if _holds(box, (left + right) / 2, (top + bottom) / 2)]
            assert under, (where, piece)
            x, y, wide, high = under[-1]
            if left < x - 2 or top < y - 2 or right > x + wide + 2 or bottom > y + high + 2:
                bad.add((where, piece.get("text") or piece["kind"]))
        for one, other in itertools.combinations(grounds, 2):
            wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
            high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
            within = wide >= other[2] - 1 and high >= other[3] - 1
            if wide > 1 and high > 1 and not within:
                bad.add((where, f"{one} and {other}"))
    assert bad == set()


def _holds(box: list[float], x: float, y: float) -> bool:
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def test_nothing_is_too_small_to_be_read(measured: Measured) -> None:
    """Protects whoever sits at the back: numbers and signs of 76 pixels, words of 44, in every scene and language."""
    small = {
        (where, text["text"], round(text["font"], 1))
        for where, text in measured.texts()
        # A letter is set in whole pixels of the smaller window. The time of day sends nobody anywhere.
        if text["font"] < (LEAST_NUMBER if _sends(text) else LEAST_WORD) - 2
    }
    assert small == set()


def _sends(text: dict[str, Any]) -> bool:
    """Whether it sends a person somewhere, or counts people."""
    return text["kind"] == "WindowSign" or (text["kind"] == "Number" and ":" not in text["text"])


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_every_text_has_its_contrast(measured: Measured, theme: Theme) -> None:
    """Protects eyes in the light and in the dark: by tokens, numbers have 7 to 1 on their ground and words 4.5."""
    worn = colours(theme)
    poor = set()
    for where, pieces in measured.scenes():
        grounds = [piece for piece in pieces if piece["kind"] == "Ground"]
        for piece in pieces:
            if piece["kind"] not in TEXTS:
                continue
            sign = piece["kind"] == "WindowSign"
            ink: Colour = getattr(worn, piece["letters"] if sign else piece["colour"])
            x, y = (_solid(piece)[0] + _solid(piece)[2]) / 2, (_solid(piece)[1] + _solid(piece)[3]) / 2
            under = [ground for ground in grounds if _holds(ground["box"], x, y)][-1]
            ground: Colour = getattr(worn, piece["colour"] if sign else under["colour"])
            least = 7.0 if piece["kind"] == "Number" else 4.5
            if contrast(ink.rgb, ground.rgb) < least:
                poor.add((piece["kind"], piece["colour"], under["colour"], of(where)[2]))
            if sign and contrast(ground.rgb, getattr(worn, under["colour"]).rgb) < 3:
                poor.add(("sign on ground", piece["colour"], under["colour"], of(where)[2]))
    assert poor == set()


def test_every_further_language_has_its_turn(measured: Measured) -> None:
    """Protects the middle one of three languages: the band of absent numbers speaks all of them in four turns."""
    for order, shape in itertools.product(ORDERS, Shape):
        tags = order.split(",")
        turns = max(1, 2 * (len(tags) - 1))
        heard = {text for turn in range(turns) for text in measured.said(order, shape, f"six_turn_{turn}")}
        for tag in tags:
            assert Catalogue("display", Language(tag)).text("title.absent") in heard, (order, tag)


def test_every_letter_has_a_face_and_stands_in_that_of_its_language(measured: Measured) -> None:
    """Protects every order of languages from boxes, English from cut tails, and Chinese from the Japanese face."""
    known = {}
    for face, path in {"UD": fonts.ud_gothic(), "CJK": fonts.noto_cjk()}.items():
        with TTFont(path, fontNumber=0, lazy=True) as font:
            known[face] = {chr(code) for code in font.getBestCmap()} | {"\n"}
    bad: set[tuple[Any, ...]] = set()
    for where, text in measured.texts():
        if not set(text["text"]) <= known[text["face"]]:
            bad.add((where, text["text"], text["face"]))
        wanted = fonts.typeface_of(Language(text["tongue"])).value if text["kind"] == "Words" else "UD"
        if set(text["text"]) <= known[wanted] and text["face"] != wanted:
            bad.add((where, text["text"], text["face"]))
    assert bad == set()


def test_every_call_of_a_scene_is_drawn(measured: Measured) -> None:
    """Protects that what was composed is on the glass: every number, window and count of every scene."""
    for where, pieces in measured.scenes():
        screen = composed(where)
        said = [piece.get("said") or piece.get("window") for piece in pieces]
        for card in (screen.hero, *screen.rows):
            assert card is None or {card.number, card.window} <= set(said), (where, card)
        assert {*screen.absent, *screen.recent} <= set(said), where
        if screen.waiting:
            assert str(screen.waiting) in said, where
        assert "0" not in said, "nobody is not counted"


def test_states_are_told_without_colour(measured: Measured) -> None:
    """Protects whoever sees no colours: each state has its words, and a sign, a shape or a frame beside them."""
    for where, pieces in measured.scenes():
        order, screen = of(where)[0], composed(where)
        voice = Catalogue("display", Language(order.partition(",")[0]))
        words = {piece["said"] for piece in pieces if piece["kind"] == "Words"}
        icons = {piece["name"] for piece in pieces if piece["kind"] == "Icon"}
        if screen.stale is not None:
            assert "warning" in icons, where
            assert {voice.speak(screen.stale), voice.text("stale.ask")} <= words, where
        if screen.mode is ScreenMode.CLOSED:
            assert screen.headline is not None
            assert "lock" in icons, where
            assert voice.speak(screen.headline) in words, where
        cards = [card for card in (screen.hero, *screen.rows) if card is not None]
        if any(card.serving for card in cards):
            assert any(voice.text("call.serving") in said for said in words), where
        framed = [piece for piece in pieces if piece["kind"] == "Ground" and piece["ring"]]
        assert len(framed) == sum(card.flashing for card in cards), where
        least = 16 if screen.places is Places.CELLS else 24
        assert all(float(one["frame"]) + float(one["ring_width"]) >= least for one in framed), where
        for sign in (piece for piece in pieces if piece["kind"] == "WindowSign"):
            kind = next(card.kind for card in cards if card.window == sign["window"])
            assert sign["round"] == str(kind == "issuance"), where


def test_every_state_of_the_hall_has_its_words(measured: Measured) -> None:
    """Protects the designed states: quiet, closed, old, refused, not there yet, a message; each in two languages."""
    english = Catalogue("display", Language.ENGLISH)
    for shape in Shape:
        for order, name, key in (
            ("ja,en", "empty", "empty.title"),
            ("ja,en", "waiting", "waiting.title"),
            ("ja,en", "closed", "closed.title"),
            ("ja,en", "trouble", "trouble.title"),
            ("ja,en", "starting_unreachable", "starting.unreachable"),
            ("ja,en", "one", "call.to_number"),
            ("ja,en", "issuance", "call.to_letter"),
        ):
            said = measured.said(_order_of(order), shape, name)
            assert JA.text(key) in said, (name, shape)
        said = measured.said(_order_of("ja,en"), shape, "closed")
        assert any("12月23日（水）8:30" in text for text in said)
        assert JA.text("closed.line") in measured.said(_order_of("ja,en"), shape, "closed_calls")
        assert dict(MESSAGE)["ja"] in measured.said(_order_of("ja,en"), shape, "message")
        assert not any(text.startswith("M-") for text in measured.said(_order_of("ja,en"), shape, "trouble"))
    assert english.speak(Sentence("call.to_number"))


def _order_of(order: str) -> str:
    """The measured order that begins with the same language."""
    orders: list[str] = ORDERS
    return next(one for one in orders if one.startswith(order.partition(",")[0] + ","))


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_new_call_is_yellow_and_flashes_so_that_it_is_seen(
    pictures: Path, shape: Shape, theme: Theme
) -> None:
    """Protects the eye of whoever reads: a new call is yellow in both halves of the flash, and the halves differ."""
    yellow = colours(theme).call.rgb
    for name in ("one", "six", "burst", "many"):
        lit, calm = (
            Image.open(pictures / f"{name}-{shape}-{theme}-{half}.png").convert("RGB")
            for half in ("on", "off")
        )
        least = {"one": 0.3, "burst": 0.25}.get(name, 0.015) * lit.width * lit.height
        assert min(_dots(lit, yellow), _dots(calm, yellow)) > least, name
        assert _dots(calm, yellow) - _dots(lit, yellow) > 0.001 * lit.width * lit.height, name
    old = Image.open(pictures / f"stale-{shape}-{theme}-on.png").convert("RGB")
    calm = Image.open(pictures / f"serving-{shape}-{theme}-on.png").convert("RGB")
    assert _dots(old, yellow) > 0
    assert _dots(calm, yellow) == 0


def _dots(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    found = picture.getcolors(picture.width * picture.height)
    assert found is not None
    return sum(count for count, one in found if one == colour)


def test_the_only_call_can_be_read_from_ten_metres_and_more(measured: Measured) -> None:
    """Protects the promise of the screen: the number of one call is 360 pixels, upright 270, its sign 240 and 320."""
    for shape, letter, side in ((Shape.LANDSCAPE, 360, 240), (Shape.PORTRAIT, 270, 320)):
        pieces = measured.found[f"{_order_of('ja,en')} {shape} one"]
        number = next(piece for piece in pieces if piece.get("said") == "M-018")
        sign = next(piece for piece in pieces if piece["kind"] == "WindowSign")
        assert number["font"] == pytest.approx(letter, abs=12), shape
        assert number["ink"][3] - number["ink"][1] > 0.7 * letter, shape
        assert sign["box"][3] == side, shape


if __name__ == "__main__":
    draw(Path(sys.argv[1])) if len(sys.argv) == 2 else measure(Path(sys.argv[1]), sys.argv[2:])
