"""Nothing decides by who somebody is: outside of protection only permissions are asked for."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.papers import ROOT

MAKES_ACCOUNTS = {
    "backend/cli/account.py",
    "backend/web/desk/roster_routes.py",
    "backend/web/desk/roster_view.py",
    "backend/cli/device.py",
    "backend/demo/counter.py",
}
"""Commands that add an account or a device, and so name what it is."""
NAMES = {"Role", "DeviceKind", "OF_ROLE", "OF_DEVICE"}


def names_of_roles(tree: ast.AST) -> Iterator[int]:
    """The lines that name a role, a kind of device or the permissions of one, or ask an account for its role."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in NAMES:
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in {"role", "kind"}:
            owner = (
                node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            )
            if owner in {"account", "device"}:
                yield node.lineno


def product() -> Iterator[tuple[str, Path]]:
    """Every module of the product that is not of protection."""
    for part in ("backend", "kiosk", "queue_display"):
        for path in sorted((ROOT / part).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("backend/protection/"):
                yield name, path


def test_nothing_outside_of_protection_asks_for_a_role() -> None:
    """A third role, or a second kind of clerk, is a set of permissions and no change in any page or route."""
    found = {
        name: lines
        for name, path in product()
        if (lines := list(names_of_roles(ast.parse(path.read_text("utf-8")))))
    }
    assert set(found) == MAKES_ACCOUNTS, found


def test_a_role_is_found_however_it_is_asked_for() -> None:
    """The search of the test above sees a comparison, a look-up and an account's own role."""
    for asked in (
        "x is Role.CLERK",
        "OF_ROLE[r]",
        "session.account.role == r",
        "account.role",
        "device.kind",
    ):
        assert list(names_of_roles(ast.parse(asked))) == [1], asked
    assert list(names_of_roles(ast.parse("slot.role, window.kind, trouble.device"))) == []
