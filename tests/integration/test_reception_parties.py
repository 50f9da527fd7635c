"""A party on the server: several notices, one number, whatever is shown for it, in whichever order."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from backend.bootstrap import open_answering
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.deciding.case import CaseState
from backend.reception.errors import TicketStateError
from backend.reception.explaining import explained
from backend.reception.storing.cases import cases_of
from backend.reception.storing.lists import tickets_in
from backend.reception.storing.parties import cards_of, party_of_group
from backend.reception.storing.tables import cases, refusals, ticket_steps, tickets
from backend.storage.errors import RequestIdReusedError
from backend.storage.requests import requests
from backend.storage.secrets import load_secret
from backend.wire.codes import JOINABLE_STATES, CheckInReason, ErrorCode, EventKind, PrintState, TicketState
from backend.wire.messages import CheckInReply, CheckInRequest, PrintReport, TicketMessage, WalkInRequest
from tests.counter import actor_of
from tests.history import flaws_of
from tests.invented_number import MY_NUMBER
from tests.support import (
    BRANCH,
    KIOSK,
    OTHER_KIOSK,
    TODAY,
    HandClock,
    House,
    events_of,
    kinds,
    make_house,
    ticket_rows,
)
from tests.ticket_support import told

FAMILY = tuple(f"2000000{place}" for place in range(8))
"""Numbers of bookings."""
JOINED = CheckInReason.JOINED


def asked(shown: str) -> CheckInRequest:
    """A number is typed."""
    return CheckInRequest(request_id=uuid4(), number=shown)


def show(house: House, shown: str, kiosk: Actor = KIOSK) -> CheckInReply:
    """A number is typed at a kiosk by itself."""
    return house.counter.check_in(asked(shown), kiosk)


def join(house: House, ticket: TicketMessage | UUID, shown: str, kiosk: Actor = KIOSK) -> CheckInReply:
    """A number is typed for a party."""
    ticket_id = ticket if isinstance(ticket, UUID) else ticket.ticket_id
    return house.counter.join(ticket_id, asked(shown), kiosk)


def begun(house: House, members: int = 1, **columns: Any) -> TicketMessage:
    """The first notice of a family has its number; so many are booked."""
    for number in FAMILY[:members]:
        house.reserve(number, **columns)
    return told(show(house, FAMILY[0]))


def places(
    house: House, ticket: TicketMessage, *, whole: bool = True
) -> list[tuple[int, CaseState, CheckInReason | None]]:
    """Place, state and why it was received, of every case of a party; the story is whole where nobody was put anywhere."""
    with house.database.read() as connection:
        assert not whole or flaws_of(connection) == []
        found = cases_of(connection, ticket.ticket_id.hex)
        return sorted((one.place, one.state, one.admitted) for one in found)


def put(house: House, ticket: TicketMessage, state: TicketState, **values: Any) -> None:
    """Put a visitor into a state, as the windows would."""
    ended = {TicketState.INCOMPLETE: CaseState.INCOMPLETE, TicketState.ISSUED: CaseState.ISSUED}
    with house.database.write() as work:
        of = ticket.ticket_id.hex
        work.connection.execute(update(tickets).where(tickets.c.id == of).values(state=state.value, **values))
        if state in ended:
            work.connection.execute(
                update(cases).where(cases.c.ticket_id == of).values(state=ended[state].value)
            )


@pytest.mark.dialect
def test_a_mother_and_two_children_have_one_number(house: House) -> None:
    """Each further notice takes the next place, is one event and one line of history, and is counted on the reply."""
    first = begun(house, 3)
    assert first.cards == 1
    for place, number in enumerate(FAMILY[1:3], 2):
        reply = join(house, first, number)
        assert (reply.reason, reply.found) == (JOINED, TicketState.WAITING)
        assert (told(reply).ticket_id, told(reply).cards) == (first.ticket_id, place)
    assert kinds(house) == ["ticket_issued", "card_joined", "card_joined"]
    assert [event.facts.get("place") for event in events_of(house.database)] == [None, 2, 3]
    on_time = CheckInReason.ON_TIME
    assert places(house, first) == [(place, CaseState.OPEN, on_time) for place in (1, 2, 3)]
    with house.database.read() as connection:
        lines = connection.execute(
            select(ticket_steps.c.event, ticket_steps.c.before, ticket_steps.c.case_id).order_by(
                ticket_steps.c.id
            )
        ).all()
        found = cases_of(connection, first.ticket_id.hex)
        ids = [one.case_id for one in sorted(found, key=lambda one: one.place)]
        assert cards_of(connection, first.ticket_id.hex) == 3
    assert [tuple(line) for line in lines[1:]] == [
        (EventKind.CARD_JOINED, TicketState.WAITING, case_id) for case_id in ids[1:]
    ]
    assert ticket_rows(house) == 1


@pytest.mark.dialect
def test_whoever_is_told_the_number_is_told_of_how_many_cards(house: House) -> None:
    """Shown again, joined, printed, and asked again after a lost answer: the count is that of the moment."""
    house.reserve(FAMILY[0])
    house.reserve(FAMILY[1])
    request = asked(FAMILY[0])
    first = told(house.counter.check_in(request, KIOSK))
    join(house, first, FAMILY[1])
    assert [told(show(house, number)).cards for number in FAMILY[:2]] == [2, 2]
    assert told(house.counter.check_in(request, KIOSK)).cards == 2
    report = PrintReport(request_id=uuid4(), state=PrintState.PRINTED)
    assert house.counter.report_print(first.ticket_id, report, KIOSK).ticket.cards == 2


@pytest.mark.dialect
def test_the_same_request_joins_once(house: House) -> None:
    """The answer got lost: sent again it has the same outcome, and for another number its id is not good."""
    first = begun(house, 2)
    other = told(house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK))
    request = asked(FAMILY[1])
    replies = [house.counter.join(first.ticket_id, request, KIOSK) for _ in range(3)]
    assert {(reply.reason, told(reply).cards) for reply in replies} == {(JOINED, 2)}
    assert len(places(house, first)) == 2
    with pytest.raises(RequestIdReusedError):
        house.counter.join(other.ticket_id, request, KIOSK)
    with pytest.raises(RequestIdReusedError):
        house.counter.check_in(request, KIOSK)


def test_a_request_of_yesterday_joins_nothing_and_says_so(house: House) -> None:
    """Asked again after midnight, a joining is refused as a number of another day is: the kiosk takes the notice by itself."""
    first = begun(house, 2)
    request = asked(FAMILY[1])
    house.counter.join(first.ticket_id, request, KIOSK)
    house.clock.advance(days=1)
    with pytest.raises(TicketStateError) as refused:
        house.counter.join(first.ticket_id, request, KIOSK)
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_a_card_is_once_in_one_party(house: House) -> None:
    """Shown twice, or shown for a second party, it is told where it is; both parties stay as they are."""
    first = begun(house, 3)
    joined = join(house, first, FAMILY[1])
    other = told(show(house, FAMILY[2]))
    for number, ticket in ((FAMILY[0], first), (FAMILY[1], first), (FAMILY[1], other), (FAMILY[2], first)):
        reply = join(house, ticket, number)
        own = other if number == FAMILY[2] else first
        assert (reply.reason, told(reply).ticket_id) == (CheckInReason.ALREADY_CHECKED_IN, own.ticket_id)
    assert joined.reason is JOINED
    assert (len(places(house, first)), len(places(house, other))) == (2, 1)


def test_the_seventh_finds_the_party_full_and_gets_a_number_of_its_own(house: House) -> None:
    """Six is the ward's limit unless an office says otherwise: the reply has the party's number, and nothing changed."""
    first = begun(house, 7)
    for number in FAMILY[1:6]:
        assert join(house, first, number).reason is JOINED
    before = kinds(house)
    full = join(house, first, FAMILY[6])
    assert (full.reason, told(full).ticket_id, told(full).cards) == (
        CheckInReason.PARTY_FULL,
        first.ticket_id,
        6,
    )
    assert kinds(house) == before
    alone = show(house, FAMILY[6])
    assert alone.reason is CheckInReason.ON_TIME
    assert told(alone).ticket_id != first.ticket_id


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"state": "cancelled"}, CheckInReason.NOT_RESERVED),
        ({"state": "issued"}, CheckInReason.ALREADY_ISSUED),
        ({"state": "withdrawn"}, CheckInReason.NO_CARD),
        ({"office_id": "05"}, CheckInReason.ANOTHER_OFFICE),
        ({"starts_at": HandClock().now + timedelta(days=1)}, CheckInReason.ANOTHER_DAY),
        (None, CheckInReason.UNKNOWN),
    ],
)
def test_a_card_that_gets_no_number_joins_none(
    house: House, columns: dict[str, Any] | None, reason: CheckInReason
) -> None:
    """Cancelled, handed out, gone, of another office or day, unknown: told as by itself, and the party is unchanged."""
    first = begun(house)
    if columns is not None:
        house.reserve(FAMILY[1], **columns)
    reply = join(house, first, FAMILY[1])
    assert (reply.reason, reply.ticket) == (reason, None)
    assert (kinds(house), len(places(house, first))) == (["ticket_issued"], 1)
    with house.database.read() as connection:
        counted = connection.execute(select(refusals.c.reason)).scalars().all()
    assert counted == (["unknown"] if columns is None else [])


def test_an_office_that_has_closed_takes_nobody_more(house: House) -> None:
    """After hours a further notice is answered as by itself, though the party is still there."""
    first = begun(house, 2)
    house.clock.advance(hours=7.6)
    assert join(house, first, FAMILY[1]).reason is CheckInReason.CLOSED
    assert len(places(house, first)) == 1


@pytest.mark.dialect
@pytest.mark.parametrize("state", sorted(set(TicketState)))
def test_a_party_is_joined_until_its_papers_were_looked_at(house: House, state: TicketState) -> None:
    """While called and served too; who was absent or fetched papers waits again; behind that it is refused, and told."""
    first = begun(house, 2)
    put(house, first, state, window="3")
    if state not in JOINABLE_STATES:
        with pytest.raises(TicketStateError) as refused:
            join(house, first, FAMILY[1])
        assert refused.value.code is ErrorCode.WRONG_STATE
        assert refused.value.facts["state"] == state
        assert show(house, FAMILY[1]).reason is CheckInReason.ON_TIME
        return
    reply = join(house, first, FAMILY[1])
    back = state in {TicketState.ABSENT, TicketState.INCOMPLETE}
    assert (reply.reason, reply.found) == (JOINED, state)
    assert told(reply).state is (TicketState.WAITING if back else state)
    assert kinds(house)[1:] == [*(["ticket_returned"] if back else []), "card_joined"]
    found = [(place, one) for place, one, _ in places(house, first, whole=False) if one is CaseState.OPEN]
    assert found == [(1, CaseState.OPEN), (2, CaseState.OPEN)]


def test_a_number_of_another_office_or_day_is_none(house: House) -> None:
    """Nothing is told of it: the kiosk takes the notice by itself."""
    first = begun(house, 2)
    for kiosk in (BRANCH, replace(KIOSK, office_id="01")):
        with pytest.raises(TicketStateError) as refused:
            join(house, first, FAMILY[1], kiosk)
        assert (refused.value.code, refused.value.facts) == (ErrorCode.NOT_FOUND, {})
    with pytest.raises(TicketStateError) as refused:
        join(house, uuid4(), FAMILY[1])
    assert refused.value.code is ErrorCode.NOT_FOUND
    house.clock.advance(days=1)
    with pytest.raises(TicketStateError) as refused:
        join(house, first, FAMILY[1])
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_a_twelve_digit_number_is_refused_and_nothing_of_it_is_kept(house: House) -> None:
    """It is counted as at any check-in; neither the number nor the id of its request stays."""
    first = begun(house)
    with house.database.read() as connection:
        before = len(connection.execute(select(requests.c.request_id)).all())
    reply = join(house, first, MY_NUMBER)
    assert (reply.reason, reply.ticket) == (CheckInReason.REFUSED, None)
    with house.database.read() as connection:
        assert connection.execute(select(refusals.c.reason)).scalars().all() == ["my_number"]
        assert len(connection.execute(select(requests.c.request_id)).all()) == before


def test_a_number_without_a_notice_is_joined_too(house: House) -> None:
    """Who took an assisted number and finds the child's notice has one number for both."""
    ticket = told(house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK))
    house.reserve(FAMILY[0])
    reply = join(house, ticket, FAMILY[0])
    assert (reply.reason, told(reply).cards) == (JOINED, 2)
    assert [one[2] for one in places(house, ticket)] == [CheckInReason.WALK_IN, CheckInReason.ON_TIME]


# --- booked in one group ----------------------------------------------------------------------------------------------


@pytest.mark.dialect
def test_what_is_booked_in_one_group_joins_by_itself(house: House) -> None:
    """Each holds up their own notice at whichever kiosk of the office: one number, and the later ones are told it."""
    first = begun(house, 3, group_number="G7")
    for place, number in enumerate(FAMILY[1:3], 2):
        reply = show(house, number, OTHER_KIOSK)
        assert (reply.reason, told(reply).ticket_id, told(reply).cards) == (JOINED, first.ticket_id, place)
    assert show(house, FAMILY[2]).reason is CheckInReason.ALREADY_CHECKED_IN
    assert (ticket_rows(house), len(places(house, first))) == (1, 3)


@pytest.mark.dialect
@pytest.mark.parametrize("state", sorted(set(TicketState)))
def test_a_group_joins_only_a_party_that_may_be_joined(house: House, state: TicketState) -> None:
    """Who comes after the others were handed over, or gave up, gets a number of their own and no error."""
    first = begun(house, 2, group_number="G7")
    put(house, first, state, window="3")
    reply = show(house, FAMILY[1])
    joins = state in JOINABLE_STATES
    assert reply.reason is (JOINED if joins else CheckInReason.ON_TIME)
    assert (told(reply).ticket_id == first.ticket_id) is joins


def test_a_group_is_of_one_office_and_one_day(house: House) -> None:
    """Booked together at two offices: each has a number where they are expected; and yesterday's party is over."""
    first = begun(house, group_number="G7")
    house.reserve(FAMILY[1], office_id="05", group_number="G7")
    there = show(house, FAMILY[1], BRANCH)
    assert there.reason is CheckInReason.ON_TIME
    assert told(there).ticket_id != first.ticket_id
    house.clock.advance(days=1)
    house.reserve(FAMILY[2], group_number="G7")
    assert show(house, FAMILY[2]).reason is CheckInReason.ON_TIME
    with house.database.read() as connection:
        assert party_of_group(connection, "00", TODAY, "G7", 6) is None, "the day was closed"
        assert party_of_group(connection, "00", TODAY + timedelta(days=1), "G7", 6) is not None
        assert party_of_group(connection, "00", TODAY + timedelta(days=1), "G8", 6) is None


@pytest.mark.dialect
def test_a_large_group_fills_one_number_after_the_other(tmp_path: Path, database_url: str) -> None:
    """With two to a number, five of a group have three numbers, and nobody is turned away."""
    house = make_house(database_url, tmp_path / "var", HandClock(), party_limit=2)
    for number in FAMILY[:5]:
        house.reserve(number, group_number="G7")
    replies = [show(house, number) for number in FAMILY[:5]]
    assert [reply.reason is JOINED for reply in replies] == [False, True, False, True, False]
    labels = [told(reply).number for reply in replies]
    assert labels == ["M-001", "M-001", "M-002", "M-002", "M-003"]
    house.database.dispose()


def test_a_group_that_is_refused_at_the_door_does_not_get_in_by_the_group(house: House) -> None:
    """A cancelled booking of the group, or one of another day, is answered as ever."""
    first = begun(house, group_number="G7")
    house.reserve(FAMILY[1], state="cancelled", group_number="G7")
    house.reserve(FAMILY[2], house.clock.now + timedelta(days=1), group_number="G7")
    assert show(house, FAMILY[1]).reason is CheckInReason.NOT_RESERVED
    assert show(house, FAMILY[2]).reason is CheckInReason.ANOTHER_DAY
    assert len(places(house, first)) == 1


@pytest.mark.dialect
def test_who_is_late_joins_their_group_though_the_ward_noted_that_nobody_came(house: House) -> None:
    """A missed booking counts on its own day, with its group."""
    first = begun(house, group_number="G7")
    house.reserve(FAMILY[1], state="no_show", group_number="G7")
    house.clock.advance(minutes=30)
    reply = show(house, FAMILY[1])
    assert (reply.reason, told(reply).ticket_id) == (JOINED, first.ticket_id)
    assert places(house, first)[1] == (2, CaseState.OPEN, CheckInReason.LATE)


def test_a_check_in_without_a_group_asks_for_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of nearly everybody stays as short as it was: no look for a group, and none at how many cards there are."""
    looked: list[str] = []
    for place in ("answering.party_of_group", "telling.cards_of"):
        monkeypatch.setattr(f"backend.reception.{place}", lambda *_, place=place: looked.append(place))
    begun(house)
    house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    assert looked == []


# --- what staff see ---------------------------------------------------------------------------------------------------


@pytest.mark.dialect
def test_a_joined_card_that_has_not_arrived_is_on_the_list_of_those(
    tmp_path: Path, database_url: str
) -> None:
    """The alarm goes by each card, not by the first of the party; and the hall is not told."""
    house = make_house(database_url, tmp_path / "var", HandClock(), track_cards=True)
    first = begun(house)
    house.reserve(FAMILY[1], kept_at="05")
    assert join(house, first, FAMILY[1]).reason is JOINED
    assert [one[2] for one in places(house, first)] == [
        CheckInReason.ON_TIME,
        CheckInReason.CARD_NOT_ARRIVED,
    ]

    def missing() -> list[str]:
        with house.database.read() as connection:
            reason = CheckInReason.CARD_NOT_ARRIVED
            found = tickets_in(connection, "00", TODAY, list(TicketState), reason=reason)
            return [ticket.label for ticket in found]

    assert missing() == [first.number]
    account = house.person("clerk01", Role.CLERK)
    house.counter.cancel(uuid4(), actor_of(account), first.ticket_id.hex)
    assert missing() == []
    house.database.dispose()


def test_explained_is_what_a_kiosk_would_answer(house: House) -> None:
    """Of a group: that the card joins, with the series of the number that is there; of a card of a party, that it is received."""
    first = begun(house, 2, group_number="G7")
    graph = house.graph
    key = load_secret(graph.settings.var_dir, house.database)
    answering = open_answering(graph.settings, graph.directory, key, graph.records)

    def reason_of(number: str) -> tuple[CheckInReason, bool, str | None]:
        with house.database.read() as connection:
            found = explained(connection, answering, "00", number, house.clock.now)
        return found.reason, found.gives_ticket, found.series

    assert reason_of(FAMILY[1]) == (JOINED, True, first.number[0])
    assert join(house, first, FAMILY[1]).reason is JOINED
    assert reason_of(FAMILY[1]) == (CheckInReason.ALREADY_CHECKED_IN, True, first.number[0])
