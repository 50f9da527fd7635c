"""Every module that writes a file is in the register of personal data, and what is personal leaves by the outlet alone."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from backend.protection.register import shipped_register
from backend.protection.register_entries import OutletKind
from tests.architecture.papers import PRODUCT, calls, modules, shown

OF_PATHS: Final = {"write_bytes", "write_text", "touch", "rename", "symlink_to", "hardlink_to", "imwrite"}
"""What a path, or a library of pictures, writes with."""
OF_MODULES: Final = {
    "os.link", "os.rename", "os.replace", "os.mkfifo", "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree", "shutil.move",
    "sqlite3.connect", "subprocess.run", "subprocess.Popen", "tempfile.mkstemp", "tempfile.mkdtemp", "tempfile.TemporaryDirectory",
    "tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "logging.FileHandler", "logging.handlers.RotatingFileHandler",
}  # fmt: skip
"""What writes files in the libraries; a program that is started may write one."""
BY_NAME: Final = {
    "output_file", "create_engine", "TemporaryDirectory", "NamedTemporaryFile", "copyfile", "Popen", "FileHandler",
    "mkstemp", "mkdtemp",
}  # fmt: skip
"""The same where it was imported by its name, and our own ways to a file."""
WRITES_OTHERWISE: Final = {"backend.log": "it hands lines to the standard output, which the system keeps"}
"""Modules of the register in which no such call stands, with how their file comes about."""

MAKERS: Final = {
    "draw_enclosures": ({OutletKind.NOTICE_SHEET}, {"backend.printing"}),
    "draw_booking_sheet": ({OutletKind.BOOKING_SHEET}, {"backend.printing"}),
    "copy_keys": ({OutletKind.KEY_BACKUP}, {"backend.sealing"}),
    "copy_sqlite": ({OutletKind.BACKUP}, {"backend.storage"}),
    "dump_postgres": ({OutletKind.BACKUP}, {"backend.storage"}),
}
"""What makes a file that leaves: its kinds, and the rooms that make it of nobody's data or for others to write."""
NAMES_A_FILE: Final = {"output_file", "BACKUP.write", "KEY_BACKUP.write"}
"""What gives a file its name."""
THE_OUTLET: Final = {"let_out", "leaves"}
"""What enters a file; the second is the first for backups."""


def written(tree: ast.Module) -> set[str]:
    """The calls of a module that write a file."""
    return set(_written(tree, _in_memory(tree)))


def _written(tree: ast.Module, memory: set[str]) -> Iterator[str]:
    for name, call in calls(tree):
        whole = ast.unparse(call.func)
        if (
            whole in OF_MODULES
            or (name in OF_PATHS and whole != name)
            or (name == whole and name in BY_NAME)
            or (name == "open" and _opens_to_write(whole, call))
            or (name == "save" and call.args and ast.unparse(call.args[0]) not in memory)
        ):
            yield whole
        elif name == "replace" and whole != name and len(call.args) == 1 and not call.keywords:
            yield whole  # of a path: that of a text takes two


def _in_memory(tree: ast.Module) -> set[str]:
    """The names that a module gives to buffers in memory."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in {"BytesIO", "io.BytesIO"}
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _opens_to_write(whole: str, call: ast.Call) -> bool:
    if whole == "os.open":
        return "O_CREAT" in ast.unparse(call) or "O_WRONLY" in ast.unparse(call)
    modes = [
        node.value
        for node in [*call.args, *(one.value for one in call.keywords if one.arg == "mode")]
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return any(len(mode) <= len("rwb+") and set(mode) & set("wax+") for mode in modes)


def dotted(path: Path) -> str:
    """A module as it is imported."""
    return shown(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def writers() -> dict[str, set[str]]:
    """Every module of the product that writes a file, with the calls that do."""
    found = {dotted(path): written(tree) for path, tree in modules(*PRODUCT).items()}
    return {name: told for name, told in found.items() if told}


def registered(*kinds: OutletKind) -> set[str]:
    """The modules that the register has for some kinds of files, or for all."""
    return {
        name
        for file in shipped_register().file
        if not kinds or file.kind in kinds
        for name in file.written_by
    }


def test_every_module_that_writes_a_file_is_registered_and_no_other() -> None:
    """A new writer says first what it writes, whose data that is, and how long it stays."""
    found = writers()
    assert {name: told for name, told in found.items() if name not in registered()} == {}
    assert registered() - set(found) == set(WRITES_OTHERWISE)


@pytest.mark.parametrize(
    "source",
    [
        "path.write_text('x')",
        "path.open('w')",
        "open(path, mode='ab')",
        "os.open(path, os.O_CREAT)",
        "shutil.copyfile(a, b)",
        "image.save(path)",
        "draft.replace(path)",
        "with output_file(out, replace=False) as draft: pass",
        "create_engine(url)",
    ],
)
def test_a_writer_is_seen(source: str) -> None:
    """The comparison above can fail."""
    assert written(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "path.read_text()",
        "path.open('rb')",
        "open(path)",
        "b = io.BytesIO()\nimage.save(b)",
        "t.replace('a', 'b')",
    ],
)
def test_who_reads_is_no_writer(source: str) -> None:
    """What writes nothing needs no line in the register."""
    assert not written(ast.parse(source))


def outside(tree: ast.AST, names: set[str]) -> list[str]:
    """Calls of some names that do not stand inside of the outlet, nor in a function that is only called there."""
    inside = {
        id(one)
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        and any(
            isinstance(item.context_expr, ast.Call) and ast.unparse(item.context_expr.func) in THE_OUTLET
            for item in node.items
        )
        for statement in node.body
        for one in ast.walk(statement)
    }
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        called = [call for name, call in calls(tree) if name == function.name]
        if called and all(id(call) in inside for call in called):
            inside |= {id(one) for one in ast.walk(function)}
    return [
        told
        for _, call in calls(tree)
        if (told := ast.unparse(call.func)) in names and id(call) not in inside
    ]


def test_what_is_personal_gets_its_name_inside_the_outlet_only() -> None:
    """No module that writes such files for people gives one its name before it was entered."""
    leaving = registered(*OutletKind)
    checked = [
        (path, tree)
        for path, tree in modules(*PRODUCT).items()
        if dotted(path) in leaving and dotted(path).startswith("backend.cli.")
    ]
    assert {dotted(path) for path, _ in checked} >= {"backend.cli.backup", "backend.cli.notice_run"}
    assert {dotted(path): outside(tree, NAMES_A_FILE) for path, tree in checked} == {
        dotted(path): [] for path, _ in checked
    }
    assert all(any(name in THE_OUTLET for name, _ in calls(tree)) for _, tree in checked)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("with output_file(a) as b: pass", ["output_file"]),
        ("with let_out(d, l):\n with output_file(a) as b: pass", []),
        ("def w():\n BACKUP.write(a)\nwith leaves(s): w()", []),
        ("def w():\n KEY_BACKUP.write(a)\nwith leaves(s): w()\nw()", ["KEY_BACKUP.write"]),
    ],
)
def test_a_file_beside_the_outlet_is_seen(source: str, found: list[str]) -> None:
    """The comparison above can fail."""
    assert outside(ast.parse(source), NAMES_A_FILE) == found


@pytest.mark.parametrize("maker", MAKERS)
def test_whoever_makes_what_leaves_is_registered_for_it(maker: str) -> None:
    """A further command that draws notices or copies the database is found, whatever it writes with."""
    kinds, rooms = MAKERS[maker]
    users = {
        dotted(path) for path, tree in modules(*PRODUCT).items() if maker in {name for name, _ in calls(tree)}
    }
    others = {name for name in users if not any(name.startswith(f"{room}.") for room in rooms)}
    assert others
    assert others <= registered(*kinds)
