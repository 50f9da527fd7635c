"""Reading the papers and the source: tables of Markdown, names in code, files of the project."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PRODUCT = ("backend", "kiosk", "queue_display")
"""The packages that are installed."""

_CODE = re.compile(r"`([^`]+)`")
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_SPLIT = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Table:
    """A table of a paper: the heading it stands under, its header, its rows of cells."""

    heading: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def codes(self, column: int = 0) -> list[str]:
        """What stands in backticks in a column, in order."""
        return [code for row in self.rows for code in _CODE.findall(row[column])]


def text_of(name: str) -> str:
    """A paper of ``docs``, or of the root with a leading ``../``."""
    return (DOCS / name).read_text("utf-8")


def codes_in(text: str) -> list[str]:
    """What stands in backticks, blocks of code aside."""
    return _CODE.findall(_FENCED.sub("", text))


def tables_of(name: str) -> list[Table]:
    """Every table of a paper."""
    tables: list[Table] = []
    heading = ""
    block: list[tuple[str, ...]] = []
    for line in [*text_of(name).splitlines(), ""]:
        if line.startswith("|"):
            block.append(tuple(cell.strip() for cell in _SPLIT.split(line.strip().strip("|"))))
            continue
        if block:
            tables.append(Table(heading, block[0], tuple(block[2:])))
            block = []
        if line.startswith("#"):
            heading = line.lstrip("# ")
    return tables


def table_of(name: str, header: str) -> Table:
    """The one table of a paper whose first header cell is ``header``."""
    found = [table for table in tables_of(name) if table.header[0] == header]
    assert len(found) == 1, f"{name} has {len(found)} tables that begin with {header}"
    return found[0]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files of the project as git would take them, those not committed yet among them.

    A copy of the project without git is read from the disk, without what tools leave behind.
    """
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name]
        paths = [ROOT / name for name in names]
    else:
        skipped = {".venv", "var", "__pycache__", ".git"}
        paths = [path for path in ROOT.rglob("*") if not skipped.intersection(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def modules(*packages: str) -> dict[Path, ast.Module]:
    """Every Python file of some top-level folders, parsed."""
    return {
        path: ast.parse(path.read_text("utf-8"))
        for path in tracked_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in packages
    }


def shown(path: Path) -> str:
    """A path as a person reads it."""
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of what is called."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            yield node.func.attr, node
        elif isinstance(node.func, ast.Name):
            yield node.func.id, node


def texts_in(node: ast.AST) -> Iterator[str]:
    """Every literal text inside an expression: both arms of a choice."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def docstrings_of(tree: ast.Module) -> set[int]:
    """The ids of all expressions that are texts on their own: docstrings of modules, classes, functions, values."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def defines(tree: ast.Module, names: tuple[str, ...]) -> bool:
    """Whether a module defines a name, or a name inside a class of it."""
    body: list[ast.stmt] = tree.body
    for name in names:
        match = next((node for node in body if name in _names_of(node)), None)
        if match is None:
            return False
        body = match.body if isinstance(match, ast.ClassDef) else []
    return True


def _names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
