"""The pages of the roster: somebody is named, gets an account and a link for one use; and nobody is locked out or overwritten."""

import html
import re
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.account_life import known_accounts
from backend.protection.roles import Role
from backend.protection.tables import audit
from tests.invented_number import MY_NUMBER
from tests.pages_support import HTML, JSON, Somebody, banner_of, browser, sign_in, somebody
from tests.support import PASSWORD, HandClock, House

LINE = {"handler": "受付 花子", "begins": "2026-11-25", "ends": "2026-11-30"}
NEW = {**LINE, "login": "hanako", "office": "00", "roles": "clerk"}


def keeper(app: FastAPI, house: House, login: str = "sekinin") -> Somebody:
    """A responsible person."""
    return somebody(app, house, login, Role.RESPONSIBLE)


def link_in(text: str) -> str:
    """The path of the link that a page shows."""
    found = re.search(r'id="one-time-link"[^>]*>[^<]*?(/first-password/[a-z]+)<', html.unescape(text))
    return found[1] if found else ""


def version_of(house: House, login: str) -> str:
    """The version of an account, as its page shows it."""
    with house.database.read() as connection:
        return str(known_accounts(connection, house.account(login))[0].version)


def actions(house: House) -> list[str]:
    """What the trail says of accounts, in order."""
    about = ("account_%", "handler_%", "password_%", "roster_%")
    with house.database.read() as connection:
        found = connection.execute(select(audit.c.action).order_by(audit.c.seq)).scalars().all()
    return [one for one in found if one.startswith(tuple(name[:-1] for name in about))]


def test_a_handler_is_entered_and_sets_the_own_password_once(app: FastAPI, small_house: House) -> None:
    """The link is shown with one answer alone, opens once, and nobody else ever saw the password."""
    person = keeper(app, small_house)
    made = person.post("/roster", HTML, **NEW)
    link = link_in(made.text)
    assert (made.status_code, bool(link)) == (200, True)
    account = small_house.account("hanako")
    assert link_in(person.get(f"/roster/{account}", headers=HTML).text) == ""
    assert "受付 花子" in person.get("/roster", headers=HTML).text
    client = browser(app)
    assert sign_in(client, "hanako").status_code == 401
    assert "hanako" in client.get(link, headers=HTML).text
    for fields, key in (
        ({"again": "something else"}, "differs"),
        ({"password": "hanako", "again": "hanako"}, "weak"),
    ):
        answer = client.post(link, data={"password": PASSWORD, "again": PASSWORD, **fields}, headers=HTML)
        assert (answer.status_code, banner_of(answer.text)) == (409, f"error.password_{key}")
    asked = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(link, data=asked, headers=HTML).headers["location"] == "/sign-in"
    for again in (client.post(link, data=asked, headers=HTML), client.get(link, headers=HTML)):
        assert (again.status_code, banner_of(again.text)) == (410, "error.password_link")
    assert client.get("/first-password/made-up", headers=HTML).status_code == 410
    assert sign_in(client, "hanako").headers["location"] == "/clerk"
    assert "2026年11月25日" in person.get(f"/roster/{account}", headers=HTML).text
    assert actions(small_house)[1:] == [
        "account_created",
        "handler_entered",
        "password_link_made",
        "password_set",
    ]


def test_the_end_of_the_roster_ends_everything_at_once(
    app: FastAPI, small_house: House, clock: HandClock
) -> None:
    """With the day after the last one nobody signs in and no session goes on; an old link opens nothing, whatever the clock says later."""
    person = keeper(app, small_house)
    hanako = somebody(app, small_house, "hanako")
    account = small_house.account("hanako")
    ended = {**LINE, "begins": "2026-11-01", "ends": "2026-11-24"}
    assert hanako.get("/clerk", headers=HTML).status_code == 200
    changed = person.post(f"/roster/{account}/line", HTML, **ended, version=version_of(small_house, "hanako"))
    assert changed.status_code == 303
    assert hanako.ask("/clerk/call-next").json()["code"] == "not_signed_in"
    assert hanako.get("/clerk", headers=HTML).status_code == 303
    assert sign_in(browser(app), "hanako").status_code == 401
    person.post(f"/roster/{account}/line", HTML, **LINE, version=version_of(small_house, "hanako"))
    assert hanako.get("/clerk", headers=HTML).status_code == 200
    version = version_of(small_house, "hanako")
    link = link_in(person.post(f"/roster/{account}/link", HTML, version=version).text)
    assert hanako.get("/clerk", headers=HTML).status_code == 303
    clock.advance(hours=73)
    assert browser(app).get(link, headers=HTML).status_code == 410
    clock.now -= timedelta(hours=72)
    assert browser(app).get(link, headers=HTML).status_code == 200


def test_nobody_is_locked_out_or_overwritten(app: FastAPI, small_house: House) -> None:
    """The last one stays, an older page changes nothing, and each refusal is told and in the trail."""
    person, other = keeper(app, small_house), keeper(app, small_house, "futari")
    mine, theirs = (small_house.account(login) for login in ("sekinin", "futari"))
    off = {"state": "disabled"}
    assert person.post(f"/roster/{theirs}/state", HTML, **off, version="7").status_code == 409
    assert other.post("/roster/nobody/state", HTML, **off, version="0").status_code == 404
    assert person.post(f"/roster/{theirs}/state", HTML, **off, version="0").status_code == 303
    assert other.get("/roster", headers=HTML).status_code == 303
    attempts = (
        (f"/roster/{mine}/state", {**off, "version": "0"}, "last_one"),
        (
            f"/roster/{mine}/line",
            {**LINE, "begins": "2026-01-01", "ends": "2026-11-24", "version": "0"},
            "last_one",
        ),
        (f"/roster/{mine}/roles", {"office": "00", "roles": "clerk", "version": "0"}, "last_one"),
        (f"/roster/{mine}/roles", {"office": "00", "roles": "auditor", "version": "0"}, "roles"),
        (f"/roster/{theirs}/state", {"state": "open", "version": "0"}, "changed"),
        ("/roster", {**NEW, "login": "SEKININ"}, "exists"),
        ("/roster", {**NEW, "login": "<b>x</b>"}, "login"),
        ("/roster", {**NEW, "handler": " "}, "name"),
        ("/roster", {**NEW, "ends": "2026-11-01"}, "days"),
        ("/roster", {**NEW, "begins": "<b>"}, "days"),
    )
    for address, fields, why in attempts:
        answer = person.post(address, HTML, **fields)
        assert (answer.status_code, banner_of(answer.text)) == (409, f"error.roster_{why}"), address
        assert person.post(address, JSON, **fields).json()["code"] == "invalid_request"
        assert "<b>" not in answer.text
    assert (
        person.post("/roster", JSON, **{**NEW, "handler": MY_NUMBER}).json()["code"] == "contains_my_number"
    )
    assert actions(small_house).count("roster_refused") == 2 + 2 * len(attempts)
    assert person.post(f"/roster/{theirs}/state", HTML, state="open", version="1").status_code == 303
    assert sign_in(browser(app), "futari").headers["location"] == "/roster"


def test_others_do_not_keep_the_roster(app: FastAPI, small_house: House) -> None:
    """An administrator sees no name of it and may only unlock; a clerk sees nothing at all."""
    keeper(app, small_house).post("/roster", HTML, **NEW)
    account = small_house.account("hanako")
    administrator = somebody(app, small_house, "kanri", Role.ADMINISTRATOR)
    for address in ("/roster", f"/roster/{account}"):
        page = administrator.get(address, headers=HTML)
        assert page.status_code == 200
        assert "受付 花子" not in page.text
        assert "hanako" in page.text
        assert (
            somebody(app, small_house, f"clerk{len(address)}").get(address, headers=HTML).status_code == 403
        )
    assert administrator.post(f"/roster/{account}/link", JSON, version="0").json()["code"] == "forbidden"
    assert administrator.post(f"/roster/{account}/unlock", HTML).status_code == 303
    assert "account_unlocked" in actions(small_house)


def test_one_changes_the_own_password(app: FastAPI, small_house: House) -> None:
    """With the present one; other sessions end, this one goes on, and guessing it has the waits of the sign-in."""
    person = somebody(app, small_house, "suzuki")
    elsewhere = browser(app)
    assert sign_in(elsewhere, "suzuki").status_code == 303
    fresh = "a quite different long phrase"
    wrong = person.post("/account/password", HTML, before="wrong", password=fresh, again=fresh)
    assert banner_of(wrong.text) == "error.password_wrong"
    right = person.post("/account/password", HTML, before=PASSWORD, password=fresh, again=fresh)
    assert right.headers["location"] == "/account"
    assert person.get("/clerk", headers=HTML).status_code == 200
    assert elsewhere.get("/clerk", headers=HTML).status_code == 303
    assert sign_in(browser(app), "suzuki", fresh).status_code == 303
    assert actions(small_house)[-2:] == ["password_refused", "password_changed"]
