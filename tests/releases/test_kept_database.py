"""The database of every released version, as it was, in the hands of today's program."""

import re
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select

from backend.cards.notice_code import make_code
from backend.offices.day import business_day
from backend.protection.tables import account_roles, sessions
from backend.reception.storing.tables import tickets
from backend.storage.database import Database
from backend.storage.errors import MigrationRefusedError
from backend.storage.event_log import events
from backend.storage.migration import is_current
from tests.migrated import closing_database
from tests.releases.kept import Release
from tests.releases.likeness import Likeness
from tests.releases.pages import is_ticked, rows_of_staff, waiting_on
from tests.releases.tables import rows_of
from tests.releases.wire import API, Asked, Exchange, Wire
from tests.support import House, serving

_DONE_BY_THE_DOOR = "/sign-out"
"""Signs out again whoever asks: what is kept of it is no answer to a request id."""
_AS_IT_STANDS = re.compile(
    # Where and when somebody was expected is looked up by the id of the reservation, which 0.1.0 did not keep.
    r"\.(?:reserved_for|office|office_id|office_name)\b|\.opens_at\b|\.ticket\.(?:state|waiting_ahead|estimate|be_back_at|window|window_kind|print_state)\b"
)


def _gave_a_number_before(one: Exchange, now: datetime) -> bool:
    """Whether somebody was told of a number on an earlier day: also by a notice whose card was handed out by then."""
    at_kiosk = one.asked.path in {f"{API}/check-ins", f"{API}/walk-ins"}
    earlier = business_day(datetime.fromisoformat(one.asked.at)) < business_day(now)
    return at_kiosk and earlier and bool(one.reply.get("ticket") or one.reply.get("found"))


def size(database: Database) -> tuple[int, int]:
    """How many tickets there are, and the last event."""
    with database.read() as connection:
        count = connection.execute(select(func.count()).select_from(tickets)).scalar_one()
        return int(count), int(connection.execute(select(func.max(events.c.seq))).scalar_one())


@pytest.mark.dialect
def test_a_kept_database_is_brought_up_to_date(release: Release, database_url: str, tmp_path: Path) -> None:
    """What a ward has is upgraded without a word lost: the numbers, where each stands, and who did what.

    Not while the day's numbers are in visitors' hands: until the day is over it stays as it was, to the last row.
    """
    release.load(database_url)
    as_it_was = rows_of(database_url)
    with pytest.raises(MigrationRefusedError, match="numbers of today"):
        release.upgrade(database_url, tmp_path / "var", release.now)
    assert rows_of(database_url) == as_it_was
    with closing_database(database_url) as before:
        kept = size(before)
    assert kept == (len(release.rows["tickets"]), release.rows["events"][-1]["seq"])
    with release.opened(database_url, tmp_path / "var") as house:
        assert is_current(house.database)
        assert size(house.database) == kept
        with house.database.read() as connection:
            states = connection.execute(select(tickets.c.id, tickets.c.label, tickets.c.state)).all()
    assert {tuple(row) for row in states} == {
        (row["id"], row["label"], row["state"]) for row in release.rows["tickets"]
    }


@pytest.mark.dialect
def test_a_request_that_was_answered_gets_its_answer_again(release: Release, opened: House) -> None:
    """A kiosk or a page that repeats a command over the upgrade learns its outcome, and nothing happens twice.

    What is kept are codes and ids; where the visitor is and how long it takes is told as it stands by then. A number of
    an earlier day is dead: whoever asks for it again is told that there is none.
    """
    answered = [
        one
        for one in release.day
        if one.asked.method == "POST"
        and one.status == httpx2.codes.OK
        and one.asked.path != _DONE_BY_THE_DOOR
    ]
    before = size(opened.database)
    with serving(opened) as address, closing(Wire(address, release.house.keys)) as wire:
        for one in answered:
            status, reply = wire.ask(one.asked)
            if _gave_a_number_before(one, release.now):
                assert (status, reply["code"]) == (httpx2.codes.NOT_FOUND, "not_found"), one.asked
                continue
            told = Likeness().differences(one.reply, reply)
            lost = [place for place in told if not _AS_IT_STANDS.match(place)]
            assert (status, lost) == (httpx2.codes.OK, []), one.asked
    assert len(answered) > len(release.rows["tickets"])
    assert size(opened.database) == before


@pytest.mark.dialect
def test_everybody_works_where_they_worked(release: Release, opened: House) -> None:
    """Every account is after the upgrade what it was, at the office where it was, and whoever is signed in works there."""
    office_of = {row["id"]: row["office_id"] for row in release.rows["accounts"]}
    with opened.database.read() as connection:
        of_account = account_roles.c.account_id, account_roles.c.office_id, account_roles.c.role
        theirs = connection.execute(select(*of_account)).all()
        at_work = connection.execute(select(sessions.c.account_id, sessions.c.office_id)).all()
    held = [(row["id"], row["office_id"], row["role"]) for row in release.rows["accounts"]]
    assert sorted(map(tuple, theirs)) == sorted(held)
    assert len(set(office_of.values())) > 1
    assert at_work
    assert all(office == office_of[account] for account, office in at_work)


def test_people_go_on_where_they_were(release: Release, opened: House) -> None:
    """Sessions, windows, the order of the queue and the checks of documents with their flaws are there after the upgrade."""
    with serving(opened) as address, closing(Wire(address, release.house.keys)) as wire:
        clerk = wire.page("clerk01", "/clerk")
        staff = wire.page("staff01", "/staff")
        at = {row["label"]: row["id"] for row in release.rows["tickets"] if row["state"] == "handed_over"}
        detail = wire.page("staff01", f"/staff/tickets/{at['M-005']}")
    assert waiting_on(clerk) == release.house.waiting
    assert "M-007" in clerk
    assert is_ticked(clerk, "applicant-A03")
    assert is_ticked(clerk, "flaw-applicant-A03-expired")
    assert is_ticked(clerk, "facts-renewal")
    assert not is_ticked(clerk, "papers-notice")
    rows = rows_of_staff(staff)
    assert set(rows) == {"M-002", "M-005"}
    assert "旅券（パスポート）" in rows["M-005"]
    assert "旅券（パスポート）" not in rows["M-002"]
    assert "運転免許証（氏名・住所などが現在と違う）" in detail


def test_the_door_lets_in_whom_it_let_in(release: Release, opened: House) -> None:
    """Passwords and known browsers outlive the upgrade, and a disabled account stays out."""
    with serving(opened) as address, httpx2.Client(base_url=address, trust_env=False, timeout=15) as browser:
        headers = {"Accept": "application/json", "Cookie": f"uketsuke_browser={release.house.browser}"}
        form = {"login": "clerk01", "password": release.house.password}
        assert browser.post("/sign-in", data=form, headers=headers).status_code == httpx2.codes.OK
        gone = browser.post("/sign-in", data={**form, "login": "clerk-gone"}, headers=headers)
        assert gone.status_code == httpx2.codes.UNAUTHORIZED


@pytest.mark.dialect
def test_sheets_that_were_posted_go_on_working(release: Release, opened: House) -> None:
    """A code of before names the card of its reservation: it is answered as the typed number is; one that was taken back is not."""
    opened.clock.now += timedelta(hours=1)
    key = bytes.fromhex(release.house.secret)
    taken_back = [row["token"] for row in release.rows["notices"] if "revoked_at" in row]
    with serving(opened) as address, closing(Wire(address, release.house.keys)) as wire:

        def ask(**shown: str) -> Any:
            """What a kiosk of the main office is told."""
            body = {"request_id": str(uuid4()), "language": "ja", **shown}
            asked = Asked(release.house.now, "kiosk-1", "POST", f"{API}/check-ins", body=body)
            status, reply = wire.ask(asked)
            assert status == httpx2.codes.OK
            return reply

        for number, code in release.house.codes.items():
            first, second = ask(code=code), ask(number=number)
            assert first["reason"] != "unknown"
            if first["ticket"] is None:
                assert second["reason"] == first["reason"]
            else:
                assert second["ticket"]["ticket_id"] == first["ticket"]["ticket_id"]
        assert taken_back
        assert [ask(code=make_code(token, key))["reason"] for token in taken_back] == ["unknown"] * len(
            taken_back
        )
