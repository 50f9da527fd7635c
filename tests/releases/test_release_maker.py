"""The maker of kept releases itself: it still runs, and makes the same as long as the version is the same."""

import re
from difflib import unified_diff
from pathlib import Path

import pytest

from assets.console import product_version
from backend.wire.codes import CheckInReason, EventKind, PrintState, TicketState
from tests.releases.kept import DAY, FOLDER, NEXT, ROWS, Release, exchanges, releases
from tests.releases.make import made, tables_of_postgresql, tables_of_sqlite

_HELP = """
What `python -m tests.releases` makes today is not what tests/releases/{version} holds:
{differences}
What is kept of a version that went out is never made anew: it is what wards have. Either the change was not meant; or
it was, and then this is another version: raise it in pyproject.toml, and `python -m tests.releases` keeps the new one
beside the old when it goes out. Only before version {version} is tagged may the command overwrite its folder.
"""


def differences(files: dict[str, str], kept: Path) -> str:
    """The first lines that differ, of every file that does."""
    found = []
    for name, text in files.items():
        there = (kept / name).read_text("utf-8").splitlines() if (kept / name).is_file() else []
        lines = [
            line[:200] for line in unified_diff(there, text.splitlines(), "kept", "today", n=0, lineterm="")
        ]
        if lines:
            found.append("\n".join([name, *lines[:12]]))
    return "\n".join(found)


def shapes(file: Path) -> set[tuple[str, str, int]]:
    """What was asked, ids aside, and how it ended."""
    return {
        (one.asked.method, re.sub(r"[0-9a-f-]{32,36}", "ID", one.asked.path), one.status)
        for one in exchanges(file)
    }


def test_what_is_made_today_is_what_is_kept(tmp_path: Path) -> None:
    """The maker cannot rot: of a kept version it makes every byte again, of a later one at least all kinds of things."""
    files = {**made(f"sqlite:///{tmp_path / 'house.db'}", tmp_path), **tables_of_sqlite(tmp_path)}
    version = product_version()
    if version in releases():
        found = differences(files, FOLDER / version)
        assert not found, _HELP.format(version=version, differences=found)
        return
    newest = FOLDER / releases()[-1]
    for name in (DAY, NEXT):
        (tmp_path / name).write_text(files[name], "utf-8")
        assert shapes(newest / name) <= shapes(tmp_path / name)


@pytest.mark.dialect
def test_the_kept_tables_are_those_of_the_version(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A migration that is changed after it went out is noticed: its tables are no longer those that wards have."""
    version = product_version()
    if version not in releases():
        pytest.skip("no release of this version is kept yet")
    if database_kind == "sqlite":
        files = tables_of_sqlite(tmp_path)
    else:
        server = request.getfixturevalue("postgres_url")
        files = tables_of_postgresql(server, request.getfixturevalue("postgres_programs"))
    found = differences(files, FOLDER / version)
    assert not found, _HELP.format(version=version, differences=found)


@pytest.mark.parametrize("version", releases())
def test_a_kept_release_has_everything(version: str) -> None:
    """Every state of a ticket and of its paper, every answer of a check-in and every kind of event that version 0.1.0 knew."""
    release = Release.read(FOLDER / version)
    rows = release.rows
    assert {row["state"] for row in rows["tickets"]} >= {state.value for state in _STATES}
    assert {row["print_state"] for row in rows["tickets"]} >= {state.value for state in PrintState}
    assert {row["kind"] for row in rows["events"]} >= {kind.value for kind in _KINDS}
    said = [
        one.reply
        for one in (*release.day, *release.next)
        if one.asked.path.endswith(("check-ins", "walk-ins"))
    ]
    assert {reply["reason"] for reply in said if "reason" in reply} >= {reason.value for reason in _REASONS}
    assert all(rows.values()), [name for name, found in rows.items() if not found]
    assert sum(len((release.folder / name).read_bytes()) for name in (ROWS, DAY, NEXT)) < 300_000


_STATES = (
    TicketState.WAITING,
    TicketState.CALLED,
    TicketState.SERVING,
    TicketState.ABSENT,
    TicketState.HANDED_OVER,
    TicketState.CALLED_TO_ISSUANCE,
    TicketState.ISSUED,
    TicketState.INCOMPLETE,
    TicketState.CANCELLED,
)
_KINDS = frozenset(EventKind) - {EventKind.DOCUMENTS_COMPLETE}
_REASONS = frozenset(CheckInReason) - {CheckInReason.REFUSED}
