"""docs/architecture.md speaks of what is there: every room of the house, and every function that it names."""

import re
from pathlib import Path

from tests.architecture.papers import ROOT, text_of

PAPER = text_of("architecture.md")
NAMED = re.compile(r"`((?:backend|kiosk|queue_display|[a-z_]+)(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
PROGRAMS = ("backend", "kiosk", "queue_display")


def file_of(parts: list[str]) -> tuple[Path, list[str]] | None:
    """The module that a dotted name begins with, from the root or within the server, and what is left of the name."""
    for base in (ROOT, ROOT / "backend"):
        for length in range(len(parts), 0, -1):
            below = base.joinpath(*parts[:length])
            for path in (below.with_suffix(".py"), below / "__init__.py"):
                if path.is_file():
                    return path, parts[length:]
    return None


def rooms() -> set[str]:
    """Folders and modules of the server, and every other package."""
    return {
        path.stem if path.is_dir() else path.name
        for path in (ROOT / "backend").iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or path.suffix == ".py"
    } - {"__init__.py"}


def test_every_room_stands_in_the_list_of_rooms() -> None:
    """A new folder or module of the server is named with what it is for, and none that is gone is left."""
    listing = PAPER.split("```")[1]
    block = listing.split("kiosk/ ")[0]
    named = set(re.findall(r"^  ([a-z_]+)/ ", block, re.MULTILINE)) | set(re.findall(r"\w+\.py", block))
    assert named == rooms()
    assert all(re.search(rf"^{one}/", listing, re.MULTILINE) for one in PROGRAMS)


def test_every_function_and_module_that_is_named_exists() -> None:
    """The path of a visit can be followed with the finger: each name leads to a module and to what stands in it."""
    names = {found.group(1) for found in NAMED.finditer(PAPER)}
    ours = {name for name in names if not name.endswith((".py", ".md", ".toml", ".js"))}
    assert len(ours) >= 60
    wrong = []
    for name in sorted(ours):
        found = file_of(name.split("."))
        if found is None:
            wrong.append(name)
            continue
        path, left = found
        text = path.read_text("utf-8")
        if not all(
            re.search(rf"^\s*(?:async def|def|class) {one}\b|^{one}\b", text, re.MULTILINE) for one in left
        ):
            wrong.append(name)
    assert wrong == []


def test_kivy_is_where_the_paper_says() -> None:
    """Whoever looks for the windows finds all of them, and nothing else has to be started under a screen."""
    told = re.search(r"^Kivy +only in ([^`]+)```", PAPER, re.MULTILINE)
    assert told is not None
    named = set(re.findall(r"(?:kiosk|queue_display)\.[\w.]*\w", told[1]))
    import_of_kivy = re.compile(r"^\s*(?:from|import) kivy", re.MULTILINE)
    found = set()
    for program in (*PROGRAMS, "assets"):
        for path in (ROOT / program).rglob("*.py"):
            if import_of_kivy.search(path.read_text("utf-8")):
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found.add("kiosk.screens" if module.startswith("kiosk.screens.") else module)
    assert found == named
