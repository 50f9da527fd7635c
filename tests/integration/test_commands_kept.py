"""The one way to carry out a command: who may, once per id, with its line of the trail, and nothing personal kept."""

import re
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, insert, select

from backend.cards.states import IndexKind
from backend.commands.command import Command, Done, Handling
from backend.commands.runner import NotPermittedError, Runner
from backend.protection.actor import Actor, ActorKind
from backend.protection.permissions import Permission
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception import check_commands, closing, commands, kind_commands, stopping
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.ticks import Ticks
from backend.reception.storing.cases import cases_of
from backend.reception.storing.tables import refusals
from backend.storage.database import Database
from backend.storage.errors import RequestIdReusedError
from backend.storage.requests import Kept, requests
from backend.storage.unit_of_work import UnitOfWork
from backend.wire.codes import (
    DevicePart,
    NotIssuedReason,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    SentBackReason,
)
from backend.wire.messages import CheckInRequest, DeviceReport, PrintReport, RefusalReport, WalkInRequest
from tests.counter import Counter, actor_of
from tests.invented_number import MY_NUMBER
from tests.support import KIOSK, TODAY, House

KEY: Final = b"k" * 32


@dataclass(frozen=True)
class Note(Command[str]):
    """Write a row with a word."""

    name: ClassVar[str] = "note"
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    events: ClassVar[int] = 0
    word: str


@dataclass(frozen=True)
class NoteToo(Note):
    """The same by another name."""

    name: ClassVar[str] = "note_too"


def _note(work: UnitOfWork, command: Note, actor: Actor) -> Done[str]:
    if command.word == "refused":
        raise ValueError(command.word)
    key = uuid4().hex
    work.connection.execute(
        insert(refusals).values(
            id=key, at=work.now, office_id=actor.office_id, device_id=actor.id, reason=command.word
        )
    )
    return Done(f"noted {key}", {"ticket_id": key}, subject=key, facts={"count": 1})


def _again(_work: UnitOfWork, _command: Note, _actor: Actor, kept: Kept) -> str:
    return f"noted {kept['ticket_id']}"


@pytest.fixture
def runner(database: Database) -> Runner:
    """A runner that knows two commands."""
    handling: Handling[Any, Any] = Handling(_note, _again)
    return Runner(database, KEY, {Note: handling, NoteToo: handling})


def rows_of(database: Database, table: Any) -> list[Mapping[str, Any]]:
    """Every row of a table."""
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


@pytest.mark.dialect
def test_a_command_leaves_its_row_its_line_of_the_trail_and_its_id(
    database: Database, runner: Runner
) -> None:
    """What was done, by whom, at which office and about what stands in one commit; codes and ids only."""
    request_id = uuid4()
    reply = runner.run(request_id, Note("secret word"), KIOSK)
    (row,) = rows_of(database, refusals)
    assert reply == f"noted {row['id']}"
    (line,) = rows_of(database, audit)
    assert (line["actor"], line["action"], line["subject"], line["office_id"], line["facts"]) == (
        KIOSK.id,
        "note",
        row["id"],
        "00",
        {"count": 1},
    )
    (kept,) = rows_of(database, requests)
    assert (kept["request_id"], kept["command"], kept["reply"]) == (
        request_id.hex,
        "note",
        {"ticket_id": row["id"]},
    )
    assert kept["at"] == line["at"] == row["at"] == database.clock()
    assert "secret" not in repr((line, kept))


@pytest.mark.dialect
async def test_the_same_id_again_is_the_same_command_from_a_thread_or_a_loop(
    database: Database, runner: Runner
) -> None:
    """Two clicks, or a repeated call, are carried out once and told the same."""
    request_id = uuid4()
    first = runner.run(request_id, Note("a"), KIOSK)
    assert runner.run(request_id, Note("a"), KIOSK) == first
    assert await runner.run_soon(request_id, Note("a"), KIOSK) == first
    assert len(rows_of(database, refusals)) == len(rows_of(database, audit)) == 1


@pytest.mark.dialect
@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (Note("b"), KIOSK),
        (NoteToo("a"), KIOSK),
        (Note("a"), Actor(ActorKind.DEVICE, "kiosk-2", "00", KIOSK.permissions)),
    ],
    ids=["body", "command", "actor"],
)
def test_a_request_id_used_for_something_else_is_refused(
    database: Database, runner: Runner, command: Note, actor: Actor
) -> None:
    """Another body, command or asker under an old id is no repetition: it is refused, nothing is done, nothing is told."""
    request_id = uuid4()
    runner.run(request_id, Note("a"), KIOSK)
    with pytest.raises(RequestIdReusedError):
        runner.run(request_id, command, actor)
    assert [row["reason"] for row in rows_of(database, refusals)] == ["a"]
    assert len(rows_of(database, audit)) == 1


@pytest.mark.dialect
def test_a_refused_command_leaves_nothing_and_its_id_is_free(database: Database, runner: Runner) -> None:
    """What was refused was not done: no line, no id, so that the same request may be mended and sent again."""
    request_id = uuid4()
    with pytest.raises(ValueError, match="refused"):
        runner.run(request_id, Note("refused"), KIOSK)
    assert rows_of(database, audit) == rows_of(database, requests) == []
    assert runner.run(request_id, Note("a"), KIOSK).startswith("noted")


@pytest.mark.dialect
def test_who_may_not_is_refused_before_anything_is_told(database: Database, runner: Runner) -> None:
    """A permission is needed also for what was done before under the same id; nothing is carried out without it."""
    request_id = uuid4()
    runner.run(request_id, Note("a"), KIOSK)
    stranger = Actor(KIOSK.kind, KIOSK.id, KIOSK.office_id, KIOSK.permissions - {Permission.RECEIVE_VISITORS})
    for one in (request_id, uuid4()):
        with pytest.raises(NotPermittedError) as raised:
            runner.run(one, Note("a"), stranger)
        assert raised.value.actor is stranger
    assert len(rows_of(database, refusals)) == 1


@pytest.mark.dialect
def test_who_asks_is_found_out_in_the_transaction_of_the_command(database: Database, runner: Runner) -> None:
    """A token that was revoked a moment ago is refused: nobody remembers who somebody was."""
    known = [KIOSK]
    asked: list[tuple[bool, datetime]] = []

    def identify(connection: Connection, now: datetime) -> Actor:
        asked.append((connection.in_transaction(), now))
        if not known:
            raise PermissionError
        return known[0]

    runner.run(uuid4(), Note("a"), identify)
    assert asked == [(True, database.clock())]
    known.clear()
    with pytest.raises(PermissionError):
        runner.run(uuid4(), Note("a"), identify)
    assert len(rows_of(database, refusals)) == 1


def test_a_fingerprint_tells_apart_and_holds_nothing(sqlite: Database) -> None:
    """The kept fingerprint changes with the server's key, and shows nothing of the body."""
    handling: Handling[Any, Any] = Handling(_note, _again)
    for key in (KEY, b"q" * 32):
        Runner(sqlite, key, {Note: handling}).run(uuid4(), Note("12345679"), KIOSK)
    first, second = (row["body_hash"] for row in rows_of(sqlite, requests))
    assert first != second
    assert "12345679" not in first + second


COMMANDS: Final = {
    one.name: one
    for module in (commands, check_commands, kind_commands, stopping, closing)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, Command) and "name" in vars(one)
}
_COMPLETE: Final = Ticks("R1", applicant=("A03",), papers=("notice",))
_ALLOWED: Final = {"reason", "ticket_id", "card_id", "found", "day"}
_OF_A_DAY: Final = {"counts", "more"}
"""How many ended in which state, and whether that was all."""
_ID: Final = re.compile(r"[0-9a-f]{32}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE: Final = re.compile(r"[a-z_]{1,20}")


def _a_day(house: House) -> None:
    """Every command of the reception, as visitors, clerks, staff and kiosks of a day give it."""
    counter = house.counter
    house.reserve("12345679")
    clerk, staff = (actor_of(house.signed_in(f"{role}1", role)[0]) for role in (Role.CLERK, Role.STAFF))
    shown = counter.check_in(CheckInRequest(request_id=uuid4(), number="12345679", language="ko"), KIOSK)
    counter.check_in(CheckInRequest(request_id=uuid4(), number="12345679"), KIOSK)
    counter.check_in(CheckInRequest(request_id=uuid4(), code="受付 花子 1990-01-31"), KIOSK)
    counter.check_in(CheckInRequest(request_id=uuid4(), code=MY_NUMBER), KIOSK)
    counter.count_refusal(RefusalReport(request_id=uuid4(), kind=RefusalKind.MY_NUMBER), KIOSK)
    counter.report_device(DeviceReport(request_id=uuid4(), troubles={}), KIOSK)
    assert shown.ticket is not None
    failed = PrintReport(request_id=uuid4(), state=PrintState.FAILED, trouble=next(iter(PrinterTrouble)))
    counter.report_print(shown.ticket.ticket_id, failed, KIOSK)
    ticket_id = shown.ticket.ticket_id.hex
    counter.take_window(uuid4(), clerk, "1")
    counter.take_window(uuid4(), staff, "B")
    counter.settle_paper(uuid4(), clerk, ticket_id)
    counter.call_next(uuid4(), clerk)
    counter.recall(uuid4(), clerk, ticket_id)
    counter.set_absent(uuid4(), clerk, ticket_id)
    counter.bring_back(uuid4(), clerk, ticket_id)
    counter.call_next(uuid4(), clerk)
    counter.start(uuid4(), clerk, ticket_id)
    counter.choose_recipient(
        uuid4(), clerk, ticket_id, {"who": "agent", "age_agent": "under_75", "reason": "pregnancy"}
    )
    counter.tick(uuid4(), clerk, ticket_id, _COMPLETE)
    counter.hand_over(uuid4(), clerk, ticket_id)
    _every_way_of_issuance(counter, staff, ticket_id)
    counter.call_next(uuid4(), clerk)
    counter.start(uuid4(), clerk, ticket_id)
    counter.hand_over(uuid4(), clerk, ticket_id)
    counter.call_to_issuance(uuid4(), staff, ticket_id)
    counter.issue(uuid4(), staff, ticket_id)
    _another(house, counter, clerk)
    _without_a_notice(house, counter, clerk, staff)
    counter.close_day(uuid4(), "00", TODAY)
    counter.leave_window(uuid4(), clerk)


def _every_way_of_issuance(counter: Counter, staff: Actor, ticket_id: str) -> None:
    """Called too early, not there, back, and sent back to reception."""
    counter.call_to_issuance(uuid4(), staff, ticket_id)
    counter.put_back(uuid4(), staff, ticket_id)
    for _ in range(2):
        counter.call_to_issuance(uuid4(), staff, ticket_id)
    counter.absent_at_issuance(uuid4(), staff, ticket_id)
    counter.back_to_issuance(uuid4(), staff, ticket_id)
    counter.send_back(uuid4(), staff, ticket_id, SentBackReason.PAPERS_WRONG)


def _without_a_notice(house: House, counter: Counter, clerk: Actor, staff: Actor) -> None:
    """Somebody whose card is found, with another card beside it, and nothing can be issued; and one who asks for advice."""
    house.reserve("22345678", card_number="KEPT00001")
    house.reserve("32345677")
    ticket = counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket
    assert ticket is not None
    ticket_id = ticket.ticket_id.hex
    assert counter.call_next(uuid4(), clerk)["ticket_id"] == ticket_id
    counter.start(uuid4(), clerk, ticket_id)
    tie = check_commands.TieCard(ticket_id, IndexKind.CARD_NUMBER, "KEPT00001")
    for command in (tie, check_commands.UntieCard(ticket_id), tie):
        house.graph.runner.run(uuid4(), command, clerk)
    counter.tick(uuid4(), clerk, ticket_id, _COMPLETE)
    counter.join(ticket.ticket_id, CheckInRequest(request_id=uuid4(), number="32345677"), KIOSK)
    counter.hand_over(uuid4(), clerk, ticket_id)
    counter.stop_issuance(uuid4(), staff)
    with house.database.read() as connection:
        (ended,) = [one for one in cases_of(connection, ticket_id) if one.state is CaseState.ENDED]
    counter.note_contacted(uuid4(), staff, ended.case_id)
    _advice(counter, clerk)
    house.reserve("42345676")
    last = counter.check_in(CheckInRequest(request_id=uuid4(), number="42345676"), KIOSK).ticket
    assert last is not None
    counter.call_next(uuid4(), clerk)
    counter.start(uuid4(), clerk, last.ticket_id.hex)
    counter.tick(uuid4(), clerk, last.ticket_id.hex, _COMPLETE)
    counter.hand_over(uuid4(), clerk, last.ticket_id.hex)
    counter.end_without_card(uuid4(), staff, last.ticket_id.hex, NotIssuedReason.LEFT)


def _advice(counter: Counter, clerk: Actor) -> None:
    ticket = counter.walk_in(WalkInRequest(request_id=uuid4(), kind="consultation"), KIOSK).ticket
    assert ticket is not None
    counter.call_next(uuid4(), clerk)
    counter.start(uuid4(), clerk, ticket.ticket_id.hex)
    counter.finish(uuid4(), clerk, ticket.ticket_id.hex)


def _another(house: House, counter: Counter, clerk: Actor) -> None:
    """A visitor whose papers are missing, and one who goes home."""
    taken = []
    for _ in range(2):
        house.clock.advance(minutes=1)
        taken.append(counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket)
    ticket_id = counter.call_next(uuid4(), clerk)["ticket_id"]
    counter.start(uuid4(), clerk, ticket_id)
    counter.end_incomplete(uuid4(), clerk, ticket_id)
    assert taken[1] is not None
    counter.cancel(uuid4(), clerk, taken[1].ticket_id.hex)


def test_of_every_command_only_codes_and_ids_are_kept(small_house: House) -> None:
    """After a day with every command there is, what was kept of replies is ids and codes by known names, and nothing else."""
    _a_day(small_house)
    kept = rows_of(small_house.database, requests)
    assert {row["command"] for row in kept} == set(COMMANDS) - {commands.RefuseNumber.name}
    for row in kept:
        if row["command"] == closing.CloseDay.name:
            assert set(row["reply"]) == _OF_A_DAY
            assert all(_CODE.fullmatch(state) and count for state, count in row["reply"]["counts"].items())
            continue
        assert set(row["reply"]) <= _ALLOWED, row
        for name, value in row["reply"].items():
            shape = _ID if name.endswith("_id") else _DAY if name == "day" else _CODE
            assert shape.fullmatch(value), (row["command"], name)


def test_every_command_leaves_its_line_with_actor_and_office(small_house: House) -> None:
    """The trail names every command, who gave it and where, and holds nothing of a visitor."""
    _a_day(small_house)
    lines = [row for row in rows_of(small_house.database, audit) if row["action"] in COMMANDS]
    assert {row["action"] for row in lines} == set(COMMANDS)
    assert {row["office_id"] for row in lines} == {"00"}
    told = repr([(row["subject"], row["facts"]) for row in lines])
    for personal in ("花子", "1990", "12345679", "pregnan", "P9", "notice", "A03"):
        assert personal not in told


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_is_values(command: type[Command[Any]]) -> None:
    """No command can be changed on its way, each says what it needs, and its text shows nobody's number."""
    assert isinstance(command.needs, Permission)
    assert command.events >= 0
    assert command.__dataclass_params__.frozen  # type: ignore[attr-defined] # every dataclass has it
    one = object.__new__(command)
    for field in fields(command):
        with pytest.raises(FrozenInstanceError):
            setattr(one, field.name, None)
    assert "12345679" not in repr(commands.ShowNotice("12345679", typed=True, language="ja"))


def test_the_body_of_a_command_is_the_same_however_often_it_is_sent() -> None:
    """A repeated report has an id of its own in its message; what it says is what counts."""
    ticket = UUID(int=5)
    first, second, other = (
        commands.ReportPaper(ticket, PrintReport(request_id=uuid4(), state=state)).body()
        for state in (PrintState.PRINTED, PrintState.PRINTED, PrintState.FAILED)
    )
    assert first == second != other
    bodies = [
        commands.ReportDevice(DeviceReport(request_id=uuid4(), troubles=dict(parts))).body()
        for parts in (
            [(DevicePart.CAMERA, "lost"), (DevicePart.PRINTER, "silent")],
            [(DevicePart.PRINTER, "silent"), (DevicePart.CAMERA, "lost")],
        )
    ]
    assert bodies[0] == bodies[1]
    assert list(bodies[0]) == list(bodies[1])
