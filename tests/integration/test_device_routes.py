"""The routes of kiosks and displays: tokens, shapes, errors."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from backend.protection.device_tokens import revoke
from backend.protection.roles import DeviceKind
from backend.reception.storing.tables import refusals
from backend.reservations.code_patterns import load_patterns
from backend.web.app import create_app
from backend.web.devices.bring_view import bring_guide
from backend.web.http.errors import STATUS
from backend.web.http.middleware import MAX_BODY_BYTES
from backend.wire.codes import CodePlace, ErrorCode
from backend.wire.messages import BringGuide, ErrorReply, OfficeInfo
from kiosk.reading.code_book import CodeBook
from kiosk.visit.typed_number import NumberForms
from tests.support import HandClock, House, make_house


@pytest.fixture
def client(small_house: House) -> Iterator[TestClient]:
    """A client without a token."""
    with TestClient(create_app(small_house.graph), raise_server_exceptions=False) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    """The header of a device."""
    return {"Authorization": f"Bearer {token}"}


def test_health_answers_without_a_token_and_names_no_more_than_parts(client: TestClient) -> None:
    """Anybody on the network may ask whether the server is well."""
    reply = client.get("/api/v1/health")
    assert (reply.status_code, reply.json()["status"]) == (200, "ok")
    assert set(reply.json()["parts"]) == {"database", "events", "streams"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/office"),
        ("GET", "/api/v1/bring"),
        ("GET", "/api/v1/board"),
        ("GET", "/api/v1/events"),
        ("POST", "/api/v1/check-ins"),
        ("POST", "/api/v1/walk-ins"),
        ("POST", "/api/v1/refusals"),
        ("POST", "/api/v1/tickets/00000000-0000-4000-8000-000000000000/print-reports"),
        ("POST", "/api/v1/tickets/00000000-0000-4000-8000-000000000000/cards"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
def test_every_device_route_needs_a_token(
    client: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    """Without a known token nothing is told, in the shape of the wire."""
    reply = client.request(method, path, headers=headers, json={"request_id": str(uuid4())})
    assert reply.status_code == 401
    assert ErrorReply.model_validate(reply.json()).code is ErrorCode.DEVICE_UNKNOWN


def test_a_display_may_look_but_not_check_in(client: TestClient, small_house: House) -> None:
    """Each kind of device has its own short list of routes."""
    headers = bearer(small_house.device(DeviceKind.DISPLAY))
    assert client.get("/api/v1/board", headers=headers).status_code == 200
    reply = client.post("/api/v1/walk-ins", headers=headers, json={"request_id": str(uuid4())})
    assert (reply.status_code, reply.json()["code"]) == (403, "device_not_allowed")


def test_what_to_bring_is_for_kiosks_and_follows_the_day(small_house: House, client: TestClient) -> None:
    """A kiosk shows the rules of the business day; a day without rules has no situations, and no error."""
    display, kiosk = (bearer(small_house.device(kind)) for kind in (DeviceKind.DISPLAY, DeviceKind.KIOSK))
    assert client.get("/api/v1/bring", headers=display).json()["code"] == "device_not_allowed"
    today = BringGuide.model_validate(client.get("/api/v1/bring", headers=kiosk).json())
    assert today == bring_guide(small_house.graph.rules, today.business_day)
    assert [one.code for one in today.situations] == ["self", "lost", "child", "agent"]


def test_a_kiosk_learns_which_codes_of_other_systems_count(client: TestClient, small_house: House) -> None:
    """The patterns of the server's file reach the kiosk, which knows every code that the server looks up."""
    reply = client.get("/api/v1/office", headers=bearer(small_house.device()))
    patterns = OfficeInfo.model_validate(reply.json()).code_patterns
    known = load_patterns(small_house.graph.settings.code_patterns_file)
    assert patterns == [pattern.regex.pattern for pattern in known.patterns]
    book = CodeBook(patterns)
    for text in ("ab1-234567", "8887-1018"):
        assert list(known.candidates(text))
        assert book.has(text)


def test_a_kiosk_learns_what_a_typed_number_can_be(client: TestClient, small_house: House) -> None:
    """The keypad's forms come from the ward's settings: as shipped what the shipped patterns read, unchecked."""
    reply = client.get("/api/v1/office", headers=bearer(small_house.device()))
    shapes = OfficeInfo.model_validate(reply.json()).number_shapes
    assert [(one.length, one.letters, one.check, one.groups) for one in shapes] == [
        (8, False, "none", [4, 4]),
        (10, False, "none", [4, 4, 2]),
        (9, True, "none", [3, 6]),
    ]
    forms = NumberForms(shapes)
    # As on the notice, and as on the postcard.
    assert [forms.grouped("43324006"), forms.grouped("4332400"), forms.grouped("K3A012345")] == [
        "4332-4006",
        "4332-400",
        "K3A-012345",
    ]


@pytest.mark.parametrize("place", list(CodePlace))
def test_devices_learn_which_paper_has_the_code(tmp_path: Path, clock: HandClock, place: CodePlace) -> None:
    """Protects one name for one paper: the ward's habit is set once, and every kiosk hears of it."""
    house = make_house(f"sqlite:///{tmp_path}/house.db", tmp_path / "var", clock, code_stands_on=place.value)
    try:
        with TestClient(create_app(house.graph)) as client:
            reply = client.get("/api/v1/office", headers=bearer(house.device())).json()
    finally:
        house.database.dispose()
    assert OfficeInfo.model_validate(reply).code_stands_on is place


@pytest.mark.parametrize("told", [{}, {"code_stands_on": "wristband"}])
def test_a_paper_that_a_kiosk_does_not_know_is_the_sheet(
    client: TestClient, small_house: House, told: dict[str, str]
) -> None:
    """Protects a kiosk from a server that is older, or newer, than itself."""
    reply = client.get("/api/v1/office", headers=bearer(small_house.device())).json()
    del reply["code_stands_on"]
    assert OfficeInfo.model_validate(reply | told).code_stands_on is CodePlace.SHEET


def test_a_revoked_device_is_unknown(client: TestClient, small_house: House) -> None:
    """Taking a device away works at once."""
    from backend.protection.device_tokens import enrol

    with small_house.database.write() as work:
        token, device = enrol(work, "lost-kiosk", DeviceKind.KIOSK, "00")
    assert client.get("/api/v1/office", headers=bearer(token)).status_code == 200
    with small_house.database.write() as work:
        assert revoke(work, device.name)
    assert client.get("/api/v1/office", headers=bearer(token)).status_code == 401


def test_a_repeated_request_with_another_body_is_refused(client: TestClient, small_house: House) -> None:
    """The wire says request_id_reused, and the first ticket stays the only one."""
    headers = bearer(small_house.device())
    small_house.reserve("12345679")
    small_house.reserve("12345680")
    request_id = str(uuid4())
    first = client.post(
        "/api/v1/check-ins", headers=headers, json={"request_id": request_id, "number": "12345679"}
    )
    second = client.post(
        "/api/v1/check-ins", headers=headers, json={"request_id": request_id, "number": "12345680"}
    )
    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (422, "request_id_reused")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"request_id": "not-a-uuid", "number": "1"},
        {"request_id": "00000000-0000-4000-8000-000000000000"},
        {"request_id": "00000000-0000-4000-8000-000000000000", "number": "1", "code": "2"},
        {"request_id": "00000000-0000-4000-8000-000000000000", "number": ""},
        {"request_id": "00000000-0000-4000-8000-000000000000", "number": "1" * 65},
        {"request_id": "00000000-0000-4000-8000-000000000000", "number": "1", "name": "受付 花子"},
    ],
)
def test_a_malformed_request_names_fields_and_no_values(
    client: TestClient, small_house: House, body: dict[str, str]
) -> None:
    """What was wrong is told by place; what was sent is never echoed."""
    reply = client.post("/api/v1/check-ins", headers=bearer(small_house.device()), json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert "花子" not in reply.text
    assert "1" * 65 not in reply.text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"request_id": 1e999}', b"null"])
def test_a_body_that_is_no_json_object_is_refused(
    client: TestClient, small_house: House, content: bytes
) -> None:
    """Broken bodies end in a code, not in a trace."""
    headers = {**bearer(small_house.device()), "Content-Type": "application/json"}
    reply = client.post("/api/v1/check-ins", headers=headers, content=content)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")


def test_a_my_number_leaves_no_trace_in_reply_or_log(
    client: TestClient, small_house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twelve digits sent by a kiosk by mistake are neither echoed nor logged."""
    for text in ("123456789018", "１２３４ ５６７８ ９０１８"):
        reply = client.post(
            "/api/v1/check-ins",
            headers=bearer(small_house.device()),
            json={"request_id": str(uuid4()), "code": text},
        )
        assert reply.json() == {
            "reason": "refused", "ticket": None, "reserved_for": None,
            "office_id": None, "office_name": None, "office": None, "found": None, "opens_at": None, "number_offered": None, "old_sheet": False,
        }  # fmt: skip
    told = capsys.readouterr()
    assert "9018" not in told.out + told.err


def test_an_unexpected_error_tells_nothing(
    client: TestClient,
    small_house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A bug answers with a code; its message, which may hold what somebody typed, stays inside."""
    from backend.reception.board_snapshot import Boards

    def broken(self: Boards, office_id: str) -> None:
        raise RuntimeError("受付 花子")

    monkeypatch.setattr(Boards, "snapshot", broken)
    reply = client.get("/api/v1/board", headers=bearer(small_house.device()))
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    told = capsys.readouterr()
    assert "花子" not in reply.text + told.out + told.err


@pytest.mark.parametrize("code", ["other", "of_tomorrow"])
def test_an_unknown_code_in_a_request_is_refused_and_nothing_is_kept(
    client: TestClient, small_house: House, code: str
) -> None:
    """Protects what is stored: a device reads codes of a newer server, and a server takes none of a newer device."""
    ticket = "00000000-0000-4000-8000-000000000000"
    for path, said in (
        ("refusals", {"kind": code}),
        (f"tickets/{ticket}/print-reports", {"state": code}),
        (f"tickets/{ticket}/print-reports", {"state": "failed", "trouble": code}),
        ("device-reports", {"troubles": {code: "error"}}),
    ):
        body = {"request_id": str(uuid4()), **said}
        reply = client.post(f"/api/v1/{path}", json=body, headers=bearer(small_house.device()))
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request"), path
        assert "fields" in reply.json()["detail"]
    with small_house.database.read() as connection:
        assert connection.execute(refusals.select()).all() == []


def test_every_error_code_has_a_status() -> None:
    """The table is whole."""
    assert set(STATUS) == set(ErrorCode)


def test_the_api_describes_itself(client: TestClient) -> None:
    """The OpenAPI document lists the device routes with their messages."""
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/check-ins" in document["paths"]
    assert "CheckInReply" in document["components"]["schemas"]


def test_a_huge_body_is_refused_before_it_is_read(client: TestClient, small_house: House) -> None:
    """Neither an announced nor an endless body fills the server's memory, token or not."""
    announced = client.post("/api/v1/check-ins", content=b"x" * (MAX_BODY_BYTES + 1))
    endless = client.post(
        "/api/v1/check-ins",
        content=(b"x" * 65536 for _ in range(64)),
        headers={**bearer(small_house.device()), "Content-Type": "application/json"},
    )
    assert (announced.status_code, endless.status_code) == (413, 413)


def test_every_answer_carries_the_careful_headers(client: TestClient) -> None:
    """Browsers neither sniff, frame, keep nor run what is not ours."""
    headers = client.get("/api/v1/health").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
