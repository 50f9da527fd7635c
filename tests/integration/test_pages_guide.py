"""From questions to the recipient type on the clerk page: one question at a time, one command, nothing else kept."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.tables import audit
from backend.reception.storing.tables import checks
from tests.pages_support import FRAGMENT, arrive, at_window, serve, walk_in
from tests.support import NUMBER, House, events_of

PREGNANT = ["who:agent", "age_agent:under_75", "reason:pregnancy"]


def check_of(house: House) -> Mapping[str, Any] | None:
    """The one check that is kept."""
    with house.database.read() as connection:
        row = connection.execute(select(checks)).mappings().one_or_none()
    return None if row is None else dict(row)


def test_questions_lead_to_the_type_and_keep_nothing_but_its_code(app: FastAPI, small_house: House) -> None:
    """Each page asks one question; the last one sets the type, with its event and its audit line."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    assert "予約では、どなたが来庁されるかわかりません" in clerk.get("/clerk").text
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant=["A03"], papers=["notice"])
    for place, question in enumerate(("どなたが来庁", "本人は何歳", "来られないのはなぜ")):
        page = clerk.post(f"{ticket}/guide", answered=PREGNANT[:place]).text
        assert question in page
        assert page.count('class="guide-options"') == 1
    found = clerk.post(f"{ticket}/guide", answered=PREGNANT).text
    assert 'action="' + ticket + '/recipient"' in found
    assert (check_of(small_house) or {})["recipient"] == "R1", "a question changes nothing"
    request_id = str(uuid4())
    for _ in range(2):
        reply = clerk.ask(f"{ticket}/recipient", request_id=request_id, answered=PREGNANT)
        assert reply.json()["number"] == "W-400"
    kept = check_of(small_house)
    assert kept is not None
    assert (kept["recipient"], kept["applicant"], kept["papers"]) == ("P9", ["A03"], ["notice"])
    assert not re.search("pregnan|妊", str(kept))
    events = events_of(small_house.database)
    with small_house.database.read() as connection:
        lines = connection.execute(select(audit).where(audit.c.action == "choose_recipient")).all()
    assert [event.facts["place"] for event in events if event.kind == "recipient_chosen"] == [1]
    assert not re.search("P9|pregnan", str(events))
    assert len(lines) == 1
    assert not re.search("P9|pregnan", str(lines[0].facts))


def test_a_birth_date_and_a_notice_answer_for_themselves(app: FastAPI, small_house: House) -> None:
    """Nobody is asked how old they are where the reservation knows it."""
    small_house.reserve(NUMBER, birth="1940-05-05")
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    clerk.ask(f"{ticket}/tick", recipient="R1", papers=["notice"])
    for answers in (["who:self"], ["who:agent"]):
        page = clerk.post(f"{ticket}/guide", FRAGMENT, answered=answers).text
        assert 'id="do-recipient"' in page, answers


def test_every_answer_of_a_long_list_has_a_key_of_its_own(app: FastAPI, small_house: House) -> None:
    """No reason is behind the tabulator: 1 to 9, 0, then letters, each once."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    page = clerk.post(f"/clerk/tickets/{serve(clerk)}/guide", FRAGMENT, answered=PREGNANT[:2]).text
    options = re.findall(r'value="reason:[a-z_]+" class="button guide-option" data-key="(\w+)"', page)
    assert options[:11] == [*(f"Digit{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)), "KeyA"]
    assert len(set(options)) == len(options) == page.count('guide-option"') > 10


def test_a_reason_that_is_never_accepted_is_told(app: FastAPI, small_house: House) -> None:
    """The clerk reads why, and the type that is set refuses the visit."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    answers = ["who:agent", "age_agent:under_75", "reason:busy_work"]
    assert 'id="guide-refusal"' in clerk.post(f"{ticket}/guide", answered=answers).text
    clerk.ask(f"{ticket}/recipient", answered=answers)
    assert "この受取人種別では受け付けられません" in clerk.get("/clerk").text


@pytest.mark.parametrize(
    "answered",
    [["who"], ["who:self", "who:agent"], ["x:y"], ["who:x"], ["who:<b>"], [f"q{n}:x" for n in range(40)]],
)
def test_hostile_answers_change_nothing(app: FastAPI, small_house: House, answered: list[str]) -> None:
    """Unknown questions, two answers to one and endless lists end in a code, and are not repeated."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    for way in ("guide", "recipient"):
        reply = clerk.ask(f"{ticket}/{way}", answered=answered)
        assert (reply.status_code, reply.json()["code"] in {"invalid_request", "checklist_invalid"}) == (
            422,
            True,
        )
        assert "<b>" not in reply.text
    assert check_of(small_house) is None


def test_answers_that_are_not_at_their_end_set_no_type(app: FastAPI, small_house: House) -> None:
    """A form that was cut short is refused, never guessed."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    reply = clerk.ask(f"/clerk/tickets/{serve(clerk)}/recipient", answered=PREGNANT[:2])
    assert (reply.status_code, reply.json()["detail"]) == (422, {"part": "answers"})
    assert check_of(small_house) is None


def test_only_the_clerk_who_serves_may_ask_and_set(app: FastAPI, small_house: House) -> None:
    """Another window's visitor, another ticket's id and a foreign form are refused."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    other = at_window(app, small_house, "clerk02", "2")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    for way in ("guide", "recipient"):
        assert other.ask(f"{ticket}/{way}", answered=["who:self"]).json()["code"] == "ticket_taken"
        assert clerk.ask(f"/clerk/tickets/{uuid4()}/{way}", answered=PREGNANT).status_code == 404
        assert (
            clerk.ask(f"{ticket}/{way}", csrf=other.csrf, answered=PREGNANT).json()["code"] == "csrf_failed"
        )
    assert check_of(small_house) is None
