"""Names are true: what files other than Python's call is there, and what nothing uses is found."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from tests.architecture.papers import (
    PRODUCT,
    ROOT,
    calls,
    defined_classes,
    modules,
    shown,
    texts_in,
    tracked_files,
)
from tests.dead_names import unused_names

WIDGET = re.compile(r"^ *([A-Z]\w*):\s*(?:#.*)?$", re.MULTILINE)
RULE = re.compile(r"^<\[?([A-Z]\w*)(?:@(\w+))?\]?>:", re.MULTILINE)

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
        known = kivy | defined_classes(program) | made
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
    found = set()
    for tree in modules(*packages).values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
        found |= {text for name, call in calls(tree) if name == "import_module" for text in texts_in(call)}
    return {name.partition(".")[0] for name in found}


def test_every_dependency_is_imported() -> None:
    """Nobody installs or updates what nothing uses, and what only tests use is not asked of a ward's machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    provided: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            provided.setdefault(name.lower().replace("_", "-"), set()).add(module)

    def unused(dependencies: list[str], *packages: str) -> set[str]:
        names = {re.split(r"[\[<>=;]", one)[0].strip().lower() for one in dependencies}
        return {
            name
            for name in names
            if not provided[name] & imported(*packages) and not name.startswith("types-")
        }

    optional = project["optional-dependencies"]
    for_the_product = unused([*project["dependencies"], *optional["demo"]], *PRODUCT)
    assert for_the_product | unused(optional["dev"], "tests") == set(NOT_IMPORTED)
