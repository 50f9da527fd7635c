"""What is published is a list of what may be: nothing else that stands in an event reaches a hall, a kiosk or a page."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given, strategies as st

from backend.offices.day import business_day
from backend.protection.roles import DeviceKind, Role
from backend.reception.board_snapshot import message_of
from backend.storage.event_log import LoggedEvent
from backend.web.desk.people import SESSION_COOKIE
from backend.web.stream.streams import serialise
from backend.wire.codes import EventKind
from backend.wire.messages import EventMessage, WalkInRequest
from tests.counter import actor_of
from tests.support import KIOSK, MORNING, House

PUBLISHED = {"ticket_id", "number", "window", "window_kind", "call_count", "waiting", "preparing", "place"}
"""Facts of an event that displays and pages get."""
TICKET = "5f0c2a1e9d7b4c3a8e6f1d2b3c4a5e6f"
PLANTED = {
    "name": "planted-name",
    "name_kana": "planted-kana",
    "card_id": "planted-card",
    "reservation_id": "planted-reservation",
    "recipient_type": "planted-type",
    "troubles": {"camera": "planted-trouble"},
    "kind": "planted-kind",
    "office_id": "planted-office",
    "note": ["planted-note"],
}
FACTS = {
    "ticket_id": TICKET,
    "number": "M-007",
    "window": "3",
    "window_kind": "reception",
    "call_count": 1,
    "waiting": 2,
    "preparing": 1,
    "place": 2,
}


def an_event(
    kind: str, facts: dict[str, Any], at: datetime = MORNING, day: date | None = None
) -> LoggedEvent:
    """An event as the log has it."""
    return LoggedEvent("00", 7, kind, at, day or business_day(at), facts)


@given(
    kind=st.sampled_from([kind.value for kind in EventKind if kind is not EventKind.RESERVATIONS_IMPORTED]),
    extra=st.dictionaries(
        st.text(max_size=12).filter(lambda name: name not in PUBLISHED),
        st.one_of(st.text(max_size=8), st.integers(), st.lists(st.text(max_size=4), max_size=2)),
        max_size=5,
    ),
)
def test_no_other_fact_changes_what_is_sent(kind: str, extra: dict[str, Any]) -> None:
    """Whatever a command of tomorrow writes into its event, what is sent is what the named facts say, to the byte."""
    assert serialise(an_event(kind, {**FACTS, **extra})) == serialise(an_event(kind, FACTS))


def test_every_field_of_an_event_comes_from_the_row_or_from_a_named_fact() -> None:
    """A new field of the message is published on purpose, and is named here."""
    of_the_row = {"seq", "kind", "at", "office_id", "business_day"}
    assert set(EventMessage.model_fields) == of_the_row | PUBLISHED
    message = message_of(an_event("ticket_called", {**FACTS, **PLANTED}))
    assert message is not None
    assert (message.kind, message.office_id, message.ticket_id) == (
        EventKind.TICKET_CALLED,
        "00",
        UUID(TICKET),
    )


@pytest.mark.parametrize("kind", ["reservations_imported", "of_tomorrow"])
def test_what_is_not_for_displays_is_not_sent(kind: str) -> None:
    """An import is told in the log alone, and what an older server does not know it does not pass on."""
    assert message_of(an_event(kind, {**FACTS, **PLANTED})) is None


def said(line: Iterator[str], seq: int) -> str:
    """Everything that a stream says, up to the end of one event."""
    text = ""
    for one in line:
        text += one + "\n"
        if not one and f"id: {seq}\n" in text:
            return text
    raise AssertionError("the stream has ended")


def plant(house: House, ticket_id: str, number: str) -> int:
    """Write an event of a call with facts that nobody may read; returns its number."""
    facts = {**FACTS, **PLANTED, "ticket_id": ticket_id, "number": number}
    with house.database.write() as work:
        day = business_day(work.now)
        return work.record("ticket_called", office_id="00", business_day=day, facts=facts)


def test_a_planted_fact_reaches_no_stream_and_no_board(address: str, small_house: House) -> None:
    """A name that a mistake puts into an event stays in the log: neither tail nor snapshot, neither hall nor page shows it."""
    ticket = small_house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket
    assert ticket is not None
    account, cookie, _ = small_house.signed_in("sato", Role.CLERK)
    clerk = actor_of(account)
    small_house.counter.take_window(uuid4(), clerk, "3")
    small_house.counter.call_next(uuid4(), clerk)
    device = {"Authorization": f"Bearer {small_house.device(DeviceKind.DISPLAY)}"}
    page = {"Cookie": f"{SESSION_COOKIE}={cookie}"}
    told = {}
    with httpx2.Client(base_url=address, timeout=15) as client:
        with (
            client.stream("GET", "/api/v1/events", headers=device) as hall,
            client.stream("GET", "/pages/events", headers=page) as desk,
        ):
            streams = {"hall": hall.iter_lines(), "desk": desk.iter_lines()}
            for lines in streams.values():
                while not next(lines).startswith("data: "):
                    pass
            seq = plant(small_house, ticket.ticket_id.hex, ticket.number)
            told = {name: said(lines, seq) for name, lines in streams.items()}
        with client.stream("GET", "/api/v1/events", headers=device) as anew:
            told["snapshot"] = said(anew.iter_lines(), seq)
        with client.stream(
            "GET", "/api/v1/events", headers={**device, "Last-Event-ID": str(seq - 1)}
        ) as tail:
            told["tail"] = said(tail.iter_lines(), seq)
        told["board"] = client.get("/api/v1/board", headers=device).text
        told["clerk"] = client.get("/clerk/panel", headers=page).text
    assert json.loads(told["board"])["seq"] == seq
    for name, text in told.items():
        assert ticket.number in text, name
        assert "planted" not in text, name
