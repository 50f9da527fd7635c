"""The one way to carry out a command: who may, once, in the office of the work, with its line of the trail."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, func, select

from backend.commands.command import Command
from backend.commands.runner import NotPermittedError
from backend.offices.day import business_day
from backend.protection.actor import Actor
from backend.protection.permissions import Permission
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception import commands
from backend.reception.commands import (
    CallNext,
    CountRefusal,
    ReportDevice,
    TakeWindow,
    TicketReply,
)
from backend.reception.errors import NobodyWaitingError, WindowError
from backend.reception.kind_commands import TakeNumber
from backend.reception.storing.tables import tickets
from backend.storage.errors import RequestIdReusedError
from backend.storage.requests import requests
from backend.storage.types import Connection
from backend.wire.codes import CheckInReason, ErrorCode, RefusalKind, TicketState
from backend.wire.messages import DeviceReport
from tests.counter import actor_of, kiosk_at
from tests.support import KIOSK, House, events_of

COMMANDS = [
    kind
    for kind in vars(commands).values()
    if isinstance(kind, type) and issubclass(kind, Command) and "name" in vars(kind)
]


def count(house: House, table: Table) -> int:
    """How many rows a table has."""
    with house.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def clerk_at(house: House, login: str = "sato", office_id: str = "00") -> Actor:
    """A clerk at the first window of an office."""
    account, _, _ = house.signed_in(login, Role.CLERK, office_id)
    actor = actor_of(account)
    house.graph.runner.run(uuid4(), TakeWindow("1"), actor)
    return actor


def test_every_command_has_a_name_of_its_own_and_somebody_who_may_give_it() -> None:
    """The trail and the request ids tell commands apart by name; a command that nobody may give is no command."""
    assert len(COMMANDS) >= 18
    assert len({kind.name for kind in COMMANDS}) == len(COMMANDS)
    assert all(isinstance(kind.needs, Permission) for kind in COMMANDS)


def test_what_somebody_may_not_do_is_not_looked_up_and_leaves_nothing(small_house: House) -> None:
    """A display gives no number, and a request id that a kiosk used tells it nothing."""
    runner, request_id = small_house.graph.runner, uuid4()
    runner.run(request_id, TakeNumber("ja"), KIOSK)
    before = [count(small_house, table) for table in (requests, audit, tickets)]
    display = replace(KIOSK, permissions=frozenset({Permission.FOLLOW_OFFICE}))
    for one in (request_id, uuid4()):
        with pytest.raises(NotPermittedError) as refused:
            runner.run(one, TakeNumber("ja"), display)
        assert refused.value.actor == display
    assert [count(small_house, table) for table in (requests, audit, tickets)] == before


@pytest.mark.dialect
def test_a_command_that_is_repeated_is_told_as_things_stand(house: House) -> None:
    """A lost answer is asked for again: one number, one line of the trail, and the people ahead as they are now."""
    runner, request_id = house.graph.runner, uuid4()
    runner.run(uuid4(), TakeNumber("ja"), KIOSK)
    first = runner.run(request_id, TakeNumber("ja"), KIOSK)
    assert first.ticket is not None
    assert first.ticket.waiting_ahead == 1
    clerk = clerk_at(house)
    runner.run(uuid4(), CallNext(), clerk)
    lines, told = count(house, audit), len(events_of(house.database))
    again = runner.run(request_id, TakeNumber("ja"), KIOSK)
    assert again.ticket is not None
    assert (again.reason, again.ticket.ticket_id) == (first.reason, first.ticket.ticket_id)
    assert again.ticket.waiting_ahead == 0
    runner.run(uuid4(), commands.SetAbsent(call_again(house, clerk)), clerk)
    runner.run(uuid4(), CallNext(), clerk)
    third = runner.run(request_id, TakeNumber("ja"), KIOSK)
    assert third.ticket is not None
    assert (third.ticket.state, third.ticket.window) == (TicketState.CALLED, "1")
    assert count(house, tickets) == 2
    assert count(house, audit) == lines + 3
    assert len(events_of(house.database)) == told + 3


def call_again(house: House, clerk: Actor) -> str:
    """Call the visitor of the clerk's window a second time; returns the ticket."""
    with house.database.read() as connection:
        ticket_id = connection.execute(select(tickets.c.id).where(tickets.c.holder == clerk.id)).scalar_one()
    house.graph.runner.run(uuid4(), commands.Recall(ticket_id), clerk)
    return str(ticket_id)


def test_a_request_id_is_of_one_command_one_person_and_one_body(small_house: House) -> None:
    """Used for another command, by somebody else or with another body it is refused, and nothing is done."""
    runner, request_id = small_house.graph.runner, uuid4()
    runner.run(request_id, TakeNumber("ja"), KIOSK)
    others: list[tuple[Command[Any], Actor]] = [
        (TakeNumber("en"), KIOSK),
        (TakeNumber("ja"), kiosk_at("00", "kiosk-2")),
        (CountRefusal(RefusalKind.FOREIGN_CODE), KIOSK),
    ]
    for asked, by in others:
        with pytest.raises(RequestIdReusedError):
            runner.run(request_id, asked, by)
    assert count(small_house, tickets) == 1


def test_a_refused_command_may_be_tried_again_with_its_id(small_house: House) -> None:
    """A refusal keeps nothing: no id, no line, no event; the same click works once somebody has come."""
    runner, request_id = small_house.graph.runner, uuid4()
    clerk = clerk_at(small_house)
    before = [count(small_house, table) for table in (requests, audit)]
    with pytest.raises(NobodyWaitingError):
        runner.run(request_id, CallNext(), clerk)
    assert [count(small_house, table) for table in (requests, audit)] == before
    runner.run(uuid4(), TakeNumber("ja"), KIOSK)
    assert runner.run(request_id, CallNext(), clerk).number == "W-400"


def test_every_line_of_the_trail_has_the_office_of_the_work(small_house: House) -> None:
    """People and devices alike: who, what, about what, where, and codes."""
    runner = small_house.graph.runner
    reply = runner.run(uuid4(), TakeNumber("ja"), kiosk_at("03", "kiosk-9"))
    runner.run(uuid4(), CountRefusal(RefusalKind.MY_NUMBER), KIOSK)
    runner.run(uuid4(), ReportDevice(DeviceReport(request_id=uuid4(), troubles={})), KIOSK)
    clerk = clerk_at(small_house, office_id="01")
    assert reply.ticket is not None
    with small_house.database.read() as connection:
        found = connection.execute(select(audit).where(audit.c.office_id.is_not(None)).order_by(audit.c.seq))
        lines = [(row.action, row.actor, row.office_id, row.subject, row.facts) for row in found]
    assert lines == [
        ("walk_in", "kiosk-9", "03", reply.ticket.ticket_id.hex, {"reason": CheckInReason.WALK_IN.value}),
        ("refusal", "kiosk-1", "00", None, {"kind": "my_number"}),
        ("device_report", "kiosk-1", "00", None, {}),
        ("signed_in", clerk.id, "01", clerk.id, {}),
        ("take_window", clerk.id, "01", None, {}),
    ]


def test_what_is_kept_of_a_reply_are_codes_and_ids(small_house: House) -> None:
    """A kept reply tells nothing that it would not tell anew: no number, no hour, no name of anybody."""
    reservation = small_house.reserve("12345679")
    runner = small_house.graph.runner
    reply = runner.run(uuid4(), commands.ShowNotice("12345679", typed=True, language="ja"), KIOSK)
    assert reply.ticket is not None
    with small_house.database.read() as connection:
        kept = connection.execute(select(requests.c.reply)).scalar_one()
    assert kept == {
        "reason": reply.reason,
        "ticket_id": reply.ticket.ticket_id.hex,
        "card_id": small_house.card_of(reservation),
        "day": business_day(small_house.clock.now).isoformat(),
    }


def test_who_asks_is_found_out_in_the_transaction_of_the_command(small_house: House) -> None:
    """A device that is revoked meanwhile gives no command any more; what its finder raises is what it is told."""
    seen: list[bool] = []

    def nobody(connection: Connection, _now: datetime) -> Actor:
        seen.append(connection.in_transaction())
        raise LookupError("revoked")

    with pytest.raises(LookupError):
        small_house.graph.runner.run(uuid4(), TakeNumber("ja"), nobody)
    assert seen == [True]
    assert count(small_house, tickets) == 0


@pytest.mark.parametrize("command", [CallNext(), commands.CallToIssuance("0" * 32)], ids=lambda one: one.name)
def test_a_window_of_another_office_is_none_here(small_house: House, command: Command[TicketReply]) -> None:
    """Who works at two offices and acts at the second calls nobody from the window that they still have at the first."""
    runner = small_house.graph.runner
    account, _, _ = small_house.signed_in("sato")
    everything = frozenset(Permission)
    at_first, at_second = (
        replace(actor_of(account, office_id), permissions=everything) for office_id in ("00", "01")
    )
    runner.run(uuid4(), TakeNumber("ja"), KIOSK)
    runner.run(uuid4(), TakeWindow("1"), at_first)
    with pytest.raises(WindowError) as refused:
        runner.run(uuid4(), command, at_second)
    assert refused.value.code is ErrorCode.WINDOW_NEEDED
    assert runner.run(uuid4(), CallNext(), at_first).number == "W-400"
