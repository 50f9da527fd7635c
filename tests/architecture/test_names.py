"""Names are true: what files other than Python's call is there, and what nothing uses is found."""

import re
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from tests.architecture.papers import (
    PRODUCT,
    ROOT,
    shown,
    tracked_files,
)
from tests.dead_names import unused_names

WIDGET = re.compile(r"^ *([A-Z]\w*):\s*(?:#.*)?$", re.MULTILINE)
RULE = re.compile(r"^<\[?([A-Z]\w*)(?:@(\w+))?\]?>:", re.MULTILINE)
CLASS = re.compile(r"^ *class ([A-Za-z]\w*)", re.MULTILINE)
IMPORT = re.compile(r"(?:^ *(?:from|import) |\bimport_module\(\")(\w+)", re.MULTILINE)

NOT_IMPORTED = {
    "uvloop": "uvicorn takes it where it is",
    "tzdata": "zoneinfo reads it on machines without time zones",
    "pytest-asyncio": "pytest loads it",
    "pytest-randomly": "pytest loads it",
    "pytest-timeout": "pytest loads it",
    "pytest-xdist": "pytest loads it",
    "mypy": "a command",
    "ruff": "a command",
    "import-linter": "a command",
    "interrogate": "a command",
}
"""Dependencies that no module imports, each with what they are there for; types of untyped libraries aside."""

OF_EVERY_ROOM = {"__init__.py", "__main__.py", "app.py", "config.py", "errors.py", "tables.py", "scenes.py"}
"""Names of modules that mean the same in every room or program."""
NAMED_AFTER_WHAT_THEY_SHOW = ("backend/cli/", "kiosk/cli/", "kiosk/screens/")
"""A command is named as people type it, a screen after what it shows; another module may hold the thing itself."""

SHORT = {
    "backend/common/device_kit/window_picture.py": "reading a window back; needs PIL, which the rest of the kit does not",
    "backend/common/shipped.py": "where assets are; everything asks it",
    "backend/demo/errors.py": "what every module of the demonstration raises",
    "backend/offices/day.py": "the business day; a noun of the counter",
    "backend/sealing/errors.py": "what every module of the room raises",
    "backend/storage/migrations/env.py": "Alembic's",
    "kiosk/screens/walk_in.py": "the same",
    "queue_display/hall_look.py": "the hall's one look; its layouts import it",
}
"""Modules under 20 lines, each with the reason why it is one."""


def sources(*packages: str) -> list[Path]:
    """The modules of some top-level folders. Words at the beginning of a line are enough here, and quickly found."""
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in packages
    ]


def classes_of(*packages: str) -> dict[str, list[str]]:
    """Every class of some top-level folders, with the modules that define one of its name."""
    found: dict[str, list[str]] = {}
    for path in sources(*packages):
        for name in CLASS.findall(path.read_text("utf-8")):
            found.setdefault(name, []).append(shown(path))
    return found


def kivy_classes() -> set[str]:
    """The names that Kivy itself gives to its rules; read, not imported, because importing opens windows."""
    spec = find_spec("kivy")
    assert spec is not None
    assert spec.origin is not None
    return set(
        re.findall(
            r"^r\('(\w+)'",
            Path(spec.origin).with_name("factory_registers.py").read_text("utf-8"),
            re.MULTILINE,
        )
    )


def test_the_rules_of_screens_name_classes_that_are() -> None:
    """A class with a new name leaves no screen behind that cannot be drawn."""
    kivy = kivy_classes()
    assert "BoxLayout" in kivy
    unknown = set()
    asked = 0
    for program in PRODUCT:
        rules = {
            path: path.read_text("utf-8")
            for path in tracked_files()
            if path.suffix == ".kv" and program in path.parts
        }
        made = {name for text in rules.values() for name, base in RULE.findall(text) if base}
        known = kivy | classes_of(program).keys() | made
        for path, text in rules.items():
            names = [*WIDGET.findall(text), *(part for rule in RULE.findall(text) for part in rule if part)]
            asked += len(names)
            unknown |= {(shown(path), name) for name in names if name not in known}
    assert asked > 0
    assert unknown == set()


def test_what_nothing_uses_is_found(tmp_path: Path) -> None:
    """`make check-dead` knows the uses in templates, rules of screens and files of the ward, and nothing more."""
    (tmp_path / "module.py").write_text(
        "class Page:\n    heading = 1\n    colour = 2\n    filled = 3\n    MEMBER = 'word'\n    forgotten = 4\n"
        "class Button: ...\nclass Lost: ...\n@app.get\ndef route(): ...\ndef hook(): ...\ndef lost(): return Page\n"
    )
    (tmp_path / "page.html").write_text("{{ page.heading }} forgotten")
    (tmp_path / "screen.kv").write_text("# Lost\n<Lost>:\n    Button:\n        rgba: root.colour\n")
    settings = {"ignore_names": ["hook"], "ignore_decorators": ["@*.get"], "exclude": []}
    found = unused_names(sorted(tmp_path.iterdir()), settings, ["filled", "word"])
    assert [item.name for item in found] == ["forgotten", "Lost", "lost"]


def imported(*packages: str) -> set[str]:
    """The top-level modules that some top-level folders import, also those asked for by their name as a text."""
    return {name for path in sources(*packages) for name in IMPORT.findall(path.read_text("utf-8"))}


def test_every_dependency_is_imported() -> None:
    """Nobody installs or updates what nothing uses, and what only tests use is not asked of a ward's machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    provided: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            provided.setdefault(name.lower().replace("_", "-"), set()).add(module)

    def unused(dependencies: list[str], *packages: str) -> set[str]:
        names = {re.split(r"[\[<>=;]", one)[0].strip().lower() for one in dependencies}
        used = imported(*packages)
        return {name for name in names if not provided[name] & used and not name.startswith("types-")}

    optional = project["optional-dependencies"]
    for_the_product = unused([*project["dependencies"], *optional["demo"]], *PRODUCT)
    assert for_the_product | unused(optional["dev"], "tests") == set(NOT_IMPORTED)


def test_a_class_name_means_one_thing() -> None:
    """Who reads a name knows which class it is; whoever searches for one finds one."""
    found = classes_of(*PRODUCT)
    assert len(found) > 500
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_a_module_name_means_one_thing() -> None:
    """A name in a list of open files or of a failure says which module it is."""
    found: dict[str, list[str]] = {}
    for path in sources(*PRODUCT):
        if path.name not in OF_EVERY_ROOM and not shown(path).startswith(NAMED_AFTER_WHAT_THEY_SHOW):
            found.setdefault(path.name, []).append(shown(path))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_no_module_is_one_for_its_own_sake() -> None:
    """A noun has a module; a few lines that belong to another do not."""
    short = {
        shown(path)
        for path in sources(*PRODUCT)
        if path.name != "__init__.py"
        and path.parent.name != "versions"
        and len(path.read_text("utf-8").splitlines()) < 20
    }
    assert short == set(SHORT)
