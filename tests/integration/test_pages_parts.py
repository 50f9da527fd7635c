"""What a page's script is sent over HTTP: what has changed since it asked, judged once."""

import re
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from backend.documents import RuleSet, Verdict, Visit, judge
from backend.protection import live_accounts
from backend.reception.deciding import check_sheet
from backend.storage import Connection
from backend.web.desk import seat_view
from tests.pages_support import FRAGMENT, Somebody, at_window, begin_check, somebody, walk_in
from tests.support import NUMBER, House, kinds


def having(text: str) -> dict[str, str]:
    """The headers of a script whose page shows an answer."""
    return {**FRAGMENT, "X-Have": "".join(re.findall(r'data-version="([^"]+)"', text))}


def parts_of(text: str) -> list[str]:
    """The parts that an answer brings anew."""
    return re.findall(r'<\w+ [^>]*?id="([\w-]+)"[^>]* data-version=', text)


@pytest.fixture
def served(app: FastAPI, small_house: House) -> tuple[Somebody, str]:
    """A clerk who has begun to check papers, while others wait."""
    clerk, ticket = begin_check(app, small_house, NUMBER)
    for _ in range(5):
        walk_in(small_house)
    return clerk, ticket


def count_judging(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Everything that the rules are asked from now on."""
    asked: list[object] = []

    def counting(rules: RuleSet, visit: Visit) -> Verdict:
        asked.append(visit)
        return judge(rules, visit)

    monkeypatch.setattr(check_sheet, "judge", counting)
    return asked


def test_a_tick_is_judged_once(served: tuple[Somebody, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was judged to keep the tick is what the clerk reads; the rules are not asked again to show it."""
    clerk, ticket = served
    asked = count_judging(monkeypatch)
    answer = clerk.post(f"{ticket}/tick", FRAGMENT, recipient="R1", papers="notice", applicant="A03")
    assert 'data-complete="yes"' in answer.text
    assert len(asked) == 1
    clerk.get("/clerk/panel", headers=FRAGMENT)
    assert len(asked) == 2


def test_a_tick_is_answered_by_the_verdict_alone(served: tuple[Somebody, str]) -> None:
    """A page that shows the check gets what a tick changes: a tenth of the page, and never the queue."""
    clerk, ticket = served
    page = clerk.get("/clerk").text
    answer = clerk.post(f"{ticket}/tick", having(page), recipient="R1", papers="notice", seen="0 R1")
    assert set(parts_of(answer.text)) == {"check-actions", "seen", "box-papers-notice", "verdict"}
    assert len(answer.content) * 5 < len(page.encode())


def test_news_bring_the_row_that_came(served: tuple[Somebody, str], small_house: House) -> None:
    """Of a page that nothing happened to nothing is sent; a new number is one row in its list."""
    clerk, _ = served
    page = clerk.get("/clerk/panel", headers=FRAGMENT).text
    still = clerk.get("/clerk/panel", headers=having(page)).text
    assert parts_of(still) == []
    ticket = walk_in(small_house)
    news = clerk.get("/clerk/panel", headers=having(page)).text
    assert set(parts_of(news)) == {
        "do-queue",
        "waiting-head",
        "waiting-list",
        f"waiting-{ticket.ticket_id.hex}",
    }


def test_a_page_of_another_visitor_gets_the_whole_check(
    app: FastAPI, served: tuple[Somebody, str], small_house: House
) -> None:
    """What a page has of one visitor never stands for what another one brought."""
    clerk, ticket = served
    clerk.post(f"{ticket}/tick", recipient="R1", papers="notice", applicant="A03")
    page = clerk.get("/clerk").text
    assert clerk.post(f"{ticket}/hand-over", having(page)).status_code == 200
    assert kinds(small_house)[-1] == "handed_over"
    called = clerk.post("/clerk/call-next", having(page)).text
    assert 'id="work"' in called
    assert 'id="do-start"' in called


def test_who_is_signed_in_is_asked_once_for_all_windows(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many windows are taken, one question finds the colleagues who are there, and each window shows it."""
    for login, window in (("clerk02", "2"), ("clerk03", "3")):
        at_window(app, small_house, login, window)
    asked: list[str] = []

    def counting(
        connection: Connection, now: datetime, *, office_id: str, **spans: timedelta
    ) -> frozenset[str]:
        asked.append(office_id)
        return live_accounts(connection, now, office_id=office_id, **spans)

    monkeypatch.setattr(seat_view, "live_accounts", counting)
    page = somebody(app, small_house, "clerk01").get("/clerk").text
    taken = re.findall(r'id="window-(\w+)" class="tile" disabled', page)
    assert taken == ["2", "3"]
    assert asked == ["00"]
