"""docs/architecture.md speaks of what is there: every room of the house, and every function that it names."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.papers import ROOT, codes_in, defines, tables_of, text_of

PAPER = text_of("architecture.md")
NAMED = re.compile(r"([a-z_]+(?:\.\w+)+)(?:\(\))?")
FILES = (".py", ".pyi", ".toml", ".js", ".md")
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


def rooms(program: str) -> set[str]:
    """Folders and modules of a program."""
    return {
        path.stem if path.is_dir() else path.name
        for path in (ROOT / program).iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or path.suffix == ".py"
    } - {"__init__.py"}


def test_every_room_stands_in_the_list_of_rooms() -> None:
    """A new folder or module of server and kiosk is named with what it is for, and none that is gone is left."""
    listing = PAPER.split("```")[1]
    server, rest = listing.split("\nkiosk/\n")
    kiosk = rest.split("\nqueue_display/")[0]
    for program, block in (("backend", server), ("kiosk", kiosk)):
        named = set(re.findall(r"^  ([a-z_]+)/ ", block, re.MULTILINE)) | set(re.findall(r"\w+\.py", block))
        assert named == rooms(program)
    assert all(re.search(rf"^{one}/", listing, re.MULTILINE) for one in PROGRAMS)


def test_every_function_and_module_that_is_named_exists() -> None:
    """The path of a visit can be followed with the finger: each name leads to a module and to what stands in it."""
    names = {match.group(1) for code in codes_in(PAPER) if (match := NAMED.fullmatch(code))}
    files = {name for name in names if name.endswith(FILES)}
    assert [name for name in sorted(files) if not list(ROOT.rglob(name.rpartition("/")[2]))] == []
    assert len(names - files) >= 60
    wrong = []
    for name in sorted(names - files):
        found = file_of(name.split("."))
        if found is None or not defines(ast.parse(found[0].read_bytes()), tuple(found[1])):
            wrong.append(name)
    assert wrong == []


def test_kivy_is_where_the_paper_says() -> None:
    """Whoever looks for the windows finds all of them, and nothing else has to be started under a screen."""
    told = re.search(r"^Kivy +only in ([^`]+)```", PAPER, re.MULTILINE)
    assert told is not None
    named = set(re.findall(r"(?:kiosk|queue_display)\.[\w.]*\w", told[1]))
    import_of_kivy = re.compile(r"^\s*(?:from|import) kivy", re.MULTILINE)
    found = set()
    for program in PROGRAMS:
        for path in (ROOT / program).rglob("*.py"):
            if import_of_kivy.search(path.read_text("utf-8")):
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found.add("kiosk.screens" if module.startswith("kiosk.screens.") else module)
    assert found == named


def test_every_question_of_a_stranger_is_answered_by_a_room() -> None:
    """Twenty questions "where is …" lead to folders that are there, and every one of the large rooms answers one."""
    rows = next(table for table in tables_of("architecture.md") if table.header == ("question", "room")).rows
    answers = [row[1].strip("`") for row in rows]
    assert len(rows) >= 20
    assert [one for one in answers if not ROOT.joinpath(*one.split(".")).is_dir()] == []
    rooms_of_work = {
        "cards",
        "documents",
        "exchange",
        "offices",
        "printing",
        "protection",
        "reception",
        "reservations",
        "sealing",
        "storage",
        "web",
    }
    assert {f"backend.{room}" for room in rooms_of_work} <= set(answers)


def test_every_door_gives_what_it_names() -> None:
    """No name in a door is empty: each is loaded whole, in a process of its own, as Kivy needs it."""
    doors = sorted(
        ".".join(path.parent.relative_to(ROOT).parts)
        for program in PROGRAMS
        for path in (ROOT / program).rglob("__init__.pyi")
        if path.parent != ROOT / "kiosk" / "screens"  # needs a window; tests/ui opens it
    )
    assert len(doors) > 15
    code = f"import importlib; [importlib.import_module(one) for one in {doors!r}]"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "EAGER_IMPORT": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_name_in_a_door_is_that_of_a_module() -> None:
    """Python would give the module instead of the function, depending on what was imported before."""
    for program in PROGRAMS:
        for door in (ROOT / program).rglob("__init__.pyi"):
            names = [
                alias.name
                for node in ast.parse(door.read_text("utf-8")).body
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            ]
            inside = {path.stem for path in door.parent.iterdir() if path.is_dir() or path.suffix == ".py"}
            assert not inside & set(names), door
            assert len(names) == len(set(names)), door


PLANTED = {
    "backend/web/desk/clerk_view.py": (
        "from backend.reception.storing.tables import tickets",
        ("Door of reception",),
    ),
    "backend/web/desk/staff_view.py": ("import sqlalchemy", ("Commands and pages ask the rooms",)),
    "backend/web/desk/pages.py": (
        "from backend.commands.runner import Runner",
        ("Door of commands",),
    ),
    "backend/reservations/fields.py": (
        "from backend.reception import tickets_in",
        ("Web over rooms over storage, never back",),
    ),
    "backend/protection/viewing.py": (
        "from backend.commands import Runner",
        ("Web over rooms over storage, never back",),
    ),
    "backend/reception/storing/lists.py": (
        "from backend.reception.calling import wait_again",
        ("Inside reception: commands of the windows over what is kept",),
    ),
    "backend/reception/telling.py": (
        "from sqlalchemy import select",
        ("Inside reception: SQL stands in storing",),
    ),
    "backend/reception/deciding/seat.py": (
        "from backend.storage import UnitOfWork",
        ("What the reception decides is pure",),
    ),
    "backend/reception/deciding/steps.py": (
        "from backend.reception.storing.tickets import advance",
        (
            "What the reception decides is pure",
            "Inside reception: commands of the windows over what is kept",
        ),
    ),
    "backend/client/port.py": ("from backend.commands import Runner", ("The wire, then its client",)),
}
"""A line for the end of a module that must not stand there, and the contracts that it breaks."""


def test_a_way_past_a_door_is_noticed(tmp_path: Path) -> None:
    """The contracts themselves: each planted import is refused by the name of the contract that it breaks, and no other is."""
    house = tmp_path / "house"
    for folder in ("backend", "kiosk", "queue_display"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    for name, (line, _) in PLANTED.items():
        module = house / name
        module.write_text(f"{module.read_text('utf-8')}\n{line}\n", encoding="utf-8")
    lint = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}
    done = subprocess.run(lint, cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = re.split(r"^Broken contracts\n-+\n", done.stdout, flags=re.MULTILINE)[1]
    told = dict(re.findall(r"^(\S.+)\n-+\n((?:.*\n)*?)(?=\S.+\n-+\n|\Z)", said, re.MULTILINE))
    broken = {contract for _, contracts in PLANTED.values() for contract in contracts}
    assert len(told) == len(broken)
    for name, (_, contracts) in PLANTED.items():
        module_name = name.removesuffix(".py").replace("/", ".")
        for contract in contracts:
            (where,) = (text for heading, text in told.items() if heading.startswith(contract))
            assert module_name in where, (module_name, contract)
