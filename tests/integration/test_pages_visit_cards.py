"""What pages say of each card of a number: which one needs somebody, whose it is, how many there are, what somebody came for."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from backend.cards.tables import cards
from backend.common.catalogue import Catalogue, Language
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.deciding.case import Case, CaseState
from backend.reception.storing.cases import open_case
from backend.reception.storing.tables import cases, tickets
from backend.reception.storing.tickets import find_ticket
from backend.reservations.lookup import find_match
from backend.reservations.match import Shown
from backend.web.desk.visit_cards import cards_of_visit, reason_of_case
from backend.wire.codes import CheckInReason
from tests.pages_support import Somebody, at_window, serve
from tests.party_at_window import NAMES, NUMBERS, a_party, case_ids
from tests.party_support import party
from tests.support import House
from tests.ticket_support import a_ticket

EXPIRED = "カードの有効期限切れの可能性"
ASK_STAFF = "職員にご確認ください"
AWAY = "カード未着"
FOURTH = "42345676"


def joins(house: House, ticket_id: str, admitted: CheckInReason, number: str = FOURTH) -> None:
    """One more card joins a number as the kiosk would have received it."""
    card_id = house.card_of(house.reserve(number, name=NAMES[3]))
    place = len(case_ids(house, ticket_id)) + 1
    with house.database.write() as work:
        ticket = find_ticket(work.connection, ticket_id)
        assert ticket is not None
        open_case(work, ticket, find_match(work.connection, card_id), place=place, admitted=admitted)


def to_staff(house: House, clerk: Somebody, ticket_id: str, *places: int) -> None:
    """The papers of these cards are complete, of the others not; the number goes on to the staff."""
    for case_id in (case_ids(house, ticket_id)[place - 1] for place in places):
        ticked = {"recipient": "R1", "applicant": "A05", "papers": "notice"}
        assert clerk.ask(f"/clerk/tickets/{ticket_id}/tick", case_id=case_id, **ticked).status_code == 200
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over").status_code == 200


def part(page: str, opening: str, closing: str) -> str:
    """A piece of a page."""
    return page.split(opening, 1)[1].split(closing, 1)[0]


def row(page: str, label: str) -> str:
    """What the list of those who were handed over says of a number."""
    return part(page, f'<tr data-number="{label}"', "</tr>")


def card(page: str, place: int) -> str:
    """What the page says of one card of the visitor at one's own window."""
    return part(page, f'id="card-{place}">', "</li>")


@pytest.mark.parametrize(
    ("reason", "staff_read", "clerks_read"),
    [(CheckInReason.CARD_EXPIRED, EXPIRED, ASK_STAFF), (CheckInReason.CARD_NOT_ARRIVED, AWAY, AWAY)],
)
def test_a_further_card_that_needs_somebody_is_told_wherever_it_is_seen(
    app: FastAPI, small_house: House, reason: CheckInReason, staff_read: str, clerks_read: str
) -> None:
    """From the queue to the hand that gives it out, the card says so itself; its sisters never do."""
    ticket_id = a_party(small_house, NUMBERS)
    joins(small_house, ticket_id, reason)
    clerk = at_window(app, small_house, "clerk01", "1")
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    seen = [clerk.get("/clerk").text]
    assert f"4枚目：{clerks_read}" in part(seen[0], 'id="waiting-rows"', "</ol>")
    serve(clerk)
    for place in (1, 2, 4):
        seen.append(clerk.get(f"/clerk?card=M-001.{place}").text)
        assert clerks_read in part(seen[-1], 'id="card-4"', "</a>")
        assert clerks_read not in part(seen[-1], 'id="card-2"', "</a>")
        assert (clerks_read in part(seen[-1], 'class="who-more"', "</p>")) is (place == 4)
    assert staff_read == clerks_read or staff_read not in "".join(seen)
    to_staff(small_house, clerk, ticket_id, 1, 4)
    assert row(staff.get("/staff").text, "M-001").count(f"4枚目：{staff_read}") == 1
    at = f"/staff/tickets/{ticket_id}"
    staff.ask(f"{at}/call")
    page = staff.get("/staff").text
    assert (staff_read in card(page, 4), staff_read in card(page, 1)) == (True, False)
    assert staff_read in part(staff.get(f"{at}?card=4").text, 'id="card-alarms"', "</p>")
    first = staff.get(f"{at}?card=1").text
    assert 'id="card-alarms"' not in first
    assert staff_read in part(first, 'class="staff-tabs"', "</nav>")
    staff.ask(f"{at}/issue", case_id=case_ids(small_house, ticket_id)[3])
    assert staff_read not in staff.get("/staff").text


def test_a_first_card_that_needs_somebody_says_nothing_of_the_others(
    app: FastAPI, small_house: House
) -> None:
    """Why the number was given is why its first card was received; the badge stands on that one alone."""
    ticket_id = a_party(small_house, NUMBERS[:1])
    with small_house.database.write() as work:
        work.connection.execute(update(tickets).values(reason="card_expired"))
        work.connection.execute(update(cases).values(admitted="card_expired"))
    joins(small_house, ticket_id, CheckInReason.ON_TIME)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    assert ASK_STAFF in part(clerk.get("/clerk?card=M-001.1").text, 'class="who-more"', "</p>")
    assert ASK_STAFF not in part(clerk.get("/clerk?card=M-001.2").text, 'class="who-more"', "</p>")
    to_staff(small_house, clerk, ticket_id, 1, 2)
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    page = staff.get("/staff").text
    assert (EXPIRED in card(page, 1), EXPIRED in card(page, 2)) == (True, False)
    assert EXPIRED not in part(staff.get(f"/staff/tickets/{ticket_id}?card=2").text, "<h1", "</section>")


def test_the_alarm_about_one_card_alone_stays_when_it_is_called(app: FastAPI, small_house: House) -> None:
    """Whoever has called the visitor reads what the list said a moment ago."""
    ticket_id = a_party(small_house, NUMBERS[:1])
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    to_staff(small_house, clerk, ticket_id, 1)
    with small_house.database.write() as work:
        work.connection.execute(update(cases).values(admitted="card_not_arrived"))
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert row(staff.get("/staff").text, "M-001").count(AWAY) == 1
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    assert AWAY in part(staff.get("/staff").text, 'id="current"', "</section>")


def test_which_card_of_several_is_gone_is_told_beside_it(app: FastAPI, small_house: House) -> None:
    """A file of the ward says that one card was handed out already: that card says so, to a clerk without the reason."""
    ticket_id = a_party(small_house, NUMBERS)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    gone = party(small_house, ticket_id)[1]
    assert gone.card_id is not None
    with small_house.database.write() as work:
        work.connection.execute(update(cards).where(cards.c.id == gone.card_id).values(progress="withdrawn"))
    for place in (1, 2):
        page = clerk.get(f"/clerk?card=M-001.{place}").text
        assert (ASK_STAFF in part(page, 'class="who-more"', "</p>")) is (place == 2)
        assert ASK_STAFF in part(page, 'id="card-2"', "</a>")
        assert "カードの状況" not in page
    to_staff(small_house, clerk, ticket_id, 1, 2)
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    page = staff.get("/staff").text
    assert ("カードの状況" in card(page, 1), "カードの状況" in card(page, 2)) == (False, True)


def test_cards_at_ones_own_window_are_told_apart_by_name_and_each_name_is_a_look(
    app: FastAPI, small_house: House
) -> None:
    """Photos get swapped within households: each card says whose it is, where it is handed out and nowhere before."""
    ticket_id = a_party(small_house, NUMBERS)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    to_staff(small_house, clerk, ticket_id, 1, 2)
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    other = at_window(app, small_house, "staff02", "B", Role.STAFF)
    assert not any(name in staff.get("/staff").text for name in NAMES)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    for _ in range(2):
        page = staff.get("/staff").text
    assert [NAMES[place - 1] in card(page, place) for place in (1, 2, 3)] == [True, True, False]
    assert not any(name in other.get("/staff").text for name in NAMES)
    at_reception = set(case_ids(small_house, ticket_id))
    with small_house.database.read() as connection:
        looks = connection.execute(
            select(audit.c.actor, audit.c.facts).where(audit.c.action == "reservation_viewed")
        )
        by_actor: dict[str, list[str]] = {}
        for look in looks:
            by_actor.setdefault(look.actor, []).append(look.facts["case"])
    assert sorted(map(len, by_actor.values())) == [2]
    assert (
        set(*by_actor.values()) == {one.case_id for one in party(small_house, ticket_id)[:2]} <= at_reception
    )


def test_a_row_says_how_many_cards_go_on(app: FastAPI, small_house: House) -> None:
    """Cards whose papers were incomplete wait for their papers; staff get the others, and read both figures."""
    ticket_id = a_party(small_house, NUMBERS)
    clerk = at_window(app, small_house, "clerk01", "1")
    assert ">3枚<" in part(clerk.get("/clerk").text, 'id="waiting-rows"', "</ol>")
    serve(clerk)
    to_staff(small_house, clerk, ticket_id, 1, 2)
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert "3枚のうち2枚" in row(staff.get("/staff").text, "M-001")
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    assert "3枚のうち2枚" in part(staff.get("/staff").text, 'id="current"', "</section>")


@pytest.mark.parametrize("language", Language)
def test_an_alarm_names_its_cards_in_every_language(language: Language) -> None:
    """Cards with the same reason are named together; a card that has ended is named no more, one alone needs no place."""
    texts, staff = Catalogue("pages", language), OF_ROLE[Role.STAFF]
    expired, ended = CheckInReason.CARD_EXPIRED, CaseState.ISSUED
    cases = [
        a_case(1, CheckInReason.ON_TIME),
        a_case(2, expired),
        a_case(3, expired),
        a_case(4, expired, ended),
    ]
    shown = cards_of_visit(a_ticket(), cases, texts, staff)
    assert (shown.count, shown.came, len(shown.alarms)) == (3, 4, 1)
    assert [texts.text("party.card", place=place) in shown.alarms[0] for place in (2, 3, 4)] == [
        True,
        True,
        False,
    ]
    alone = cards_of_visit(a_ticket(reason=expired), [a_case(1, expired)], texts, staff)
    assert (alone.reason, alone.alarms) == (None, [texts.text("reason.card_expired")])


def test_a_case_of_before_goes_by_its_number() -> None:
    """A number that was given before reasons were kept by card still alarms, for its first card."""
    ticket = a_ticket(reason=CheckInReason.CARD_NOT_ARRIVED)
    assert reason_of_case(ticket, a_case(1, None)) is CheckInReason.CARD_NOT_ARRIVED
    assert reason_of_case(ticket, a_case(2, None)) is CheckInReason.JOINED


def a_case(place: int, admitted: CheckInReason | None, state: CaseState = CaseState.OPEN) -> Case:
    """One card of a party."""
    return Case(f"{place:032d}", None, None, Shown.NOTHING, state, place, admitted=admitted)
