"""The hall's screen as it is really drawn: sizes, contrast, shapes, nothing cut, in every state.

The scenes are drawn by this file run as a program of its own, because a process has one window and these need a
landscape one. It writes a picture and the place of every text per scene; the tests look at those.
"""

import itertools
import json
import os
import re
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
from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import ROOT
from queue_display.hall_screen import HallScreen
from queue_display.places import LEAST_WORD
from queue_display.scenes import scenes
from tests.proof import FACTOR, some_of

NAVY_SIGN = (14, 40, 64)
JA = Catalogue("display")
SCENES = scenes()
PICTURED = ("one", "one_off", "issuance", "six", "many", "stale")
"""Scenes of which the tests look at the dots; of the others they look at texts, sizes and places."""
LEAST_NUMBER = 76.0
"""Pixels of 1080; as `queue_display.places` says."""
PAIRS = [f"{first},{second}" for first in Language for second in Language if first is not second]
RING = [
    f"{first},{second}" for first, second in zip(Language, [*Language][1:] + [*Language][:1], strict=True)
]
ALL = ",".join(reversed(Language))
ORDERS = [*some_of([*RING, "ja", ALL], everything=[*PAIRS, *Language, ALL])]
"""Every language large and small once, one alone and all in turn; in `make proof` every pair, and each alone."""


def scene(name: str) -> HallScreen:
    """What is drawn of one scene."""
    return SCENES[name].screen()


def draw(folder: Path, width: int, height: int, orders: list[str]) -> None:
    """Measure every scene in every order of languages, and draw some in the first; runs in a process of its own."""
    from kivy.config import Config

    for key, value in {"width": width, "height": height, "multisamples": 0, "maxfps": 0}.items():
        Config.set("graphics", key, str(value))
    from kivy.core.text import Label as CoreLabel
    from kivy.uix.label import Label

    from queue_display.screen_pictures import picture, settle, stage

    inked: dict[tuple[Any, ...], tuple[int, int]] = {}

    def ink(label: Any) -> tuple[int, int]:
        """Rows of a label's texture, from its top, between which there is ink."""
        what = (label.text, label.font_name, label.font_size, label.bold, *label.texture_size, *label.padding)
        if what not in inked:
            box = Image.frombytes("RGBA", label.texture.size, label.texture.pixels).getchannel("A").getbbox()
            inked[what] = (box[1], box[3]) if box else (0, 0)
        return inked[what]

    def line(label: Any) -> float:
        """How high a line of a label's face is."""
        core = CoreLabel(font_name=label.font_name, font_size=label.font_size, bold=label.bold)
        return float(core.get_extents(label.text)[1])

    measured: dict[str, dict[str, list[dict[str, Any]]]] = {}
    boxes: dict[str, list[list[Any]]] = {}
    for order in orders:
        view = stage([Language(tag) for tag in order.split(",")])
        places = measured[order] = {}
        turns = max(1, 2 * order.count(","))
        shown = {
            **SCENES,
            "one_off": SCENES["one"],
            **{f"six_turn_{turn}": replace(SCENES["six"], second=turn) for turn in range(turns)},
        }
        for name, scene_ in shown.items():
            settle(view, scene_, phase=name != "one_off")
            places[name] = [
                {
                    "kind": type(label).__name__,
                    "text": label.text,
                    "place": [*label.to_window(*label.pos), *label.size],
                    "texture": list(label.texture_size),
                    "line": line(label) if type(label).__name__ in ("FittedLine", "Tight") else 0.0,
                    "ink": ink(label) if type(label).__name__ in ("FittedLine", "Tight") else None,
                    "font": label.font_size / view.u,
                    "face": label.font_name,
                    "owner": type(label.parent.parent).__name__ + "/" + type(label.parent).__name__,
                }
                for label in view.walk()
                if isinstance(label, Label) and label.text and _visible(label, view)
            ]
            boxes[f"{order} {name}"] = [
                [type(widget).__name__, *widget.to_window(*widget.pos), *widget.size, *_frame(widget)]
                for widget in view.walk(restrict=True)
                if widget is not view and widget.width > 0 and widget.height > 0 and _visible(widget, view)
            ]
            if order == orders[0] and name in PICTURED:
                picture().save(folder / f"{name}.png")
    (folder / "places.json").write_text(json.dumps(measured), "utf-8")
    (folder / "boxes.json").write_text(json.dumps(boxes), "utf-8")


def _frame(widget: Any) -> list[Any]:
    """The name and the place of what a widget stands in."""
    parent = widget.parent
    return [type(parent).__name__, *parent.to_window(*parent.pos), *parent.size]


def _visible(widget: Any, root: Any) -> bool:
    """Whether a widget is seen: it and all it stands in have an opacity."""
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
        self.orders: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
            (folder / "places.json").read_text("utf-8")
        )
        self.places = next(iter(self.orders.values()))
        self.boxes: dict[str, list[list[Any]]] = json.loads((folder / "boxes.json").read_text("utf-8"))

    def picture(self, name: str) -> Image.Image:
        """The scene as it was drawn."""
        return Image.open(self.folder / f"{name}.png").convert("RGB")

    def texts(self, name: str) -> list[str]:
        """Every text that is seen, lines in one."""
        return [label["text"].replace("\n", "") for label in self.places[name]]

    def labels(self) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
        """Every text of every scene in every order of languages."""
        for order, scenes_ in self.orders.items():
            for name, labels in scenes_.items():
                for label in labels:
                    yield (order, name), label

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


def make_stage(folder: Path, width: int, height: int, orders: list[str]) -> Stage:
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
    command = [sys.executable, __file__, str(folder), str(width), str(height), *orders]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=170 * FACTOR, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "too much iteration" not in done.stderr
    return Stage(folder, width, height)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """All scenes at full size."""
    return make_stage(tmp_path_factory.mktemp("stage"), 1920, 1080, ["ja,en"])


@pytest.fixture(scope="module")
def small_stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """All scenes in every order of languages, on a smaller window."""
    return make_stage(tmp_path_factory.mktemp("small"), 960, 540, ORDERS)


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
        label = next(
            label for label in stage.places[name] if label["text"] == window and "/Sign" in label["owner"]
        )
        x, y, width, height = label["place"]
        # The letter is four fifths of the large sign.
        side = label["font"] / 0.8
        left, top = x + width / 2 - side / 2, stage.height - y - height / 2 - side / 2
        picture = stage.picture(name)
        corner = picture.getpixel((round(left + side * 0.06), round(top + side * 0.06)))
        return corner == picture.getpixel((round(left + side / 2), round(top + side * 0.03)))

    assert near_corner_is_filled("one", "5")
    assert not near_corner_is_filled("issuance", "C")


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_no_text_is_cut_broken_or_outside(size: str, request: pytest.FixtureRequest) -> None:
    """Protects above all against a number that loses a digit: every text is drawn whole, inside the window."""
    stage: Stage = request.getfixturevalue(size)
    for name, label in stage.labels():
        x, y, width, height = label["place"]
        where = (name, label)
        assert x >= -1, where
        assert x + width <= stage.width + 1, where
        assert y >= -1, where
        assert y + height <= stage.height + 1, where
        if label["kind"] == "FittedLine":
            assert label["texture"][0] <= width + 1, where
        if label["kind"] == "Para":
            assert label["texture"][0] <= width + 1, where
            assert label["texture"][1] <= height + 4, where
        if label["kind"] == "Tight":
            assert label["texture"][0] == pytest.approx(width, abs=1), where


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_letters_keep_their_tails(size: str, request: pytest.FixtureRequest) -> None:
    """Protects g, y, p and j: every line is drawn as high as its face wants, and its ink stays in its place."""
    stage: Stage = request.getfixturevalue(size)
    cut = set()
    for name, label in stage.labels():
        if label["kind"] not in {"FittedLine", "Tight"}:
            continue
        top, bottom = label["ink"]
        middle, tall = label["place"][3] / 2, label["texture"][1] / 2
        if label["texture"][1] < label["line"] - 1 or max(tall - top, bottom - tall) > middle + 1.5:
            cut.add((*name, label["text"], label["owner"]))
    assert cut == set()


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_everything_stays_in_what_it_stands_in(size: str, request: pytest.FixtureRequest) -> None:
    """Protects header and bands from a drawing or a sign that sticks out of its panel, in every scene."""
    stage: Stage = request.getfixturevalue(size)
    out = [
        (name, kind, frame)
        for name, boxes in stage.boxes.items()
        for kind, x, y, width, height, frame, left, low, wide, high in boxes
        if x < left - 1 or y < low - 1 or x + width > left + wide + 1 or y + height > low + high + 1
    ]
    assert out == []


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_a_sign_never_covers_a_number(size: str, request: pytest.FixtureRequest) -> None:
    """Protects the last digit: in every row, number, arrow and sign stand beside each other."""
    stage: Stage = request.getfixturevalue(size)
    rows = 0
    for name, boxes in stage.boxes.items():
        for parent in ("PastRow", "CallRow"):
            beside = [box for box in boxes if box[5] == parent and box[0] in {"Tight", "Arrow", "Sign"}]
            for box, after in itertools.pairwise(beside):
                if box[6:] == after[6:]:
                    rows += 1
                    # A digit that stands at the edge of a sign is read as one of its own.
                    gap = 12 * stage.height / 1080 if (box[0], after[0]) == ("Tight", "Sign") else 0
                    assert box[1] + box[3] + gap <= after[1] + 1, (name, box, after)
    assert rows > 0


def test_every_further_language_has_its_turn(small_stage: Stage) -> None:
    """Protects the middle one of three languages: the band of absent numbers speaks all of them in four turns."""
    for order, places in small_stage.orders.items():
        tags = order.split(",")
        turns = max(1, 2 * (len(tags) - 1))
        heard = {label["text"] for turn in range(turns) for label in places[f"six_turn_{turn}"]}
        for tag in tags:
            assert Catalogue("display", Language(tag)).text("title.absent") in heard, (order, tag)


def is_number(label: dict[str, Any]) -> bool:
    """Numbers, windows and counts: what sends a person somewhere, or is counted."""
    number = re.fullmatch(r"(?:[A-Z]-)?\d+(?:   [A-Z]-\d+)*", label["text"])
    return number is not None or "/Sign" in label["owner"]


def test_nothing_is_too_small_to_be_read(small_stage: Stage) -> None:
    """Protects whoever sits at the back: numbers and signs of 76 pixels, words of 44, in every scene and language."""
    odd = "long_numbers"
    small = {
        (*name, label["text"], round(label["font"], 1))
        for name, label in small_stage.labels()
        # A letter is set in whole pixels of the smaller window. Four digits beside a label of three letters are no
        # office's yet: they may be as small as words.
        if label["font"] < (LEAST_NUMBER if is_number(label) and odd not in name else LEAST_WORD) - 2
    }
    assert small == set()


def test_every_letter_has_a_face_whatever_the_order_of_languages(small_stage: Stage) -> None:
    """Protects `--languages ko,ja,en` and every other order from boxes: each label's face has all of its letters."""
    faces = {"UD": fonts.ud_gothic(), "CJK": fonts.noto_cjk()}
    known = {}
    for face, path in faces.items():
        with TTFont(path, fontNumber=0, lazy=True) as font:
            known[face] = {chr(code) for code in font.getBestCmap()} | {"\n"}
    boxes = {
        (*name, label["text"], label["face"])
        for name, label in small_stage.labels()
        if not set(label["text"]) <= known[label["face"]]
    }
    assert boxes == set()


def test_a_language_stands_in_its_own_face(small_stage: Stage) -> None:
    """Protects the look: Chinese that happens to be written with Japanese letters is not set in the Japanese face."""
    for order, places in small_stage.orders.items():
        first = Language(order.partition(",")[0])
        said = Catalogue("display", first)
        wanted = fonts.typeface_of(first).value
        for name, key in (("one", "title.calling"), ("one", "title.waiting"), ("trouble", "trouble.title")):
            found = [
                label["face"] for label in places[name] if label["text"].replace("\n", "") == said.text(key)
            ]
            assert wanted in found, (order, name, key)


@pytest.mark.parametrize("size", ["stage", "small_stage"])
def test_texts_do_not_lie_on_each_other(size: str, request: pytest.FixtureRequest) -> None:
    """Protects against a screen that fits only with three calls: no two texts overlap in any scene."""
    stage: Stage = request.getfixturevalue(size)
    for order, places in stage.orders.items():
        for name, labels in places.items():
            inked = [(label["text"], _ink_box(label, stage.height / 1080)) for label in labels]
            for at, (text, box) in enumerate(inked):
                for other, over in inked[at + 1 :]:
                    wide = min(box[2], over[2]) - max(box[0], over[0])
                    high = min(box[3], over[3]) - max(box[1], over[1])
                    assert wide <= 1 or high <= 1, (order, name, text, other)


def _ink_box(label: dict[str, Any], u: float) -> tuple[float, float, float, float]:
    """Where the letters of a line stand: its font's height around the middle of its place."""
    x, y, width, height = label["place"]
    lines = label["text"].count("\n") + 1
    ink = label["font"] * u * (0.84 + 1.26 * (lines - 1))
    return x, y + (height - ink) / 2, x + width, y + (height + ink) / 2


def test_every_state_of_the_hall_has_its_words(stage: Stage) -> None:
    """Protects the designed states: quiet, closed, old, refused, not there yet, each in two languages."""
    english = Catalogue("display", Language.ENGLISH)
    for name, key in (
        ("empty", "empty.nobody"),
        ("waiting", "empty.waiting"),
        ("closed", "closed.title"),
        ("trouble", "trouble.title"),
        ("starting_unreachable", "starting.unreachable"),
        ("one", "call.come"),
    ):
        assert JA.text(key).replace("\n", "") in stage.texts(name), name
        said = "".join(english.text(key).split())
        assert any(said in "".join(text.split()) for text in stage.texts(name)), name
    assert JA.text("title.absent") in stage.texts("six")
    # The band of absent numbers is high enough for one language at a time.
    assert english.text("title.absent") in stage.texts("absent_other_language")
    assert JA.text("stale.minutes", age=3) in stage.texts("stale")
    assert JA.text("stale.seconds", age=17) in stage.texts("stale_seconds")
    assert "次の受付は 12月23日（水）8:30 からです" in stage.texts("closed")
    assert JA.text("closed.line") in stage.texts("closed_calls")
    assert not any(text.startswith("M-") for text in stage.texts("trouble"))


def test_every_call_of_a_scene_is_drawn(stage: Stage) -> None:
    """Protects that what was composed is on the glass: every number and window of every scene."""
    for name in SCENES:
        screen = scene(name)
        texts = stage.texts(name)
        cards = [card for card in (screen.hero, *screen.rows, *screen.recent) if card is not None]
        for card in cards:
            assert card.number in texts, (name, card)
            assert card.window in texts, (name, card)
        for number in screen.absent:
            assert any(number in text for text in texts), (name, number)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
