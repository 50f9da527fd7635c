"""What a released server said, before the eyes of a visitor: today's kiosk and today's hall display show it.

And what a server of tomorrow might say: the same with codes that nobody knows yet.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

import httpx2
from hypothesis import given, settings, strategies as st
from pydantic import BaseModel

from backend.client.fake_newer import EVERYWHERE, UNKNOWN_CODE, newer
from backend.client.http import BackendClient
from backend.client.stream import Link
from backend.client.stream_messages import read_board, read_event
from backend.common.catalogue import Catalogue, Language
from backend.wire.codes import CheckInReason
from backend.wire.heard import OTHER, hear, places_of_other
from backend.wire.messages import Board, CheckInReply, CheckInRequest, EventMessage, OfficeInfo
from kiosk.visit.effects import PrintTicket
from kiosk.visit.inputs import Answered, TroubleReason
from kiosk.visit.presentation import TicketView, TroubleView
from kiosk.visit.presenter import present
from kiosk.visit.screens import TicketShown, Trouble, Working
from kiosk.visit.state import State
from kiosk.visit.texts import spoken
from queue_display.board import BoardState, BoardStep, apply
from queue_display.feed import BoardPicture
from queue_display.hall_screen import HallScreen, compose
from tests.kiosk_support import Visit, of, text
from tests.proof import examples
from tests.releases.kept import FOLDER, Release, releases
from tests.releases.test_release_maker import REASONS
from tests.releases.wire import API, Exchange, data_of, name_of

SERVERS_OWN = frozenset({TroubleReason.SERVER_AWAY, TroubleReason.NOT_ACCEPTED, TroubleReason.OTHER})
"""Troubles that say nothing of what the server answered."""


@cache
def kept(version: str) -> Release:
    """A release, read once."""
    return Release.read(FOLDER / version)


def outcomes(release: Release) -> list[Exchange]:
    """Every check-in and walk-in that was answered."""
    return [
        one
        for one in (*release.day, *release.next)
        if one.status == httpx2.codes.OK and one.asked.path in {f"{API}/check-ins", f"{API}/walk-ins"}
    ]


def office_of(release: Release) -> OfficeInfo:
    """The office as the released server told of it."""
    told = next(one.reply for one in release.day if one.asked.path == f"{API}/office" and one.status == 200)
    return OfficeInfo.model_validate(told)


def answering(told: Any) -> BackendClient:
    """A client whose server says one thing."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=told))
    return BackendClient("http://server", "token", transport=transport)


async def heard(told: Any) -> CheckInReply:
    """An answer through the client."""
    async with answering(told) as client:
        return await client.check_in(CheckInRequest(request_id=uuid4(), code="CODE"))


def visited(reply: CheckInReply) -> Visit:
    """A kiosk to which a notice was shown, with the server's answer."""
    machine = Visit().open()
    machine.scan("CODE")
    screen = machine.state.screen
    assert isinstance(screen, Working)
    machine.take(Answered(screen.request.request_id, reply))
    return machine


def read_out(machine: Visit, office: OfficeInfo, now: datetime) -> Iterator[TicketView | TroubleView]:
    """What stands on the screen, in every language."""
    for language in Language:
        view = spoken(present(State(machine.state.screen, language), office, now))
        assert isinstance(view, TicketView | TroubleView)
        yield view


def assert_something_is_said(view: TicketView | TroubleView) -> None:
    """Nobody stands before an empty screen: a number and a sentence, or what it is and what to do."""
    if isinstance(view, TicketView):
        assert view.number
        assert text(view.headline)
        assert text(view.go) or text(view.sentence)
    else:
        assert text(view.title)
        assert text(view.body)
        assert text(view.next)
    assert "{" not in repr(view)


async def test_a_kiosk_shows_what_a_released_server_answers(release: Release) -> None:
    """A kiosk that is newer than the server shows each number and each reason as what it is, in every language."""
    office = office_of(release)
    seen = set()
    for one in outcomes(release):
        reply = await heard(one.reply)
        seen.add(one.reply["reason"])
        machine = visited(reply)
        screen = machine.state.screen
        if CheckInReason(one.reply["reason"]).gives_ticket:
            assert isinstance(screen, TicketShown), one.asked
            assert screen.ticket.number == one.reply["ticket"]["number"]
        else:
            assert isinstance(screen, Trouble), one.asked
            assert screen.reason not in SERVERS_OWN
            assert screen.reason.value == one.reply["reason"]
        for view in read_out(machine, office, datetime.fromisoformat(one.asked.at)):
            assert_something_is_said(view)
    assert seen >= REASONS


@cache
def catalogues() -> list[Catalogue]:
    """What a display says, in every language."""
    return [Catalogue("display", language) for language in Language]


def hall(state: BoardState) -> HallScreen:
    """What the hall sees."""
    return compose(BoardPicture(state, None, Link.LIVE, None, 1.0, stale=False, now=None))


def messages_of(release: Release) -> list[str]:
    """What the display heard, message by message."""
    told = next(one.stream for one in release.day if one.stream is not None)
    return told.rstrip("\n").split("\n\n")


def read(message: str) -> Board | EventMessage:
    """A message of a stream, read as a display reads it."""
    said = json.dumps(data_of(message))
    return read_board(said) if name_of(message) == "snapshot" else read_event(said)


def test_a_hall_shows_what_a_released_server_tells(release: Release) -> None:
    """A display that is newer than the server calls every number that was called, once, at the window that was said."""
    state: BoardState | None = None
    announced = []
    for message in messages_of(release):
        step = apply(state, read(message))
        assert not step.snapshot_wanted, message
        state = step.state
        assert state is not None
        announced += [(call.number, call.window) for call in step.new]
    called = [
        (told["number"], told["window"])
        for told in map(data_of, messages_of(release))
        if told.get("kind") in {"ticket_called", "ticket_recalled", "called_to_issuance"}
    ]
    assert announced == called
    assert called


def test_a_hall_shows_every_kept_board(release: Release) -> None:
    """A display that starts beside an older server shows what that server's own displays showed."""
    boards = [
        one.reply
        for one in (*release.day, *release.next)
        if one.asked.path == f"{API}/board" and one.status == httpx2.codes.OK
    ]
    for told in boards:
        state = apply(None, read_board(json.dumps(told))).state
        assert state is not None
        assert [(call.number, call.window) for call in state.calls] == [
            (call["number"], call["window"]) for call in told["calls"]
        ]
        assert (state.waiting, state.preparing) == (told["waiting"], told["preparing"])
        assert list(state.absent) == told["absent"]
    assert any(told["calls"] for told in boards)


# A server of tomorrow ----------------------------------------------------------------------------------------


UNKNOWN = st.one_of(st.sampled_from([UNKNOWN_CODE, "other", "", "OTHER"]), st.text(max_size=20))


def changed(told: Any, code: str) -> Any:
    """The same with another word for the unknown code, wherever it is said; names of fields stay."""
    if isinstance(told, dict):
        return {name: changed(value, code) for name, value in told.items()}
    if isinstance(told, list):
        return [changed(value, code) for value in told]
    return code if told == UNKNOWN_CODE else told


@st.composite
def of_tomorrow(draw: st.DrawFn, said: BaseModel) -> Any:
    """A message with unknown codes in some places, and with new fields."""
    places = places_of_other(hear(type(said), newer(said, {EVERYWHERE})))
    some = draw(st.sets(st.sampled_from(places), min_size=1)) if places else set()
    return changed(newer(said, some), draw(UNKNOWN))


@settings(max_examples=examples(80), deadline=None)
@given(st.data())
async def test_no_unknown_code_leaves_a_visitor_without_a_word(data: st.DataObject) -> None:
    """Whatever a newer server says in place of a code, a kiosk shows the number, or sends to the counter."""
    release = kept(data.draw(st.sampled_from(releases())))
    said = outcomes(release)
    one = said[data.draw(st.integers(0, len(said) - 1))]
    told = data.draw(of_tomorrow(CheckInReply.model_validate(one.reply)))
    reply = await heard(told)
    machine = visited(reply)
    screen, office = machine.state.screen, office_of(release)
    assert isinstance(screen, TicketShown | Trouble)
    if isinstance(screen, Trouble):
        assert screen.reason not in {TroubleReason.SERVER_AWAY, TroubleReason.NOT_ACCEPTED}
        assert screen.reason is TroubleReason.OTHER or reply.reason is not OTHER
    for view in read_out(machine, office, datetime.fromisoformat(one.asked.at)):
        assert_something_is_said(view)
        if reply.ticket is not None and reply.reason is OTHER:
            assert reply.ticket.number in repr(view)
    prints = of(machine.effects, PrintTicket)
    if reply.ticket is not None and reply.reason is OTHER and told["ticket"]["state"] == "waiting":
        had_paper = told["ticket"]["print_state"] in {"printed", "unconfirmed"}
        assert bool(prints) is (reply.office_id is None and not had_paper)


@settings(max_examples=examples(20), deadline=None)
@given(st.data())
def test_no_unknown_code_leaves_a_hall_with_a_wrong_picture(data: st.DataObject) -> None:
    """Whatever a newer server says in place of a code, counts are true, and what cannot be told is asked for."""
    release = kept(data.draw(st.sampled_from(releases())))
    state: BoardState | None = None
    for message in messages_of(release):
        whole = read(message)
        told = data.draw(st.one_of(st.just(data_of(message)), of_tomorrow(whole)))
        said = json.dumps(told)
        got = read_board(said) if name_of(message) == "snapshot" else read_event(said)
        step: BoardStep = apply(state, got)
        assert step.state is not None
        assert (step.state.waiting, step.state.preparing) == (whole.waiting, whole.preparing)
        in_doubt = isinstance(got, EventMessage) and got.kind is OTHER and got.ticket_id is not None
        assert step.snapshot_wanted is in_doubt
        state = step.state
        screen = hall(state)
        for card in (screen.hero, *screen.rows):
            if card is not None:
                assert card.number
                assert all(words.text(f"window.{card.kind}") for words in catalogues())


async def test_every_other_answer_of_tomorrow_is_read(release: Release) -> None:
    """Whatever else a device asks for, an unknown code in the answer does not make the server seem away."""
    asked: dict[str, Callable[[BackendClient], Awaitable[BaseModel]]] = {
        f"{API}/health": BackendClient.health,
        f"{API}/office": BackendClient.office,
        f"{API}/bring": BackendClient.bring,
        f"{API}/board": BackendClient.board,
    }
    read_paths = set()
    for one in (*release.day, *release.next):
        ask = asked.get(one.asked.path)
        if ask is None or one.status != httpx2.codes.OK:
            continue
        async with answering(one.reply) as client:
            told = newer(await ask(client), {EVERYWHERE})
        async with answering(told) as client:
            assert await ask(client)
        read_paths.add(one.asked.path)
    assert read_paths == set(asked)
