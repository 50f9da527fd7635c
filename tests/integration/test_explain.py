"""``uketsuke explain`` says what check-in then does, and changes nothing."""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from backend.bootstrap import open_answering
from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.notifying import note_returned, notice_of, notify_again, void_notices
from backend.cards.states import CardProgress
from backend.cli.explain import command
from backend.common.console import CommandFailedError
from backend.common.shipped import locate
from backend.office_settings import OfficeSettings
from backend.reception.answering import Answering
from backend.reception.commands import ShowNotice
from backend.reception.explaining import explained
from backend.reservations.booking import BookingEntry, keep_bookings
from backend.reservations.reservation_state import ReservationState
from backend.storage.requests import requests
from backend.storage.secrets import load_secret
from backend.wire.codes import CheckInReason, TicketState
from backend.wire.messages import CheckInReply
from tests.command_support import result_of
from tests.counter import actor_of, kiosk_at
from tests.invented_number import MY_NUMBER
from tests.proof import examples
from tests.stateful.two_offices import OFFICES
from tests.support import MORNING, TODAY, HandClock, House, make_house

KEYS: Final = [
    "reason", "gives_ticket", "series", "office", "reserved_for", "card_state", "notice_state", "told", "number_offered",
]  # fmt: skip
TIMES: Final = tuple(MORNING + timedelta(minutes=by) for by in (-60, -3, 0, 8, 90, 24 * 60, -24 * 60))
EXPIRES: Final = (None, None, None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
NOTICES: Final = ("none", "made", "returned", "superseded", "void")
Explain = Callable[..., Result]


@dataclass(frozen=True)
class Situation:
    """A card and what is known of it."""

    progress: CardProgress
    kept_at: str | None
    expires: date | None
    booking: ReservationState | None
    office: str
    at: datetime
    notice: str


SITUATION: Final = st.builds(
    Situation,
    st.sampled_from([CardProgress.NOTIFIED] * 8 + list(CardProgress)),
    st.sampled_from((None, None, *OFFICES)),
    st.sampled_from(EXPIRES),
    st.sampled_from([None, *[ReservationState.BOOKED] * 4, *ReservationState]),
    st.sampled_from(OFFICES),
    st.sampled_from(TIMES),
    st.sampled_from(NOTICES),
)
SHOWN: Final = st.tuples(
    st.integers(0, 3), st.sampled_from(("number", "code", "old")), st.sampled_from(OFFICES), st.integers(0, 4)
)


def few_numbers(folder: Path) -> Path:
    """The offices with two numbers in every series, so that numbers run out."""
    shipped = locate("offices", "shinjuku.toml").read_text("utf-8")
    file = folder / "offices.toml"
    file.write_text(shipped.replace("last = 399", "last = 2").replace("last = 599", "last = 401"), "utf-8")
    return file


def house_in(folder: Path, clock: HandClock, **others: Any) -> House:
    """A server whose branch follows where cards lie and gives numbers without a booking."""
    own = {"01": OfficeSettings(track_cards=True, unbooked_get_number=True)}
    return make_house(f"sqlite:///{folder}/u.db", folder / "var", clock, office=own, **others)


def answering_of(house: House) -> Answering:
    """What the command asks, for a house."""
    graph = house.graph
    key = load_secret(graph.settings.var_dir, house.database)
    return open_answering(graph.settings, graph.directory, key, graph.records)


def add(house: House, number: str, one: Situation) -> list[str]:
    """Keep a card as a situation says; returns the codes of its notices, the oldest first."""
    key = load_secret(house.graph.settings.var_dir, house.database)
    card_id = uuid4().hex
    person = {"name": "受付 花子", "birth": "1990-01-31", "card_expires_on": one.expires}
    entry = CardEntry(
        card_id,
        one.progress,
        person,
        kept_at=one.kept_at,
        booking_number=None if one.booking else number,
    )
    codes = []
    with house.database.write() as work:
        keep_cards(work, house.graph.records, [entry], ())
        if one.booking is not None:
            booking = BookingEntry(uuid4().hex, card_id, number, one.booking, one.office, one.at)
            keep_bookings(work, house.graph.records, [booking])
        if one.notice != "none":
            codes.append(notice_of(work, card_id, key).code)
        if one.notice == "superseded":
            codes.append(notify_again(work, card_id, key).code)
        if one.notice == "returned":
            note_returned(work, card_id)
        if one.notice == "void":
            void_notices(work, [card_id])
    return codes


def dump(house: House) -> list[str]:
    """Every row of the database, as it is."""
    file = house.graph.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def series_of(reply: CheckInReply) -> str | None:
    """From which series a reply's number is."""
    return reply.ticket.number[0] if reply.ticket else None


@settings(
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    situations=st.lists(SITUATION, min_size=4, max_size=4),
    shown=st.lists(SHOWN, min_size=6, max_size=12),
    hour=st.sampled_from((0, 0, 0, 0, 9)),
)
def test_it_says_what_check_in_then_does(
    situations: list[Situation], shown: list[tuple[int, str, str, int]], hour: int
) -> None:
    """In any situation, one after the other: same reason, same series, same ticket; and it changed no row to find out."""
    with tempfile.TemporaryDirectory() as name:
        clock = HandClock(MORNING)
        house = house_in(Path(name), clock, offices_file=few_numbers(Path(name)))
        answering = answering_of(house)
        numbers = [f"7000000{place}" for place in range(len(situations))]
        codes = [add(house, number, one) for number, one in zip(numbers, situations, strict=True)]
        clock.advance(hours=hour)
        for place, how, office, minutes in shown:
            clock.advance(minutes=minutes)
            known = codes[place]
            text = numbers[place] if how == "number" or not known else known[0 if how == "old" else -1]
            before = dump(house)
            with house.database.read() as connection:
                said = explained(connection, answering, office, text, clock.now)
            assert dump(house) == before
            request_id = uuid4()
            command = ShowNotice(text, typed=how == "number", language="ja")
            reply = house.graph.runner.run(request_id, command, kiosk_at(office, f"kiosk-{office}"))
            with house.database.read() as connection:
                query = select(requests.c.reply).where(requests.c.request_id == request_id.hex)
                kept = connection.execute(query).scalar_one_or_none()
            assert kept is not None
            assert kept["reason"] == said.reason
            assert reply.reason is said.told
            assert (reply.ticket is not None and reply.reason.gives_ticket) is said.gives_ticket
            assert reply.number_offered is said.number_offered
            if said.gives_ticket:
                assert series_of(reply) == said.series
            if reply.office_id is not None:
                assert (reply.office_id, reply.reserved_for) == (said.office_id, said.reserved_for)
        house.graph.records.store.dispose()
        house.database.dispose()


@pytest.fixture
def branch_house(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A server whose branch follows where cards lie, as the commands find it by a file of settings."""
    built = house_in(tmp_path, clock)
    (tmp_path / "server.toml").write_text(
        f'database_url = "sqlite:///{tmp_path}/u.db"\nvar_dir = "{tmp_path}/var"\n'
        "[office.01]\ntrack_cards = true\nunbooked_get_number = true\n",
        "utf-8",
    )
    load_secret(tmp_path / "var", built.database)
    yield built
    built.graph.records.store.dispose()
    built.database.dispose()


@pytest.fixture
def explain(branch_house: House, tmp_path: Path) -> Explain:
    """The command, for that server."""

    def run(*words: str) -> Result:
        return result_of(command, *words, "--config", tmp_path / "server.toml")

    return run


def answered(explain: Explain, *words: str) -> dict[str, Any]:
    """The JSON that it prints."""
    result = explain(*words, "--json")
    assert result.exception is None, result.exception
    shape: dict[str, Any] = json.loads(result.stdout_bytes.decode("utf-8"))
    return shape


def refused(explain: Explain, *words: str) -> str:
    """The sentence with which it is refused."""
    result = explain(*words)
    assert isinstance(result.exception, CommandFailedError), result.exception
    return result.exception.format_message()


A_CARD: Final = Situation(
    CardProgress.NOTIFIED, None, None, ReservationState.BOOKED, "00", MORNING, "superseded"
)
TOLD_INSTEAD: Final = {
    "card_expired": "walk_in",
    "card_not_arrived": "walk_in",
    "card_elsewhere": "not_reserved",
}
"""What a kiosk tells in place of a reason that is for staff, written out once more."""
AT_HALF_PAST_NINE: Final = ("--at", "2026-11-25T09:30")


def test_whoever_is_booked_elsewhere_reads_whether_a_number_is_offered(
    explain: Explain, branch_house: House
) -> None:
    """Staff at the telephone know whether the kiosk has the button: for a day that passed, but not for an office to go to."""
    add(branch_house, "70000001", A_CARD)
    for where, day, offered, words in (
        ("00", "2026-11-26", True, "an assisted number, behind a button"),
        ("01", "2026-11-25", False, "no number: the visitor is told where and when"),
        ("00", "2026-11-25", None, None),
    ):
        asked = ("7000-0001", "--office", where, "--at", f"{day}T09:30")
        assert answered(explain, *asked)["number_offered"] is offered
        said = [line for line in explain(*asked).output.splitlines() if line.startswith("offered")]
        assert said == ([] if words is None else [f"offered     {words}"])


def test_the_shape_is_as_promised_for_every_answer(explain: Explain, branch_house: House) -> None:
    """Other programs read exactly these names, whatever is answered; a booked time says that it is Tokyo's."""
    old, new = add(branch_house, "70000001", A_CARD)
    shape = answered(explain, new, "--office", "00", *AT_HALF_PAST_NINE)
    assert list(shape) == KEYS
    assert shape == {
        "reason": "on_time",
        "gives_ticket": True,
        "series": "M",
        "office": "00",
        "reserved_for": "2026-11-25T09:30:00+09:00",
        "card_state": "notified",
        "notice_state": "made",
        "told": "on_time",
        "number_offered": None,
    }
    assert answered(explain, old, "--office", "00", *AT_HALF_PAST_NINE)["notice_state"] == "superseded"
    assert answered(explain, "7000-0001", "--office", "00", *AT_HALF_PAST_NINE) == shape | {
        "notice_state": None
    }
    nothing = dict.fromkeys(KEYS) | {"reason": "unknown", "gives_ticket": False, "told": "unknown"}
    for unknown in ("70000009", "", f"{new[:-1]}{'A' if new[-1] != 'A' else 'B'}"):
        assert answered(explain, unknown, "--office", "00") == nothing


@pytest.mark.parametrize(
    ("changed", "office", "at", "reason", "gives", "series"),
    [
        ({}, "00", "2026-11-25T09:00", "early", True, "M"),
        ({}, "00", "2026-11-25 09:36", "late", True, "M"),
        ({}, "00", "2026-11-25T00:30Z", "on_time", True, "M"),
        ({}, "00", "2026-11-25T17:00", "closed", False, None),
        ({}, "00", "2026-11-26T09:30", "another_day", False, None),
        ({}, "01", "2026-11-25T09:30", "another_office", False, None),
        ({"booking": None}, "00", "2026-11-25T09:30", "not_reserved", False, None),
        ({"booking": None}, "01", "2026-11-25T09:30", "walk_in", True, "W"),
        ({"booking": None, "kept_at": "00"}, "01", "2026-11-25T09:30", "card_elsewhere", False, None),
        ({"office": "01", "kept_at": "00"}, "01", "2026-11-25T09:30", "card_not_arrived", True, "W"),
        ({"expires": date(2026, 11, 24)}, "00", "2026-11-25T09:30", "card_expired", True, "W"),
        ({"progress": CardProgress.ISSUED}, "00", "2026-11-25T09:30", "already_issued", False, None),
        ({"progress": CardProgress.MOVED_OUT}, "00", "2026-11-25T09:30", "no_card", False, None),
        ({"notice": "void"}, "00", "2026-11-25T09:30", "unknown", False, None),
    ],
)
def test_every_reason_has_its_situation(
    explain: Explain,
    branch_house: House,
    changed: dict[str, Any],
    office: str,
    at: str,
    reason: str,
    gives: bool,
    series: str | None,
) -> None:
    """The table of answers, row by row, by the code of the notice; in words it says the same reason."""
    situation = Situation(**{**vars(A_CARD), "notice": "made", **changed})
    (code,) = add(branch_house, "70000001", situation)
    shape = answered(explain, code, "--office", office, "--at", at)
    assert (shape["reason"], shape["gives_ticket"], shape["series"]) == (reason, gives, series)
    told_there = TOLD_INSTEAD.get(reason, reason)
    assert shape["told"] == told_there
    words = explain(code, "--office", office, "--at", at)
    assert f"answer      {reason}: " in words.output
    assert (f"told        {told_there}\n" in words.output) is (told_there != reason)
    assert code not in words.output


def test_a_number_of_today_is_told_with_its_office(explain: Explain, branch_house: House) -> None:
    """Who was received today gets the same number at that office, and is sent there from every other one."""
    (code,) = add(branch_house, "70000001", Situation(**{**vars(A_CARD), "notice": "made"}))
    show = ShowNotice(code, typed=False, language="ja")
    branch_house.graph.runner.run(uuid4(), show, kiosk_at("00", "kiosk-1"))
    again = answered(explain, code, "--office", "00", *AT_HALF_PAST_NINE)
    assert (again["reason"], again["gives_ticket"], again["series"]) == ("already_checked_in", True, "M")
    elsewhere = answered(explain, code, "--office", "01", *AT_HALF_PAST_NINE)
    assert (elsewhere["reason"], elsewhere["office"], elsewhere["gives_ticket"]) == (
        "another_office",
        "00",
        False,
    )


def test_used_up_numbers_are_said_and_none_is_taken(tmp_path: Path, clock: HandClock) -> None:
    """The third of two numbers is told as such, as often as somebody asks."""
    house = house_in(tmp_path, clock, offices_file=few_numbers(tmp_path))
    for place in range(3):
        add(house, f"7000000{place}", A_CARD)
    for place in range(2):
        show = ShowNotice(f"7000000{place}", typed=True, language="ja")
        assert house.graph.runner.run(uuid4(), show, kiosk_at("00", "kiosk-1")).ticket is not None
    before = dump(house)
    with house.database.read() as connection:
        said = explained(connection, answering_of(house), "00", "70000002", clock.now)
    assert (said.reason, said.gives_ticket, said.series) == (CheckInReason.NUMBERS_EXHAUSTED, False, None)
    assert dump(house) == before
    assert (
        house.graph.runner.run(
            uuid4(), ShowNotice("70000002", typed=True, language="ja"), kiosk_at("00", "kiosk-1")
        ).reason
        is CheckInReason.NUMBERS_EXHAUSTED
    )
    house.graph.records.store.dispose()
    house.database.dispose()


@pytest.mark.parametrize(
    "dress", [MY_NUMBER, "1234-5678-9018", "１２３４５６７８９０１８", f"]Q1{MY_NUMBER}"]
)
def test_twelve_digits_are_refused_without_being_looked_up(
    explain: Explain, branch_house: House, dress: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 12-digit number meets no look-up and stands in no output."""
    monkeypatch.setattr(Answering, "shown", lambda *_: pytest.fail("it was looked up"))
    assert answered(explain, dress, "--office", "00")["reason"] == "refused"
    words = explain(dress, "--office", "00").output
    assert words.splitlines()[1].startswith("answer      refused: ")
    assert dress not in words
    assert MY_NUMBER not in words


def test_nothing_is_changed_and_nothing_personal_is_told(
    explain: Explain, branch_house: House, tmp_path: Path
) -> None:
    """No row, no key and no file is another one afterwards; the name on the card is in no line."""
    add(branch_house, "70000001", A_CARD)
    keys = (tmp_path / "var" / "keys.db").read_bytes()
    files = {path.name for path in tmp_path.rglob("*") if path.suffix not in {".db-wal", ".db-shm"}}
    before = dump(branch_house)
    told_of = (
        explain("70000001", "--office", "00").output + explain("70000001", "--office", "01", "--json").output
    )
    assert dump(branch_house) == before
    assert (tmp_path / "var" / "keys.db").read_bytes() == keys
    assert {path.name for path in tmp_path.rglob("*") if path.suffix not in {".db-wal", ".db-shm"}} == files
    assert "花子" not in told_of
    assert "1990" not in told_of


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("7", "--office", "99"), "there is no office 99"),
        (("7", "--office", "00", "--at", "tomorrow"), "--at is not understood"),
        (("7", "--office", "00", "--at", "2026-11-31T10:00"), "--at is not understood"),
        (("7", "--office", "00", "--at", "2026-11-25"), "--at needs a day and a time"),
        (("7", "--office", "00", "--at", "1999-12-31T10:00"), "in the years 2000 to 2199"),
        (("7", "--office", "00", "--at", "0001-01-01T00:00Z"), "in the years 2000 to 2199"),
        (("7", "--office", "00", "--at", "9999-12-31T23:59-12:00"), "--at is not understood"),
        (("7", "--office", MY_NUMBER), "12-digit number"),
        (("7", "--office", "00", "--at", MY_NUMBER), "12-digit number"),
        (("1234", "5678", "9018", "--office", "00"), "12-digit number"),
    ],
)
def test_a_wrong_use_is_said_in_one_sentence(explain: Explain, words: tuple[str, ...], said: str) -> None:
    """Offices, times and spread numbers: what is wrong is named, and no number is repeated."""
    told_of = refused(explain, *words)
    assert said in told_of
    assert "5678" not in told_of


def test_what_is_missing_is_said_and_not_made(tmp_path: Path, branch_house: House, explain: Explain) -> None:
    """Without database, secret key or key store there is a sentence with what to do, and no new file."""
    elsewhere = result_of(command, "7", "--office", "00", "--database", f"sqlite:///{tmp_path}/none.db")
    assert isinstance(elsewhere.exception, CommandFailedError)
    assert "there is no database" in elsewhere.exception.format_message()
    assert not (tmp_path / "none.db").exists()
    add(branch_house, "70000001", A_CARD)
    (tmp_path / "var" / "keys.db").rename(tmp_path / "keys.aside")
    assert "key store" in refused(explain, "70000001", "--office", "00")
    assert not (tmp_path / "var" / "keys.db").exists()
    (tmp_path / "var" / "secret.key").rename(tmp_path / "secret.aside")
    assert "secret.key" in refused(explain, "70000001", "--office", "00")
    assert not (tmp_path / "var" / "secret.key").exists()


def test_a_visitor_who_came_back_is_not_moved_by_asking(explain: Explain, branch_house: House) -> None:
    """Showing the notice again queues somebody who was absent; asking about it does not."""
    (code,) = add(branch_house, "70000001", Situation(**{**vars(A_CARD), "notice": "made"}))
    show = ShowNotice(code, typed=False, language="ja")
    branch_house.graph.runner.run(uuid4(), show, kiosk_at("00", "kiosk-1"))
    counter, clerk = branch_house.counter, actor_of(branch_house.signed_in("clerk")[0])
    counter.take_window(uuid4(), clerk, "1")
    ticket = counter.call_next(uuid4(), clerk)["ticket_id"]
    counter.recall(uuid4(), clerk, ticket)
    counter.set_absent(uuid4(), clerk, ticket)
    before = dump(branch_house)
    assert answered(explain, code, "--office", "00", *AT_HALF_PAST_NINE)["reason"] == "already_checked_in"
    assert dump(branch_house) == before
    reply = branch_house.graph.runner.run(uuid4(), show, kiosk_at("00", "kiosk-1"))
    assert (reply.found, reply.ticket and reply.ticket.state) == (TicketState.ABSENT, TicketState.WAITING)
