"""Whoever opens a module finds its test by name: every module is looked at by a test that is named after it or its room."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from tests.architecture.papers import PRODUCT, ROOT, modules, shown, texts_in
from tests.faults.rooms import ROOMS

ALSO_CALLED: Final = {"queue_display": "display", "backend.web.desk": "pages", "kiosk.paper": "printer"}
"""Rooms whose tests say what people call them."""

FROM_OUTSIDE: Final = {
    "backend.web": "backend.web.app",
    "kiosk.screens": "kiosk.screens.app",
    "queue_display": "queue_display.app",
    "backend.client": "backend.client.fake",
    "backend.reception": "backend.bootstrap",
    "backend.demo": "backend.cli.demo",
}
"""Rooms that run as one, each with the module that starts them: an address is asked, a window pressed, a command given."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    "backend.bootstrap": "builds the house that nearly every test of the server stands in",
    "backend.ward_rules": "settings to rules in a few lines; what it refuses is in tests/integration/test_number_files.py",
    "backend.exchange.sample_people": "invented names without behaviour",
    "backend.storage.tables": "an empty catalogue that the rooms fill",
    "kiosk.paper.ports": "names without a body",
    "kiosk.virtual.virtual_printer": "runs in most tests of printers, by tests/running_printer.py",
}
"""Modules that no test so named looks at, each with the reason."""


def dotted(path: Path) -> str:
    """The name of a module as an import says it."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def product_modules() -> dict[str, ast.Module]:
    """Every module of the product that is more than a door, a beginning or a migration."""
    return {
        dotted(path): tree
        for path, tree in modules(*PRODUCT).items()
        if path.name not in {"__init__.py", "__main__.py"} and "migrations" not in path.parts
    }


@cache
def doors() -> Mapping[str, str]:
    """Every name that a room's door has, and the module that it comes from."""
    found = {}
    for program in PRODUCT:
        for door in (ROOT / program).rglob("__init__.pyi"):
            room = dotted(door.parent)
            for node in ast.parse(door.read_text("utf-8")).body:
                if isinstance(node, ast.ImportFrom):
                    for name in node.names:
                        found[f"{room}.{name.asname or name.name}"] = ".".join(
                            filter(None, (room, node.module))
                        )
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in a file, by its path or through a door."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.module
            whole = (f"{node.module}.{name.name}" for name in node.names)
            yield from (doors().get(name, name) for name in whole)


def is_about(test: str, module: str) -> bool:
    """Whether the name of a test's file says a module or its room.

    ``test_NAME`` begins with the module's own name (``test_wire_limits`` is not about ``wire.digits`` by that), or with
    a room that it lies in (``test_…_cli`` is of the room of commands); rooms may lead to the name (``test_protection_waits``). A whole program is no room, except
    for what lies in it directly; the windows of a kiosk are the kiosk to ``tests/ui``.
    """
    *above, own = module.split(".")
    rooms = [".".join(above[: count + 1]) for count in range(len(above))]
    left = Path(test).stem.removeprefix("test_")
    if test.startswith("tests/ui/test_kiosk_") and "kiosk.screens" in rooms:
        return True
    if left.endswith("_cli") and is_command(module):
        return True
    in_a_room = False
    for _ in rooms:
        if begins_with(left, own):
            return True
        for room in rooms:
            for name in {room.rpartition(".")[2], ALSO_CALLED.get(room, room)}:
                if left and begins_with(left, name):
                    in_a_room = in_a_room or "." in room or (room == ".".join(above) != "backend")
                    left = left.removeprefix(name).removeprefix("_")
    return in_a_room or begins_with(left, own)


def is_command(module: str) -> bool:
    """Whether a module is a command or a part of one."""
    return ".cli." in module


@cache
def commands() -> Mapping[str, str]:
    """Every module of a command, and the word that is typed for it."""
    found = {}
    for tree in (tree for path, tree in modules(*PRODUCT).items() if path.name == "__main__.py"):
        for table in (node for node in ast.walk(tree) if isinstance(node, ast.Dict)):
            for word, module in zip(table.keys, table.values, strict=True):
                if isinstance(word, ast.Constant) and isinstance(module, ast.Constant):
                    found[str(module.value)] = str(word.value)
    return found


def begins_with(words: str, name: str) -> bool:
    """Whether words joined by lines begin with others."""
    return f"{words}_".startswith(f"{name}_")


class House:
    """The product and its tests, as their imports show them."""

    def __init__(self) -> None:
        self.product = product_modules()
        self.imports = {name: set(imported(tree)) for name, tree in self.product.items()}
        files = {shown(path): tree for path, tree in modules("tests").items()}
        self.tests = {name: tree for name, tree in files.items() if Path(name).name.startswith("test_")}
        self.looks = {name: set(imported(tree)) for name, tree in files.items()}
        self.words = {name: set(texts_in(tree)) for name, tree in self.tests.items()}
        self.parts = {room: set(self._parts(room, entry)) for room, entry in FROM_OUTSIDE.items()}
        self.run = {name: self._run(name) for name in self.tests}

    def _parts(self, room: str, entry: str) -> Iterator[str]:
        """What a room's beginning leads to without leaving the room."""
        seen, ahead = {entry}, [entry]
        while ahead:
            yield (one := ahead.pop())
            new = {
                name
                for name in self.imports[one] - seen
                if name.startswith(f"{room}.") and name in self.product
            }
            seen |= new
            ahead.extend(new)

    def _run(self, test: str) -> set[str]:
        """What a test imports itself, in its folder's conftest, or in what tests share; and the commands that it names."""
        seen = {module for module, word in commands().items() if word in self.words[test]}
        ahead = [test, f"{Path(test).parent.as_posix()}/conftest.py"]
        while ahead:
            for name in self.looks.get(ahead.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    ahead.append(f"{name.replace('.', '/')}.py")
        return seen

    def looks_at(self, test: str, module: str) -> bool:
        """Whether a test has to do with a module, whatever its name.

        It imports it, or its names through a door; or it must notice faults in it (``tests/faults/rooms.py``); or it
        gives the command, or a command that calls it; or it runs the room, whose beginning leads to the module without
        leaving the room.
        """
        if module in self.looks[test] or Path(test).stem.removeprefix("test_") in ROOMS.get(module, ()):
            return True
        given = [one for one in self.run[test] if one in self.product and is_command(one)]
        if module in given or any(module in self.imports[one] for one in given):
            return True
        return any(
            entry in self.run[test] and module in self.parts[room] for room, entry in FROM_OUTSIDE.items()
        )

    def subjects(self, module: str) -> Iterable[str]:
        """What a test of a module may be named after: it or, of a command, what it starts."""
        if not is_command(module):
            return (module,)
        started = {name for name in self.imports[module] if name in self.product}
        return (module, *started, *(f"{name}.any" for name in started))

    def is_known(self, module: str) -> bool:
        """Whether some test so named looks at a module."""
        return any(
            self.looks_at(test, module) and any(is_about(test, one) for one in self.subjects(module))
            for test in self.tests
        )


def test_every_module_is_looked_at_by_a_test_of_its_name() -> None:
    """A module that nobody tests, or whose test nobody finds, does not come in; an exception that is none goes."""
    house = House()
    assert len(house.product) > 300
    assert {module for module in house.product if not house.is_known(module)} == set(EXCEPTIONS)


def test_a_name_says_a_module_or_its_room() -> None:
    """The rule itself: a program is no room, a beginning of a word is no name, and rooms may lead."""
    assert is_about("tests/unit/test_exchange_dates.py", "backend.exchange.dates")
    assert is_about("tests/unit/test_dates_of_papers.py", "backend.exchange.dates")
    assert is_about("tests/unit/test_exchange_sample.py", "backend.exchange.dates")
    assert is_about("tests/integration/test_pages_staff.py", "backend.web.desk.staff_view")
    assert is_about("tests/unit/test_kiosk_config.py", "kiosk.config")
    assert not is_about("tests/unit/test_dateslips.py", "backend.exchange.dates")
    assert not is_about("tests/unit/test_kiosk_config.py", "kiosk.camera.device")
    assert not is_about("tests/unit/test_reservations_dates.py", "backend.exchange.dates")


def test_a_name_through_a_door_leads_to_its_module() -> None:
    """Whoever imports from a room has imported from the module that the name stands in."""
    tree = ast.parse("from backend.reception import CheckIn\nfrom backend.storage import gate\n")
    assert {"backend.reception.check_in", "backend.storage.gate"} <= set(imported(tree))
