"""Tables in the papers that repeat a table in the code say the same."""

import re
from collections.abc import Iterable

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

from backend.exchange.record import ReservationRecord
from backend.protection.columns import permitted_columns
from backend.protection.permissions import OF_DEVICE, OF_ROLE, Permission
from backend.protection.roles import DeviceKind, Role
from backend.reception.deciding.steps import STEPS
from backend.storage.tables import metadata
from backend.web.app import PAGE_ROUTERS
from backend.web.devices import device_commands, device_routes
from backend.web.http.errors import STATUS
from backend.wire import messages
from backend.wire.codes import ALIVE_STATES, AT_WINDOW_STATES, JOINABLE_STATES, ErrorCode, TicketState
from kiosk.virtual.printer_modes import PrinterMode
from tests.architecture.papers import (
    ROOT,
    codes_in,
    table_of,
    tables_of,
    text_of,
)

MESSAGES = [
    model
    for model in vars(messages).values()
    if isinstance(model, type)
    and issubclass(model, BaseModel)
    and model.__module__ == messages.__name__
    and model not in {messages.Request, messages.Reply}
]


def test_the_steps_of_a_ticket_are_those_of_the_code() -> None:
    """The table that a person checks a complaint against is the one that the server goes by."""
    documented = {
        (row[0].strip("`"), row[2].strip("`")): set(codes_in(row[1]))
        for row in table_of("states.md", "step").rows
    }
    by_code: dict[tuple[str, str], set[str]] = {}
    for kind, table in STEPS.items():
        for source, target in table.items():
            sources = by_code.setdefault((kind.value, target.value), set())
            sources.update({source.value} if source else ())
    assert documented == by_code


def test_the_picture_of_the_states_shows_every_step_and_no_other() -> None:
    """The picture and the code are one."""
    arrows = set(re.findall(r"^ {4}(\w+) --> (\w+): (\w+)$", text_of("states.md"), re.MULTILINE))
    assert arrows == {
        (source.value, target.value, kind.value)
        for kind, table in STEPS.items()
        for source, target in table.items()
        if source
    }


def test_the_sets_of_states_are_those_of_the_code() -> None:
    """Which numbers are not given again, and which windows are occupied, is told right."""
    rows = [set(codes_in(row[1])) for row in table_of("states.md", "set").rows]
    alive = {state.value for state in ALIVE_STATES}
    assert rows == [
        alive,
        {state.value for state in AT_WINDOW_STATES},
        {state.value for state in JOINABLE_STATES},
        {state.value for state in TicketState} - alive,
    ]


def test_who_may_see_which_column_is_told_right() -> None:
    """The promise to the ward about personal data is what the server does."""
    table = table_of("protection.md", "column")
    roles = [Role(name) for name in table.header[2:]]
    documented = {row[0].strip("`"): [cell == "●" for cell in row[2:]] for row in table.rows}
    assert documented == {
        name: [name in permitted_columns(OF_ROLE[role]) for role in roles]
        for name in ReservationRecord.__slots__
    }
    assert all(not permitted_columns(OF_ROLE[role]) for role in Role if role not in roles)


def test_who_may_do_what_is_told_right() -> None:
    """The table of permissions is what roles and kinds of devices are made of."""
    table = table_of("protection.md", "permission")
    permitted = [(kind.value, OF_ROLE[kind]) for kind in Role] + [
        (kind.value, OF_DEVICE[kind]) for kind in DeviceKind
    ]
    assert list(table.header[2:]) == [name for name, _ in permitted]
    for column, (_, permissions) in enumerate(permitted, start=2):
        assert {row[0].strip("`") for row in table.rows if row[column] == "●"} == permissions
    assert table.codes() == list(Permission)


def test_every_table_of_the_database_is_in_the_list_of_what_is_where() -> None:
    """Nothing is kept in a place that nobody was told of."""
    documented = re.findall(r"\| table `(\w+)`", text_of("protection.md"))
    assert sorted(documented) == sorted(metadata.tables)


def test_every_error_has_the_status_that_is_documented() -> None:
    """Who writes a client can rely on the table."""
    rows = next(table for table in tables_of("protocol.md") if "`ErrorCode`" in table.heading).rows
    documented = {row[0].strip("`"): int(row[1]) for row in rows}
    assert documented == {code.value: int(STATUS[code]) for code in ErrorCode}


@pytest.mark.parametrize("model", MESSAGES, ids=lambda model: model.__name__)
def test_every_field_of_a_message_is_documented(model: type[BaseModel]) -> None:
    """Who reads a message finds the meaning of each field."""
    rows = [
        row for table in tables_of("protocol.md") for row in table.rows if row[0] == f"`{model.__name__}`"
    ]
    assert len(rows) == 1
    names = set(model.model_fields) - set(messages.Request.model_fields)
    assert names <= set(codes_in(rows[0][1]))


def routes(routers: Iterable[APIRouter]) -> set[tuple[str, str]]:
    """Method and path of every route."""
    return {
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def test_every_route_is_documented() -> None:
    """The interface has no door that is not on the plan, and the plan none that is not there."""
    served = routes(
        [
            device_commands.router,
            device_routes.router,
            *PAGE_ROUTERS,
        ]
    )
    served |= {("GET", "/api/v1/health"), ("GET", "/api/v1/openapi.json"), ("GET", "/static/…")}
    documented: set[tuple[str, str]] = set()
    for table in tables_of("protocol.md"):
        if table.header[0] != "route":
            continue
        for row in table.rows:
            first: tuple[str, str] | None = None
            for code in codes_in(row[0]):
                method, _, path = code.partition(" ")
                if not path and first is not None:
                    # "`POST /a/b`, `/c`" means the same with another last part.
                    method, path = first[0], first[1].rpartition("/")[0] + code
                first = first or (method, path)
                documented.add((method, path))
    assert documented == served


def test_every_mode_of_the_virtual_printer_is_documented() -> None:
    """Who wants to see a fault finds how to make it."""
    rows = table_of("hardware.md", "mode").rows
    assert {row[0].strip("`"): row[1].replace("`", "") for row in rows} == {
        mode.value: mode.meaning for mode in PrinterMode
    }


def test_every_folder_of_tests_is_described() -> None:
    """A newcomer knows where a test belongs."""
    folders = {
        f"tests/{path.name}"
        for path in (ROOT / "tests").iterdir()
        if any(path.glob("*.*")) and not path.name.startswith(("_", "."))
    }
    assert set(table_of("testing.md", "folder").codes()) == folders
