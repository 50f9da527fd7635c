"""Who asks is known from what came of a head, and what each is told is ready before anybody asks."""

import html
import json
from http import HTTPStatus

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.web.http.early_answers import AcceptLine, EarlyAnswers

HEAD = b"GET /clerk HTTP/1.1\r\nHost: here\r\nACCEPT: text/html,application/xhtml+xml;q=0.9\r\nCookie: a=b\r\n\r\n"
STATUSES = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def asks_for_a_page(*parts: bytes) -> bool:
    """Whether a page is asked for, after these parts of a head."""
    accept = AcceptLine()
    for part in parts:
        accept.look(part)
    return accept.asks_for_a_page


def test_the_line_is_known_wherever_the_network_cuts_the_head() -> None:
    """A browser is a browser also where its line arrives in two parts, or byte by byte."""
    assert all(asks_for_a_page(HEAD[:cut], HEAD[cut:]) for cut in range(len(HEAD)))
    assert asks_for_a_page(*(bytes([byte]) for byte in HEAD))
    assert asks_for_a_page(b"GET /" + b"a" * 70_000, b" HTTP/1.1\r\nAcc", b"ept: text/html\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1\r\nAccept: application/json\r\n",
        b"GET / HTTP/1.1\r\nAccept:\r\nContent-Type: text/html\r\n",
        b"GET /?accept:text/html HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nX-Accept: text/html\r\n",
        b"GET / HTTP/1.1\r\nCookie: " + b"a" * 600 + b"accept: text/html\r\n",
    ],
)
def test_whoever_does_not_ask_for_a_page_is_a_program(head: bytes) -> None:
    """Devices and scripts get the code that they get today, whatever stands elsewhere in the head."""
    assert not asks_for_a_page(*(bytes([byte]) for byte in head))
    assert not asks_for_a_page(head)


def test_the_next_request_of_a_line_is_looked_at_anew() -> None:
    """A browser's page and a program's question may come on one line through a proxy."""
    accept = AcceptLine()
    accept.look(HEAD)
    accept.forget()
    assert not accept.asks_for_a_page
    accept.look(b"GET / HTTP/1.1\r\nAccept: application/json\r\n\r\n")
    assert not accept.asks_for_a_page


@pytest.mark.parametrize("status", STATUSES, ids=str)
def test_every_status_has_a_page_in_two_languages_and_a_code(status: HTTPStatus) -> None:
    """Nothing is said in words of a library, and the page says what to do, with a way on."""
    answers = EarlyAnswers()
    head, _, body = answers.answer(status, page=True).partition(b"\r\n\r\n")
    shown = html.unescape(body.decode())
    assert head.startswith(f"HTTP/1.1 {status.value} ".encode())
    assert f"content-length: {len(body)}\r\n".encode() in head
    for language in (Language.JAPANESE, Language.ENGLISH):
        texts = Catalogue("pages", language)
        assert f'lang="{language.html}"' in shown
        assert texts.text("trouble.title") in shown
        said = (
            "only_read.invalid_request",
            "not_arrived.too_late",
            "not_arrived.too_many",
        )
        assert [texts.text(key) in shown for key in said].count(True) == 1
    assert '<a class="button" href="/">' in shown
    assert (
        json.loads(answers.answer(status, page=False).partition(b"\r\n\r\n")[2])["code"] == "invalid_request"
    )
