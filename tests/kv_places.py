"""Measures each text of the kiosk's screens and the space it has, without a window, from layout files and fonts.

The layout files of the screens are read, and boxes are laid out as Kivy would do it; widths of lines come from the font
files. No number of a layout is repeated here. What a screen builds in Python (keys, lists of what to bring) is in no
layout file; tests with a window check it. `tests/ui/test_kiosk_measure.py` compares these measures with Kivy's own.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import ceil
from pathlib import Path
from types import CodeType
from typing import Any, Final

import uharfbuzz
from fontTools.ttLib import TTFont
from PIL import ImageFont

from backend.common import fonts
from backend.common.line_breaks import pieces
from backend.common.shipped import ROOT
from kiosk import visit
from kiosk.screens.look import LOOK
from kiosk.screens.text_lines import lines_of
from kiosk.visit.screens import KeyPage

_MAY_PART: Final = re.compile("(?=[（「“])|(?<=[、。])")
"""Where even what should stay together may be parted."""

SCREENS: Final = ROOT.parent / "kiosk" / "screens"
_BOXES: Final = ("BoxLayout", "GridLayout", "AnchorLayout", "FloatLayout", "Screen", "Label", "Widget")


@cache
def _font(face: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    path = fonts.file_of(fonts.Typeface(face), bold=bold)
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=65536)
def line_width(line: str, face: str, size: int, *, bold: bool) -> float:
    """How wide a line is at a size in whole pixels, by the advance widths of the face that has all its letters."""
    chosen, said = fonts.in_one_face(line, fonts.Typeface(face))
    return _font(chosen.value, size, bold).getlength(said) + size * _shaping(said, chosen.value, bold)


@cache
def _shapes(face: str, bold: bool) -> uharfbuzz.Font:
    path = fonts.file_of(fonts.Typeface(face), bold=bold)
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))


def _shaping(line: str, face: str, bold: bool) -> float:
    """How much wider a line is than the sum of its letters, as a share of the font size; negative where it is narrower.

    Pairs of Latin letters stand closer together, and a space between Korean words is wider than alone.
    """
    font, buffer = _shapes(face, bold), uharfbuzz.Buffer()
    buffer.add_str(line)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    together = sum(each.x_advance for each in buffer.glyph_positions)
    alone = sum(font.get_glyph_h_advance(font.get_nominal_glyph(ord(letter)) or 0) for letter in line)
    return float(together - alone) / float(font.face.upem)


@cache
def _tall(face: str, bold: bool) -> float:
    """How high a face makes a line, as a part of its size."""
    with TTFont(fonts.file_of(fonts.Typeface(face), bold=bold), fontNumber=0, lazy=True) as font:
        return float((font["hhea"].ascent - font["hhea"].descent) / font["head"].unitsPerEm)


def line_high(face: str, size: int, *, bold: bool) -> int:
    """How high a face makes a line of one size, in whole pixels."""
    return ceil(size * _tall(face, bold))


def near(wide: float) -> float:
    """By how much a line of a width may come out wider or narrower: Kivy puts every letter at a whole pixel."""
    return 2 + 0.004 * wide


@dataclass
class Rule:
    """A widget in a layout file: its class, what is said of it, and what stands in it."""

    kind: str
    said: dict[str, str] = field(default_factory=dict)
    within: list["Rule"] = field(default_factory=list)


@dataclass(frozen=True)
class Layouts:
    """What layout files and classes say: rules by class, the bases of each class, the values it begins with."""

    rules: Mapping[str, Rule]
    bases: Mapping[str, str]
    first: Mapping[str, Mapping[str, Any]]

    def line(self, kind: str) -> list[str]:
        """A class after all that it comes from."""
        base = self.bases.get(kind)
        return [*(self.line(base) if base else []), kind]


def read(text: str) -> Iterator[tuple[str, Rule]]:
    """The rules of a layout file, each with its name and its base if it says one, as in ``KioskFigure@KioskCard``."""
    stack: list[tuple[int, Rule]] = []
    drawing: int | None = None
    for line in text.splitlines():
        words = line.strip()
        depth = len(line) - len(line.lstrip())
        if not words or words.startswith("#"):
            continue
        if drawing is not None and depth > drawing:
            continue
        drawing = None
        while stack and stack[-1][0] >= depth:
            stack.pop()
        name, _, value = words.partition(":")
        if name.startswith("<"):
            rule = Rule(name[1:-1])
            stack.append((depth, rule))
            yield name[1:-1], rule
        elif name.startswith("canvas"):
            drawing = depth
        elif name[0].isupper() and not value:
            rule = Rule(name)
            stack[-1][1].within.append(rule)
            stack.append((depth, rule))
        elif not name.startswith("on_"):
            stack[-1][1].said[name] = value.strip()


def _beginnings(body: ast.ClassDef) -> dict[str, Any]:
    """The values with which the properties of a class begin, where they are plain."""
    known = {"UD_FACE": fonts.Typeface.UD.value, "Typeface": fonts.Typeface}
    found: dict[str, Any] = {}
    for part in body.body:
        value = part.value if isinstance(part, ast.Assign | ast.AnnAssign) else None
        target = part.targets[0] if isinstance(part, ast.Assign) else getattr(part, "target", None)
        if not isinstance(value, ast.Call) or not isinstance(target, ast.Name):
            continue
        said = [*value.args[:1], *(each.value for each in value.keywords if each.arg == "defaultvalue")]
        if ast.unparse(value.func).endswith("Property") and said:
            try:
                found[target.id] = _value(ast.unparse(said[0]), known)
            except NameError:
                continue
        elif ast.unparse(value.func) in {"NumericProperty", "StringProperty"}:
            found[target.id] = 0 if ast.unparse(value.func) == "NumericProperty" else ""
    return found


def _value(expression: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression of our own layouts."""
    return eval(_code(expression), {"__builtins__": vars(builtins), **names})  # noqa: S307 - our own files


@cache
def _code(expression: str) -> CodeType:
    return compile(expression, "layout", "eval")


@cache
def layouts(folder: Path = SCREENS) -> Layouts:
    """All layouts and classes of a folder."""
    rules: dict[str, Rule] = {}
    bases: dict[str, str] = {}
    first: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.kv")):
        for name, rule in read(path.read_text("utf-8")):
            kind, _, base = name.partition("@")
            rules[kind] = rule
            if base:
                bases[kind] = base
    for path in sorted(folder.glob("*.py")):
        for part in ast.parse(path.read_text("utf-8")).body:
            if isinstance(part, ast.ClassDef):
                first[part.name] = _beginnings(part)
                if part.bases:
                    bases[part.name] = ast.unparse(part.bases[-1])
    return Layouts(rules, bases, first)


class Place:
    """A widget with its place: everything is worked out when it is asked for.

    Args:
        kind: its class.
        given: what is known of it from outside, by name.
        wide: its width, where nothing that it stands in says one.
        high: its height, likewise.
    """

    def __init__(self, kind: str, given: Mapping[str, Any], wide: float = 0, high: float = 0) -> None:
        self._book = layouts()
        self._kind, self._line = kind, self._book.line(kind)
        self._base = next((one for one in reversed(self._line) if one in _BOXES), "Widget")
        self._said: dict[str, tuple[str, Place]] = {}
        self._known: dict[str, Any] = dict(given)
        self._ids: dict[str, Place] = {}
        self._in: Place | None = None
        self._wide, self._high = wide, high
        self.within: list[Place] = []
        for one in self._line:
            if rule := self._book.rules.get(one):
                self._take(rule, self)

    def _take(self, rule: Rule, scope: "Place") -> None:
        if "size_hint" in rule.said:
            # Said later for both, it takes the place of what was said for one.
            self._said = {name: said for name, said in self._said.items() if "size_hint_" not in name}
        self._said |= {name: (value, scope) for name, value in rule.said.items()}
        for inner in rule.within:
            child = Place(inner.kind, {})
            child._in = self
            child._take(inner, scope)
            self.within.append(child)
        if name := rule.said.get("id"):
            scope._ids[name] = self

    def add(self, kind: str, **given: Any) -> "Place":
        """Put a widget into it that a screen makes in Python."""
        child = Place(kind, given)
        child._in = self
        self.within.append(child)
        return child

    def know(self, **given: Any) -> None:
        """Be told what its screen finds out in Python."""
        self._known |= given

    def is_a(self, kind: str) -> bool:
        """Whether it is of a class or comes from it."""
        return kind in self._line

    def part(self, name: str) -> "Place":
        """The widget that its layout calls by a name."""
        return self._ids[name]

    def __getattr__(self, name: str) -> Any:
        """What is said of it, else how it begins, else what every widget has."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._known:
            self._known[name] = self._asked(name)
        return self._known[name]

    def _asked(self, name: str) -> Any:
        if (reckoned := getattr(Place, f"_its_{name}", None)) is not None:
            return reckoned(self)
        return self._read(name)

    def _read(self, name: str, otherwise: Any = None) -> Any:
        if name in self._said:
            expression, scope = self._said[name]
            names = {"dp": float, "look": LOOK, "visit": visit, **scope._ids, "root": scope}
            return _value(expression, {**names, "self": self})
        for one in reversed(self._line):
            if name in self._book.first.get(one, {}):
                return self._book.first[one][name]
        return otherwise

    # How large it is: what its box gives it, or what it says itself where it wants nothing of its box.

    def _hint(self, axis: int) -> float | None:
        both = self._known.get("size_hint") or self._read("size_hint", (1, 1))
        name = f"size_hint_{'xy'[axis]}"
        hint = self._read(name) if name in self._said else both[axis]
        return None if hint is None else float(hint)

    def _own(self, axis: int) -> float:
        if "size" in self._said:
            return float(self._read("size")[axis])
        return float(self._read("width" if axis == 0 else "height", 100))

    def _its_width(self) -> float:
        return self._given(0)

    def _its_height(self) -> float:
        return self._given(1)

    def _given(self, axis: int) -> float:
        hint, box = self._hint(axis), self._in
        if box is None:
            return (self._wide, self._high)[axis]
        if hint is None or box._base == "Widget":
            return self._own(axis)
        room = box.room(axis)
        along = box._base == "BoxLayout" and (box.orientation == "vertical") is bool(axis)
        if box._base == "GridLayout":
            count = box.cols if axis == 0 else -(-len(box.within) // box.cols)
            return float((room - box.gap * (count - 1)) / count)
        if not along:
            return room * hint
        others = [(each, each._hint(axis)) for each in box.within]
        fixed = sum(each.side(axis) for each, its in others if its is None)
        left = room - fixed - box.gap * (len(others) - 1)
        return float(max(0.0, left * hint / sum(its for _, its in others if its is not None)))

    def _its_orientation(self) -> str:
        return str(self._read("orientation", "horizontal"))

    def _its_gap(self) -> float:
        return float(self._read("spacing", 0))

    def _its_inset(self) -> tuple[float, float, float, float]:
        """Padding at the left, the top, the right and the bottom."""
        said = self._read("padding", 0)
        parts = said if isinstance(said, tuple) else (said,)
        return {1: parts * 4, 2: parts * 2, 4: parts}[len(parts)]

    def room(self, axis: int) -> float:
        """How much of it is left for what stands in it."""
        return float(self.side(axis) - self.inset[axis] - self.inset[axis + 2])

    def side(self, axis: int) -> float:
        """How wide it is, or how high."""
        return float(self.height if axis else self.width)

    def needs(self, axis: int) -> float:
        """How large what stands in it is, one beside the other, without what takes the rest."""
        sizes = [each.side(axis) for each in self.within if each._hint(axis) is None]
        if self._base == "BoxLayout" and (self.orientation == "vertical") is bool(axis):
            return float(sum(sizes) + self.gap * (len(self.within) - 1))
        return max(sizes, default=0.0)

    def _its_minimum_height(self) -> float:
        return float(self.needs(1) + self.inset[1] + self.inset[3])

    # Its text.

    def is_text(self) -> bool:
        """Whether it is a text that is seen."""
        return self._base == "Label" and bool(str(self.text or "").strip()) and self.seen

    def _its_seen(self) -> bool:
        shown = self._read("opacity", 1) > 0
        return shown and (self._in is None or self._in.seen)

    def _its_line_height(self) -> float:
        return float(self._read("line_height", 1))

    def _its_font_name(self) -> str:
        wanted = fonts.Typeface(self._read("font_name", fonts.Typeface.UD.value))
        return fonts.in_one_face(str(self.text), wanted)[0].value

    def _its_natural(self) -> float:
        widest = max(line_width(line, self.font_name, 100, bold=self.bold) for line in self.lines())
        return float(1.02 * self.most * widest / 100 + 2)

    def _its_font_size(self) -> float:
        if "KioskLine" in self._line:
            return float(min(self.most, self.most * max(self.width, 1) / self.natural))
        return float(self._read("font_size", 15))

    def _its_bold(self) -> bool:
        return bool(self._read("bold", otherwise=False))

    def lines(self) -> list[str]:
        """Its lines: those of a text end between phrases, those of a single line where it says."""
        if "KioskLine" in self._line:
            return str(self.text).split("\n")
        return lines_of(str(self.text), self.width, self._across, LOOK.language)

    def _across(self, text: str) -> float:
        return float(1.006 * line_width(text, self.font_name, 100, bold=self.bold) * self.font_size / 100 + 2)

    def longest_phrase(self) -> float:
        """How wide the widest of what must stay together in it is."""
        if "KioskLine" in self._line:
            return self.longest() + near(self.longest())
        words = (
            word
            for line in str(self.text).split("\n")
            for phrase in pieces(line, LOOK.language)
            for word in _MAY_PART.split(phrase)
        )
        return max(self._across(word.strip()) for word in words if word.strip())

    def longest(self) -> float:
        """How wide its longest line is."""
        return max(
            line_width(line, self.font_name, int(self.font_size), bold=self.bold) for line in self.lines()
        )

    def _its_texture_size(self) -> tuple[float, float]:
        if not self.text:
            return 0, 0
        one = line_high(self.font_name, int(self.font_size), bold=self.bold)
        apart = int(one * self.line_height)
        # Lines may stand closer together than they are high; the first has its whole height.
        return self.width, max(one, apart) + apart * (len(self.lines()) - 1)

    def walk(self) -> Iterator["Place"]:
        """It and all that stands in it."""
        yield self
        for each in self.within:
            yield from each.walk()

    def faults(self, *, least: float) -> Iterator[tuple[str, str, float, float]]:
        """Texts that are broken by their place or too small, and boxes whose texts are higher than they are."""
        for each in self.walk():
            if each.is_text():
                if (longest := each.longest_phrase()) > each.width:
                    yield "broken", each.text, longest, each.width
                if each.font_size < least:
                    yield "small", each.text, each.font_size, least
            elif each.seen and each.is_a("BoxLayout"):
                yield from each.beyond()

    def beyond(self) -> Iterator[tuple[str, str, float, float]]:
        """What stands in it and is too large for it, in either direction."""
        for axis in (0, 1):
            along = (self.orientation == "vertical") is bool(axis)
            end = self.inset[axis]
            for each in self.within:
                size = each.side(axis)
                if size and (end if along else 0) + size > self.side(axis) + 1:
                    said = next((one.text for one in each.walk() if one.is_text()), each._kind)
                    yield "sticks out", said, end + size, self.side(axis)
                end += size + self.gap


@cache
def constants(module: str) -> Mapping[str, Any]:
    """The plain constants of a screen's module, which cannot be imported without a window."""
    found: dict[str, Any] = {}
    for part in ast.parse((SCREENS / f"{module}.py").read_text("utf-8")).body:
        if isinstance(part, ast.AnnAssign) and part.value is not None:
            found[ast.unparse(part.target)] = _plain(ast.unparse(part.value))
    return found


def _plain(expression: str) -> Any:
    try:
        return _value(expression, {"KeyPage": KeyPage})
    except NameError:
        return None
