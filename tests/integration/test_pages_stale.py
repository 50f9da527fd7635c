"""Two pages of one clerk: what one ticked the other does not take away, and nobody loses a tick without a word."""

import re
from uuid import uuid4

import pytest
from fastapi import FastAPI
from hypothesis import given, strategies as st

from backend.reception.deciding.check_seen import Seen, lost_of
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError
from tests.pages_support import FRAGMENT, Somebody, arrive, at_window, banner_of, begin_check
from tests.support import NUMBER, House


def serve(app: FastAPI, house: House) -> tuple[Somebody, str]:
    """A clerk who has begun to check the papers of a visitor."""
    return begin_check(app, house, NUMBER)


def seen_on(text: str) -> str:
    """What the page says that it shows, as its forms send it back."""
    found = re.search(r'name="seen" id="seen" value="([^"]*)"', text)
    assert found is not None
    return found.group(1)


def ticked_on(text: str) -> set[str]:
    """What is ticked on a page, as field and code."""
    boxes = re.findall(r'name="(\w+)" value="([\w-]+)" id="tick-[^"]*"([^>]*)>', text)
    assert boxes, "the page has no boxes to tick"
    return {f"{field}:{code}" for field, code, more in boxes if "checked" in more.split()}


def test_a_stale_page_takes_nothing_away_and_is_told_what_was_not_taken(
    app: FastAPI, small_house: House
) -> None:
    """The second page's tick is refused by name, the first one's stays, and done again it is there."""
    clerk, ticket = serve(app, small_house)
    old = seen_on(clerk.get("/clerk").text)
    first = clerk.post(f"{ticket}/tick", FRAGMENT, recipient="R1", applicant="A03", seen=old)
    assert first.status_code == 200
    second = clerk.post(f"{ticket}/tick", FRAGMENT, recipient="R1", papers="notice", seen=old)
    assert (second.status_code, banner_of(second.text)) == (409, "error.stale_check")
    assert "次の操作は反映していません：「交付通知書" in second.text
    assert ticked_on(second.text) == {"applicant:A03"}
    again = clerk.post(
        f"{ticket}/tick",
        FRAGMENT,
        recipient="R1",
        applicant="A03",
        papers="notice",
        seen=seen_on(second.text),
    )
    assert again.status_code == 200
    assert ticked_on(again.text) == {"applicant:A03", "papers:notice"}


def test_two_pages_that_tick_the_same_do_not_disturb_each_other(app: FastAPI, small_house: House) -> None:
    """Nobody is told of a trouble that is none."""
    clerk, ticket = serve(app, small_house)
    old = seen_on(clerk.get("/clerk").text)
    for _ in range(2):
        reply = clerk.post(f"{ticket}/tick", FRAGMENT, recipient="R1", applicant="A03", seen=old)
        assert reply.status_code == 200
        assert ticked_on(reply.text) == {"applicant:A03"}


def test_a_repeated_save_is_no_conflict_with_itself(app: FastAPI, small_house: House) -> None:
    """A page whose answer was lost sends the same save again, and hears that all is well."""
    clerk, ticket = serve(app, small_house)
    old = seen_on(clerk.get("/clerk").text)
    fields = {"recipient": "R1", "applicant": "A03", "seen": old, "request_id": str(uuid4())}
    assert clerk.ask(f"{ticket}/tick", **fields).status_code == 200
    assert clerk.ask(f"{ticket}/tick", **fields).status_code == 200
    assert seen_on(clerk.get("/clerk").text).startswith("1 ")


@pytest.mark.parametrize("command", ["hand-over", "incomplete", "recipient"])
def test_what_was_decided_on_an_older_check_is_not_done(
    app: FastAPI, small_house: House, command: str
) -> None:
    """Whoever ends the check, or changes its type, has seen the check that it ends."""
    clerk, ticket = serve(app, small_house)
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A03", papers="notice")
    old = seen_on(clerk.get("/clerk").text)
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    more = {"answered": "who:self"} if command == "recipient" else {}
    refused = clerk.post(f"{ticket}/{command}", FRAGMENT, seen=old, **more)
    assert (refused.status_code, banner_of(refused.text)) == (409, "error.stale_check")
    assert ticked_on(refused.text) == {"applicant:A05", "papers:notice"}
    assert clerk.ask(f"{ticket}/{command}", seen=seen_on(refused.text), **more).status_code == 200


def test_without_scripts_the_page_says_the_same(app: FastAPI, small_house: House) -> None:
    """The line survives the way back to the page, names and all."""
    clerk, ticket = serve(app, small_house)
    old = seen_on(clerk.get("/clerk").text)
    clerk.post(f"{ticket}/tick", recipient="R1", applicant="A03", seen=old)
    many = [f"B{number:02d}" for number in range(1, 20)]
    reply = clerk.post(f"{ticket}/tick", recipient="R2", applicant=many, seen=old)
    assert reply.status_code == 303
    page = clerk.get("/clerk").text
    assert banner_of(page) == "error.stale_check"
    assert "受取人種別「" in page
    assert "ほか12件" in page
    assert ticked_on(page) == {"applicant:A03"}


@pytest.mark.parametrize(
    "seen", ["1", "x R1", "1 R1 other:A03", "1 R1 papers:" + "9" * 90, "1 R1  papers:a", "1\nR1"]
)
def test_a_seen_that_is_none_is_refused(app: FastAPI, small_house: House, seen: str) -> None:
    """Whatever a form says that it saw, nothing breaks and nothing is noted."""
    clerk, ticket = serve(app, small_house)
    reply = clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A03", seen=seen)
    assert (reply.status_code, reply.json()["code"]) == (422, "checklist_invalid")
    assert ticked_on(clerk.get("/clerk").text) == set()


def test_two_people_settle_one_number_without_paper_once(app: FastAPI, small_house: House) -> None:
    """The second of two pages that deal with the same number is not told of a trouble, and nothing is undone."""
    clerk, _ = serve(app, small_house)
    other = at_window(app, small_house, "clerk02", "2")
    ticket = arrive(small_house, small_house_number(small_house))
    address = f"/clerk/tickets/{ticket.ticket_id}/paper"
    assert clerk.post(address, FRAGMENT).status_code == 200
    assert other.post(address, FRAGMENT).status_code == 200


def small_house_number(house: House) -> str:
    """A second reservation."""
    house.reserve("87654321")
    return "87654321"


CODES = st.frozensets(st.sampled_from(["A03", "A05", "B01"]))
TICKS = st.builds(
    lambda recipient, applicant, papers: Ticks(recipient, tuple(applicant), (), tuple(papers)),
    st.sampled_from(["R1", "R2"]),
    CODES,
    CODES,
)


@given(st.integers(0, 999), TICKS, TICKS, TICKS)
def test_everything_of_ones_own_is_either_there_or_named(
    version: int, before: Ticks, wanted: Ticks, present: Ticks
) -> None:
    """No change of a person falls between: it stands in the present check, or in the list of what was not taken."""
    read = Seen.parse(str(Seen(version, before)))
    assert read is not None
    assert read.version == version
    assert read.ticks.as_body() == before.as_body()
    lost = lost_of(before, wanted, present)
    for field in ("applicant", "papers"):
        old, new, now = (set(getattr(ticks, field)) for ticks in (before, wanted, present))
        for code in new - old:
            assert (code in now) != (f"+{field}:{code}" in lost)
        for code in old - new:
            assert (code not in now) != (f"-{field}:{code}" in lost)
        assert {mark for mark in lost if f"{field}:" in mark} <= {
            *(f"+{field}:{code}" for code in new - old),
            *(f"-{field}:{code}" for code in old - new),
        }
    if wanted.recipient != before.recipient:
        assert (wanted.recipient == present.recipient) != (f"={wanted.recipient}" in lost)


def test_a_program_that_saw_nothing_is_compared_with_nothing() -> None:
    """A form without the field is a program's, and empty is nothing seen."""
    assert Seen.parse("") is None
    with pytest.raises(ChecklistError):
        Seen.parse(" ")
