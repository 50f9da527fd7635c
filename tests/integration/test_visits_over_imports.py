"""Visits over what ``uketsuke import`` brought in: the ward's file, then a differential one with a conflict, before and during the day."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from sqlalchemy import select

from backend.__main__ import cli
from backend.protection.roles import Role
from backend.reservations.changing import Appointment, move_here
from backend.reservations.reservation_state import Channel
from backend.reservations.tables import reservations
from backend.wire.messages import CheckInReply, CheckInRequest
from tests.pages_support import at_window, serve
from tests.support import KIOSK, MORNING, House

HEAD = "予約番号,製造管理番号,氏名,生年月日,交付予約日時,交付窓口,処理状況,受取人種別"
NOW, LATER = "2026/11/25 9:30", "2026/12/01 10:00"
IN_TIME, MOVED, CANCELLED, BOOKED_LATE = "88871011", "88871012", "88871013", "88871014"
OURS = "70000001"
Import = Callable[..., dict[str, Any]]


def row(number: str, at: str = NOW, state: str = "予約済") -> str:
    """A row of the ward's file."""
    office = "新宿区役所 本庁舎" if at else ""
    return f"{number},7F3{number[-6:]},受付　花子,1980-02-03,{at},{office},{state},本人"


@pytest.fixture
def bring_in(small_house: House, tmp_path: Path) -> Import:
    """The command as it is typed, with the database of the house."""
    settings = small_house.graph.settings
    environment = {"UKETSUKE_DATABASE_URL": settings.database_url, "UKETSUKE_VAR_DIR": str(settings.var_dir)}

    def run(*rows: str, options: tuple[str, ...] = ()) -> dict[str, Any]:
        file = tmp_path / f"{uuid4().hex}.csv"
        file.write_bytes("\r\n".join([HEAD, *rows, ""]).encode("cp932"))
        done = CliRunner(env=environment).invoke(cli, ["import", str(file), "--json", *options])
        assert done.exit_code == 0, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    return run


@pytest.fixture
def imported(small_house: House, bring_in: Import) -> Import:
    """A house with the ward's file, a booking moved here, and a differential file that does not know of that."""
    whole = bring_in(row(IN_TIME), row(MOVED, LATER), row(CANCELLED), row(BOOKED_LATE, "", "案内済"))
    assert (whole["accepted"], whole["refused"]) == (4, [])
    with small_house.database.write() as work:
        moved = Appointment(OURS, "00", MORNING + timedelta(minutes=5), Channel.PHONE)
        move_here(work, card_of(small_house, MOVED), moved)
    changes = bring_in(
        row(MOVED, "2026/12/02 10:00"), row(CANCELLED, state="取消"), row(BOOKED_LATE, "2026/11/25 9:35")
    )
    assert (changes["changed"], changes["conflicts"]) == (3, 1)
    return bring_in


def card_of(house: House, number: str) -> str:
    """Whose booking a number is."""
    with house.database.read() as connection:
        query = select(reservations.c.card_id).where(reservations.c.number == number)
        return str(connection.execute(query).scalar_one())


def shows(house: House, number: str) -> CheckInReply:
    """Type a number at the kiosk."""
    return house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)


def test_the_kiosk_answers_by_both_files_and_by_what_was_moved_here(
    small_house: House, imported: Import
) -> None:
    """In time, booked late and moved here have a number, by whichever of their numbers; who was cancelled is told so."""
    del imported
    answers = {number: shows(small_house, number) for number in (IN_TIME, OURS, BOOKED_LATE, CANCELLED)}
    assert {number: reply.reason.value for number, reply in answers.items()} == {
        IN_TIME: "on_time",
        OURS: "on_time",
        BOOKED_LATE: "on_time",
        CANCELLED: "not_reserved",
    }
    assert [number for number, reply in answers.items() if reply.ticket is None] == [CANCELLED]
    again = shows(small_house, MOVED)
    assert again.reason.value == "already_checked_in"
    first = answers[OURS].ticket
    assert again.ticket is not None
    assert first is not None
    assert again.ticket.ticket_id == first.ticket_id


def test_a_visit_goes_on_while_files_come_in(app: FastAPI, small_house: House, imported: Import) -> None:
    """A file that takes the booking away while the visitor stands at the window ends nothing: the card is handed out."""
    assert shows(small_house, IN_TIME).ticket is not None
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = serve(clerk)
    assert imported(row(IN_TIME, state="取消"))["changed"] == 1
    clerk.ask(f"/clerk/tickets/{ticket_id}/tick", recipient="R1", applicant="A05", papers="notice")
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over").status_code == 200
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert staff.ask(f"/staff/tickets/{ticket_id}/call").status_code == 200
    assert imported(row(IN_TIME, LATER))["changed"] == 1
    assert staff.ask(f"/staff/tickets/{ticket_id}/issue").status_code == 200
    # A file of before the visit comes late: what was handed out here stays so.
    imported(row(IN_TIME, LATER), row(MOVED, LATER), options=("--full",))
    assert shows(small_house, IN_TIME).reason.value == "already_issued"


@pytest.mark.parametrize(("choice", "reason"), [("--ours", "on_time"), ("--theirs", "another_day")])
def test_what_somebody_decided_is_what_the_kiosk_says(
    small_house: House, imported: Import, choice: str, reason: str
) -> None:
    """Both ways: with ours the visitor is expected now, with theirs on the ward's day."""
    del imported
    settings = small_house.graph.settings
    environment = {"UKETSUKE_DATABASE_URL": settings.database_url, "UKETSUKE_VAR_DIR": str(settings.var_dir)}
    listed = CliRunner(env=environment).invoke(cli, ["conflicts", "--json"])
    (conflict,) = json.loads(listed.stdout)
    decided = CliRunner(env=environment).invoke(cli, ["conflicts", choice, conflict["id"]])
    assert decided.exit_code == 0, decided.output
    assert shows(small_house, MOVED).reason.value == reason
