"""The day's end: what is open ends with its reason, by one command, or by itself with the first commands of the next day."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from backend.__main__ import cli
from backend.cli import close_day
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception import closing
from backend.reception.closing import AT_ONCE, DaysEnd
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.queue_policy import Policies
from backend.reception.errors import TicketStateError
from backend.reception.storing.left_open import left_open, newest_open_day
from backend.reception.storing.tables import tickets
from backend.wire.codes import ErrorCode, NotIssuedReason, TicketState
from backend.wire.messages import WalkInRequest
from tests.party_support import come, ends, party, person, state_of, steps, to_staff
from tests.support import KIOSK, TODAY, HandClock, House, events_of, make_house

NUMBERS = ("12345679", "12345687", "12345695", "12345703", "12345711", "12345729", "12345737", "12345745")


def walk_in(house: House) -> str:
    """Somebody without a notice takes a number."""
    ticket = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket
    assert ticket is not None
    return ticket.ticket_id.hex


def a_day(house: House) -> dict[str, str]:
    """One visitor in each state in which a day can end; tickets by the state."""
    clerk, staff = person(house, "clerk01", "1"), person(house, "staff01", "A", Role.STAFF)
    at = house.counter
    found = {}

    def next_one(name: str, number: str, *, serve: bool = True) -> str:
        come(house, number)
        house.clock.advance(seconds=1)
        found[name] = str(at.call_next(uuid4(), clerk)["ticket_id"])
        if serve:
            at.start(uuid4(), clerk, found[name])
        return found[name]

    at.end_incomplete(uuid4(), clerk, next_one("incomplete", NUMBERS[0]))
    absent = next_one("absent", NUMBERS[1], serve=False)
    at.recall(uuid4(), clerk, absent)
    at.set_absent(uuid4(), clerk, absent)
    come(house, NUMBERS[2])
    found["issuance_absent"] = to_staff(house, clerk)
    at.call_to_issuance(uuid4(), staff, found["issuance_absent"])
    at.call_to_issuance(uuid4(), staff, found["issuance_absent"])
    at.absent_at_issuance(uuid4(), staff, found["issuance_absent"])
    come(house, NUMBERS[3])
    found["issued"] = to_staff(house, clerk)
    at.call_to_issuance(uuid4(), staff, found["issued"])
    at.issue(uuid4(), staff, found["issued"])
    come(house, NUMBERS[4])
    found["handed_over"] = to_staff(house, clerk)
    come(house, NUMBERS[5])
    found["called_to_issuance"] = to_staff(house, clerk)
    at.call_to_issuance(uuid4(), staff, found["called_to_issuance"])
    next_one("serving", NUMBERS[6])
    found["waiting"] = walk_in(house)
    return found


AFTER = {
    "incomplete": (TicketState.INCOMPLETE, CaseState.INCOMPLETE, None),
    "issued": (TicketState.ISSUED, CaseState.ISSUED, None),
    "absent": (TicketState.CANCELLED, CaseState.CANCELLED, "day_end"),
    "serving": (TicketState.CANCELLED, CaseState.CANCELLED, "day_end"),
    "waiting": (TicketState.CANCELLED, CaseState.CANCELLED, "day_end"),
    "issuance_absent": (TicketState.ENDED, CaseState.ENDED, "day_end"),
    "handed_over": (TicketState.ENDED, CaseState.ENDED, "day_end"),
    "called_to_issuance": (TicketState.ENDED, CaseState.ENDED, "day_end"),
}
"""What becomes of each at the day's end: number, case, reason."""


def lines_of_trail(house: House) -> list[tuple[str, dict[str, Any]]]:
    """Who closed days, and what the trail says of it."""
    query = select(audit.c.actor, audit.c.facts).where(audit.c.action == "close_day").order_by(audit.c.seq)
    with house.database.read() as connection:
        return [(row.actor, row.facts) for row in connection.execute(query)]


@pytest.mark.dialect
def test_each_state_of_a_day_ends_as_the_paper_says(house: House) -> None:
    """The whole table at once, with the reason in case and history, and a count by state; a second time nothing is left."""
    found = a_day(house)
    closed = house.counter.close_day(uuid4(), "00", TODAY)
    assert (closed.as_facts(), closed.more) == ({"cancelled": 3, "ended": 3}, False)
    for name, (state, case, reason) in AFTER.items():
        assert state_of(house, found[name]) is state, name
        assert ends(house, found[name]) == [(case, reason)], name
        assert steps(house, found[name])[-1].reason == reason
    assert house.counter.close_day(uuid4(), "00", TODAY).as_facts() == {}
    assert lines_of_trail(house)[0] == ("console", {"day": "2026-11-25", "cancelled": 3, "ended": 3})
    with house.database.read() as connection:
        assert newest_open_day(connection, "00", TODAY + timedelta(days=1)) is None


def test_the_same_order_sent_twice_tells_the_same_counts(small_house: House) -> None:
    """A command whose answer was lost is not counted as a day with nothing open."""
    walk_in(small_house)
    request_id = uuid4()
    told = [small_house.counter.close_day(request_id, "00", TODAY) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0].as_facts() == {"cancelled": 1}


@pytest.mark.dialect
def test_the_first_commands_of_a_new_day_close_the_one_before(house: House) -> None:
    """Nothing has to be pressed: the first number of the morning closes yesterday, in the name of the program."""
    found = a_day(house)
    house.clock.advance(days=1)
    number = walk_in(house)
    assert state_of(house, number) is TicketState.WAITING
    for name, (state, _, _) in AFTER.items():
        assert state_of(house, found[name]) is state, name
    assert lines_of_trail(house) == [("system", {"day": "2026-11-25", "cancelled": 3, "ended": 3})]
    assert [one.kind for one in events_of(house.database) if one.business_day > TODAY][-1] == "ticket_issued"


def test_a_long_day_is_closed_a_few_numbers_at_a_time(small_house: House) -> None:
    """Whoever takes the first number of the morning does not wait for a whole evening's work."""
    for _ in range(AT_ONCE + 3):
        walk_in(small_house)
    small_house.clock.advance(days=1)
    query = select(func.count()).select_from(tickets).where(tickets.c.state == "cancelled")
    counts = []
    for _ in range(3):
        walk_in(small_house)
        with small_house.database.read() as connection:
            counts.append(connection.execute(query).scalar_one())
    assert counts == [AT_ONCE, AT_ONCE + 3, AT_ONCE + 3]
    assert [facts["cancelled"] for _, facts in lines_of_trail(small_house)] == [AT_ONCE, 3]


def test_days_before_yesterday_are_closed_too_and_other_offices_by_their_own_commands(
    small_house: House,
) -> None:
    """After a long holiday nothing is left over; an office where nobody works closes when somebody does."""
    first = walk_in(small_house)
    small_house.clock.advance(days=1)
    small_house.counter.close_day(uuid4(), "05", TODAY)
    assert state_of(small_house, first) is TicketState.WAITING
    second = walk_in(small_house)
    small_house.clock.advance(days=5)
    for _ in range(2):
        walk_in(small_house)
    assert {state_of(small_house, one) for one in (first, second)} == {TicketState.CANCELLED}


def test_a_ward_that_closes_its_days_itself_is_left_alone(tmp_path: Path) -> None:
    """Where the setting is off, only the command closes."""
    clock = HandClock()
    house = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, close_day_by_itself=False)
    left = walk_in(house)
    clock.advance(days=1)
    walk_in(house)
    assert state_of(house, left) is TicketState.WAITING
    house.counter.close_day(uuid4(), "00", TODAY)
    assert state_of(house, left) is TicketState.CANCELLED


def test_one_look_a_day_is_enough(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast path pays for one small question in the morning and for none after it."""
    looks = []

    def look(*asked: Any) -> None:
        looks.append(asked[1:])

    monkeypatch.setattr(closing, "newest_open_day", look)
    calendar = DaysEnd(Policies())
    with small_house.database.write() as work:
        for office_id in ("00", "00", "05", "00"):
            assert calendar.due(work, office_id) == ()
    assert looks == [("00", TODAY), ("05", TODAY)]


def test_a_day_that_cannot_be_closed_keeps_nobody_from_a_number(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails is taken back whole and tried no more today; the visitor has a number."""
    left = walk_in(small_house)
    small_house.clock.advance(days=1)
    monkeypatch.setattr(closing, "end_rest", _fails)
    before = steps(small_house, left)
    assert state_of(small_house, walk_in(small_house)) is TicketState.WAITING
    assert state_of(small_house, walk_in(small_house)) is TicketState.WAITING
    assert (state_of(small_house, left), steps(small_house, left)) == (TicketState.WAITING, before)
    assert lines_of_trail(small_house) == []


def _fails(*_: Any) -> None:
    raise TicketStateError(ErrorCode.WRONG_STATE)


def test_a_party_is_closed_card_by_card(small_house: House) -> None:
    """One issued, one ended by hand, one still open: each keeps its own end, and the number ends as they say."""
    clerk, staff = person(small_house, "clerk01", "1"), person(small_house, "staff01", "A", Role.STAFF)
    ticket_id = come(small_house, *NUMBERS[:3])
    to_staff(small_house, clerk)
    at = small_house.counter
    at.call_to_issuance(uuid4(), staff, ticket_id)
    first, second, _ = (case.case_id for case in party(small_house, ticket_id))
    at.issue(uuid4(), staff, ticket_id, first)
    at.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.CARD_DEFECT, second)
    assert at.close_day(uuid4(), "00", TODAY).as_facts() == {"issued": 1}
    assert ends(small_house, ticket_id) == [
        (CaseState.ISSUED, None),
        (CaseState.ENDED, "card_defect"),
        (CaseState.ENDED, "day_end"),
    ]
    with small_house.database.read() as connection:
        assert left_open(connection, "00", TODAY) == []


def typed(house: House, folder: Path, *words: str) -> Result:
    """``uketsuke close-day`` on the files of a house."""
    config = folder / "server.toml"
    config.write_text(
        f'database_url = "{house.graph.settings.database_url}"\nvar_dir = "{house.graph.settings.var_dir}"\n'
    )
    return CliRunner().invoke(cli, ["close-day", "--config", str(config), *words], standalone_mode=False)


def test_the_command_says_what_it_closed_at_each_office(small_house: House, tmp_path: Path) -> None:
    """Counts by state and nothing else; a day with nothing open says that."""
    a_day(small_house)
    done = typed(small_house, tmp_path, "--day", TODAY.isoformat())
    assert done.exception is None
    lines = done.output.splitlines()
    assert lines[0] == "00 2026-11-25: cancelled 3, ended 3"
    assert set(lines[1:]) == {
        f"{office.id} 2026-11-25: nothing was open" for office in small_house.graph.directory
    } - {"00 2026-11-25: nothing was open"}
    assert json.dumps(lines_of_trail(small_house)).count("console") == len(list(small_house.graph.directory))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--day", "2026-13-01"), "written YYYY-MM-DD"),
        (("--day", "2999-01-01"), "still to come"),
        (("--office", "99"), "there is no office 99"),
        (("--office", "00", "--office", "99"), "there is no office 99"),
    ],
)
def test_a_wrong_order_says_what_is_wrong_and_closes_nothing(
    small_house: House, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """A mistyped day or office is told, and everything is as it was."""
    left = walk_in(small_house)
    done = typed(small_house, tmp_path, *words)
    assert said in str(done.exception)
    assert state_of(small_house, left) is TicketState.WAITING


def test_every_office_that_is_named_is_closed_once(small_house: House, tmp_path: Path) -> None:
    """An order for two offices closes both, not the last one alone, and none of them twice."""
    named = ("--office", "01", "--office", "00", "--office", "01", "--now")
    done = typed(small_house, tmp_path, "--day", "2026-11-25", *named)
    assert [line.split()[0] for line in done.output.splitlines()] == ["01", "00"]


def test_today_is_not_closed_while_an_office_is_open_unless_somebody_says_now(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody ends the morning's queue by a slip: the hour of closing is told, and --now is meant."""
    monkeypatch.setattr(close_day, "utc_now", small_house.clock)
    left = walk_in(small_house)
    done = typed(small_house, tmp_path, "--office", "00")
    assert "office 00 is open until" in str(done.exception)
    assert "--now" in str(done.exception)
    assert state_of(small_house, left) is TicketState.WAITING
    done = typed(small_house, tmp_path, "--office", "00", "--now")
    assert done.output == "00 2026-11-25: cancelled 1\n"
    small_house.clock.advance(hours=12)
    assert typed(small_house, tmp_path, "--office", "00").output == "00 2026-11-25: nothing was open\n"
