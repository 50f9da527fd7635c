"""The papers are true: what the code has is named in them, and what they name is there."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from backend.__main__ import COMMANDS
from backend.bootstrap import open_directory
from backend.commands.command import Command
from backend.office_settings import OfficeSettings
from backend.offices.directory_file import load_directory
from backend.protection.failed_searches import SEARCH_FAILED
from backend.reception import check_commands, closing, commands, kind_commands, stopping
from backend.reservations import notice_commands
from backend.settings import Settings, load_settings
from backend.web.http.refused_requests import DEVICE_REFUSED, REFUSED
from backend.wire import codes
from kiosk.__main__ import COMMANDS as KIOSK_COMMANDS
from tests.architecture.papers import (
    DOCS,
    PRODUCT,
    ROOT,
    Table,
    calls,
    codes_in,
    modules,
    shown,
    table_of,
    tables_of,
    text_of,
    texts_in,
    tracked_files,
)

PAPERS = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
ENUMS = [
    value
    for value in vars(codes).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value.__module__ == codes.__name__
]
LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
TELLING = frozenset({"level", "_emit", "_on_event", "_tell"})
"""Where a logger's method is chosen first, or handed in."""
EVENT_NAME = re.compile(r"[a-z]+(_[a-z0-9]+)*")


def paper_name(path: Path) -> str:
    """A name for a test."""
    return shown(path)


def rows_for(enum: type[StrEnum]) -> Iterator[Table]:
    """The tables of the protocol that list a code: by their first header cell, or by their heading."""
    for table in tables_of("protocol.md"):
        if table.header[0] == f"`{enum.__name__}`" or (
            table.header[0] == "code" and f"`{enum.__name__}`" in table.heading
        ):
            yield table


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_code_of_the_wire_is_documented(enum: type[StrEnum]) -> None:
    """Who reads a code in a log or a reply finds its meaning, and finds no code that is gone."""
    listed = [code for table in rows_for(enum) for code in table.codes()]
    assert sorted(listed) == sorted(member.value for member in enum)


def inline_table(value: BaseModel) -> str:
    """What differs from a model's defaults, as it is written in a TOML file."""
    fields = value.model_dump(exclude_defaults=True).items()
    return f"{{ {', '.join(f'{name} = {json.dumps(one)}' for name, one in fields)} }}"


def test_every_setting_of_the_server_is_documented_with_its_default() -> None:
    """An administrator reads one table, and it is right."""
    documented = {row[0].strip("`"): row[1].strip("`") for row in table_of("operations.md", "setting").rows}

    def as_written(name: str) -> str:
        value = Settings.model_fields[name].get_default(call_default_factory=True, validated_data={})
        if isinstance(value, Path) and value.is_absolute():
            return shown(value)
        if value in ((), None, {}):
            return "none"
        if isinstance(value, tuple):
            shown_ones = (json.dumps(one) if isinstance(one, str) else inline_table(one) for one in value)
            return f"[{', '.join(shown_ones)}]"
        return str(value).lower() if isinstance(value, bool) else str(value)

    assert documented == {name: as_written(name) for name in Settings.model_fields}


def test_every_setting_that_an_office_may_have_is_documented(tmp_path: Path) -> None:
    """What differs by office, and nothing else, stands in the second table; its example is a file that the server takes."""
    rows = table_of("operations.md", "setting of an office").rows
    documented = [name for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(documented) == sorted(OfficeSettings.model_fields)
    example = re.search(
        r"#### What an office may have of its own\n.*?```toml\n(.*?)```", text_of("operations.md"), re.DOTALL
    )
    assert example is not None
    path = tmp_path / "server.toml"
    path.write_text(example.group(1), "utf-8")
    settings = load_settings(path)
    assert open_directory(settings)
    graces = [settings.of_office(one).late_grace_minutes for one in ("00", "01", "03")]
    assert graces == [5, 10, 10]


def test_the_example_settings_are_accepted(tmp_path: Path) -> None:
    """What the papers tell to write into a file is a file that the server takes."""
    example = re.search(
        r"`/etc/uketsuke/server\.toml`:\n\n```toml\n(.*?)```", text_of("operations.md"), re.DOTALL
    )
    assert example is not None
    path = tmp_path / "server.toml"
    path.write_text(example.group(1), "utf-8")
    assert load_settings(path).host == tomllib.loads(example.group(1))["host"]


def test_the_example_of_offices_is_accepted(tmp_path: Path) -> None:
    """A ward that starts from the example starts from a file that works."""
    example = re.search(r"## Example\n\n```toml\n(.*?)```", text_of("offices.md"), re.DOTALL)
    assert example is not None
    path = tmp_path / "offices.toml"
    path.write_text(example.group(1), "utf-8")
    assert [office.id for office in load_directory(path)] == ["00"]


def log_events() -> dict[str, set[str]]:
    """Every log event in the code, with the files that write it."""
    found: dict[str, set[str]] = {}
    for path, tree in modules(*PRODUCT).items():
        for name, call in calls(tree):
            receiver = ast.unparse(call.func).rpartition(".")[0]
            said = receiver in {"log", "_log"} and name in LOGGING
            if call.args and (said or name in TELLING):
                for text in texts_in(call.args[0]):
                    if EVENT_NAME.fullmatch(text) and (said or "_" in text):
                        found.setdefault(text, set()).add(shown(path))
    return found


def test_every_log_event_is_documented() -> None:
    """Who reads a log finds what a line means."""
    events = log_events()
    assert {"server_ready", "checked_in", "board_shown", "job_received"} <= set(events)
    documented = table_of("operations.md", "event").codes()
    assert len(documented) == len(set(documented))
    assert set(documented) == set(events), {name: events.get(name) for name in set(documented) ^ set(events)}


def test_every_action_of_the_audit_trail_is_documented() -> None:
    """A responsible person who reads the audit trail knows every word in it."""
    written: set[str] = set()
    for tree in modules("backend").values():
        for name, call in calls(tree):
            if name in {"record_audit", "_note_session"} and len(call.args) > 2:
                written.update(text for text in texts_in(call.args[2]) if EVENT_NAME.fullmatch(text))
    written |= {
        kind.name
        for module in (commands, check_commands, kind_commands, closing, stopping, notice_commands)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Command) and "name" in vars(kind)
    }
    written |= {SEARCH_FAILED, REFUSED, DEVICE_REFUSED}
    assert {"call_next", "issue", "check_in", "signed_in", "device_enrolled"} <= written
    assert set(table_of("protection.md", "action").codes()) == written


@pytest.mark.parametrize("paper", PAPERS, ids=paper_name)
def test_every_link_leads_somewhere(paper: Path) -> None:
    """Papers, pictures and sections that a paper points to are there."""
    for target in re.findall(r"\]\(([^)\s]+)\)", paper.read_text("utf-8")):
        if not target.startswith("http"):
            assert (paper.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("paper", PAPERS, ids=paper_name)
def test_every_file_that_is_named_exists(paper: Path) -> None:
    """A path in backticks that begins with a folder of ours is a path of ours."""
    known = {shown(path) for path in tracked_files()}
    folders = {parent.as_posix() for name in known for parent in Path(name).parents}
    for code in codes_in(paper.read_text("utf-8")):
        if re.fullmatch(r"(backend|kiosk|queue_display|assets|tests|docs)/[\w./-]+", code):
            assert code in known or code.rstrip("/") in folders, code


@pytest.mark.parametrize(("paper", "column", "least"), [("bad-input.md", 2, 50), ("known-faults.md", 3, 35)])
def test_every_promise_of_a_proof_names_tests_that_exist(paper: str, column: int, least: int) -> None:
    """The tables that promise a proof lead to the proof."""
    named = [code for table in tables_of(paper) for code in table.codes(column)]
    assert len(named) >= least
    for table in tables_of(paper):
        assert all(row[column] for row in table.rows)
    functions = {
        f"{shown(path)}::{node.name}"
        for path, tree in modules("tests").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert [name for name in named if name not in functions] == []


def test_every_decision_has_context_decision_and_consequences() -> None:
    """A decision without its reason is only a habit."""
    decisions = sorted((DOCS / "adr").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for path in decisions:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        headings = [line for line in text.splitlines() if line.startswith("## ")]
        assert headings == ["## Context", "## Decision", "## Consequences"], path.name


def test_the_changelog_begins_with_the_version_of_the_product() -> None:
    """Who installs a version finds what is new in it."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    newest = re.search(r"^## \[([^\]]+)\]", text_of("../CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == version


def test_every_command_is_in_the_readme() -> None:
    """A newcomer sees what there is."""
    readme = text_of("../README.md")
    named = {
        word
        for code in codes_in(readme)
        if code.startswith("uketsuke ")
        for word in [code.split()[1].rstrip(",")]
    }
    assert named == set(COMMANDS)
    for command in set(KIOSK_COMMANDS) - {"run"}:
        assert f"`{command}`" in readme


def test_every_make_target_that_the_papers_name_exists() -> None:
    """A command that is told to be typed can be typed."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for paper in PAPERS:
        text = paper.read_text("utf-8")
        for target in re.findall(r"(?:^|`)(?:cd \S+ && )?make ([a-z-]+)", text, re.MULTILINE):
            assert target in targets, (shown(paper), target)
