"""Finds where the product's source executes SQL, to check that none of it is tested on SQLite only."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_ASKS: Final = frozenset({"execute", "exec_driver_sql", "scalar", "scalars"})
_ASKS_WITH: Final = frozenset({"first", "rows", "run", "scalar"})
"""Methods of a compiled statement whose first argument is the connection."""
Place = tuple[str, int]
"""A file, relative to the root of the repository, and a line."""

_SQLITE_ALONE: Final = {
    "backend/demo/visitors.py": "the demonstration has a SQLite file of its own",
    "backend/storage/engine.py": "each kind of database is opened by its own function",
    "backend/storage/listening.py": "LISTEN goes past the pool, over the driver's own connection",
    "backend/storage/open_file.py": "a SQLite database is a file that can be moved away",
    "backend/storage/sqlite_backup.py": "the copy of a SQLite file; PostgreSQL has its own programs",
    "backend/storage/postgres_backup.py": "in the process of a command, which tests/integration types as the papers have it",
    'backend/storage/pulse.py:"SELECT name': "PostgreSQL finds damage in its files by itself",
    "backend/storage/pulse.py:'SELECT name": "the same",
    "backend/storage/pulse.py:f'SELECT * FROM": "the same",
    "backend/storage/database.py:f'SET LOCAL lock_timeout": "in a server of its own, in tests/concurrency",
    "backend/storage/statements.py": "every compiled statement goes through here; whoever asks is looked at",
    "backend/storage/batch.py:words": "savepoints are orders to the driver itself; tests/integration/test_storage_batch.py sees both",
    "backend/sealing/marks.py:changing.values": "the second one is of two first marks in one instant",
    "backend/storage/checkpoints.py": "the log of a SQLite file",
    "backend/storage/compacting.py": "the pages of a SQLite file",
    "backend/sealing/key_database.py:text('PRAGMA": "the pages of a key store that is a file",
    "backend/sealing/key_database.py:'PRAGMA": "how a key store that is a file keeps nothing of what was destroyed",
    "backend/sealing/key_database.py:'BEGIN": "a transaction of a key store that is a file",
    "backend/protection/trail/archiving.py:_TRIGGERS": "PostgreSQL's triggers are told, and stay",
    "backend/protection/trail/archiving.py:f'DROP TRIGGER": "the same",
    "backend/protection/trail/archiving.py:sql": "the same",
    "backend/storage/migrations/": "the migrations run on both kinds in tests/integration/test_storage.py",
}
"""Code that need not run on PostgreSQL, by the beginning of its words, with the reason."""


@dataclass(frozen=True)
class Order:
    """One call that executes SQL.

    Attributes:
        file: the file, relative to the root of the repository.
        first: the first line of the call.
        last: its last line.
        function: the function that contains it.
        words: source text of its first argument.
    """

    file: str
    first: int
    last: int
    function: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.first} ({self.function})"


@cache
def orders(folder: Path = ROOT / "backend", root: Path = ROOT) -> list[Order]:
    """Every order of the product that both kinds of database get; the source is read once."""
    return [
        order
        for path in sorted(folder.rglob("*.py"))
        for order in _orders_in(
            ast.parse(path.read_text("utf-8")), path.relative_to(root).as_posix(), "the module"
        )
        if not any(f"{order.file}:{order.words}".startswith(alone) for alone in _SQLITE_ALONE)
    ]


def missed(wanted: Iterable[Order], seen: Iterable[Place]) -> list[Order]:
    """The calls that none of these lines executed."""
    lines: dict[str, set[int]] = {}
    for file, line in seen:
        lines.setdefault(file, set()).add(line)
    return [
        order
        for order in wanted
        if not any(order.first <= line <= order.last for line in lines.get(order.file, ()))
    ]


def _orders_in(node: ast.AST, file: str, function: str) -> Iterator[Order]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _orders_in(child, file, child.name)
            continue
        if (
            isinstance(child, ast.Call)
            and isinstance(child.func, ast.Attribute)
            and _asks(child, child.func.attr)
        ):
            words = ast.unparse(child.args[0]) if child.args else ""
            yield Order(file, child.lineno, child.end_lineno or child.lineno, function, words)
        yield from _orders_in(child, file, function)


def _asks(call: ast.Call, method: str) -> bool:
    if method in _ASKS_WITH and call.args and ast.unparse(call.args[0]).endswith("connection"):
        return True
    return method in _ASKS
