"""The card of somebody without a notice is found and tied to the visit, by nothing less than a whole number."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.cards.states import CardProgress, IndexKind
from backend.cards.tables import cards
from backend.office_settings import OfficeSettings
from backend.protection.actor import Actor
from backend.protection.columns import Columns
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.check_commands import TieCard, UntieCard
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import cases_of
from backend.storage.requests import requests
from backend.wire.codes import CheckInReason, ErrorCode
from backend.wire.messages import CheckInRequest
from tests.counter import actor_of, kiosk_at
from tests.invented_number import MY_NUMBER
from tests.pages_support import arrive, walk_in
from tests.party_at_window import join
from tests.support import HandClock, House, kinds, make_house

BORN = "1990-01-31"
CARD_NUMBER = "998877665"
BOOKING = "12345679"


def at_check(house: House) -> tuple[Actor, str]:
    """A clerk at window 1 with somebody who came without a notice, and the ticket."""
    ticket_id = walk_in(house).ticket_id.hex
    account, _, _ = house.signed_in("clerk01")
    clerk = actor_of(account)
    house.counter.take_window(uuid4(), clerk, "1")
    house.counter.call_next(uuid4(), clerk)
    house.counter.start(uuid4(), clerk, ticket_id)
    return clerk, ticket_id


def tie(house: House, actor: Actor, ticket_id: str, kind: IndexKind, number: str, **more: Any) -> None:
    """Give the command."""
    house.graph.runner.run(uuid4(), TieCard(ticket_id, kind, number, **more), actor)


def refused(
    house: House, actor: Actor, ticket_id: str, kind: IndexKind, number: str, **more: Any
) -> tuple[ErrorCode, dict[str, str]]:
    """The code and the facts with which the command is refused."""
    with pytest.raises(TicketStateError) as caught:
        tie(house, actor, ticket_id, kind, number, **more)
    return caught.value.code, dict(caught.value.facts)


def card_tied(house: House, ticket_id: str) -> tuple[str | None, str | None]:
    """The card and the booking of a visit of one."""
    with house.database.read() as connection:
        (case,) = cases_of(connection, ticket_id)
    return case.card_id, case.reservation_id


@pytest.mark.dialect
@pytest.mark.parametrize(
    ("kind", "typed", "born"),
    [
        (IndexKind.BOOKING_NUMBER, "1234-5679", None),
        (IndexKind.CARD_NUMBER, "９９８８ 77665", None),
        (IndexKind.APPLICATION_ID, "00000000000000000000042", None),
        (IndexKind.DISPATCH_NUMBER, "555001", BORN),
    ],
)
def test_a_card_is_found_by_a_whole_number_and_tied(
    house: House, kind: IndexKind, typed: str, born: str | None
) -> None:
    """However it is typed: the case names card and booking from then on, and the checklist has the card's record."""
    booked = house.reserve(
        BOOKING, card_number=CARD_NUMBER, application_id="00000000000000000000042", dispatch_number="555001"
    )
    house.reserve("22345678", dispatch_number="555001", birth="1991-02-01", name="受付 太郎")
    clerk, ticket_id = at_check(house)
    tie(house, clerk, ticket_id, kind, typed, born=born)
    assert card_tied(house, ticket_id) == (house.card_of(booked), booked)
    assert kinds(house)[-1] == "card_tied"
    sheet = house.graph.checking.sheet("00", ticket_id, Columns(("name",)))
    assert (sheet.fields, sheet.tab.tied) == ({"name": "受付 花子"}, True)


def test_the_trail_says_who_and_by_what_kind_of_number_and_never_which(house: House) -> None:
    """Somebody who was shown a card without a notice can be told from the trail; the number itself is nowhere kept."""
    house.reserve(BOOKING, card_number=CARD_NUMBER)
    clerk, ticket_id = at_check(house)
    tie(house, clerk, ticket_id, IndexKind.CARD_NUMBER, CARD_NUMBER)
    with house.database.read() as connection:
        line = connection.execute(select(audit).where(audit.c.action == "tie_card")).mappings().one()
        (case,) = cases_of(connection, ticket_id)
        kept = [str(row) for table in (audit, requests) for row in connection.execute(select(table))]
    assert (line["actor"], line["subject"]) == (clerk.id, ticket_id)
    assert line["facts"] == {"case": case.case_id, "kind": "card_number"}
    assert not any(CARD_NUMBER in row for row in kept)


def test_nothing_is_found_by_part_or_by_a_wrong_birthday(house: House) -> None:
    """A part of a number, a kind that it is not, a birthday of another: the same answer as for a card that there is not."""
    house.reserve(BOOKING, card_number=CARD_NUMBER)
    clerk, ticket_id = at_check(house)
    for kind, number, born in (
        (IndexKind.CARD_NUMBER, CARD_NUMBER[:-1], None),
        (IndexKind.CARD_NUMBER, BOOKING, None),
        (IndexKind.CARD_NUMBER, CARD_NUMBER, "1990-02-01"),
        (IndexKind.BOOKING_NUMBER, "%", None),
        (IndexKind.BOOKING_NUMBER, "", None),
        (IndexKind.APPLICATION_ID, "1" * 24, None),
    ):
        assert refused(house, clerk, ticket_id, kind, number, born=born) == (ErrorCode.CARD_UNKNOWN, {})
    assert card_tied(house, ticket_id) == (None, None)


def test_a_number_that_several_cards_may_have_needs_the_birthday(house: House) -> None:
    """One dispatch may be of a whole family: twins of one day stay two, and neither is named."""
    for number in (BOOKING, "22345678"):
        house.reserve(number, dispatch_number="555001")
    clerk, ticket_id = at_check(house)
    kind = IndexKind.DISPATCH_NUMBER
    assert refused(house, clerk, ticket_id, kind, "555001") == (ErrorCode.BIRTH_NEEDED, {})
    assert refused(house, clerk, ticket_id, kind, "555001", born=BORN) == (ErrorCode.CARD_AMBIGUOUS, {})
    assert refused(house, clerk, ticket_id, IndexKind.BIRTH, BORN) == (
        ErrorCode.INVALID_REQUEST,
        {"fields": "kind"},
    )


def test_a_my_number_is_refused_and_kept_nowhere(house: House) -> None:
    """Twelve digits are no number of a card; not even a fingerprint of them stays."""
    clerk, ticket_id = at_check(house)
    with house.database.read() as connection:
        before = len(connection.execute(select(requests)).all())
    for kind in (IndexKind.BOOKING_NUMBER, IndexKind.APPLICATION_ID):
        assert refused(house, clerk, ticket_id, kind, MY_NUMBER) == (ErrorCode.CONTAINS_MY_NUMBER, {})
    with house.database.read() as connection:
        assert len(connection.execute(select(requests)).all()) == before


def test_a_card_with_a_number_of_today_keeps_it(house: House) -> None:
    """The other number is named, so that the clerk goes on under it; a card of the same party is told as such."""
    booked = house.reserve(BOOKING)
    other = arrive(house, BOOKING)
    clerk, ticket_id = at_check_of_second(house)
    kind = IndexKind.BOOKING_NUMBER
    assert refused(house, clerk, ticket_id, kind, BOOKING) == (
        ErrorCode.CARD_HAS_NUMBER,
        {"number": other.number},
    )
    later = house.reserve("22345678")
    join(house, ticket_id, house.card_of(later), 2)
    with house.database.read() as connection:
        first = next(case for case in cases_of(connection, ticket_id) if case.place == 1)
    code, facts = refused(house, clerk, ticket_id, kind, "22345678", case_id=first.case_id)
    assert (code, facts["number"]) == (ErrorCode.CARD_IN_PARTY, "W-400")
    assert house.card_of(booked)


def at_check_of_second(house: House) -> tuple[Actor, str]:
    """As ``at_check``, while somebody with a booking is at window 2."""
    account, _, _ = house.signed_in("clerk02")
    other = actor_of(account)
    house.counter.take_window(uuid4(), other, "2")
    house.counter.call_next(uuid4(), other)
    return at_check(house)


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (CardProgress.ISSUED, ErrorCode.ALREADY_ISSUED),
        (CardProgress.MOVED_OUT, ErrorCode.CARD_GONE),
        (CardProgress.DISCARDED, ErrorCode.CARD_GONE),
    ],
)
def test_a_card_that_cannot_be_received_is_not_tied(
    house: House, progress: CardProgress, code: ErrorCode
) -> None:
    """Handed out, thrown away or sent after somebody: the clerk learns that before any paper is checked."""
    house.reserve(BOOKING, progress=progress)
    clerk, ticket_id = at_check(house)
    assert refused(house, clerk, ticket_id, IndexKind.BOOKING_NUMBER, BOOKING)[0] is code


def at_issuance(house: House, clerk: Actor, ticket_id: str) -> Actor:
    """The papers are complete, and staff have called the visitor to window B."""
    house.counter.tick(uuid4(), clerk, ticket_id, Ticks("R1", applicant=("A03",), papers=("notice",)))
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    account, _, _ = house.signed_in("staff01", Role.STAFF)
    staff = actor_of(account)
    house.counter.take_window(uuid4(), staff, "B")
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    return staff


@pytest.mark.dialect
@pytest.mark.parametrize(
    ("columns", "admitted"),
    [
        ({}, CheckInReason.WALK_IN),
        ({"card_expires_on": date(2026, 11, 24)}, CheckInReason.CARD_EXPIRED),
        ({"kept_at": "03"}, CheckInReason.CARD_NOT_ARRIVED),
    ],
)
def test_a_card_that_was_found_has_the_alarms_of_one_whose_notice_was_shown(
    tmp_path: Path, database_url: str, columns: dict[str, Any], admitted: CheckInReason
) -> None:
    """Expired, or lying elsewhere: whoever hands it out is told, and taken back the visit is as it was."""
    house = make_house(
        database_url, tmp_path / "var", HandClock(), office={"00": OfficeSettings(track_cards=True)}
    )
    booked = house.reserve(BOOKING, **columns)
    clerk, ticket_id = at_check(house)
    tie(house, clerk, ticket_id, IndexKind.BOOKING_NUMBER, BOOKING)
    assert of_one(house, ticket_id) == (house.card_of(booked), admitted)
    untie(house, clerk, ticket_id)
    assert of_one(house, ticket_id) == (None, CheckInReason.WALK_IN)
    house.database.dispose()


def of_one(house: House, ticket_id: str) -> tuple[str | None, CheckInReason | None]:
    """The card of a visit of one, and why it was received."""
    with house.database.read() as connection:
        (case,) = cases_of(connection, ticket_id)
    return case.card_id, case.admitted


def untie(house: House, actor: Actor, ticket_id: str, **more: Any) -> None:
    """Give the command."""
    house.graph.runner.run(uuid4(), UntieCard(ticket_id, **more), actor)


def not_untied(house: House, actor: Actor, ticket_id: str) -> ErrorCode:
    """The code with which the command is refused."""
    with pytest.raises(TicketStateError) as caught:
        untie(house, actor, ticket_id)
    return caught.value.code


@pytest.mark.dialect
def test_the_wrong_card_is_taken_back_and_the_right_one_tied(house: House) -> None:
    """Nobody queues again for a slip of the pen, and the stranger's notice gives the stranger's own number once more."""
    house.reserve(BOOKING)
    right = house.reserve("22345678")
    kind = IndexKind.BOOKING_NUMBER
    clerk, ticket_id = at_check(house)
    assert not_untied(house, clerk, ticket_id) is ErrorCode.CASE_NOT_TIED
    tie(house, clerk, ticket_id, kind, BOOKING)
    untie(house, clerk, ticket_id)
    assert card_tied(house, ticket_id) == (None, None)
    assert kinds(house)[-2:] == ["card_tied", "card_untied"]
    assert arrive(house, BOOKING).number != "W-400"
    tie(house, clerk, ticket_id, kind, "22345678")
    staff = at_issuance(house, clerk, ticket_id)
    assert not_untied(house, clerk, ticket_id) is ErrorCode.TICKET_TAKEN
    untie(house, staff, ticket_id)
    tie(house, staff, ticket_id, kind, "22345678")
    assert card_tied(house, ticket_id)[0] == house.card_of(right)
    house.counter.issue(uuid4(), staff, ticket_id)
    assert not_untied(house, staff, ticket_id) is ErrorCode.WRONG_STATE
    with house.database.read() as connection:
        lines = connection.execute(select(audit.c.subject).where(audit.c.action == "untie_card")).scalars()
        assert set(lines) == {ticket_id}


def test_a_card_whose_notice_was_shown_is_not_taken_back(house: House) -> None:
    """The notice says whose visit it is; that is no mistake of a search."""
    house.reserve(BOOKING)
    ticket_id = arrive(house, BOOKING).ticket_id.hex
    account, _, _ = house.signed_in("clerk01")
    clerk = actor_of(account)
    house.counter.take_window(uuid4(), clerk, "1")
    house.counter.call_next(uuid4(), clerk)
    house.counter.start(uuid4(), clerk, ticket_id)
    assert not_untied(house, clerk, ticket_id) is ErrorCode.CASE_NOT_TIED


def test_a_number_at_another_office_is_told_with_the_office(house: House) -> None:
    """Each office has an M-001: the number alone would name a stranger who stands in the same hall."""
    house.reserve(BOOKING, office_id="01")
    kiosk = kiosk_at("01", "kiosk-01")
    reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), number=BOOKING), kiosk)
    assert reply.ticket is not None
    clerk, ticket_id = at_check(house)
    assert refused(house, clerk, ticket_id, IndexKind.BOOKING_NUMBER, BOOKING) == (
        ErrorCode.CARD_HAS_NUMBER_ELSEWHERE,
        {"number": reply.ticket.number, "office": "01"},
    )


def test_only_whoever_has_the_visitor_ties_their_card_and_only_once(house: House) -> None:
    """Not while they wait, not from another window, and not over a card that was tied before."""
    house.reserve(BOOKING)
    house.reserve("22345678")
    kind = IndexKind.BOOKING_NUMBER
    clerk, ticket_id = at_check(house)
    account, _, _ = house.signed_in("clerk02")
    other = actor_of(account)
    waiting = walk_in(house).ticket_id.hex
    assert refused(house, clerk, waiting, kind, BOOKING)[0] is ErrorCode.WRONG_STATE
    assert refused(house, other, ticket_id, kind, BOOKING)[0] is ErrorCode.TICKET_TAKEN
    tie(house, clerk, ticket_id, kind, BOOKING)
    code, facts = refused(house, clerk, ticket_id, kind, "22345678")
    assert (code, facts) == (ErrorCode.CASE_TIED, {"number": "W-400"})


@pytest.mark.dialect
def test_issued_marks_the_card_that_was_tied(house: House) -> None:
    """The whole way of somebody who lost the notice: number, card, papers, hand-over, and the card is issued."""
    booked = house.reserve(BOOKING)
    clerk, ticket_id = at_check(house)
    tie(house, clerk, ticket_id, IndexKind.BOOKING_NUMBER, BOOKING)
    complete = Ticks("R1", applicant=("A03",), papers=("notice",))
    house.counter.tick(uuid4(), clerk, ticket_id, complete)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    account, _, _ = house.signed_in("staff01", Role.STAFF)
    staff = actor_of(account)
    house.counter.take_window(uuid4(), staff, "B")
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    house.counter.issue(uuid4(), staff, ticket_id)
    with house.database.read() as connection:
        progress = connection.execute(
            select(cards.c.progress).where(cards.c.id == house.card_of(booked))
        ).scalar_one()
    assert progress == CardProgress.ISSUED


def test_staff_tie_a_card_at_the_issuance_window(house: House) -> None:
    """Whoever was handed over without a card is not sent back for it."""
    booked = house.reserve(BOOKING)
    clerk, ticket_id = at_check(house)
    complete = Ticks("R1", applicant=("A03",), papers=("notice",))
    house.counter.tick(uuid4(), clerk, ticket_id, complete)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    account, _, _ = house.signed_in("staff01", Role.STAFF)
    staff = actor_of(account)
    house.counter.take_window(uuid4(), staff, "B")
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    tie(house, staff, ticket_id, IndexKind.BOOKING_NUMBER, BOOKING)
    assert card_tied(house, ticket_id)[0] == house.card_of(booked)
