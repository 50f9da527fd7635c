"""The papers of a party on both databases: a case for each card, the visitor's documents once, and who goes on."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.protection.actor import Actor
from backend.protection.columns import permitted_columns
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.reception.board_snapshot import message_of
from backend.reception.deciding.case import CaseState, latest_of
from backend.reception.deciding.check_seen import Seen
from backend.reception.deciding.check_sheet import CheckSheet
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError, TicketStateError
from backend.reception.storing.cases import cases_of
from backend.reception.storing.tables import tickets
from backend.storage.event_log import office_events_after
from backend.wire.codes import ErrorCode
from tests.counter import actor_of
from tests.party_at_window import CHILD, NUMBERS, a_party, case_ids, join
from tests.support import House, kinds

WHOLE = Ticks("R2", applicant=("A05",), visitor=("A03",), papers=("notice", "koseki"))
ADULT = Ticks("R1", applicant=("A03",), papers=("notice",))


def checked(house: House, count: int = 3, **columns: Any) -> tuple[Actor, str, list[str]]:
    """A clerk at window 1 who checks a party, their ticket, and its cases."""
    ticket_id = a_party(house, NUMBERS[:count], **columns)
    account, _, _ = house.signed_in("clerk01")
    clerk = actor_of(account)
    house.counter.take_window(uuid4(), clerk, "1")
    house.counter.call_next(uuid4(), clerk)
    house.counter.start(uuid4(), clerk, ticket_id)
    return clerk, ticket_id, case_ids(house, ticket_id)


def sheet_of(
    house: House, ticket_id: str, case_id: str | None = None, place: int | None = None
) -> CheckSheet:
    """The checklist of a card, as a clerk sees it."""
    columns = permitted_columns(OF_ROLE[Role.CLERK])
    return house.graph.checking.sheet("00", ticket_id, columns, None, case_id, place)


def states(house: House, ticket_id: str) -> list[CaseState]:
    """What became of each card of a visit."""
    with house.database.read() as connection:
        return [case.state for case in latest_of(cases_of(connection, ticket_id))]


@pytest.mark.dialect
def test_each_card_of_a_party_has_a_checklist_of_its_own(house: House) -> None:
    """The sheet is of the card that is named, its person and its ticks; the others stand beside it with their names."""
    clerk, ticket_id, (first, second, third) = checked(house)
    house.counter.tick(uuid4(), clerk, ticket_id, ADULT, case_id=second)
    sheet = sheet_of(house, ticket_id, second)
    assert (sheet.fields["name"], sheet.ticks, sheet.verdict.complete) == ("受付 太郎", ADULT, True)
    assert [(tab.name, tab.complete, tab.version) for tab in sheet.party] == [
        ("受付 花子", False, 0),
        ("受付 太郎", True, 1),
        ("受付 次郎", False, 0),
    ]
    assert sheet_of(house, ticket_id).case_id == first
    assert sheet_of(house, ticket_id, place=3).case_id == third
    assert sheet_of(house, ticket_id, place=9).case_id == first
    with pytest.raises(TicketStateError) as caught:
        sheet_of(house, ticket_id, uuid4().hex)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_command_that_names_no_card_of_several_is_refused(house: House) -> None:
    """A tick for nobody in particular would be one for somebody: the clerk is told to choose, and nothing is kept."""
    clerk, ticket_id, _ = checked(house)
    with pytest.raises(ChecklistError) as caught:
        house.counter.tick(uuid4(), clerk, ticket_id, ADULT)
    assert caught.value.code is ErrorCode.CASE_NEEDED
    assert [tab.version for tab in sheet_of(house, ticket_id).party] == [0, 0, 0]


@pytest.mark.dialect
def test_the_parents_licence_is_ticked_once_for_all_children(house: House) -> None:
    """It is there in each case that the same visitor receives, judged anew; the version of a case rises only if it changed."""
    clerk, ticket_id, (first, second, third) = checked(house, **CHILD)
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, visitor=()), case_id=second)
    house.counter.tick(uuid4(), clerk, ticket_id, ADULT, case_id=third)
    before = kinds(house).count("documents_complete")
    house.counter.tick(uuid4(), clerk, ticket_id, WHOLE, case_id=first)
    sheet = sheet_of(house, ticket_id, second)
    assert sheet.ticks.visitor == ("A03",)
    assert sheet.verdict.complete
    assert [tab.version for tab in sheet.party] == [1, 2, 1]
    assert kinds(house).count("documents_complete") == before + 2
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, papers=()), case_id=first)
    assert [tab.version for tab in sheet_of(house, ticket_id).party] == [2, 2, 1]
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, visitor=()), case_id=second)
    sheet = sheet_of(house, ticket_id, first)
    assert (sheet.ticks.visitor, sheet.verdict.complete) == ((), False)
    assert [tab.version for tab in sheet.party] == [3, 3, 1]


def test_a_card_that_somebody_else_receives_has_ticks_of_its_own(house: House) -> None:
    """Set apart, it is told of no tick and tells none, until it is received by the same visitor again."""
    clerk, ticket_id, (first, second) = checked(house, 2, **CHILD)
    house.counter.tick(uuid4(), clerk, ticket_id, WHOLE, case_id=first)
    apart = replace(WHOLE, apart=True, visitor=("A03",))
    house.counter.tick(
        uuid4(), clerk, ticket_id, apart, Seen(1, Ticks("R2", visitor=("A03",))), case_id=second
    )
    assert sheet_of(house, ticket_id, second).ticks.visitor == ()
    house.counter.tick(uuid4(), clerk, ticket_id, replace(apart, visitor=("A01",)), case_id=second)
    assert sheet_of(house, ticket_id, first).ticks.visitor == ("A03",)
    house.counter.tick(
        uuid4(), clerk, ticket_id, replace(apart, apart=False, visitor=("A01",)), case_id=second
    )
    assert sheet_of(house, ticket_id, second).ticks.visitor == ("A03",)


@pytest.mark.dialect
def test_other_pages_are_told_which_card_became_complete_or_was_set_apart(house: House) -> None:
    """The event says the place in the party, and nothing else of the card; a tick that changes neither is no event."""
    clerk, ticket_id, (first, second) = checked(house, 2, **CHILD)
    begun = len(kinds(house))
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, papers=()), case_id=first)
    assert len(kinds(house)) == begun
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, papers=(), apart=True), case_id=second)
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, apart=True), case_id=second)
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, visitor=()), case_id=second)
    with house.database.read() as connection:
        told = [message_of(event) for event in office_events_after(connection, "00", begun, limit=9)]
    assert [(one.kind, one.number, one.place) for one in told if one] == [
        ("apart_changed", "M-001", 2),
        ("documents_complete", "M-001", 2),
        ("apart_changed", "M-001", 2),
    ]


def test_a_page_that_did_not_see_what_was_taken_over_loses_nothing_in_silence(house: House) -> None:
    """What went over from another card is a change like any: a tick on the page of before is refused, and named."""
    clerk, ticket_id, (first, second) = checked(house, 2, **CHILD)
    house.counter.tick(uuid4(), clerk, ticket_id, replace(WHOLE, visitor=()), case_id=second)
    seen = Seen(1, replace(WHOLE, visitor=()))
    house.counter.tick(uuid4(), clerk, ticket_id, WHOLE, case_id=first)
    with pytest.raises(ChecklistError) as caught:
        house.counter.tick(
            uuid4(), clerk, ticket_id, replace(WHOLE, visitor=(), facts=("lost",)), seen, case_id=second
        )
    assert (caught.value.code, caught.value.facts["lost"]) == (ErrorCode.STALE_CHECK, "+facts:lost")


def test_a_card_that_joins_meanwhile_shows_the_visitors_documents(house: House) -> None:
    """Another notice is held up while the clerk checks: its list begins with the licence that was shown already."""
    clerk, ticket_id, (first,) = checked(house, 1, **CHILD)
    house.counter.tick(uuid4(), clerk, ticket_id, WHOLE)
    later = house.reserve(NUMBERS[1], name="受付 太郎", **CHILD)
    join(house, ticket_id, house.card_of(later), 2)
    sheet = sheet_of(house, ticket_id, place=2)
    assert (sheet.ticks, sheet.version) == (Ticks("R2", visitor=("A03",)), 0)
    assert sheet_of(house, ticket_id, first).ticks == WHOLE
    with pytest.raises(ChecklistError) as caught:
        house.counter.hand_over(uuid4(), clerk, ticket_id, versions={first: 1})
    assert caught.value.code is ErrorCode.STALE_CHECK


@pytest.mark.dialect
def test_complete_cards_go_on_and_the_others_end_as_incomplete(house: House) -> None:
    """The number is handed over with what is complete; without anything complete it is refused, as before."""
    clerk, ticket_id, (first, _, third) = checked(house)
    with pytest.raises(ChecklistError) as caught:
        house.counter.hand_over(uuid4(), clerk, ticket_id)
    assert caught.value.code is ErrorCode.CHECKLIST_INCOMPLETE
    for case_id in (first, third):
        house.counter.tick(uuid4(), clerk, ticket_id, ADULT, case_id=case_id)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    assert states(house, ticket_id) == [CaseState.OPEN, CaseState.INCOMPLETE, CaseState.OPEN]
    with house.database.read() as connection:
        state = connection.execute(select(tickets.c.state)).scalar_one()
    assert state == "handed_over"


def test_a_hand_over_of_what_was_not_seen_is_refused(house: House) -> None:
    """The question named the cards: where one of them changed since, or another came, nobody is handed over unseen."""
    clerk, ticket_id, (first, second) = checked(house, 2)
    for case_id in (first, second):
        house.counter.tick(uuid4(), clerk, ticket_id, ADULT, case_id=case_id)
    seen = {first: 1, second: 1}
    house.counter.tick(uuid4(), clerk, ticket_id, replace(ADULT, papers=()), case_id=second)
    for versions in (seen, {first: 1}, {first: 1, second: 2, uuid4().hex: 0}):
        with pytest.raises(ChecklistError) as caught:
            house.counter.hand_over(uuid4(), clerk, ticket_id, versions=versions)
        assert caught.value.code is ErrorCode.STALE_CHECK
    house.counter.hand_over(uuid4(), clerk, ticket_id, versions={first: 1, second: 2})
    assert states(house, ticket_id) == [CaseState.OPEN, CaseState.INCOMPLETE]


@pytest.mark.dialect
def test_ended_for_missing_papers_a_party_waits_as_a_whole(house: House) -> None:
    """Every open card ends as incomplete, and what was ticked is there when the visitor is back."""
    clerk, ticket_id, (first, _) = checked(house, 2)
    house.counter.tick(uuid4(), clerk, ticket_id, ADULT, case_id=first)
    house.counter.end_incomplete(uuid4(), clerk, ticket_id)
    assert states(house, ticket_id) == [CaseState.INCOMPLETE, CaseState.INCOMPLETE]
    house.counter.bring_back(uuid4(), clerk, ticket_id)
    assert sheet_of(house, ticket_id, place=1).ticks == ADULT
