"""The sampling of small faults itself: what is tried, that a gap is told, and that no pure module is forgotten."""

import ast
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.equal import EQUAL
from tests.faults.operators import faults_of
from tests.faults.report import Report, Survivor, markdown, words
from tests.faults.rooms import LEFT_OUT, ROOMS, room_of
from tests.faults.sampling import drawn, key_of, try_module
from tests.faults.trial import Room

ROOT = Path(__file__).parents[2]
FOLDERS = (
    *(
        f"backend/{room}"
        for room in ("common", "common/device_kit", "common/receipt", "documents/model", "documents/files")
    ),
    *(
        f"backend/{room}"
        for room in ("documents/judging", "documents/saying", "exchange", "offices", "printing")
    ),
    *(f"backend/{room}" for room in ("reception", "reception/deciding", "reservations", "wire")),
    *(f"kiosk/{room}" for room in ("visit", "session", "camera", "reading", "hand", "paper", "virtual")),
    "kiosk",
    "queue_display",
)
"""Where rules may be pure."""
WORLD = frozenset(
    [
        "alembic",
        "argon2",
        "asyncio",
        "budoux",
        "click",
        "concurrent",
        "cv2",
        "escpos",
        "fastapi",
        "fontTools",
        "fpdf",
        "httpx2",
        "jinja2",
        "kivy",
        "logging",
        "multiprocessing",
        "numpy",
        "os",
        "PIL",
        "psutil",
        "psycopg",
        "pypdfium2",
        "pyzbar",
        "qrcode",
        "queue",
        "rich",
        "selectors",
        "serial",
        "shutil",
        "signal",
        "socket",
        "sqlalchemy",
        "starlette",
        "structlog",
        "subprocess",
        "tempfile",
        "threading",
        "uharfbuzz",
        "uvicorn",
        "zxingcpp",
    ]
)
"""What a pure module does not import."""


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("x = a < b", {"x = a <= b", "x = a >= b"}),
        ("x = (a) >= (b)", {"x = (a) > (b)", "x = (a) < (b)"}),
        ("x = a == b", {"x = a != b"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = a is not None", {"x = a is None"}),
        ("x = 7", {"x = 8", "x = 6"}),
        ("x = 0", {"x = 1", "x = (-1)"}),
        ("x = 0.5", {"x = 1.5"}),
        ("x = True", {"x = False"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = (a)"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a // b", {"x = a * b"}),
        ("x = b if a else c", {"x = b if True else c", "x = b if False else c"}),
        ("x = [b for b in c if b]", {"x = [b for b in c if True]"}),
        ("x = max(a, b)", {"x = min(a, b)"}),
        ("x = math.floor(a)", {"x = math.ceil(a)"}),
        ("say(a)", {"pass"}),
        ("x += a", {"pass"}),
        ("del x", {"pass"}),
        ("x = '受付' < b", {"x = '受付' <= b", "x = '受付' >= b"}),
    ],
)
def test_each_kind_of_slip_is_made_in_its_place(line: str, changed: set[str]) -> None:
    """Protects the measurement: an operator that makes no fault, or another one, would make tests look good."""
    source = f"{line}\n".encode()
    assert {fault.apply(source).decode().strip() for fault in faults_of(source)} == changed


@pytest.mark.parametrize(
    "source",
    [
        '"""Words: 1 < 2."""\n',
        "x: Literal[1]\n",
        "@dataclass(frozen=True)\nclass A(B, total=False):\n    pass\n",
        "def f(a: Annotated[int, 3]) -> Annotated[int, 4]: ...\n",
        "x = f'{a + 1:03d}'\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "def f():\n    return None\n",
    ],
)
def test_what_steers_nothing_is_left_alone(source: str) -> None:
    """Protects the figures from faults that no test could notice: annotations, decorators, docstrings."""
    assert faults_of(source.encode()) == ()


def test_the_same_seed_draws_the_same_faults() -> None:
    """Protects the table of the papers: whoever repeats it tries the same."""
    source = (ROOT / "kiosk" / "visit" / "typed_number.py").read_bytes()
    assert drawn(source, "a", 9, 1) == drawn(source, "a", 9, 1)
    assert drawn(source, "a", 9, 1) != drawn(source, "a", 9, 2)
    assert len(drawn(b"X = 1\n", "a", 9, 1)) == 2


def test_a_fault_that_no_test_notices_is_told_and_the_tree_stays_as_it_is(tmp_path: Path) -> None:
    """Protects `make proof` from tests that pass whatever the code does: the gap has its line, the file is untouched."""
    module, tests = tmp_path / "counted.py", tmp_path / "test_counted.py"
    module.write_text(
        "def grown(age):\n    return age >= 18\n\n\ndef spins(age):\n    while age > 2:\n        age -= 1\n"
    )
    tests.write_text(
        "import counted\n\n\ndef test_grown():\n    assert counted.grown(20) and not counted.grown(9)\n"
    )
    before = module.read_bytes()
    equal = frozenset({("while age > 2:", "while age >= 2:")})
    work = (Room("counted", module, (tests,), tmp_path), 100, 1, equal)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        report = pool.apply(try_module, (work,))
    assert module.read_bytes() == before
    told = {one.diff for one in report.survivors}
    assert "-    return age >= 18\n+    return age > 18" in told
    assert not any("age < 18" in diff or "return None" in diff for diff in told)
    assert (report.equal, report.sampled) == (1, report.noticed + 1 + len(report.survivors))
    assert f"{report.path}:2 comparison" in words(report)


def test_tests_that_fail_without_a_fault_are_told(tmp_path: Path) -> None:
    """Protects the figures from a broken test, which would notice everything."""
    (tmp_path / "counted.py").write_text("X = 1\n")
    tests = tmp_path / "test_counted.py"
    tests.write_text("import counted\n\n\ndef test_it():\n    assert counted.X == 2\n")
    work = (Room("counted", tmp_path / "counted.py", (tests,), tmp_path), 1, 1, frozenset[tuple[str, str]]())
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        report = pool.apply(try_module, (work,))
    assert report.unfit
    assert "fail without any fault" in words(report)


def test_a_module_of_the_house_is_tried_from_the_command_line() -> None:
    """Protects `make proof`: the command finds the module and its tests, tries, and counts."""
    command = [sys.executable, "-m", "tests.faults", "--only", "backend.common.time_of_day", "--count", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "backend.common.time_of_day: 2 of 2 noticed" in done.stdout


def test_the_table_tells_each_module_and_the_sum() -> None:
    """Protects the table of the papers from adding up wrongly."""
    reports = [
        Report("a", "a.py", sampled=5, equal=1, noticed=3, survivors=(Survivor(1, "number", "-1\n+2"),)),
        Report("b", "b.py", sampled=2, noticed=2),
    ]
    rows = markdown(reports).splitlines()
    assert rows[2:] == ["| `a` | 5 | 1 | 3 | 1 |", "| `b` | 2 | 0 | 2 | 0 |", "| **all** | 7 | 1 | 5 | 1 |"]


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_every_pure_module_has_its_tests_named() -> None:
    """Protects a new rule from being tried by nobody: it is in the table, or it is said why it is not."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            names = _imports(path)
            worldly = {name.split(".")[0] for name in names} & WORLD
            stored = any(name.startswith(("backend.storage", "backend.client")) for name in names)
            if worldly or stored or not faults_of(path.read_bytes()):
                continue
            assert (module in ROOMS) != (module in LEFT_OUT), (
                f"{module}: name its tests in tests/faults/rooms.py"
            )


@pytest.mark.parametrize("module", ROOMS)
def test_the_named_tests_exist(module: str) -> None:
    """Protects the table from files that were renamed."""
    room = room_of(module, ROOT)
    assert room.path.is_file()
    assert room.tests
    assert [path.name for path in room.tests if not path.is_file()] == []


@pytest.mark.parametrize("module", sorted({one.module for one in EQUAL}))
def test_every_fault_that_is_called_equal_can_still_be_made(module: str) -> None:
    """Protects the list of equal faults from outdated entries; each has a reason."""
    source = room_of(module, ROOT).path.read_bytes()
    possible = {key_of(fault, source) for fault in faults_of(source)}
    for one in EQUAL:
        if one.module == module:
            assert one.key in possible, one
            assert len(one.why.split()) > 3, one
