"""The page about the product: for everybody, in five languages, with what its parts' licences ask to be told."""

import pytest
from fastapi import FastAPI

from backend.common.catalogue import Language
from backend.common.console import product_version
from backend.web.desk.about_view import FONTS, libraries
from backend.web.desk.pages import LANGUAGE_COOKIE
from tests.pages_support import browser


@pytest.mark.parametrize("language", list(Language))
def test_everybody_reads_what_the_product_stands_on(app: FastAPI, language: Language) -> None:
    """Protects the authors of fonts, icons and libraries: each is named with its licence, before anybody signs in."""
    client = browser(app)
    client.cookies.set(LANGUAGE_COOKIE, language.value)
    reply = client.get("/about")
    assert reply.status_code == 200
    assert f'<html lang="{language.html}"' in reply.text
    assert product_version() in reply.text
    for part in (*FONTS, *libraries()):
        assert part.name in reply.text
        assert part.licence
    assert "Firefox" in reply.text


def test_every_page_links_it_at_its_foot(app: FastAPI) -> None:
    """Protects whoever looks for it: the link stands on the first page that anybody sees, with a word beside its icon."""
    text = browser(app).get("/sign-in").text
    assert (
        '<a href="/about"><span class="icon icon-info" aria-hidden="true"></span> この製品について</a>'
        in text
    )


def test_only_what_the_product_asks_for_is_listed() -> None:
    """Protects the list from tools of development, which no ward's machine has."""
    names = {part.name.lower() for part in libraries()}
    assert {"kivy", "fpdf2", "zbar (libzbar)"} <= names
    assert not names & {"pytest", "ruff", "playwright"}
