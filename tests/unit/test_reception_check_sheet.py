"""A check of documents as the rules see it: what of a reservation counts, and what is refused before it is judged."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest

from backend.documents.judging.guide import Ask, Refused, Resolved
from backend.documents.model.ages import BirthDate
from backend.documents.model.visit import Note
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.check_sheet import (
    JUDGED_BY,
    CardTab,
    CheckSheet,
    chosen_by,
    judged_by,
    suggested,
    verdict_on,
    visit_of,
)
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError
from backend.wire.codes import ErrorCode
from tests.shipped_rules import DAY, RULES
from tests.ticket_support import a_ticket

TICKS = Ticks("R1", ("A03",), ("B02",), ("notice",), ("lost",))
SOON, LATER = date(2026, 12, 1), date(2027, 3, 31)


def test_a_sheet_finds_its_card_and_the_open_ones_of_its_party() -> None:
    """The tabs show which card is looked at, and only those that are open are handed over."""
    tabs = (
        CardTab("c1", 1, CaseState.ISSUED, "R1", complete=True),
        CardTab("c2", 2, CaseState.OPEN, None, complete=False),
        CardTab("c3", 3, CaseState.OPEN, "R1", complete=True),
    )
    visit = visit_of(a_ticket(), Ticks("R1"), {})
    sheet = CheckSheet(
        a_ticket(),
        {},
        RULES,
        Ticks("R1"),
        verdict_on(RULES, visit),
        (),
        asked=False,
        case_id="c3",
        party=tabs,
    )
    assert (sheet.tab, sheet.going_on) == (tabs[2], tabs[1:])


@pytest.mark.parametrize("count", range(len(JUDGED_BY) + 1))
def test_a_reader_judges_by_their_own_columns_and_no_other(count: int) -> None:
    """A verdict tells nothing that the reader's own columns do not tell, whatever else they see."""
    for columns in combinations(JUDGED_BY, count):
        assert judged_by((*reversed(columns), "phone", "name")) == columns


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({}, None),
        ({"card_expires_on": LATER}, LATER),
        ({"stay_expires_on": SOON}, SOON),
        ({"card_expires_on": LATER, "stay_expires_on": SOON}, SOON),
        ({"card_expires_on": SOON, "stay_expires_on": LATER}, SOON),
        ({"card_expires_on": None, "stay_expires_on": LATER}, LATER),
    ],
)
def test_a_card_ends_with_what_ends_first(fields: dict[str, date | None], ends: date | None) -> None:
    """Nobody is handed a card of somebody whose stay has ended, though the card says another year."""
    assert visit_of(a_ticket(), TICKS, fields).card_expires == ends


def test_a_visit_is_what_was_ticked_on_the_day_of_the_ticket() -> None:
    """Every box reaches the rules as what it was ticked for, and the rules of that day judge it, not those of today."""
    visit = visit_of(a_ticket(business_day=DAY), TICKS, {"birth": "1990-04-01"})
    assert (visit.recipient, visit.on, visit.born) == ("R1", DAY, BirthDate(1990, 4, 1))
    ticked = (visit.applicant, visit.visitor, visit.papers, visit.facts)
    assert ticked == tuple(map(frozenset, (TICKS.applicant, TICKS.visitor, TICKS.papers, TICKS.facts)))
    assert visit_of(a_ticket(), TICKS, {"birth": ""}).born is None


@pytest.mark.parametrize(
    ("ticks", "fields", "part"),
    [
        (Ticks("R1"), {"birth": "1990-13-01"}, "birth"),
        (Ticks("R1"), {"birth": "2027-01-01"}, "birth"),
        (Ticks("R99"), {}, "code"),
        (Ticks("R1", applicant=("Z99",)), {}, "code"),
        (Ticks("R1", papers=("letter",)), {}, "code"),
    ],
)
def test_what_the_rules_cannot_judge_is_refused_by_its_part(
    ticks: Ticks, fields: dict[str, Any], part: str
) -> None:
    """A code that the rules of the day do not have, and a birth after the visit, are told and never taken for nothing."""
    with pytest.raises(ChecklistError) as refused:
        verdict_on(RULES, visit_of(a_ticket(business_day=DAY), ticks, fields))
    assert (refused.value.code, refused.value.facts) == (ErrorCode.CHECKLIST_INVALID, {"part": part})


def test_a_visit_that_can_be_judged_is() -> None:
    """Nothing missing is complete, everything missing is not."""
    ticket = a_ticket(business_day=DAY)
    assert verdict_on(RULES, visit_of(ticket, Ticks("R1", ("A03",), (), ("notice",)), {})).complete
    assert not verdict_on(RULES, visit_of(ticket, Ticks("R1"), {})).complete


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, None),
        ({"recipient_type": None}, None),
        ({"recipient_type": "R2"}, "R2"),
        ({"recipient_type": "?"}, None),
    ],
)
def test_a_type_of_the_reservation_is_proposed_where_the_rules_know_it(
    fields: dict[str, Any], told: str | None
) -> None:
    """An export of another year names types that are no more; then the clerk is asked."""
    assert suggested(RULES, fields) == told


def test_a_guide_ends_with_a_type_or_with_a_question() -> None:
    """Several fit: the best; refused: the type that was refused, where there is one; a question is no end."""
    note = Note.__new__(Note)
    assert chosen_by(Resolved(("R3", "R4"))) == "R3"
    assert chosen_by(Refused(note, "X1")) == "X1"
    assert chosen_by(Refused(note)) is None
    assert chosen_by(Ask.__new__(Ask)) is None
