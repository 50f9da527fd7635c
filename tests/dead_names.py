"""Checks that the product uses every name that it defines; uses by tests do not count. ``python -m tests.dead_names``.

vulture reads the modules; this adds the uses in other files: templates of pages, Kivy's rules, and shipped files that
the product reads into values by name. Names that frameworks call are listed in ``pyproject.toml`` (``tool.vulture``),
each group with its reason.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml
from jinja2 import Environment, nodes
from vulture import Vulture
from vulture.core import Item

from tests.architecture.papers import PRODUCT, ROOT, shown, tracked_files

FILLED_FROM: Final = ("assets/rules", "assets/mappings", "assets/protection")
"""Folders of files whose keys and words become fields and members of enumerations."""

_COMMENT = re.compile(r"#(?!:).*$", re.MULTILINE)
_RULE = re.compile(r"^<.*$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w*")


def unused_names(
    files: Iterable[Path], settings: Mapping[str, list[str]], filled: Iterable[str] = ()
) -> list[Item]:
    """Unused names, in the order of files and lines.

    Args:
        files: modules, templates of pages and Kivy's rules.
        settings: vulture's ``ignore_names``, ``ignore_decorators`` and ``exclude``.
        filled: names of fields and words of enumerations that files of the ward set.
    """
    vulture = Vulture(ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"])
    files = list(files)
    vulture.scavenge([path for path in files if path.suffix == ".py"], exclude=settings["exclude"])
    for path in files:
        if path.suffix == ".html":
            vulture.used_names.update(names_in_template(path.read_text("utf-8")))
        elif path.suffix == ".kv":
            vulture.used_names.update(names_in_rules(path.read_text("utf-8")))
    words = set(filled)
    return [
        item for item in vulture.get_unused_code() if item.typ != "variable" or not words_of(item) & words
    ]


def names_in_template(text: str) -> Iterator[str]:
    """Every name, attribute and argument that a template of a page uses."""
    for node in Environment(autoescape=True).parse(text).find_all(nodes.Node):
        if isinstance(node, nodes.Name):
            yield node.name
        elif isinstance(node, nodes.Getattr):
            yield node.attr
        elif isinstance(node, nodes.Keyword):
            yield node.key


def names_in_rules(text: str) -> Iterator[str]:
    """Every name that Kivy's rules use or set; the class that a rule is for does not count as used."""
    yield from _NAME.findall(_RULE.sub("", _COMMENT.sub("", text)))


def words_of_files() -> Iterator[str]:
    """Every key and every word of the files that are read into values by name."""
    for path in tracked_files():
        if not shown(path).startswith(FILLED_FROM):
            continue
        if path.suffix == ".yaml":
            yield from _words(yaml.safe_load(path.read_text("utf-8")))
        elif path.suffix == ".toml":
            yield from _words(tomllib.loads(path.read_text("utf-8")))


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _words(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from _words(part)


def words_of(item: Item) -> set[str]:
    """The words by which a file may use an item: the name of a field, and the value of an enumeration's member."""
    for node in ast.walk(ast.parse(Path(item.filename).read_text("utf-8"))):
        if (
            isinstance(node, ast.Assign)
            and node.lineno == item.first_lineno
            and isinstance(node.value, ast.Constant)
        ):
            return {item.name, str(node.value.value)}
    return {item.name}


def main() -> None:
    """Print the unused names, and fail if there are any."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["vulture"]
    files = (path for path in tracked_files() if path.relative_to(ROOT).parts[0] in PRODUCT)
    found = unused_names(files, settings, words_of_files())
    for item in found:
        print(item.get_report())  # noqa: T201 - a command
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
