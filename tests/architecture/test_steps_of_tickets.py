"""The state of a ticket changes by the table of steps alone: who else would write it is found in the source."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.papers import modules, shown

WRITER = "backend/reception/storing/tickets.py"
CALLS_NEXT = "backend/reception/storing/queue.py"
"""Chooses and calls in one statement; its new state stands in the table."""
SQL = re.compile(r"\b(?:UPDATE|INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO)\s+\"?tickets\b", re.IGNORECASE)


def is_of_tickets(node: ast.AST) -> bool:
    """Whether an expression is the table of tickets, however it is reached."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name == "tickets"


def changes_tickets(node: ast.AST) -> bool:
    """Whether an expression begins an UPDATE or INSERT of tickets: as a function, a method of the table, or as a text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return SQL.search(node.value) is not None
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = (
        called.id
        if isinstance(called, ast.Name)
        else called.attr
        if isinstance(called, ast.Attribute)
        else ""
    )
    if name not in {"update", "insert"}:
        return False
    return any(map(is_of_tickets, node.args)) or (
        isinstance(called, ast.Attribute) and is_of_tickets(called.value)
    )


def names_state(tree: ast.AST) -> Iterator[int]:
    """Lines that give a value to a column ``state``: by keyword, or by its name as a text or a key."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "state":
            yield node.value.lineno
        elif isinstance(node, ast.Constant) and node.value == "state":
            yield node.lineno


def writers(trees: dict[str, ast.Module]) -> dict[str, list[int]]:
    """Modules in which an UPDATE or INSERT of tickets begins, each with the lines that give a value to ``state``."""
    return {
        name: sorted(names_state(tree))
        for name, tree in trees.items()
        if any(changes_tickets(node) for node in ast.walk(tree))
    }


def steps_around(tree: ast.Module) -> Iterator[str]:
    """What is called ``change`` with a state, and in which function."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "change":
                given = {keyword.arg for keyword in node.keywords}
                if "state" in given:
                    yield function.name


def server() -> dict[str, ast.Module]:
    """Every module of the server; migrations say how states were written once."""
    return {
        shown(path): tree for path, tree in modules("backend").items() if "/migrations/" not in shown(path)
    }


def test_only_the_table_of_steps_changes_a_state() -> None:
    """A command that sets a state by itself would leave no line of history and might leave the law of a visit."""
    trees = server()
    found = writers(trees)
    assert {name for name, lines in found.items() if lines} == {WRITER, CALLS_NEXT}
    assert {name for name, tree in trees.items() if list(steps_around(tree))} == {WRITER}
    assert list(steps_around(trees[WRITER])) == ["advance"]
    (state,) = (
        node.value
        for node in ast.walk(trees[CALLS_NEXT])
        if isinstance(node, ast.keyword) and node.arg == "state"
    )
    assert ast.unparse(state) == "STEPS[EventKind.TICKET_CALLED][TicketState.WAITING].value"


def test_a_writer_is_found_however_it_writes() -> None:
    """The search of the test above sees every way in which this house and SQLAlchemy write a row."""
    for written in (
        "update(tickets).values(state='called')",
        "connection.execute(update(tables.tickets), {'state': 'called'})",
        "tickets.update().where(x).values({'state': y})",
        "Statement(insert(tickets), ('id', 'state'))",
        "sa.insert(tickets).values(state=y)",
        'execute(text("UPDATE tickets SET holder = :h")); dict(state=1)',
    ):
        assert writers({"it": ast.parse(written)}) == {"it": [1]}, written
    for harmless in (
        "select(tickets).where(state=1)",
        "update(seats).values(state=1)",
        "'the update of tickets'",
    ):
        assert writers({"it": ast.parse(harmless)}) == {}, harmless
    assert list(
        steps_around(ast.parse("def f():\n    change(work, ticket, state=1)\n    change(w, t, label=2)"))
    ) == ["f"]
