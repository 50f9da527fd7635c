"""One party, many hands: cards that join at the same instant have a place each, and a card is in one party."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.reception.storing.cases import visit_of_card
from backend.reception.storing.parties import party_of_group, places_of
from backend.reception.storing.tables import cases, tickets
from backend.storage import unit_of_work
from backend.wire.codes import CheckInReason
from backend.wire.messages import CheckInReply, CheckInRequest, TicketMessage
from tests.at_once import Meeting, as_a_sequence, at_once, drop
from tests.busy_counter import kiosk
from tests.counter import kiosk_at
from tests.history import flaws_of
from tests.migrated import migrated_postgres
from tests.support import HandClock, House, make_house, real_time_house, server_process

FAMILY = tuple(f"3000000{place}" for place in range(9))
JOINED, FULL = CheckInReason.JOINED, CheckInReason.PARTY_FULL
ON_TIME, AGAIN = CheckInReason.ON_TIME, CheckInReason.ALREADY_CHECKED_IN
LIMIT = 6


@pytest.fixture
def servers(postgres_url: str, tmp_path: Path) -> Iterator[list[House]]:
    """Two servers with one database and one folder."""
    with migrated_postgres(postgres_url) as url:
        built = [make_house(url, tmp_path / "var", HandClock()) for _ in range(2)]
        yield built
        for house in built:
            house.database.dispose()


def shown(house: House, number: str, office_id: str = "00") -> TicketMessage:
    """A notice by itself; the ticket of the reply."""
    reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), kiosk_at(office_id))
    assert reply.ticket is not None
    return reply.ticket


def join(house: House, ticket_id: UUID, number: str, office_id: str = "00") -> CheckInReply:
    """A notice for a party, at a kiosk of its own."""
    device = kiosk_at(office_id, f"kiosk-{number}-{office_id}")
    return house.counter.join(ticket_id, CheckInRequest(request_id=uuid4(), number=number), device)


def reasons(replies: list[object]) -> list[CheckInReason]:
    """How each ended, in an order that does not depend on who was first; nobody was told an error."""
    assert all(isinstance(reply, CheckInReply) for reply in replies), replies
    return sorted(CheckInReason(reply.reason) for reply in replies if isinstance(reply, CheckInReply))


def places(house: House, ticket: TicketMessage, *, whole: bool = True) -> list[int]:
    """The places that are taken; the story is whole where the office was locked."""
    with house.database.read() as connection:
        assert not whole or flaws_of(connection) == []
        query = select(cases.c.place).where(cases.c.ticket_id == ticket.ticket_id.hex)
        return sorted(connection.execute(query).scalars())


def test_kiosks_that_add_to_one_party_at_once_take_one_place_each(house: House) -> None:
    """Eight cards, five places, one process: five are in, three are told that it is full, and no place has two cards."""
    for number in FAMILY:
        house.reserve(number)
    first = shown(house, FAMILY[0])
    replies = at_once(*(partial(join, house, first.ticket_id, number) for number in FAMILY[1:]))
    assert reasons(replies) == sorted([JOINED] * (LIMIT - 1) + [FULL] * 3)
    assert places(house, first) == list(range(1, LIMIT + 1))


@pytest.mark.dialect
def test_two_servers_that_add_to_one_party_at_once_take_one_place_each(servers: list[House]) -> None:
    """The same with two servers on one database: the lock of the office is the database's, not a process's."""
    for number in FAMILY:
        servers[0].reserve(number)
    first = shown(servers[0], FAMILY[0])
    replies = at_once(
        *(
            partial(join, servers[place % 2], first.ticket_id, number)
            for place, number in enumerate(FAMILY[1:])
        )
    )
    assert reasons(replies) == sorted([JOINED] * (LIMIT - 1) + [FULL] * 3)
    assert places(servers[0], first) == list(range(1, LIMIT + 1))


@pytest.mark.dialect
def test_kiosks_of_two_server_processes_that_add_to_one_party_at_once(
    postgres_url: str, tmp_path: Path
) -> None:
    """The same over HTTP, with two processes on one PostgreSQL: every card has an answer, and no place has two."""
    with migrated_postgres(postgres_url) as url, ExitStack() as stack:
        house = real_time_house(url, tmp_path)
        stack.callback(house.database.dispose)
        for number in FAMILY:
            house.reserve(number)
        first = shown(house, FAMILY[0])
        servers = [stack.enter_context(server_process(url, tmp_path)) for _ in range(2)]
        kiosks = [stack.enter_context(kiosk(address, house.device())) for _, address in servers]

        def add(place: int) -> CheckInReply:
            body = {"request_id": str(uuid4()), "number": FAMILY[place]}
            reply = kiosks[place % 2].post(f"/api/v1/tickets/{first.ticket_id}/cards", json=body)
            return CheckInReply.model_validate_json(reply.raise_for_status().content)

        replies = at_once(*(partial(add, place) for place in range(1, len(FAMILY))))
        assert reasons(replies) == sorted([JOINED] * (LIMIT - 1) + [FULL] * 3)
        assert places(house, first) == list(range(1, LIMIT + 1))


@pytest.mark.dialect
@pytest.mark.parametrize(("index", "taken"), [(True, [1, 2, 3]), (False, [1, 2, 2])])
def test_without_the_lock_the_index_keeps_places_apart_and_without_both_two_cards_have_one(
    servers: list[House], monkeypatch: pytest.MonkeyPatch, index: bool, taken: list[int]
) -> None:
    """The race is real: both saw one card. The database refuses the second place 2, and whoever asked looks again."""
    for number in FAMILY[:3]:
        servers[0].reserve(number)
    first = shown(servers[0], FAMILY[0])
    if not index:
        drop(servers[0], "uq_cases_open_place")
    monkeypatch.setattr(unit_of_work, "take_numbers", as_a_sequence)
    monkeypatch.setattr(unit_of_work, "set_counter", lambda *_, **__: None)
    meeting = Meeting(places_of)
    monkeypatch.setattr("backend.reception.answering.places_of", meeting)
    replies = at_once(
        *(
            partial(join, house, first.ticket_id, number)
            for house, number in zip(servers, FAMILY[1:3], strict=True)
        )
    )
    assert reasons(replies) == [JOINED, JOINED]
    assert (places(servers[0], first, whole=False), meeting.calls) == (taken, 3 if index else 2)


def test_a_card_that_is_added_to_two_parties_of_an_office_at_once_gets_into_one(house: House) -> None:
    """Two people hold up the same notice at two kiosks: one party has it, the other is told where it is."""
    for number in FAMILY[:3]:
        house.reserve(number)
    parties = [shown(house, number) for number in FAMILY[:2]]
    replies = at_once(*(partial(join, house, party.ticket_id, FAMILY[2]) for party in parties))
    assert reasons(replies) == sorted([JOINED, AGAIN])
    told = {reply.ticket.ticket_id for reply in replies if isinstance(reply, CheckInReply) and reply.ticket}
    assert len(told) == 1
    assert sorted(len(places(house, party)) for party in parties) == [1, 2]


@pytest.mark.dialect
@pytest.mark.parametrize("index", [True, False])
def test_a_card_that_is_added_to_parties_of_two_offices_at_once_gets_into_one(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: bool
) -> None:
    """No lock is common to two offices: the index keeps the card to one of them, and without it both have it."""
    with migrated_postgres(postgres_url) as url:
        servers = [make_house(url, tmp_path / "var", HandClock(), unbooked_get_number=True) for _ in range(2)]
        offices = ("00", "05")
        for number, office_id in zip(FAMILY[:2], offices, strict=True):
            servers[0].reserve(number, office_id=office_id)
        servers[0].reserve(FAMILY[2], state="cancelled")
        parties = [shown(servers[0], *pair) for pair in zip(FAMILY[:2], offices, strict=True)]
        if not index:
            drop(servers[0], "uq_cases_living_card")
        monkeypatch.setattr("backend.reception.answering.visit_of_card", Meeting(visit_of_card))
        replies = at_once(
            *(
                partial(join, house, party.ticket_id, FAMILY[2], office_id)
                for house, party, office_id in zip(servers, parties, offices, strict=True)
            )
        )
        assert reasons(replies) == (
            sorted([JOINED, CheckInReason.ANOTHER_OFFICE]) if index else [JOINED, JOINED]
        )
        taken = sorted(len(places(servers[0], party, whole=index)) for party in parties)
        assert taken == ([1, 2] if index else [2, 2])
        for house in servers:
            house.database.dispose()


@pytest.mark.dialect
@pytest.mark.parametrize("locked", [True, False])
def test_a_family_that_checks_in_at_two_kiosks_at_once_has_one_number(
    servers: list[House], monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Booked in one group, first at the same instant: one is first by the lock of the office, and without it by the number."""
    for number in FAMILY[:2]:
        servers[0].reserve(number, group_number="G7")
    servers[0].reserve(FAMILY[2])
    shown(servers[0], FAMILY[2])
    meeting = Meeting(party_of_group)
    if not locked:
        monkeypatch.setattr(unit_of_work, "take_numbers", as_a_sequence)
        monkeypatch.setattr(unit_of_work, "set_counter", lambda *_, **__: None)
        monkeypatch.setattr("backend.reception.answering.party_of_group", meeting)

    def check_in(place: int) -> CheckInReply:
        request = CheckInRequest(request_id=uuid4(), number=FAMILY[place])
        return servers[place].counter.check_in(request, kiosk_at("00", f"kiosk-{place}"))

    replies = at_once(partial(check_in, 0), partial(check_in, 1))
    assert reasons(replies) == sorted([JOINED, ON_TIME])
    assert meeting.calls == (0 if locked else 3), "the second one did not look again, so this was no race"
    with servers[0].database.read() as connection:
        assert len(connection.execute(select(tickets.c.id)).all()) == 2
