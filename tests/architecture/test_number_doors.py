"""Every door through which a text comes in or goes out asks the guard of 12-digit numbers, or takes no free text.

A new field, route, option, setting, file or column fails here until it is of a closed shape, guarded, or named below
with the reason why it needs no guard. The rule itself is ``docs/my-number.md``.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any, get_args

import click
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import JSON, String

from backend.common.settings_files import FileSettings, SettingsError, read_settings
from backend.exchange.column_purpose import COLUMN_SHAPES
from backend.exchange.mapping import FieldName
from backend.settings import Settings
from backend.storage.tables import metadata
from backend.web.app import create_app
from backend.web.http.number_guard import CLOSED_FIELDS
from backend.wire import messages
from kiosk.config import KioskConfig
from queue_display.config import DisplayConfig
from tests.architecture.papers import PRODUCT, ROOT, modules, shown
from tests.invented_number import MY_NUMBER
from tests.pages_support import JSON as AS_PROGRAM, browser
from tests.support import House

DRESSES = (MY_NUMBER, "1234-5678-9018", "１２３４５６７８９０１８", "a123456789018")

GUARDED_FIELDS = {
    "CheckInRequest.code": "backend/reception/check_in.py",
    "CheckInRequest.number": "backend/reception/check_in.py",
}
"""Free texts that devices send, and the module that looks at them before anything else is done."""

SAID = {
    "number": "series and count of a ticket",
    "office_id": "the file of offices, which is searched",
    "name": "the file of offices",
    "address": "the file of offices",
    "phone": "the file of offices",
    "office_name": "the file of offices",
    "window": "the file of offices: at most three signs",
    "absent": "numbers of tickets",
    "detail": "codes and counts; names of fields are looked at in web.errors",
    "check": "a word of the settings, which are searched",
    "code_patterns": "the file of patterns, which is searched",
    "thing": "the rule files, which are searched",
    "note": "the rule files",
    "code": "the rule files and the file of kinds of visit, which is searched",
    "icon": "the file of kinds of visit",
    "title": "the rule files and the catalogue",
    "bring": "the rule files",
    "know": "the rule files",
    "version": "our own version",
    "parts": "our own words",
}
"""Free texts in replies, and where they come from."""

STORED = {
    "account_links": {"account_id": "an id", "token_hash": "a hash"},
    "handlers": {"account_id": "an id", "name": "protection.roster"},
    "account_roles": {"account_id": "an id", "office_id": "files", "role": "code"},
    "accounts": {
        "login": "protection.names", "name_key": "of the login", "office_id": "files", "password_hash": "a hash", "id": "ours",
    },
    "audit": {
        "actor": "an id", "action": "code", "subject": "an id", "facts": "protection.audit", "office_id": "files", "role": "code",
        "place": "the address of a connection", "subject_kind": "code", "field_names": "names of columns",
    },
    "audit_seals": {"holes": "keys of rows", "key_id": "letters of a hash"},
    "card_persons": {"card_id": "an id"},
    "booking_sheets": {
        "token": "drawn by notice_code", "reservation_id": "an id", "office_id": "files", "recipient_type": "code",
    },
    "cards": {
        "id": "ours", "kind": "code", "progress": "code", "ward_status": "code", "kept_at": "files", "fingerprint": "a keyed hash",
        "said": "code", "wished_office_id": "files",
    },
    "cases": {
        "id": "ours", "ticket_id": "an id", "card_id": "an id", "reservation_id": "an id", "shown": "code", "state": "code",
        "kind": "code", "admitted": "code", "reason": "code",
    },
    "checks": {
        "case_id": "an id", "rule_set": "files", "fingerprint": "a hash", "recipient": "code", "applicant": "codes",
        "visitor": "codes", "papers": "codes", "facts": "codes", "checked_by": "an id",
    },
    "counters": {"office_id": "files", "series": "files"},
    "devices": {"id": "ours", "name": "protection.names", "kind": "code", "office_id": "files", "token_hash": "a hash"},
    "event_counters": {"office_id": "files"},
    "events": {"kind": "code", "office_id": "files", "facts": "counts and labels"},
    "import_conflicts": {
        "id": "ours", "card_id": "an id", "ours_state": "code", "ours_office_id": "files", "theirs_state": "code",
        "theirs_office_id": "files", "decision": "code", "decided_by": "an id, or where a command was given",
    },
    "import_runs": {"id": "ours", "digest": "a keyed hash", "state": "code"},
    "key_store_marks": {"id": "ours"},
    "known_browsers": {"account_id": "an id", "token_hash": "a hash"},
    "notices": {"token": "drawn by notice_code", "card_id": "an id", "kind": "code", "state": "code", "run_id": "ours"},
    "outlets": {"id": "ours", "actor": "an id", "kind": "code", "place": "protection.outlet", "state": "code"},
    "person_index": {"card_id": "an id", "kind": "code", "digest": "a keyed hash"},
    "refusals": {"id": "ours", "office_id": "files", "device_id": "an id", "reason": "code", "fingerprint": "a keyed hash"},
    "requests": {"request_id": "a UUID", "command": "code", "body_hash": "a hash", "reply": "codes and ids"},
    "reservation_contacts": {"reservation_id": "an id"},
    "seats": {"office_id": "files", "window": "files", "account_id": "an id"},
    "sessions": {"token_hash": "a hash", "account_id": "an id", "office_id": "files", "csrf": "drawn"},
    "sign_in_tries": {"name_hash": "a keyed hash", "key_hash": "a keyed hash"},
    "ticket_steps": {
        "ticket_id": "an id", "office_id": "files", "event": "code", "before": "code", "after": "code", "actor": "an id",
        "window": "files", "reason": "code", "case_id": "an id",
    },
    "tickets": {
        "id": "ours", "office_id": "files", "series": "files", "label": "series and count", "state": "code", "reason": "code",
        "device_id": "an id", "language": "a closed shape", "window": "files", "holder": "an id",
        "print_state": "code", "print_trouble": "code", "kind": "code",
    },
}  # fmt: skip
"""Columns with texts, and why no 12-digit number comes to stand there; those of reservations are the import's."""

OWN_OF_RESERVATIONS = {
    "id", "card_id", "replaces_id", "channel", "fingerprint", "office_id", "window_name", "owner", "ward_state", "ward_office_id",
}  # fmt: skip
"""What the program makes itself of an imported row; office and window come from its searched column."""

PROGRAMS = {
    "uketsuke": ("backend.__main__", "cli"),
    "uketsuke-kiosk": ("kiosk.__main__", "cli"),
    "uketsuke-display": ("queue_display.__main__", "command"),
}
WITHHOLDING = {
    "scan": "shows pictures with any name, a part that holds a number as ***: tests/unit/test_scan_cli.py",
    "explain": "answers that it is refused, and repeats nothing: tests/integration/test_explain.py",
}

READS_FILES = {
    "backend/common/catalogue.py": "shipped texts, looked at by test_house",
    "backend/common/settings_files.py": "values are looked at after the file was read",
    "backend/documents/files/rule_file.py": "pure; backend.ward_rules looks at the ward's files",
    "backend/documents/files/rule_reader.py": "pure; the same",
    "kiosk/visit/scenes.py": "the shipped offices",
    "queue_display/scenes.py": "the shipped offices",
}
"""Modules that read files of TOML or YAML without asking the guard, each with the reason."""

QUIET = {"kiosk/cli/printer.py": "switches the log of a printer's test off"}
"""Modules that set up a log without the filter, each with the reason."""


def _takes(annotation: Any, value: object) -> bool:
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def _models(base: type[BaseModel]) -> list[type[BaseModel]]:
    return [
        model
        for model in vars(messages).values()
        if isinstance(model, type) and issubclass(model, base) and model is not base
    ]


def _whole(field: Any) -> Any:
    """The type of a field with what pydantic keeps beside it."""
    annotation = field.annotation
    for constraint in field.metadata:
        annotation = Annotated[annotation, constraint]
    return annotation


def test_devices_send_closed_shapes_or_what_is_looked_at() -> None:
    """A new field of a request that takes any text is a door: close it, or look at it where it comes in."""
    found = set()
    for model in _models(messages.Request):
        for name, field in model.model_fields.items():
            shapes = [*DRESSES, *([dress] for dress in DRESSES), *({dress: dress} for dress in DRESSES)]
            if any(_takes(_whole(field), shape) for shape in shapes):
                found.add(f"{model.__name__}.{name}")
    assert found == set(GUARDED_FIELDS)
    for module in GUARDED_FIELDS.values():
        assert "contains_my_number(" in (ROOT / module).read_text("utf-8")


def test_every_text_of_a_reply_says_where_it_comes_from() -> None:
    """What goes out to devices was searched where it came in."""
    texts = {
        name
        for model in _models(messages.Reply)
        for name, field in model.model_fields.items()
        if re.search(r"\bstr\b", str(field.annotation))
    }
    assert texts == set(SAID)


def test_every_route_looks_at_its_address_and_takes_known_bodies(small_house: House) -> None:
    """No route is outside of the guard, and none takes JSON that is not a message of the wire."""
    app = create_app(small_house.graph)
    routers = [getattr(route, "original_router", None) for route in app.routes]
    routes = [
        route
        for found in (app.routes, *(router.routes for router in routers if router is not None))
        for route in found
        if isinstance(route, APIRoute)
    ]
    assert len(routes) > 30
    client = browser(app)
    for route in routes:
        address = re.sub(r"\{\w+\}", "0" * 32, route.path)
        for method in route.methods or ():
            reply = client.request(method, f"{address}?q={MY_NUMBER}", headers=AS_PROGRAM)
            assert reply.json()["code"] == "contains_my_number", (method, address)
        if route.body_field is not None:
            body = route.body_field.field_info.annotation
            assert body in _models(messages.Request), route.path


def test_only_one_function_reads_forms() -> None:
    """Every field of every form goes through ``read_form``, and so through the guard.

    What else is read is the JSON of devices, whose models are closed.
    """
    readers = {
        shown(path)
        for path, tree in modules("backend").items()
        if "backend/web" in shown(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"stream", "form", "body", "json"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    }
    assert readers == {"backend/web/http/forms.py", "backend/web/devices/command_route.py"}
    source = (ROOT / "backend/web/http/forms.py").read_text("utf-8")
    assert source.index("refuse_numbers(fields)") < source.index("return Form({name")
    assert {"request_id", "csrf", "back", "case_id", "versions"} == CLOSED_FIELDS


def _commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _commands(found, (*path, name))


def _texts_of(command: click.Command) -> Iterator[tuple[str, ...]]:
    """How each parameter is given that is no choice and no switch; numbers too, for their errors repeat what was given."""
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            yield (MY_NUMBER,)
        elif isinstance(parameter, click.Option) and not parameter.is_flag:
            yield (parameter.opts[0], MY_NUMBER)


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_option_of_any_command_takes_a_number(
    program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names, offices, paths, addresses: refused before a command sees them, and not repeated."""
    module, name = PROGRAMS[program]
    loaded = import_module(module)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    lines = 0
    for path, command in _commands(getattr(loaded, name)):
        if path[:1] and path[0] in WITHHOLDING:
            continue
        for given in _texts_of(command):
            monkeypatch.setattr(sys, "argv", [program, *path, *given])
            with pytest.raises(SystemExit) as ended:
                loaded.main()
            told = capsys.readouterr()
            assert ended.value.code == 1, (path, given)
            assert "12-digit number" in told.err
            assert MY_NUMBER not in told.out + told.err
            lines += 1
    assert lines >= 5


def test_every_program_runs_through_the_guard() -> None:
    """The three programs of the project begin with ``backend.common.console.run``; only two commands withhold by themselves."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"\[project\.scripts\]\n(.*?)\n\n", project, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r"^([\w-]+) =", listed[1], re.MULTILINE)) == set(PROGRAMS)
    sources = [
        (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8") for module, _ in PROGRAMS.values()
    ]
    exempt = {
        name
        for source in sources
        for names in re.findall(r"withholding=\(([^)]*)\)", source)
        for name in re.findall(r'"([\w-]+)"', names)
    }
    assert exempt == set(WITHHOLDING)


@pytest.mark.parametrize("model", [Settings, KioskConfig, DisplayConfig])
def test_no_setting_of_any_program_takes_a_number(
    model: type[FileSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that will be added: whatever a program is told is searched, a secret aside."""
    monkeypatch.chdir(ROOT)
    for name in model.model_fields:
        if name == "token":
            continue
        with pytest.raises(SettingsError) as caught:
            read_settings(model, None, "UKETSUKE_NO_FILE", {name: MY_NUMBER})
        assert MY_NUMBER not in str(caught.value)


def test_every_reader_of_files_looks_at_them() -> None:
    """A file of the ward is a door too: whoever reads TOML, YAML or CSV asks the guard."""
    reading = re.compile(r"tomllib\.loads?\(|yaml\.(?:load|compose|parse|scan|safe_load)\(")
    guard = re.compile(r"\b(?:tree_contains_my_number|contains_my_number|holds_my_number)\(")
    silent = {
        shown(path)
        for path in modules(*PRODUCT)
        if reading.search(source := path.read_text("utf-8")) and not guard.search(source)
    }
    assert silent <= set(READS_FILES)
    assert {name for name in READS_FILES if not (ROOT / name).exists()} == set()


def test_every_log_has_the_filter() -> None:
    """Whoever sets up a log puts the filter into it."""
    setting_up = {
        shown(path): path for path in modules(*PRODUCT) if "structlog.configure(" in path.read_text("utf-8")
    }
    without = {name for name, path in setting_up.items() if "hide_numbers," not in path.read_text("utf-8")}
    assert without == set(QUIET)
    assert len(setting_up) >= 3


def test_every_stored_text_says_why_it_holds_no_number() -> None:
    """A new column for texts is named here with its guard before anything is written into it."""
    texts = {
        table.name: {column.name for column in table.columns if isinstance(column.type, String | JSON)}
        for table in metadata.sorted_tables
    }
    imported = texts.pop("reservations") - OWN_OF_RESERVATIONS
    assert {table: names for table, names in texts.items() if names} == {
        table: set(columns) for table, columns in STORED.items()
    }
    assert imported <= set(get_args(FieldName))
    assert set(COLUMN_SHAPES) <= set(get_args(FieldName))
