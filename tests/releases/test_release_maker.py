"""The maker of kept releases itself: it still runs, and makes the same as long as the version is the same."""

import json
import re
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest

from backend.common.console import product_version
from tests.releases.kept import DAY, FOLDER, HOUSE, NEXT, ROWS, Release, exchanges, releases
from tests.releases.make import made, tables_of_postgresql, tables_of_sqlite

STATES: Final = frozenset(
    [
        "waiting",
        "called",
        "serving",
        "absent",
        "handed_over",
        "called_to_issuance",
        "issued",
        "incomplete",
        "cancelled",
    ]
)
"""Of a ticket, in version 0.1.0."""
PAPERS: Final = frozenset(["pending", "printed", "unconfirmed", "failed"])
"""What was known of a paper."""
KINDS: Final = frozenset(
    [
        "ticket_issued",
        "ticket_printed",
        "print_failed",
        "paper_settled",
        "ticket_called",
        "ticket_recalled",
        "service_started",
        "recipient_chosen",
        "ticket_absent",
        "ticket_returned",
        "handed_over",
        "ended_incomplete",
        "called_to_issuance",
        "issued",
        "ticket_cancelled",
        "window_taken",
        "window_left",
        "device_reported",
        "reservations_imported",
        "documents_complete",
    ]
)
"""Of events."""
REASONS: Final = frozenset(
    [
        "on_time",
        "early",
        "late",
        "walk_in",
        "already_checked_in",
        "another_day",
        "another_office",
        "cancelled",
        "no_card",
        "already_issued",
        "unknown",
        "closed",
        "numbers_exhausted",
    ]
)
"""Answers of a check-in; ``refused`` needs a 12-digit number, which no file of ours may hold."""

_HELP = """
What `python -m tests.releases` makes today is not what tests/releases/{version} holds:
{differences}
What is kept of a version that went out is never made anew: it is what wards have. Either the change was not meant; or
it was, and then this is another version: raise it in pyproject.toml, and `python -m tests.releases` keeps the new one
beside the old when it goes out. Only before version {version} is tagged may the command overwrite its folder.
"""
_HELP_WITH_TABLES = """
The migrations up to {revision} make other tables than tests/releases/{version} holds:
{differences}
Wards have run these migrations already, so a change in them reaches nobody: write it as a further migration.
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
    files = made(f"sqlite:///{tmp_path / 'house.db'}", tmp_path)
    version, revision = product_version(), json.loads(files[HOUSE])["revision"]
    newest = Release.read(FOLDER / releases()[-1])
    if (newest.house.version, newest.house.revision) == (version, revision):
        found = differences(files, newest.folder)
        assert not found, _HELP.format(version=version, differences=found)
        return
    for name in (DAY, NEXT):
        (tmp_path / name).write_text(files[name], "utf-8")
        assert shapes(newest.folder / name) <= shapes(tmp_path / name)


@pytest.mark.dialect
def test_migrations_that_went_out_stay_as_they_were(
    release: Release, database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A migration that is changed afterwards would make other tables in a new house than wards have."""
    revision = release.house.revision
    if database_kind == "sqlite":
        files = tables_of_sqlite(tmp_path, revision)
    else:
        server = request.getfixturevalue("postgres_url")
        files = tables_of_postgresql(server, request.getfixturevalue("postgres_programs"), revision)
    found = differences(files, release.folder)
    told = {"version": release.house.version, "revision": revision, "differences": found}
    assert not found, _HELP_WITH_TABLES.format(**told)


def test_a_kept_release_has_everything(release: Release) -> None:
    """Every state of a ticket and of its paper, every answer of a check-in and every kind of event that version 0.1.0 knew."""
    rows = release.rows
    assert {row["state"] for row in rows["tickets"]} >= STATES
    assert {row["print_state"] for row in rows["tickets"]} >= PAPERS
    assert {row["kind"] for row in rows["events"]} >= KINDS
    said = [
        one.reply
        for one in (*release.day, *release.next)
        if one.asked.path.endswith(("check-ins", "walk-ins"))
    ]
    assert {reply["reason"] for reply in said if "reason" in reply} >= REASONS
    assert all(rows.values()), [name for name, found in rows.items() if not found]
    assert sum(len((release.folder / name).read_bytes()) for name in (ROWS, DAY, NEXT)) < 300_000
