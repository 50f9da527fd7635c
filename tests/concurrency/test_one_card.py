"""Two servers on one PostgreSQL meet at one card: one number, one issuance, and the loser is told."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from backend.cards import notice_of, notify_again
from backend.cards.issuing import mark_issued
from backend.protection.roles import Role
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import cases_of, visit_of_card
from backend.reception.storing.tables import cases, tickets
from backend.storage.secrets import load_secret
from backend.wire.codes import CheckInReason, ErrorCode, TicketState
from backend.wire.messages import CheckInReply, CheckInRequest
from tests.at_once import Meeting, at_once, drop
from tests.counter import actor_of, kiosk_at
from tests.history import flaws_of
from tests.migrated import migrated_postgres
from tests.support import NUMBER, HandClock, House, make_house

OFFICES = ("00", "05")
LOOK = "backend.reception.answering.visit_of_card"
"""What a check-in looks at before it gives a number."""


@pytest.fixture
def servers(postgres_url: str, tmp_path: Path) -> Iterator[list[House]]:
    """Two servers with one database and one folder, where a card without a booking gets a number at once."""
    with migrated_postgres(postgres_url) as url:
        built = [make_house(url, tmp_path / "var", HandClock(), unbooked_get_number=True) for _ in OFFICES]
        yield built
        for house in built:
            house.database.dispose()


def scans(
    servers: list[House], offices: Sequence[str] = OFFICES, shown: Sequence[str] = (NUMBER, NUMBER)
) -> list[object]:
    """One card is shown to two servers in the same moment."""

    def scan(place: int) -> CheckInReply:
        what = {"number" if shown[place].isdigit() else "code": shown[place]}
        request = CheckInRequest.model_validate({"request_id": uuid4(), **what})
        return servers[place].counter.check_in(request, kiosk_at(offices[place], f"kiosk-{place}"))

    return at_once(*(partial(scan, place) for place in range(len(servers))))


@pytest.mark.dialect
def test_a_card_at_two_kiosks_at_the_same_instant_is_one_ticket(
    servers: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both servers see no number: one gives it, the other looks again and tells where it is; nobody is told an error."""
    servers[0].reserve(NUMBER, state="cancelled")
    meeting = Meeting(visit_of_card)
    monkeypatch.setattr(LOOK, meeting)
    replies = scans(servers)
    assert all(isinstance(reply, CheckInReply) for reply in replies), replies
    told = {reply.reason: reply for reply in replies if isinstance(reply, CheckInReply)}
    assert set(told) == {CheckInReason.WALK_IN, CheckInReason.ANOTHER_OFFICE}
    first, second = told[CheckInReason.WALK_IN].ticket, told[CheckInReason.ANOTHER_OFFICE].ticket
    assert first is not None
    assert second is not None
    assert (first.ticket_id, second.office_id) == (second.ticket_id, first.office_id)
    assert meeting.calls == 3, "the second one did not look again, so this was no race"
    with servers[0].database.read() as connection:
        assert len(connection.execute(select(tickets.c.id)).all()) == 1
        assert flaws_of(connection) == []


@pytest.mark.dialect
def test_two_notices_of_a_card_at_two_kiosks_of_one_office_are_one_ticket(servers: list[House]) -> None:
    """The old sheet at one kiosk and the new one at the other, in the same instant: one of them is told the other's number."""
    key = load_secret(servers[0].graph.settings.var_dir, servers[0].database)
    card_id = servers[0].card_of(servers[0].reserve(NUMBER, state="cancelled"))
    with servers[0].database.write() as work:
        sheets = [notice_of(work, card_id, key).code, notify_again(work, card_id, key).code]
    replies = [one for one in scans(servers, ("00", "00"), sheets) if isinstance(one, CheckInReply)]
    assert {reply.reason for reply in replies} == {CheckInReason.WALK_IN, CheckInReason.ALREADY_CHECKED_IN}
    assert len({reply.ticket.ticket_id for reply in replies if reply.ticket is not None}) == 1
    with servers[0].database.read() as connection:
        assert flaws_of(connection) == []


@pytest.mark.dialect
def test_without_the_index_the_same_race_gives_two_tickets(
    servers: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: what keeps it is the database's promise, and the proof above means something."""
    servers[0].reserve(NUMBER, state="cancelled")
    drop(servers[0], "uq_cases_living_card")
    monkeypatch.setattr(LOOK, Meeting(visit_of_card))
    replies = scans(servers)
    assert [reply.reason for reply in replies if isinstance(reply, CheckInReply)] == [
        CheckInReason.WALK_IN
    ] * 2
    with servers[0].database.read() as connection:
        assert len(connection.execute(select(tickets.c.id)).all()) == 2


def issues(
    servers: list[House], monkeypatch: pytest.MonkeyPatch, find: Callable[..., object]
) -> list[object]:
    """One card lies at the issuance windows of two offices, which no counter lets happen, and both press at once."""
    card_id = servers[0].card_of(servers[0].reserve(NUMBER, state="cancelled"))
    drop(servers[0], "uq_cases_living_card")
    with monkeypatch.context() as blind:
        blind.setattr(LOOK, lambda *_: None)
        scans(servers)
    works = []
    for house, office_id in zip(servers, OFFICES, strict=True):
        staff = actor_of(house.person(f"staff{office_id}", Role.STAFF, office_id))
        house.counter.take_window(uuid4(), staff, "A")
        with house.database.write() as work:
            work.connection.execute(
                update(tickets)
                .where(tickets.c.office_id == office_id)
                .values(state=TicketState.CALLED_TO_ISSUANCE.value, window="A", holder=staff.id)
            )
            ticket_id = work.connection.execute(
                select(tickets.c.id).where(tickets.c.office_id == office_id)
            ).scalar_one()
        works.append(
            lambda house=house, staff=staff, ticket_id=ticket_id: house.counter.issue(
                uuid4(), staff, ticket_id
            )
        )
    monkeypatch.setattr("backend.reception.issuance.cases_of", Meeting(cases_of))
    monkeypatch.setattr("backend.reception.issuance.mark_issued", find)
    found = at_once(*works)
    with servers[0].database.read() as connection:
        kept = connection.execute(select(cases.c.state).where(cases.c.card_id == card_id)).scalars().all()
    return [*found, sorted(kept)]


@pytest.mark.dialect
def test_of_two_windows_that_issue_one_card_at_once_the_second_is_told(
    servers: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both servers see a card that was not handed out: one records it, the other is refused with the reason."""
    *replies, kept = issues(servers, monkeypatch, mark_issued)
    (refused,) = [reply for reply in replies if isinstance(reply, Exception)]
    assert isinstance(refused, TicketStateError)
    assert refused.code is ErrorCode.ALREADY_ISSUED
    assert kept == ["issued", "open"]


@pytest.mark.dialect
@pytest.mark.parametrize(("index", "kept"), [(True, ["issued", "open"]), (False, ["issued", "issued"])])
def test_without_the_look_at_the_card_only_the_index_keeps_it_to_one_issuance(
    servers: list[House], monkeypatch: pytest.MonkeyPatch, index: bool, kept: list[str]
) -> None:
    """The race is real: left out, the database itself refuses the second, and without that a card is handed out twice."""
    if not index:
        drop(servers[0], "uq_cases_issued_card")
    *replies, found = issues(servers, monkeypatch, lambda *_: True)
    assert found == kept
    assert [type(reply) for reply in replies if isinstance(reply, Exception)] == [IntegrityError] * index
