"""One look: colours and sizes of letters stand in the file of tokens and nowhere else, and names that are asked for are there."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from backend.common.design import Surface, Theme, colours, tokens, type_sizes
from backend.common.design.token_css import stylesheet
from kiosk.screens.look import LOOK
from queue_display.hall_look import HALL
from tests.architecture.papers import ROOT, shown, tracked_files

KINDS: Final = {".py", ".kv", ".css", ".html", ".js", ".svg"}
PRODUCT: Final = ("backend", "kiosk", "queue_display", "assets")

OTHER_COLOURS: Final[Mapping[str, str]] = {
    "assets/pages/icon.svg": "a browser shows it outside of any page, where no style sheet reaches; its colours are tokens, see below",
    "backend/demo/scene.py": "a drawn room as a camera sees it: skin, wood and daylight are no part of the product's look",
    "backend/common/design/token_file.py": "an example in a message: how a colour is written",
    "backend/demo/sheets.py": "things that people hold up, as a camera sees them: plastic, a desk",
}
"""Files that hold colours of their own, each with the reason."""

OTHER_SIZES: Final = {
    "backend/common/device_kit/label_face.py": "measures at 100 pixels, and draws nothing",
    "backend/demo/sheets.py": "a drawn card as a camera sees it: its letters are as large as those of the real one",
}
"""Files that name a size of letters beside the tokens, each with the reason."""

_WRITTEN_COLOUR: Final = re.compile(
    r"""["'\s:(,]\#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?=["'\s;,)}])"""
    r"""|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb|color-mix)\(""",
    re.IGNORECASE,
)
_NUMBER_OF_A_FLAT: Final = re.compile(r"\(#101\)")
_NAMED_COLOUR: Final = re.compile(
    r"(?:color|background|border[\w-]*|outline|fill|stroke|shadow):(?![^;{}]*url)[^;{}]*(?<!-)\b(?:white|black|red|green|blue|gray|grey|navy|orange|yellow)\b(?!-)"
)
_KIVY_COLOUR: Final = re.compile(r"^\s*(?:rgba?|color|ground\w*|edge|ink|sign|soft_ink):.*[\[(]\s*[\d.]+\s*,")
_COLOUR_WORDS: Final = re.compile(r"^(?:fill|outline|colou?r|ink|ground|edge)$")
_CSS_SIZE: Final = re.compile(r"font(?:-size)?:[^;}]*\d(?:rem|em|px|pt|vw|vh|%)")
_KIVY_SIZE: Final = re.compile(r"^\s*(?:font_size|most|least|letter|note_letter):.*\d")
_PYTHON_SIZE: Final = re.compile(
    r"truetype\([^\n]*, \d+\)|set_font\([^\n]*\d+\)|font_size=\d|(?:letter|most|least) = NumericProperty\(\d"
)


def product_files() -> Iterator[tuple[str, str]]:
    """Every file that draws or could, with its text."""
    for path in tracked_files():
        if path.suffix in KINDS and path.relative_to(ROOT).parts[0] in PRODUCT:
            yield shown(path), path.read_text("utf-8")


def without_comments(name: str, text: str) -> str:
    """A file without what is only told to people, its lines as before."""
    if name.endswith(".css"):
        return re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    if name.endswith(".kv"):
        return re.sub(r"^(\s*)#(?!:).*$", r"\1", text, flags=re.MULTILINE)
    return text


def colours_in_python(text: str) -> Iterator[str]:
    """Colours written in Python: text like ``#12304D``, and numbers given to whatever is called a colour."""
    tree = ast.parse(text)
    draws = bool(re.search(r"^(?:from|import) (?:PIL|fpdf|kivy|cv2)\b", text, re.MULTILINE))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if not _NUMBER_OF_A_FLAT.search(node.value) and _WRITTEN_COLOUR.search(f" {node.value} "):
                yield node.value
        elif isinstance(node, ast.keyword) and node.arg and _COLOUR_WORDS.match(node.arg):
            if isinstance(node.value, ast.Tuple) and _are_bytes(node.value):
                yield ast.unparse(node)
        elif draws and isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            for one in [node.value, *node.value.elts]:
                if isinstance(one, ast.Tuple) and len(one.elts) == 3 and _are_bytes(one):
                    yield ast.unparse(one)


def _are_bytes(node: ast.Tuple) -> bool:
    return len(node.elts) >= 3 and all(
        isinstance(part, ast.Constant) and isinstance(part.value, int) and 0 <= part.value <= 255
        for part in node.elts
    )


def colours_in(name: str, text: str) -> list[str]:
    """Every colour that a file writes itself."""
    if name.endswith(".py"):
        return list(colours_in_python(text))
    said = without_comments(name, text)
    lines = said.splitlines()
    # In CSS a selector like "#face" is no colour: only what stands after a colon is looked at.
    values = [line[line.find(":") :] if name.endswith(".css") else line for line in lines]
    found = [line for line in values if _WRITTEN_COLOUR.search(f"{line} ")]
    if name.endswith((".css", ".html")):
        found += [line for line in lines if _NAMED_COLOUR.search(line)]
    if name.endswith(".kv"):
        found += [line for line in lines if _KIVY_COLOUR.search(line)]
    return found


def sizes_in(name: str, text: str) -> list[str]:
    """Every size of letters that a file writes itself."""
    rule = {".css": _CSS_SIZE, ".html": _CSS_SIZE, ".kv": _KIVY_SIZE, ".py": _PYTHON_SIZE}.get(
        Path(name).suffix
    )
    if rule is None:
        return []
    return [line for line in without_comments(name, text).splitlines() if rule.search(line)]


def test_colours_stand_in_the_tokens_only() -> None:
    """Protects the one look and its computed contrasts: no screen, page, picture or paper has a colour of its own."""
    found = {name: colours_in(name, text) for name, text in product_files() if name not in OTHER_COLOURS}
    assert not {name: lines for name, lines in found.items() if lines}


def test_every_exception_is_still_one() -> None:
    """Protects the list of exceptions from outliving its reasons."""
    texts = dict(product_files())
    assert {name for name in OTHER_COLOURS if colours_in(name, texts[name])} == set(OTHER_COLOURS)


def test_the_icon_has_colours_of_the_light_theme() -> None:
    """Protects the sign in the browser's tab from becoming a fourth navy."""
    written = set(re.findall(r"#[0-9a-f]{6}", (ROOT / "assets" / "pages" / "icon.svg").read_text("utf-8")))
    light = colours(Theme.LIGHT)
    assert written == {light.navy.css, light.paper.css, light.action.css}


def test_sizes_of_letters_stand_in_the_tokens() -> None:
    """Protects the few sizes of each surface: no file has others without a reason."""
    assert {name for name, text in product_files() if sizes_in(name, text)} == set(OTHER_SIZES)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.css", "a { color: #fff; }"),
        ("a.css", "a { border: 1px solid rgb(1 2 3 / 4%); }"),
        ("a.css", "a { background: white; }"),
        ("a.html", "<b style='color: #123456'>"),
        ("a.svg", '<path fill="#abcdef"/>'),
        ("a.js", 'one.style.color = "#abc";'),
        ("a.kv", "        rgba: (0.1, 0.2, 0.3, 1)"),
        ("a.kv", "    color: [1, 1, 1, 1]"),
        ("a.py", 'INK = "#1a2b3c"'),
        ("a.py", "draw.text(place, text, fill=(1, 2, 3))"),
        ("a.py", "import fpdf\nBLACK, GREY = (0, 0, 0), (84, 91, 97)"),
    ],
)
def test_a_colour_is_found_however_it_is_written(name: str, line: str) -> None:
    """Protects the rule from being passed by: each way of writing a colour is seen."""
    assert colours_in(name, line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.css", "a { font-size: 0.9rem; }"),
        ("a.css", "a { font: 700 16px sans-serif; }"),
        ("a.kv", "    font_size: dp(72)"),
        ("a.kv", "    most: 44 * root.u"),
        ("a.py", "ImageFont.truetype(str(path), 16)"),
        ("a.py", "pdf.set_font('ud', '', 12)"),
    ],
)
def test_a_size_is_found_however_it_is_written(name: str, line: str) -> None:
    """Protects the list that may only become shorter: each way of writing a size of letters is seen."""
    assert sizes_in(name, line)


def test_names_that_are_asked_for_are_there() -> None:
    """Protects screens from an error when they are opened: every token that a layout, a module or a page names exists."""
    said = tokens()
    kinds = {"space": said.space, "radius": said.radius, "border": said.border}
    known = {
        "colour": set(colours(Theme.LIGHT)),
        "type": {name for surface in (Surface.KIOSK, Surface.HALL) for name in type_sizes(surface)},
        **{kind: set(named) for kind, named in kinds.items()},
    }
    css = set(re.findall(r"--[\w-]+(?=:)", stylesheet()))
    for name, text in product_files():
        for kind, one in re.findall(
            r"\b(?:look|hall|LOOK|HALL)\.(colour|type|space|radius|border)\.(\w+)", text
        ):
            assert one in known[kind], (name, kind, one)
        if name.endswith((".css", ".html")):
            own = set(re.findall(r"(--[\w-]+):", text))
            asked = set(re.findall(r"var\((--[\w-]+)", text))
            assert asked <= css | own, (name, asked - css - own)


def test_each_program_begins_in_the_light_with_the_sizes_of_its_surface() -> None:
    """Protects the hall from letters of the kiosk: each window's look is that of its surface."""
    assert dict(LOOK.type) == dict(type_sizes(Surface.KIOSK))
    assert dict(HALL.type) == dict(type_sizes(Surface.HALL))
    assert LOOK.theme is HALL.theme is Theme.LIGHT
