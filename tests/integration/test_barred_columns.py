"""What a role may not see, it does not learn in any other way: no column behind the screen moves what a page shows."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update

from backend.cards import PERSON_COLUMNS
from backend.cards.states import WardStatus
from backend.common.catalogue import Catalogue, Language
from backend.protection.columns import permitted_columns
from backend.protection.device_tokens import enrol
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import DeviceKind, Role
from backend.reception.board_snapshot import Boards, message_of
from backend.reception.storing.tables import checks, tickets
from backend.reservations.booking import CONTACT_COLUMNS
from backend.reservations.tables import reservations
from backend.storage.tables import metadata
from backend.web.app import PAGE_ROUTERS
from backend.wire.codes import TicketState
from tests.pages_support import (
    FRAGMENT,
    HTML,
    JSON,
    Somebody,
    arrive,
    at_window,
    begin_check,
    browser,
    serve as call_and_start,
    somebody,
)
from tests.strange import BODIES, FORMS
from tests.support import BOTH, NUMBER, TODAY, House, events_of

OWN = frozenset(
    {
        "id",
        "card_id",
        "channel",
        "replaces_id",
        "tentative_until",
        "fingerprint",
        "imported_at",
        "updated_at",
    }
)
NEUTRAL = Catalogue("pages", Language.JAPANESE).text("verdict.ask_staff")
VALUES: dict[str, tuple[Any, ...]] = {
    "application_id": ("A1", "Z999"),
    "phone": ("0312345678", "000"),
    "email": ("a@example.jp", "b@example.jp"),
    "foreign_category": ("中長期在留者", "特別永住者"),
    "window_name": ("1", "特別な窓口"),
    "ward_ticket_number": ("1", "77"),
    "group_number": ("G1", "G2"),
    "state": (WardStatus.BOOKED.value, WardStatus.NO_SHOW.value),
    "owner": ("here", "ward"),
    "ward_state": ("cancelled", "booked"),
    "ward_office_id": ("03", "00"),
    "ward_starts_at": (datetime(2026, 11, 20, 1, tzinfo=UTC), datetime(2026, 11, 25, 1, tzinfo=UTC)),
    **{
        column: tuple(TODAY + timedelta(days=days) for days in (-1, 0, 29, 30))
        for column in ("stay_expires_on", "card_expires_on")
    },
}
"""For every column values that would make a difference if anything were computed from it."""


def barred(role: Role) -> list[str]:
    """The ward's columns of a card and its booking that a role may not see."""
    ward = {*PERSON_COLUMNS, *CONTACT_COLUMNS, *reservations.c.keys()}
    return sorted(ward - OWN - set(permitted_columns(OF_ROLE[role])))


BESIDE: Final = ("owner", "ward_state", "ward_office_id", "ward_starts_at")
"""What an import keeps beside a booking: whose word holds, and what the ward's file last said."""


def usual_of(column: str) -> object:
    """What stands in a column of a reservation that says nothing special."""
    if column == "owner":
        return "ward"
    return WardStatus.BOOKED.value if column == "state" else None


def put(house: House, column: str, value: object) -> None:
    """Change one value of the only card and its only booking."""
    if column in BESIDE:
        with house.database.write() as work:
            work.connection.execute(update(reservations).values({column: value}))
        return
    with house.database.read() as connection:
        booking = connection.execute(select(reservations)).one()
    house.reserve(
        NUMBER, booking.starts_at, reservation_id=booking.id, card_id=booking.card_id, **{column: value}
    )


def shown(text: str) -> str:
    """A page without what differs at every drawing, and without the sentence that says nothing but whom to ask."""
    text = re.sub(r'name="request_id" value="[^"]*"', "", text)
    text = re.sub(r'(name="seen"[^>]* value=")\d+', r"\1", text)  # counts the saves of this test
    text = re.sub(r' data-version="[^"]*"', "", text)  # a version is of what is shown, with the two above
    return re.sub(r'<p class="ask-staff" id="ask-staff">([^<]*)</p>', _only_neutral, text)


def _only_neutral(found: re.Match[str]) -> str:
    assert found.group(1) == NEUTRAL
    return ""


def serve(house: House, app: FastAPI) -> tuple[Somebody, str]:
    """A clerk who has the only visitor before them, papers ticked."""
    return begin_check(app, house, NUMBER)


def stream_of(house: House) -> list[str]:
    """Everything that a stream of the office would carry: the snapshot and every event."""
    events = [message_of(event) for event in events_of(house.database)]
    boards: Boards = house.graph.boards
    return [
        boards.snapshot("00").model_dump_json(exclude={"server_time"}),
        *(event.model_dump_json() for event in events if event is not None),
    ]


@pytest.mark.parametrize("ticked", [{}, {"papers": "notice", "applicant": "A09"}], ids=["open", "complete"])
def test_no_barred_column_moves_what_the_contractor_is_shown(
    app: FastAPI, small_house: House, ticked: dict[str, str]
) -> None:
    """Whatever stands in it, page, panel, questions, replies and stream are the same; at most staff are named."""
    clerk, ticket = serve(small_house, app)

    def everything() -> list[str]:
        replies = [
            clerk.post(f"{ticket}/tick", FRAGMENT, recipient="R1", **ticked),
            clerk.get("/clerk"),
            clerk.get("/clerk/panel", headers=FRAGMENT),
            clerk.post(f"{ticket}/guide", FRAGMENT),
            clerk.post(f"{ticket}/guide", FRAGMENT, answered="who:self"),
        ]
        with small_house.database.read() as connection:
            complete = connection.execute(select(checks.c.complete)).scalar_one()
        return [*(shown(reply.text) for reply in replies), *stream_of(small_house), str(complete)]

    everything()  # the first tick writes the event of complete papers
    usual = everything()
    assert any("data-complete" in text for text in usual)
    for column in barred(Role.CLERK):
        for value in VALUES[column]:
            put(small_house, column, value)
            assert everything() == usual, (column, value)
        put(small_house, column, usual_of(column))


@pytest.mark.parametrize(
    "expires", [TODAY - timedelta(days=1), TODAY + timedelta(days=5)], ids=["past", "soon"]
)
def test_staff_are_named_and_the_hand_over_answers_as_ever(
    app: FastAPI, small_house: House, expires: date
) -> None:
    """A card that has ended is the staff's matter: the clerk reads whom to ask, hands over, and staff read why."""
    clerk, ticket = serve(small_house, app)
    assert NEUTRAL not in clerk.get("/clerk").text
    put(small_house, "stay_expires_on", expires)
    page = clerk.get("/clerk").text
    assert page.count(NEUTRAL) == 1
    assert "満了" not in page
    assert "期限（在留" not in page
    assert clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant="A09").status_code == 200
    assert clerk.ask(f"{ticket}/hand-over").status_code == 200
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    detail = staff.get(f"/staff/tickets/{ticket.rpartition('/')[2]}").text
    assert "在留期間満了日" in detail
    assert NEUTRAL not in detail


def test_no_barred_column_moves_what_staff_are_shown(app: FastAPI, small_house: House) -> None:
    """The same holds for ward staff and the few columns that no page shows."""
    clerk, ticket = serve(small_house, app)
    clerk.ask(f"{ticket}/tick", recipient="R1", papers="notice", applicant="A09")
    clerk.ask(f"{ticket}/hand-over")
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    addresses = ("/staff", f"/staff/tickets/{ticket.rpartition('/')[2]}")
    usual = [shown(staff.get(address).text) for address in addresses]
    for column in barred(Role.STAFF):
        for value in VALUES[column]:
            put(small_house, column, value)
            assert [shown(staff.get(address).text) for address in addresses] == usual, (column, value)


def test_every_ward_column_that_a_role_may_not_see_is_tried() -> None:
    """A new column is not forgotten here."""
    assert set(barred(Role.CLERK)) == set(VALUES)
    assert datetime(2026, 11, 25, 0, 30, tzinfo=UTC).date() == TODAY


CANARIES: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "name": ("禁漏 桜子", ("禁漏", "桜子")),
    "name_kana": ("キンロウ サクラコ", ("キンロウ", "サクラコ")),
    "alias": ("ツウショウノナ", ("ツウショウノナ",)),
    "birth": ("1953-07-19", ("1953-07-19", "1953年", "昭和28", "73歳")),
    "address": ("仮名町七十七の八", ("仮名町七十七の八",)),
    "phone": ("0399887766", ("0399887766", "9988-7766")),
    "email": ("canary@mail.example", ("canary@mail",)),
    "proxy_name": ("代理 禁之助", ("禁之助",)),
    "foreign_category": ("区分の七七七", ("区分の七七七",)),
    "stay_expires_on": (date(2031, 3, 14), ("2031-03-14", "2031年3月14日")),
    "card_expires_on": (date(2033, 9, 21), ("2033-09-21", "2033年9月21日")),
    "application_id": ("APPL0007770", ("APPL0007770",)),
    "card_number": ("CARD099100", ("CARD099100",)),
    "dispatch_number": ("DISP055200", ("DISP055200",)),
}
"""A value for every column that stands nowhere else, and every way in which something might write it."""


def told_in(text: str) -> set[str]:
    """Whose columns a text tells."""
    plain = html.unescape(text).replace("\N{WORD JOINER}", "")
    return {column for column, (_, written) in CANARIES.items() if any(one in plain for one in written)}


def walk(person: Somebody, ticket_id: str) -> set[str]:
    """Open every page and panel, then send every form as a page and as a program; return the columns that were told."""
    told: set[str] = set()
    opened = [
        (method, route.path.replace("{ticket_id}", ticket_id), route.path)
        for router in PAGE_ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path != "/pages/events"
        for method in sorted(route.methods or ())
    ]
    for method, address, path in sorted(opened):
        for headers in (HTML, FRAGMENT, JSON):
            reply = (
                person.get(address, headers=headers)
                if method == "GET"
                else person.post(address, headers, **FORMS[path])
                if path not in {"/sign-in", "/sign-out", "/office"}
                else None
            )
            if reply is not None:
                assert reply.status_code < 500, (method, address, reply.text)
                told |= told_in(reply.text)
    return told


def test_every_role_is_told_its_own_columns_and_no_other(
    app: FastAPI, small_house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every page, answer, error, event, log line and row that is not sealed, walked as every role and every device."""
    house = small_house
    house.reserve(NUMBER, **{column: value for column, (value, _) in CANARIES.items()})
    arrive(house, NUMBER)
    clerk = at_window(app, house, "clerk01", "1")
    ticket_id = call_and_start(clerk)
    told = {
        role: walk(somebody(app, house, f"{role}-1", role), ticket_id) for role in Role if role not in BOTH
    }
    with house.database.write() as work:
        tokens = [enrol(work, f"{kind}-7", kind, "00")[0] for kind in DeviceKind]
    for token in (*tokens, "none"):
        client = browser(app)
        for address, body in BODIES.items():
            sent = {"request_id": str(uuid4()), **body}
            reply = client.post(
                address.replace("{ticket_id}", ticket_id),
                json=sent,
                headers={"Authorization": f"Bearer {token}"},
            )
            assert told_in(reply.text) == set(), address
    staff = at_window(app, house, "staff01", "A", Role.STAFF)
    told[Role.CLERK] = walk(clerk, ticket_id)
    with house.database.write() as work:
        work.connection.execute(update(tickets).values(state=TicketState.HANDED_OVER.value, window=None))
    told[Role.STAFF] = walk(staff, ticket_id)
    assert told == {
        role: set(CANARIES) & set(permitted_columns(OF_ROLE[role])) if role in BOTH else set()
        for role in Role
    }
    assert told_in("".join(stream_of(house))) == set()
    logged = capsys.readouterr()
    assert told_in(logged.out + logged.err) == set()
    with house.database.read() as connection:
        for table in ("audit", "events", "requests", "refusals", "tickets", "cases", "checks", "outlets"):
            rows = connection.execute(select(metadata.tables[table])).all()
            assert told_in(str(rows)) == set(), table
