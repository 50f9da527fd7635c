"""Names are true: what files other than Python's call is there."""

import re
from importlib.util import find_spec
from pathlib import Path

from tests.architecture.papers import PRODUCT, defined_classes, shown, tracked_files

WIDGET = re.compile(r"^ *([A-Z]\w*):\s*(?:#.*)?$", re.MULTILINE)
RULE = re.compile(r"^<\[?([A-Z]\w*)(?:@(\w+))?\]?>:", re.MULTILINE)


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
