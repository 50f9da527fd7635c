"""Tries faults: a module's own tests run in a child process that imports the module with the fault in it.

No file is written: the changed source is only in the child's memory. Children are forked from a process that has
already imported the other packages that the tests need, so that a trial takes less than a second.
"""

import ast
import contextlib
import ctypes
import functools
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import resource
import select
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import hypothesis
import pytest

from tests.faults.operators import Fault
from tests.faults.swap import swap

_MEMORY: Final = 4 << 30
_DIE_WITH_PARENT: Final = 1
"""``PR_SET_PDEATHSIG``: children end when the run is ended."""
_ARGUMENTS: Final = (
    *("-x", "-q", "--no-header", "--no-summary", "--tb=no", "--assert=plain", "--hypothesis-profile=faults"),
    *("-p", "no:randomly", "-p", "no:cacheprovider"),
)


class Outcome(Enum):
    """The result of the tests with a fault."""

    NOTICED = "noticed"
    SURVIVED = "survived"
    HUNG = "hung"
    """The tests did not end; that counts as noticed, too."""


class UnfitTestsError(Exception):
    """A module's tests fail even without a fault, so they prove nothing."""


@dataclass(frozen=True)
class Room:
    """A module and the tests that cover it."""

    module: str
    path: Path
    tests: tuple[Path, ...]
    root: Path
    """The root folder of our packages."""


class _Changed(importlib.machinery.SourceFileLoader):
    """Loads one module with changed source; no bytecode is stored."""

    def __init__(self, module: str, path: Path, source: bytes) -> None:
        super().__init__(module, str(path))
        self._source = source

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the importer's name for it
        """Compile the changed source."""
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Makes imports of a module load its changed source."""

    def __init__(self, loader: _Changed) -> None:
        self._loader = loader

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the importer's name for it
        target: ModuleType | None = None,  # noqa: ARG002 - the same
    ) -> importlib.machinery.ModuleSpec | None:
        """The changed module's spec, for its own name."""
        if fullname != self._loader.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._loader.path, loader=self._loader)


class Trial:
    """Tries faults of one module.

    At first in a process that has collected the tests, by replacing the code of loaded functions, which takes
    milliseconds. Faults that are not noticed then, and faults outside of functions, are tried again with a new import.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._source = room.path.read_bytes()
        self._limit = 300.0

    def outcomes(self, faults: Sequence[Fault]) -> list[Outcome]:
        """The result of the tests for each fault.

        Raises:
            UnfitTestsError: the tests fail without a fault.
        """
        self._prepare()
        outcomes = self._try_loaded(faults)
        return [
            self._try_imported(fault) if outcome in {Outcome.SURVIVED, None} else outcome
            for fault, outcome in zip(faults, outcomes, strict=True)
        ]

    def _prepare(self) -> None:
        """Run the tests without a fault, and import the other packages that they needed."""
        with tempfile.TemporaryFile() as names:

            def run() -> int:
                code = self._run_tests(self._source)
                names.write("\n".join(self._untouched()).encode())
                names.flush()
                return code

            if _in_child(run, self._limit) != 0:
                raise UnfitTestsError(self._room.module)
            names.seek(0)
            untouched = names.read().decode().splitlines()
        _import_all(untouched)
        gc.freeze()
        begun = time.monotonic()
        if _in_child(lambda: self._run_tests(self._source), self._limit) != 0:
            raise UnfitTestsError(self._room.module)
        self._limit = 15.0 + 5 * (time.monotonic() - begun)

    def _try_loaded(self, faults: Sequence[Fault]) -> list[Outcome | None]:
        """Try each fault in the loaded module; None for a fault outside of functions."""
        with tempfile.TemporaryFile() as said:

            def run() -> int:
                loop = _Loop(self._swaps(faults), self._limit)
                pytest.main([*_ARGUMENTS, *map(str, self._room.tests)], plugins=[loop])
                said.write("\n".join("" if one is None else one.value for one in loop.outcomes).encode())
                said.flush()
                return 0

            _in_child(run, self._limit * (len(faults) + 1))
            said.seek(0)
            told = said.read().decode().split("\n")
        if len(told) != len(faults):
            return [None] * len(faults)
        return [Outcome(one) if one else None for one in told]

    def _swaps(self, faults: Sequence[Fault]) -> list[Callable[[], bool]]:
        path = str(self._room.path)
        return [functools.partial(swap, path, self._source, fault.apply(self._source)) for fault in faults]

    def _try_imported(self, fault: Fault) -> Outcome:
        changed = fault.apply(self._source)
        return _outcome(_in_child(lambda: self._run_tests(changed), self._limit))

    def _run_tests(self, source: bytes) -> int:
        room = self._room
        sys.meta_path.insert(0, _Finder(_Changed(room.module, room.path, source)))
        return int(pytest.main([*_ARGUMENTS, *map(str, room.tests)]))

    def _untouched(self) -> Iterator[str]:
        """The loaded modules that cannot contain code of the module: other packages, and ours that never import it."""
        for name, module in tuple(sys.modules.items()):
            origin = Path(getattr(getattr(module, "__spec__", None), "origin", None) or "built-in")
            ours = origin.is_relative_to(self._room.root) and not origin.is_relative_to(sys.prefix)
            if ours and (_is_collected(origin) or self._room.module in _reached(name, self._room.root)):
                continue
            yield name


class _Loop:
    """Runs the collected tests once for each fault, each time in another child process."""

    def __init__(self, swaps: Sequence[Callable[[], bool]], limit: float) -> None:
        self._swaps = swaps
        self._limit = limit
        self.outcomes: list[Outcome | None] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        for put_in in self._swaps:
            code = _in_child(functools.partial(_run_collected, session, put_in), self._limit)
            self.outcomes.append(None if code == _NOT_LOADED else _outcome(code))
        return True


_NOT_LOADED: Final = 71


def _run_collected(session: pytest.Session, put_in: Callable[[], bool]) -> int:
    """Run tests until one fails."""
    if not put_in():
        return _NOT_LOADED
    following = [*session.items[1:], None]
    for item, after in zip(session.items, following, strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return 1
    return 0


def _outcome(code: int | None) -> Outcome:
    if code is None:
        return Outcome.HUNG
    return Outcome.SURVIVED if code == 0 else Outcome.NOTICED


def _is_collected(path: Path) -> bool:
    """Whether pytest itself loads a file."""
    return path.name == "conftest.py" or path.name.startswith("test_")


def _in_child(work: Callable[[], int], limit: float) -> int | None:
    """Run a function in a forked child, without output; returns the exit code, or None if it did not end in time."""
    child = os.fork()
    if child == 0:
        os.setsid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        _be_silent()
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        code = 70  # an uncaught exception also ends the tests
        try:
            code = work()
        finally:
            os._exit(code)
    ended = os.pidfd_open(child)
    try:
        in_time, _, _ = select.select([ended], [], [], limit)
    finally:
        os.close(ended)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # with all processes that the tests started
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if in_time else None


def _be_silent() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.stdout = sys.stderr = io.StringIO()
    hypothesis.settings.register_profile(
        "faults",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(
            hypothesis.Phase.explicit,
            hypothesis.Phase.generate,
        ),  # one failing example is enough, no shrinking
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def _import_all(names: Iterable[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


@functools.cache
def _reached(name: str, root: Path) -> frozenset[str]:
    """Our modules that are imported, directly or indirectly, with a module; including itself."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        one = ahead.pop()
        if one not in reached:
            reached.add(one)
            ahead.extend(_imported(one, root))
    return frozenset(reached)


@functools.cache
def _imported(name: str, root: Path) -> tuple[str, ...]:
    """Our modules that a module imports anywhere in its code, and the packages that contain it."""
    path = root.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not path.is_file():
        return ()
    found = {name.rpartition(".")[0]} - {""}
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            behind = _behind_door(node.module, root)
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            found |= {behind[alias.name] for alias in node.names if alias.name in behind}
    return tuple(found)


@functools.cache
def _behind_door(room: str, root: Path) -> Mapping[str, str]:
    """The names that a room exports, and the module that each is loaded from."""
    door = root.joinpath(*room.split("."), "__init__.pyi")
    if not door.is_file():
        return {}
    return {
        alias.name: f"{room}.{node.module}"
        for node in ast.parse(door.read_bytes()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
