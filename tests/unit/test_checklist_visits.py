"""Visits put to ``uketsuke checklist``, each with what a public page says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli import checklist
from tests.shipped_rules import BOOK

_FOLDER = Path(__file__).parent.parent / "visits"
AUDITED, CORRECTED = (
    json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in ("audited", "corrected")
)


@pytest.fixture(autouse=True)
def _rules_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads its arguments as ever; the rule files are read once for the whole table."""
    monkeypatch.setattr(checklist, "rules_from", lambda *_: BOOK)


def answer(row: dict[str, Any], *more: str) -> dict[str, Any]:
    """What the command says to a visit."""
    result = CliRunner().invoke(checklist.command, [*row["args"], "--on", row["on"], *more])
    assert result.exit_code == 0, result.output
    shape: dict[str, Any] = json.loads(result.output)
    return shape


@pytest.mark.parametrize("row", [*AUDITED, *CORRECTED], ids=lambda row: row["visit"].replace(" ", "_"))
def test_a_visit_is_judged_as_public_pages_judge_it(row: dict[str, Any]) -> None:
    """Nobody waits for an hour with papers that will not do, and nobody is sent home with papers that will."""
    shape = answer(row)
    assert shape["accepted"] is row["accepted"]
    if row["complete"] is not None:
        assert shape["complete"] is row["complete"], shape["missing"]
    assert shape["complete"] or shape["missing"] or not shape["accepted"]


def test_a_visit_that_the_ward_decides_is_decided_by_a_policy() -> None:
    """Where municipalities differ, the ward's word turns the answer, and until it is settled the clerk is told to ask."""
    turned = {}
    for row in (one for one in CORRECTED if one["complete"] is None):
        notes = [note for note in answer(row)["notes"] if note["code"] == "check_ward_practice"]
        turned[row["visit"]] = {code for note in notes for code in note["about"]}
    assert turned == {
        "agent with three of list B": {"agent_visitor_id"},
        "facility, receipt of its charges": {"facility_receipt_proves"},
        "facility, care insurance card": {"facility_receipt_proves"},
    }


def test_every_visit_of_ours_names_a_source_of_the_rules() -> None:
    """A visit of the table can be looked up: its source stands in the rule files, or it is from memory."""
    sources = BOOK.rule_sets()[-1].source_table
    for row in CORRECTED:
        for source in row["source"].split(", "):
            assert source == "M" or source in sources or source == "KYOTO2021", row
    assert len({row["visit"] for row in CORRECTED}) == len(CORRECTED) >= len(AUDITED)
