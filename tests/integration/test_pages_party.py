"""A party on the clerk's page over HTTP: every form names its card, names are noted as seen, and a walk-in's card is searched."""

import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.tables import audit
from backend.reception.storing.tables import cases, checks
from tests.invented_number import MY_NUMBER
from tests.pages_support import FRAGMENT, Somebody, at_window, banner_of, begin_check, serve, walk_in
from tests.party_at_window import CHILD, NUMBERS, a_party, case_ids
from tests.support import NUMBER, House


def checked(app: FastAPI, house: House, **columns: Any) -> tuple[Somebody, str, list[str]]:
    """A clerk who checks a party, the address of their ticket, and the cases."""
    ticket_id = a_party(house, NUMBERS, **columns)
    clerk = at_window(app, house, "clerk01", "1")
    assert serve(clerk) == ticket_id
    return clerk, f"/clerk/tickets/{ticket_id}", case_ids(house, ticket_id)


def shown_in(page: str) -> list[str]:
    """The card that every form of a page is about, each once."""
    return sorted(set(re.findall(r'name="case_id" value="([0-9a-f]*)"', page)))


def test_each_card_is_a_page_of_its_own_and_its_forms_name_it(app: FastAPI, small_house: House) -> None:
    """The address says which card of which number; every form of that page is about it, and a save leads back to it."""
    clerk, ticket, (first, second, _) = checked(app, small_house)
    assert shown_in(clerk.get("/clerk").text) == [first]
    page = clerk.get("/clerk?card=M-001.2").text
    assert shown_in(page) == [second]
    assert 'id="card-2" href="/clerk?card=M-001.2" data-view aria-current="true"' in page
    reply = clerk.post(
        f"{ticket}/tick", case_id=second, card="M-001.2", recipient="R1", applicant=["A03"], papers=["notice"]
    )
    assert (reply.status_code, reply.headers["location"]) == (303, "/clerk?card=M-001.2")
    assert "そろいました" in clerk.get("/clerk?card=M-001.2").text
    fragment = clerk.post(
        f"{ticket}/tick", {**FRAGMENT, "X-View": "?card=M-001.3"}, case_id=first, recipient="R1"
    )
    assert shown_in(fragment.text) == [case_ids(small_house, ticket.rpartition("/")[2])[2]]


@pytest.mark.parametrize("card", ["M-001.9", "M-002.2", "2", "M-001.2 x", "'\"><script>", "M-001.02"])
def test_an_address_that_names_no_card_shows_the_first(app: FastAPI, small_house: House, card: str) -> None:
    """An old or invented address breaks nothing, and is repeated nowhere where it could be read as markup."""
    clerk, ticket, (first, *_) = checked(app, small_house)
    page = clerk.get("/clerk", params={"card": card}).text
    assert shown_in(page) == [first]
    assert "<script>" not in page.replace('<script src="', "")
    back = clerk.post(f"{ticket}/tick", case_id=first, card=card, recipient="R1").headers["location"]
    assert back in {"/clerk", f"/clerk?card={card}"}


def test_questions_about_a_card_stay_with_it(app: FastAPI, small_house: House) -> None:
    """The guide asks about the card from which it was opened, whatever the address, and sets the type of that one alone."""
    clerk, ticket, (_, second, _) = checked(app, small_house)
    asked = clerk.post(f"{ticket}/guide", case_id=second, answered=["who:agent"]).text
    assert shown_in(asked) == [second]
    answers = ["who:agent", "age_agent:under_75", "reason:pregnancy"]
    clerk.ask(f"{ticket}/recipient", case_id=second, answered=answers)
    with small_house.database.read() as connection:
        kept = connection.execute(select(checks.c.case_id, checks.c.recipient)).all()
    assert [(row.case_id, row.recipient[0]) for row in kept] == [(second, "P")]


def test_a_form_that_names_no_card_or_anothers_does_nothing(app: FastAPI, small_house: House) -> None:
    """A page of before the party, a card of somebody else, an id that is none: refused in words, nothing kept."""
    clerk, ticket, _ = checked(app, small_house)
    for wrong, code in (("", "case_needed"), (uuid4().hex, "not_found"), ("x", "not_found")):
        for step in ("tick", "recipient"):
            refused = clerk.ask(f"{ticket}/{step}", case_id=wrong, recipient="R1", answered=["who:self"])
            assert refused.json()["code"] == code
    clerk.post(f"{ticket}/tick", recipient="R1")
    assert "どのカードか選んでから" in clerk.get("/clerk").text
    with small_house.database.read() as connection:
        assert connection.execute(select(checks)).all() == []


def test_a_hand_over_that_names_other_versions_is_refused_in_words(app: FastAPI, small_house: House) -> None:
    """What the question listed is what is done: with one card changed since, the clerk looks again."""
    clerk, ticket, (first, second, third) = checked(app, small_house)
    clerk.ask(f"{ticket}/tick", case_id=first, recipient="R1", applicant=["A03"], papers=["notice"])
    page = clerk.get("/clerk").text
    found = re.search(r'name="versions" value="([^"]*)"', page)
    assert found is not None
    assert found[1] == f"{first}:1 {second}:0 {third}:0"
    clerk.ask(f"{ticket}/tick", case_id=second, recipient="R1", applicant=["A03"], papers=["notice"])
    refused = clerk.post(f"{ticket}/hand-over", FRAGMENT, versions=found[1], case_id=first)
    assert (refused.status_code, banner_of(refused.text)) == (409, "error.stale_check")
    assert "受付機でのカードの追加" in refused.text, (
        "that another page did it is not all that may have happened"
    )
    broken = clerk.ask(f"{ticket}/hand-over", versions="all")
    assert (broken.status_code, broken.json()["code"]) == (422, "checklist_invalid")
    now = f"{first}:1 {second}:1 {third}:0"
    assert clerk.ask(f"{ticket}/hand-over", versions=now, case_id=first).status_code == 200


def test_every_name_on_a_tab_is_noted_as_seen(app: FastAPI, small_house: House) -> None:
    """Whose name stood on the page can be told from the trail, card by card, once a session."""
    clerk, _, party = checked(app, small_house)
    for _ in range(2):
        clerk.get("/clerk?card=M-001.2")
    with small_house.database.read() as connection:
        rows = connection.execute(select(audit.c.facts).where(audit.c.action == "reservation_viewed")).all()
    assert [row.facts["case"] for row in rows] == party


def test_what_was_taken_over_and_not_seen_is_named(app: FastAPI, small_house: House) -> None:
    """That a card was set apart on the other page is told in words, as any tick."""
    clerk, ticket, (first, _, _) = checked(app, small_house, **CHILD)
    clerk.ask(f"{ticket}/tick", case_id=first, recipient="R2", visitor=["A03"])
    told = clerk.post(
        f"{ticket}/tick", FRAGMENT, case_id=first, recipient="R2", seen="0 R2", apart="yes"
    ).text
    assert "別の方が受け取ることにした" in told


@pytest.mark.parametrize("field", ["card_number", "kind", "born", "case_id", "reason"])
def test_a_my_number_in_a_form_of_the_window_is_refused_and_not_repeated(
    app: FastAPI, small_house: House, field: str
) -> None:
    """Whichever way it is written and whichever field it comes in, it is neither searched for nor shown."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    dresses = (MY_NUMBER, "1234-5678-9018") if field == "card_number" else (MY_NUMBER,)
    for dress in dresses:
        for step in ("tie", "cancel"):
            reply = clerk.post(f"{ticket}/{step}", FRAGMENT, **{"kind": "card_number", field: dress})
            if (step, field) == ("cancel", "case_id"):
                continue  # a form that asks for no card reads none
            assert reply.status_code in {404, 422}
            assert dress not in reply.text
            assert MY_NUMBER not in reply.text


def test_a_long_application_id_is_no_my_number(app: FastAPI, small_house: House) -> None:
    """Twenty-three digits may hold twelve that would be right; they are searched for all the same."""
    application_id = f"{MY_NUMBER}00000000001"
    small_house.reserve(NUMBER, application_id=application_id)
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    reply = clerk.ask(f"{ticket}/tie", kind="application_id", card_number=application_id)
    assert reply.status_code == 200


def test_a_card_is_searched_where_none_is_known_and_nowhere_else(app: FastAPI, small_house: House) -> None:
    """Who came with a notice has no such button; who came without has the card's record once it is found."""
    clerk, ticket = begin_check(app, small_house, NUMBER)
    assert "do-tie" not in clerk.get("/clerk").text
    clerk.ask(f"{ticket}/incomplete")
    small_house.reserve(NUMBERS[1], name="受付 太郎")
    walk_in(small_house)
    ticket = f"/clerk/tickets/{serve(clerk)}"
    page = clerk.get("/clerk").text
    assert "do-tie" in page
    assert "受付 太郎" not in page
    wrong = clerk.post(f"{ticket}/tie", FRAGMENT, kind="booking_number", card_number="99990001")
    assert (wrong.status_code, banner_of(wrong.text)) == (404, "error.card_unknown")
    done = clerk.post(f"{ticket}/tie", kind="booking_number", card_number=NUMBERS[1])
    page = clerk.get(done.headers["location"]).text
    assert banner_of(page) == "done.tie"
    assert "受付 太郎" in page
    assert "do-tie" not in page


def test_too_many_failed_searches_are_told_with_what_to_do(app: FastAPI, small_house: House) -> None:
    """The clerk reads for how long, and how it goes on meanwhile; the minutes fall as they pass."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    searched = {"kind": "booking_number", "card_number": "99990001"}
    for _ in range(10):
        assert clerk.ask(f"{ticket}/tie", **searched).json()["code"] == "card_unknown"
    refused = clerk.post(f"{ticket}/tie", FRAGMENT, **searched)
    assert (refused.status_code, banner_of(refused.text)) == (429, "error.too_many_searches")
    assert "約10分" in refused.text
    small_house.clock.advance(minutes=8)
    assert "約2分" in clerk.post(f"{ticket}/tie", FRAGMENT, **searched).text


def test_a_number_is_given_up_for_a_reason_that_somebody_gave(app: FastAPI, small_house: House) -> None:
    """The reason is kept with the case; one that no person gives, or that there is not, cancels nothing."""
    ticket_id = walk_in(small_house).ticket_id.hex
    clerk = at_window(app, small_house, "clerk01", "1")
    for wrong in ("day_end", "x"):
        assert clerk.ask(f"/clerk/tickets/{ticket_id}/cancel", reason=wrong).status_code == 422
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/cancel", reason="another_day").status_code == 200
    with small_house.database.read() as connection:
        kept = connection.execute(select(cases.c.state, cases.c.reason)).one()
    assert tuple(kept) == ("cancelled", "another_day")
