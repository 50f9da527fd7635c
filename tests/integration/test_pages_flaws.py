"""A document that is there and does not count, on the clerk's page: marked, kept, handed on, and taken back."""

import re
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from backend.protection.roles import Role
from backend.reception.storing.tables import checks
from tests.pages_support import Somebody, at_window, begin_check
from tests.support import NUMBER, House


@pytest.fixture
def served(app: FastAPI, small_house: House) -> tuple[Somebody, str]:
    """A clerk who has begun to check the papers of an applicant, and the address of the ticket."""
    return begin_check(app, small_house, NUMBER)


def kept(house: House) -> list[str]:
    """The documents of the applicant as they stand in the database."""
    with house.database.read() as connection:
        return list(connection.execute(select(checks.c.applicant)).scalar_one())


def complete(page: str) -> bool:
    """Whether the page says that everything is there."""
    return 'data-complete="yes"' in page


def test_a_flaw_is_offered_beside_what_is_ticked_and_turns_the_verdict(
    served: tuple[Somebody, str], small_house: House
) -> None:
    """The licence alone would do; marked as expired it does not, the reason is said, and unmarked it does again."""
    clerk, ticket = served
    assert 'name="flaw"' not in clerk.get("/clerk").text
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant="A03")
    page = clerk.get("/clerk").text
    assert complete(page)
    assert re.findall(r'name="flaw" value="([^"]*)"', page) == [
        "applicant:A03:expired",
        "applicant:A03:old_name",
    ]
    clerk.ask(
        f"{ticket}/tick", recipient="R1", papers="notice", applicant="A03", flaw="applicant:A03:expired"
    )
    page = clerk.get("/clerk").text
    assert not complete(page)
    assert "有効期限が過ぎているため、数えません：運転免許証" in page
    assert re.search(r'id="tick-flaw-applicant-A03-expired"[^>]*checked', page)
    assert re.search(r'id="tick-applicant-A03"[^>]*checked', page)
    assert kept(small_house) == ["A03:expired"]
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant="A03")
    assert complete(clerk.get("/clerk").text)


def test_a_flaw_goes_with_its_document(served: tuple[Somebody, str], small_house: House) -> None:
    """Whoever takes the tick away leaves no mark behind, and a mark of somebody else's document marks nothing."""
    clerk, ticket = served
    marks = ["applicant:A03:expired", "applicant:A03:old_name", "visitor:B20:expired", "applicant:B20"]
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant=["A03", "B23"], flaw=marks)
    assert kept(small_house) == ["A03:expired:old_name", "B23"]
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant=["B23"], flaw=marks)
    assert kept(small_house) == ["B23"]


@pytest.mark.parametrize("flaw", ["applicant:A03:lost", "applicant:A03:", "applicant:A03:expired:x"])
def test_an_unknown_flaw_is_refused_and_changes_nothing(
    served: tuple[Somebody, str], small_house: House, flaw: str
) -> None:
    """What the rules do not know is no remark; what was ticked before stays."""
    clerk, ticket = served
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A05")
    reply = clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A03", flaw=flaw)
    assert (reply.status_code, reply.json()["code"]) == (422, "checklist_invalid")
    assert kept(small_house) == ["A05"]


def test_staff_accept_another_document_beside_it(served: tuple[Somebody, str]) -> None:
    """The word of the staff stands where the document stands, and nowhere while there is none."""
    clerk, ticket = served
    accepted = 'id="tick-facts-other_document_accepted"'
    assert accepted not in clerk.get("/clerk").text
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant=["B20", "BX"])
    page = clerk.get("/clerk").text
    assert page.count(accepted) == 1
    assert not complete(page)
    assert "確認が必要です。職員に確認します。" in page
    facts = {"facts": "other_document_accepted"}
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant=["B20", "BX"], **facts)
    assert complete(clerk.get("/clerk").text)
    # What is accepted may have expired all the same.
    both = {**facts, "flaw": "applicant:BX:expired"}
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant=["B20", "BX"], **both)
    page = clerk.get("/clerk").text
    assert re.findall(r'id="tick-((?:facts-other|flaw-applicant-BX)[-\w]+)"[^>]*?(checked)?>', page) == [
        ("facts-other_document_accepted", "checked"),
        ("flaw-applicant-BX-expired", "checked"),
        ("flaw-applicant-BX-old_name", ""),
    ]
    assert not complete(page)
    # The document goes and its word with it: ticked again, nobody has accepted it.
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant="B20", **facts)
    assert accepted not in clerk.get("/clerk").text


def test_what_staff_accept_of_one_is_not_accepted_of_the_other(served: tuple[Somebody, str]) -> None:
    """Two people may each show another document; each has its own word, and no mark stands twice on the page."""
    clerk, ticket = served
    shown = {"recipient": "R2", "papers": "notice", "applicant": ["B22", "BX"], "visitor": ["A03", "BX"]}
    clerk.ask(f"{ticket}/tick", **shown, facts="other_document_accepted")
    page = clerk.get("/clerk").text
    marks = re.findall(r'id="(tick-facts-other\w+)"[^>]*?(checked)?>', page)
    assert marks == [
        ("tick-facts-other_document_accepted", "checked"),
        ("tick-facts-other_visitor_document_accepted", ""),
    ]


def test_the_old_card_is_asked_for_at_a_renewal_only(served: tuple[Somebody, str]) -> None:
    """A first card asks for no old one; at a renewal the list has it, and a card that is ticked is handed in."""
    clerk, ticket = served
    old_card = 'id="tick-papers-old_card"'
    assert old_card not in clerk.get("/clerk").text
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant="A03", facts="renewal")
    page = clerk.get("/clerk").text
    assert old_card in page
    assert not complete(page)
    clerk.ask(
        f"{ticket}/tick",
        recipient="R1",
        papers="notice",
        applicant="A01",
        flaw="applicant:A01:expired",
        facts="renewal",
    )
    assert complete(clerk.get("/clerk").text)


def test_ward_staff_read_what_was_wrong(
    app: FastAPI, served: tuple[Somebody, str], small_house: House
) -> None:
    """Who goes on with the visitor sees that a document was there and why it was not counted."""
    clerk, ticket = served
    clerk.ask(
        f"{ticket}/tick",
        recipient="R1",
        papers="notice",
        applicant=["A03", "A05"],
        flaw="applicant:A03:old_name",
    )
    assert clerk.ask(f"{ticket}/hand-over").status_code == 200
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    page = staff.get(ticket.replace("clerk", "staff")).text
    assert "運転免許証（氏名・住所などが現在と違う）" in page


def test_a_stale_page_names_the_document_with_its_flaw(served: tuple[Somebody, str]) -> None:
    """What was not taken over is named as it was marked, not by a code."""
    clerk, ticket = served
    first = re.search(r'name="seen" id="seen" value="([^"]*)"', clerk.get("/clerk").text)
    assert first is not None
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A05", seen=first[1])
    client: TestClient = clerk.client
    reply = client.post(
        f"{ticket}/tick",
        data={
            "csrf": clerk.csrf, "request_id": str(uuid4()), "recipient": "R1", "applicant": "A03",
            "flaw": "applicant:A03:expired", "seen": first[1],
        },
        headers={"X-Fragment": "page"},
    )  # fmt: skip
    assert reply.status_code == 409
    assert "運転免許証（有効期限切れ）" in reply.text
