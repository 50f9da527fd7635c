"""Refusals in the trail: whoever is refused for want of a permission, at whichever address, leaves one entry, and a stranger no flood."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.roles import DeviceKind, Role
from backend.protection.tables import audit
from backend.storage.database import Database
from backend.storage.errors import StorageBusyError
from backend.web.http.refused_requests import Refusals
from tests.pages_support import addresses, browser, sign_in, somebody
from tests.support import House


def refusals(database: Database, *actions: str) -> list[Any]:
    """Every refusal so far."""
    query = select(audit).where(audit.c.action.in_(actions or ("refused", "device_refused")))
    with database.read() as connection:
        return list(connection.execute(query.order_by(audit.c.seq)).mappings())


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLERK, Role.STAFF])
def test_every_page_that_refuses_somebody_says_so_in_the_trail(
    app: FastAPI, small_house: House, role: Role
) -> None:
    """All routes of all pages, each with a form of ours: exactly those that answer 403 leave an entry, one each."""
    person = somebody(app, small_house, "someone1", role)
    refused = 0
    for method, path in addresses(app):
        if path.startswith("/api/") or path in {"/sign-out", "/sign-in", "/pages/events"}:
            continue
        before = len(refusals(small_house.database))
        reply = person.get(path) if method == "GET" else person.post(path, reason="twice", label="1")
        entries = refusals(small_house.database)[before:]
        assert len(entries) == (reply.status_code == 403), (method, path, reply.status_code)
        for entry in entries:
            refused += 1
            assert (entry["role"], entry["place"], entry["office_id"]) == (role.value, "testclient", "00")
            assert entry["facts"]["code"] == "forbidden"
            assert entry["facts"]["method"] == method
            assert "_id}" in entry["facts"]["route"] or entry["facts"]["route"] == path
    assert refused >= 10


def test_a_device_that_asks_for_more_than_its_kind_is_in_the_trail(app: FastAPI, small_house: House) -> None:
    """A hall display that wants to give numbers, by the short way of commands or the long one, leaves its entry."""
    token = small_house.device(DeviceKind.DISPLAY)
    client = browser(app)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"request_id": str(uuid4()), "language": "ja"}
    for reply in (
        client.post("/api/v1/walk-ins", json=body, headers=headers),
        client.post("/api/v1/walk-ins", json=body, headers={**headers, "Origin": "http://x"}),
        client.get("/api/v1/bring", headers=headers),
    ):
        assert reply.status_code == 403
    entries = refusals(small_house.database)
    assert [entry["facts"]["route"] for entry in entries] == ["/api/v1/walk-ins"] * 2 + ["/api/v1/bring"]
    assert {(entry["action"], entry["role"], entry["place"]) for entry in entries} == {
        ("refused", "display", "testclient")
    }


def test_a_token_that_nobody_has_is_told_once_a_minute(app: FastAPI, small_house: House) -> None:
    """Forged and revoked tokens are in the trail; a machine that asks a thousand times fills no disk."""
    client = browser(app)
    for _ in range(3):
        assert (
            client.get("/api/v1/board", headers={"Authorization": "Bearer kiosk.forged"}).status_code == 401
        )
    assert client.get("/api/v1/office").status_code == 401
    entries = refusals(small_house.database)
    assert [(entry["actor"], entry["action"], entry["facts"]["route"]) for entry in entries] == [
        ("nobody", "device_refused", "/api/v1/board"),
        ("nobody", "device_refused", "/api/v1/office"),
    ]


def test_strangers_are_noted_again_after_a_minute(small_house: House) -> None:
    """The first refusal of each minute, address and route is an entry, and there is a bound to how many are remembered."""
    now = [0.0]
    refused = Refusals(small_house.database, lambda: now[0])
    seen = [refused._is_new("a", "10.0.0.1", "/x") for _ in range(2)]
    now[0] = 61.0
    assert [*seen, refused._is_new("a", "10.0.0.1", "/x")] == [True, False, True]
    assert sum(refused._is_new("a", f"10.0.{n}", "/x") for n in range(2000)) == 999
    now[0] = 122.0
    assert refused._is_new("a", "10.1", "/x")


def test_a_refusal_stands_though_the_trail_cannot_be_written(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full nobody is let in for it; the log says what is missing in the trail."""
    person = somebody(app, small_house, "someone1", Role.CLERK)

    def full(*_: object, **__: object) -> None:
        raise StorageBusyError("busy")

    monkeypatch.setattr("backend.web.http.refused_requests.record_audit", full)
    assert person.get("/staff").status_code == 403
    assert refusals(small_house.database) == []


def test_a_failed_sign_in_names_the_account_or_a_digest_of_what_was_typed(
    app: FastAPI, small_house: House
) -> None:
    """A wrong password is the account's; a name that nobody has, which may be a password, is never there in clear."""
    account = small_house.person("clerk01")
    client = browser(app)
    assert sign_in(client, "clerk01", "wrong password 1").status_code == 401
    assert sign_in(client, "correct horse battery", "wrong password 1").status_code == 401
    assert sign_in(client, "clerk01").status_code == 303
    known, unknown = refusals(small_house.database, "sign_in_failed")
    assert (known["actor"], known["subject"], known["subject_kind"], known["role"]) == (account.id, account.id, "account", None), "nobody was let in, as nothing"  # fmt: skip
    assert (unknown["actor"], unknown["subject_kind"], len(unknown["subject"])) == ("nobody", "name", 32)
    assert {known["place"], unknown["place"]} == {"testclient"}
    assert "correct" not in str(dict(unknown))
    signed = refusals(small_house.database, "signed_in")[0]
    assert (signed["role"], signed["place"], signed["subject_kind"]) == ("clerk", "testclient", "account")
