"""What goes wrong while something is only shown is not told as a command that was not saved, and the other way round."""

import html
from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from backend.common.catalogue import Catalogue, Language
from backend.protection.roles import Role
from backend.protection.sign_in import SignIn
from backend.reception import calling
from backend.storage.errors import StorageBusyError, StorageDamagedError, StorageFullError
from backend.web.app import PAGE_ROUTERS
from backend.web.desk import (
    account_routes,
    clerk_routes,
    copy_routes,
    password_routes,
    roster_routes,
    session_routes,
    staff_routes,
    trail_routes,
    work_page,
)
from backend.web.desk.addresses import At
from tests.pages_support import FRAGMENT, HTML, at_window, somebody, walk_in
from tests.support import PASSWORD, House

TROUBLES = [
    (StorageDamagedError("the database is damaged"), "storage_unavailable"),
    (StorageBusyError("the database is busy"), "storage_busy"),
    (StorageFullError("the disk is full"), "storage_full"),
    (RuntimeError("x"), "internal"),
]


def fails(error: Exception) -> Callable[..., object]:
    """A function that does nothing but fail."""

    def broken(*_: object, **__: object) -> object:
        raise error

    return broken


def says(shown: str, key: str, language: Language = Language.JAPANESE) -> bool:
    """Whether a page holds the words of a key."""
    return Catalogue("pages", language).text(key) in html.unescape(shown).replace("\N{WORD JOINER}", "")


def reading_addresses() -> set[str]:
    """Every page and panel that can be asked for, whichever router it came with."""
    return {
        route.path.replace("{ticket_id}", uuid4().hex)
        for router in PAGE_ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }


@pytest.mark.parametrize(("error", "code"), TROUBLES)
def test_a_page_that_cannot_be_shown_says_nothing_of_saving(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    """Whichever page or panel is asked for, as a page or by its script, the words are those of reading."""
    monkeypatch.setattr(session_routes, "signed_in", fails(error))
    monkeypatch.setattr(session_routes, "need_session", fails(error))
    monkeypatch.setattr(work_page, "need_session", fails(error))
    monkeypatch.setattr(staff_routes, "need_session", fails(error))
    monkeypatch.setattr(copy_routes, "need_session", fails(error))
    monkeypatch.setattr(trail_routes, "need_session", fails(error))
    monkeypatch.setattr(account_routes, "need_person", fails(error))
    monkeypatch.setattr(session_routes, "need_person", fails(error))
    monkeypatch.setattr(roster_routes, "need_session", fails(error))
    monkeypatch.setattr(password_routes, "account_of_link", fails(error))
    # What the product stands on is told without the database, and so in every trouble.
    known = reading_addresses() - {At.ABOUT}
    assert len(known) >= 7
    clerk = somebody(app, small_house, "clerk01")
    assert clerk.get(At.ABOUT, headers=HTML).status_code == 200
    for address in sorted(known):
        for headers in (HTML, FRAGMENT):
            shown = clerk.get(address, headers=headers)
            assert shown.status_code >= 500, address
            assert says(shown.text, f"only_read.{code}"), address
            assert not says(shown.text, f"error.{code}"), address


@pytest.mark.parametrize(("error", "code"), TROUBLES)
@pytest.mark.parametrize("language", Language)
def test_a_command_that_failed_is_told_as_one(
    app: FastAPI,
    small_house: House,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
    language: Language,
) -> None:
    """In every language a press that was not carried out keeps its own words, and reading has others."""
    clerk = at_window(app, small_house, "clerk01", "1")
    clerk.client.cookies.set("uketsuke_language", language.value)
    monkeypatch.setattr(calling, "call_next", fails(error))
    shown = clerk.post("/clerk/call-next", FRAGMENT)
    assert says(shown.text, f"error.{code}", language)
    assert not says(shown.text, f"only_read.{code}", language)


def test_what_was_done_is_not_told_as_not_saved(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The visitor was called and only the page cannot be drawn, or a question was only asked: no word of saving."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    monkeypatch.setattr(work_page, "fragment", fails(StorageBusyError("the database is busy")))
    for address in ("/clerk/call-next", f"/clerk/tickets/{uuid4().hex}/guide"):
        monkeypatch.setattr(clerk_routes, "with_guide", lambda *_: {})
        shown = clerk.post(address, FRAGMENT)
        assert (shown.status_code, says(shown.text, "only_read.storage_busy")) == (503, True), address
    assert clerk.ask("/clerk/call-next").json()["code"] == "window_occupied"


AT_THE_DOOR = {"/sign-in": "signing_in", "/sign-out": "signing_out", "/office": "choosing_office"}


@pytest.mark.parametrize(("error", "code"), TROUBLES)
@pytest.mark.parametrize("language", Language)
def test_signing_in_and_out_have_words_of_their_own(
    app: FastAPI,
    small_house: House,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
    language: Language,
) -> None:
    """Who could not get in or out reads that, as heading and as line, and nothing of saving."""
    clerk = somebody(app, small_house, "clerk01")
    clerk.client.cookies.set("uketsuke_language", language.value)
    monkeypatch.setattr(SignIn, "look", fails(error))
    monkeypatch.setattr(session_routes, "end_session", fails(error))
    monkeypatch.setattr(session_routes, "go_to", fails(error))
    for address, purpose in AT_THE_DOOR.items():
        fields = {"login": "clerk01", "password": PASSWORD}
        shown = clerk.post(address, HTML, **fields)
        assert shown.status_code >= 500
        assert says(shown.text, f"{purpose}.{code}", language)
        assert says(shown.text, f"trouble.title_{purpose}", language)
        for other in {"error", "only_read", *AT_THE_DOOR.values()} - {purpose}:
            assert not says(shown.text, f"{other}.{code}", language), (address, other)


def test_every_form_that_is_no_command_of_the_counter_is_known_here() -> None:
    """A new form outside of the counter's pages gets words that fit it, or a line here that says why not."""
    forms = {
        route.path
        for router in PAGE_ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    }
    outside = {path for path in forms if not path.startswith(("/clerk/", "/staff/"))}
    # Choosing a language asks no database; opening a record and searching the trail are told as reading; what is about accounts is saved or is not.
    of_accounts = {path for path in outside if path.startswith(("/account/", "/roster", "/first-password/"))}
    assert len(of_accounts) == 9
    assert outside - of_accounts == {*AT_THE_DOOR, "/language", "/copy", "/trail", "/trail/export"}


def test_an_address_that_is_wrong_is_no_command(app: FastAPI, small_house: House) -> None:
    """Somebody who opens a mangled address reads of the address, not that something was not carried out."""
    clerk = somebody(app, small_house, "clerk01", Role.CLERK)
    shown = clerk.get("/clerk?q=%00", headers=HTML)
    assert (shown.status_code, says(shown.text, "only_read.invalid_request")) == (422, True)
