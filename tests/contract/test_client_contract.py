"""What a device may rely on, whoever answers: the fake, the client over HTTP, and the client on a real server."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import update

from backend.client.errors import BackendRefusedError
from backend.client.fake import FakeBackend, FakeNotice
from backend.client.http import API, BackendClient
from backend.client.port import Backend
from backend.reception.storing.tables import cases, tickets
from backend.wire.codes import (
    WIRE_VERSION,
    CheckInReason,
    DevicePart,
    ErrorCode,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    TicketState,
)
from backend.wire.messages import (
    Accepted,
    CheckInRequest,
    DeviceReport,
    OfficePlace,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)
from tests.invented_number import MY_NUMBER
from tests.support import MORNING, HandClock, House, make_house, serving

BOOKED = "ABC123456"
UNBOOKED = "XYZ654321"
ENDS = {
    TicketState.INCOMPLETE,
    TicketState.ISSUED,
    TicketState.ENDED,
    TicketState.DONE,
    TicketState.CANCELLED,
}
"""Steps that the cases of a ticket follow."""
UNKNOWN = "QQQ000000"
CHILD = "CHD123456"
COUSINS = tuple(f"CSN12345{place}" for place in range(5))
KINDS = ["fake", "http", "server"]

ELSEWHERE = "DEF123456"

Maker = Callable[[Path], Any]
Move = Callable[[UUID, TicketState, str | None], None]
Answering = tuple[Backend, Move]


OKUBO = OfficePlace(
    office_id="05",
    name={"ja": "大久保特別出張所", "en": "Okubo Branch Office"},
    address={"ja": "新宿区大久保2-12-7"},
)


def a_fake() -> FakeBackend:
    """The fake with the notices of this contract."""
    return FakeBackend(
        {
            **{number: FakeNotice() for number in (BOOKED, CHILD, *COUSINS)},
            UNBOOKED: FakeNotice(CheckInReason.NOT_RESERVED),
            ELSEWHERE: FakeNotice(CheckInReason.ANOTHER_OFFICE, MORNING + timedelta(days=2), office=OKUBO),
        },
        now=HandClock(),
    )


@asynccontextmanager
async def fake(_: Path) -> AsyncIterator[Answering]:
    """The fake itself."""
    made = a_fake()
    yield made, made.hall.move


@asynccontextmanager
async def over_http(_: Path) -> AsyncIterator[Answering]:
    """The client, with the fake behind its transport: every shape crosses the wire as JSON."""
    served = a_fake()

    async def answer(request: httpx2.Request) -> httpx2.Response:
        """Answer as the server does."""
        path = request.url.path.removeprefix(API)
        body = json.loads(request.content) if request.content else None
        try:
            reply = await _route(served, request.method, path, body)
        except BackendRefusedError as error:
            return httpx2.Response(409, json={"code": error.code, "detail": error.detail})
        return httpx2.Response(200, content=(reply or Accepted()).model_dump_json().encode())

    async with BackendClient("http://server", "token", transport=httpx2.MockTransport(answer)) as client:
        yield client, served.hall.move


async def _route(served: FakeBackend, method: str, path: str, body: Any) -> Any:
    """What the server's routes do, for the fake."""
    if method == "GET":
        asked = {
            "/health": served.health,
            "/office": served.office,
            "/bring": served.bring,
            "/board": served.board,
        }
        return await asked[path]()
    if path == "/check-ins":
        return await served.check_in(CheckInRequest.model_validate(body))
    if path == "/walk-ins":
        return await served.walk_in(WalkInRequest.model_validate(body))
    if path == "/refusals":
        return await served.report_refusal(RefusalReport.model_validate(body))
    if path == "/device-reports":
        return await served.report_device(DeviceReport.model_validate(body))
    ticket_id = UUID(path.removeprefix("/tickets/").partition("/")[0])
    return await _about(served, ticket_id, path.endswith("/cards"), body)


async def _about(served: FakeBackend, ticket_id: UUID, joins: bool, body: Any) -> Any:
    """What the server's routes about one ticket do, for the fake."""
    if joins:
        return await served.join(ticket_id, CheckInRequest.model_validate(body))
    return await served.report_print(ticket_id, PrintReport.model_validate(body))


@asynccontextmanager
async def on_a_server(folder: Path) -> AsyncIterator[Answering]:
    """The client on a real server on a free port."""
    house: House = make_house(f"sqlite:///{folder}/uketsuke.db", folder / "var", HandClock())
    for number in (BOOKED, CHILD, *COUSINS):
        house.reserve(number)
    house.reserve(UNBOOKED, state="cancelled")
    house.reserve(ELSEWHERE, MORNING + timedelta(days=2), office_id="05")

    def move(ticket_id: UUID, state: TicketState, window: str | None = None) -> None:
        """Let a clerk have done something with a ticket."""
        with house.database.write() as work:
            change = update(tickets).where(tickets.c.id == ticket_id.hex)
            work.connection.execute(change.values(state=state.value, window=window))
            if state in ENDS:
                of_ticket = update(cases).where(cases.c.ticket_id == ticket_id.hex)
                work.connection.execute(of_ticket.values(state=state.value))

    with serving(house) as address:
        async with BackendClient(address, house.device()) as client:
            yield client, move
    house.database.dispose()


MAKERS: dict[str, Maker] = {"fake": fake, "http": over_http, "server": on_a_server}


@pytest.fixture(params=KINDS)
async def answering(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Answering]:
    """Each one that answers, and a hand that moves its tickets."""
    async with MAKERS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def backend(answering: Answering) -> Backend:
    """Each one that answers."""
    return answering[0]


def by_number(number: str) -> CheckInRequest:
    """A number was typed."""
    return CheckInRequest(request_id=uuid4(), number=number)


async def test_health_and_office_tell_the_time_and_the_name(backend: Backend) -> None:
    """Protects a device's start: version, clock, name and opening are always told."""
    health, office = await backend.health(), await backend.office()
    assert (health.status, health.wire_version) == ("ok", WIRE_VERSION)
    assert office.open_now
    assert office.name["ja"]
    assert office.server_time.utcoffset() is not None


async def test_what_to_bring_is_told_in_japanese_at_least_and_names_nobody(backend: Backend) -> None:
    """Protects the kiosk's page: several situations, each with a title and things, none of them a recipient type."""
    guide = await backend.bring()
    assert len({one.code for one in guide.situations}) == len(guide.situations) >= 2
    for one in guide.situations:
        assert one.title["ja"]
        assert all(item.thing for item in one.bring["ja"])
        assert one.bring.keys() == one.title.keys()
        assert not re.match(r"[A-Z]\d", one.code)


async def test_a_report_of_the_device_is_taken_and_may_be_repeated(backend: Backend) -> None:
    """Protects the clerks' knowledge of a lost camera: told, repeated without harm, and taken back."""
    report = DeviceReport(request_id=uuid4(), troubles={DevicePart.CAMERA: "no_picture"})
    await backend.report_device(report)
    await backend.report_device(report)
    await backend.report_device(DeviceReport(request_id=uuid4()))


async def test_a_booked_notice_gets_a_ticket_and_the_same_again(backend: Backend) -> None:
    """Protects invariant 3: the same notice is the same ticket, on any request."""
    first = await backend.check_in(by_number(BOOKED))
    again = await backend.check_in(by_number(BOOKED))
    assert first.ticket is not None
    assert again.ticket is not None
    assert (first.reason, again.reason) == (CheckInReason.ON_TIME, CheckInReason.ALREADY_CHECKED_IN)
    assert (again.ticket.ticket_id, again.ticket.number) == (first.ticket.ticket_id, first.ticket.number)
    assert first.ticket.state is TicketState.WAITING
    assert first.ticket.print_state is PrintState.PENDING
    assert (await backend.board()).waiting == 1


@pytest.mark.parametrize(
    ("found", "window", "now"),
    [
        (TicketState.WAITING, None, TicketState.WAITING),
        (TicketState.CALLED, "3", TicketState.CALLED),
        (TicketState.SERVING, "3", TicketState.SERVING),
        (TicketState.ABSENT, None, TicketState.WAITING),
        (TicketState.INCOMPLETE, None, TicketState.WAITING),
        (TicketState.HANDED_OVER, None, TicketState.HANDED_OVER),
        (TicketState.CALLED_TO_ISSUANCE, "B", TicketState.CALLED_TO_ISSUANCE),
        (TicketState.ISSUED, None, None),
        (TicketState.CANCELLED, None, None),
    ],
)
async def test_a_notice_shown_again_tells_where_its_number_is(
    answering: Answering, found: TicketState, window: str | None, now: TicketState | None
) -> None:
    """Protects a visitor who asks twice: the state that was found, the window, who waits again, and a number that ended."""
    backend, move = answering
    first = (await backend.check_in(by_number(BOOKED))).ticket
    assert first is not None
    move(first.ticket_id, found, window)
    again = await backend.check_in(by_number(BOOKED))
    if found is TicketState.CANCELLED:
        assert (again.reason, again.found) == (CheckInReason.ON_TIME, None)
        return
    assert again.found is found
    if now is None:
        assert (again.reason, again.ticket) == (CheckInReason.ALREADY_ISSUED, None)
        return
    assert again.reason is CheckInReason.ALREADY_CHECKED_IN
    assert again.ticket is not None
    assert (again.ticket.number, again.ticket.state, again.ticket.window) == (first.number, now, window)
    assert (again.ticket.window_kind is None) == (window is None)
    assert (again.ticket.estimate is None) == (now is not TicketState.WAITING)


PARTY = {
    TicketState.WAITING: TicketState.WAITING,
    TicketState.CALLED: TicketState.CALLED,
    TicketState.SERVING: TicketState.SERVING,
    TicketState.ABSENT: TicketState.WAITING,
    TicketState.INCOMPLETE: TicketState.WAITING,
}
"""States in which a number may be joined, and where it is then."""


@pytest.mark.parametrize("found", TicketState)
async def test_a_further_notice_joins_a_number_until_its_papers_were_looked_at(
    answering: Answering, found: TicketState
) -> None:
    """Protects a family: one number, counted on the reply; who was away waits again; else a clear no, and nothing is lost."""
    backend, move = answering
    first = (await backend.check_in(by_number(BOOKED))).ticket
    assert first is not None
    assert first.cards == 1
    window = "3" if found in {TicketState.CALLED, TicketState.SERVING} else None
    move(first.ticket_id, found, window)
    request = by_number(CHILD)
    if found not in PARTY:
        with pytest.raises(BackendRefusedError) as refused:
            await backend.join(first.ticket_id, request)
        assert refused.value.code is ErrorCode.WRONG_STATE
        assert (await backend.check_in(by_number(CHILD))).reason is CheckInReason.ON_TIME
        return
    for _ in range(2):
        joined = await backend.join(first.ticket_id, request)
        assert joined.ticket is not None
        assert (joined.reason, joined.found) == (CheckInReason.JOINED, found)
        assert (joined.ticket.ticket_id, joined.ticket.cards) == (first.ticket_id, 2)
        assert (joined.ticket.state, joined.ticket.window) == (PARTY[found], window)
    again = await backend.join(first.ticket_id, by_number(CHILD))
    assert again.ticket is not None
    assert (again.reason, again.ticket.ticket_id) == (CheckInReason.ALREADY_CHECKED_IN, first.ticket_id)


async def test_a_party_has_a_limit_which_the_office_tells(backend: Backend) -> None:
    """Protects who comes with many: the office says how many, one more is told the party is full, with its number."""
    limit = (await backend.office()).party_limit
    assert limit == 1 + len(COUSINS)
    first = (await backend.check_in(by_number(BOOKED))).ticket
    assert first is not None
    for number in COUSINS:
        assert (await backend.join(first.ticket_id, by_number(number))).reason is CheckInReason.JOINED
    full = await backend.join(first.ticket_id, by_number(CHILD))
    assert full.ticket is not None
    assert (full.reason, full.ticket.ticket_id) == (CheckInReason.PARTY_FULL, first.ticket_id)
    assert full.ticket.cards == limit


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (UNKNOWN, CheckInReason.UNKNOWN),
        (UNBOOKED, CheckInReason.NOT_RESERVED),
        (ELSEWHERE, CheckInReason.ANOTHER_OFFICE),
        (MY_NUMBER, CheckInReason.REFUSED),
    ],
)
async def test_a_notice_that_gets_no_number_joins_none(
    backend: Backend, number: str, reason: CheckInReason
) -> None:
    """Protects the party: told as by itself, and the number is for one card as before."""
    first = (await backend.check_in(by_number(BOOKED))).ticket
    assert first is not None
    assert (await backend.join(first.ticket_id, by_number(number))).reason is reason
    again = (await backend.check_in(by_number(BOOKED))).ticket
    assert again is not None
    assert again.cards == 1


async def test_a_number_that_is_none_is_joined_by_nobody(backend: Backend) -> None:
    """Protects a kiosk whose number is of yesterday: it is told, and takes the notice by itself."""
    with pytest.raises(BackendRefusedError) as refused:
        await backend.join(uuid4(), by_number(CHILD))
    assert refused.value.code is ErrorCode.NOT_FOUND
    assert (await backend.check_in(by_number(CHILD))).reason is CheckInReason.ON_TIME


async def test_another_office_comes_with_its_place_and_the_reserved_time(backend: Backend) -> None:
    """Protects who came to the wrong office, perhaps on the wrong day: both can be said."""
    reply = await backend.check_in(by_number(ELSEWHERE))
    assert (reply.reason, reply.ticket, reply.office_id) == (CheckInReason.ANOTHER_OFFICE, None, "05")
    assert reply.reserved_for == MORNING + timedelta(days=2)
    assert reply.office is not None
    assert (reply.office.name["en"], reply.office.address["ja"]) == (OKUBO.name["en"], OKUBO.address["ja"])
    assert reply.office_name == OKUBO.name["ja"]


async def test_a_repeated_request_is_answered_the_same(backend: Backend) -> None:
    """Protects a retry after a lost answer: no second number, and an id belongs to its body."""
    request = WalkInRequest(request_id=uuid4(), language="en")
    first, again = await backend.walk_in(request), await backend.walk_in(request)
    assert first == again
    assert first.reason is CheckInReason.WALK_IN
    with pytest.raises(BackendRefusedError) as caught:
        await backend.walk_in(WalkInRequest(request_id=request.request_id, language="ko"))
    assert caught.value.code is ErrorCode.REQUEST_ID_REUSED


async def test_a_kind_that_the_office_does_not_offer_is_an_answer(backend: Backend) -> None:
    """Protects a kiosk whose office has changed its kinds: a reason with words, no number and no error."""
    offered = {one.code for one in (await backend.office()).kinds}
    assert "pin_reset" not in offered
    reply = await backend.walk_in(WalkInRequest(request_id=uuid4(), kind="pin_reset"))
    assert (reply.reason, reply.ticket) == (CheckInReason.KIND_NOT_OFFERED, None)
    for kind in offered:
        taken = await backend.walk_in(WalkInRequest(request_id=uuid4(), kind=kind))
        assert taken.reason is CheckInReason.WALK_IN


async def test_walk_ins_get_numbers_of_their_own(backend: Backend) -> None:
    """Protects invariant 1 as a device sees it."""
    replies = [await backend.walk_in(WalkInRequest(request_id=uuid4())) for _ in range(5)]
    assert len({reply.ticket.number for reply in replies if reply.ticket}) == 5


@pytest.mark.parametrize(
    ("number", "reason"), [(UNKNOWN, CheckInReason.UNKNOWN), (UNBOOKED, CheckInReason.NOT_RESERVED)]
)
async def test_a_refusal_by_a_rule_is_an_answer(backend: Backend, number: str, reason: CheckInReason) -> None:
    """Protects the difference between a visitor without a number and a machine in trouble."""
    reply = await backend.check_in(by_number(number))
    assert (reply.reason, reply.ticket) == (reason, None)


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "1234-5678-9018",
        "１２３４５６７８９０１８",
        "]Q1123456789018",
        "]Q2\\000026123456789018",
    ],
)
async def test_a_my_number_is_refused_by_the_server_too(backend: Backend, text: str) -> None:
    """Protects invariant 6 behind the kiosk: refused whatever form it comes in, as code or typed."""
    for request in (
        CheckInRequest(request_id=uuid4(), number=text),
        CheckInRequest(request_id=uuid4(), code=text),
    ):
        reply = await backend.check_in(request)
        assert (reply.reason, reply.ticket) == (CheckInReason.REFUSED, None)


async def test_paper_is_a_report_about_a_ticket(backend: Backend) -> None:
    """Protects invariant 4: reports change what is known of the paper, and only of tickets that exist."""
    ticket = (await backend.check_in(by_number(BOOKED))).ticket
    assert ticket is not None
    failed = PrintReport(request_id=uuid4(), state=PrintState.FAILED, trouble=PrinterTrouble.PAPER_OUT)
    assert (await backend.report_print(ticket.ticket_id, failed)).ticket.print_state is PrintState.FAILED
    printed = PrintReport(request_id=uuid4(), state=PrintState.PRINTED)
    assert (await backend.report_print(ticket.ticket_id, printed)).ticket.print_state is PrintState.PRINTED
    again = (await backend.check_in(by_number(BOOKED))).ticket
    assert again is not None
    assert again.print_state is PrintState.PRINTED
    with pytest.raises(BackendRefusedError) as caught:
        await backend.report_print(uuid4(), PrintReport(request_id=uuid4(), state=PrintState.PRINTED))
    assert caught.value.code is ErrorCode.NOT_FOUND


async def test_a_refusal_of_the_kiosk_is_accepted_twice(backend: Backend) -> None:
    """Protects the counter of refusals from a repeated report."""
    report = RefusalReport(request_id=uuid4(), kind=RefusalKind.MY_NUMBER)
    await backend.report_refusal(report)
    await backend.report_refusal(report)
