"""What a form sends is read once, with limits, and who asks is known by the request's own word."""

from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.types import Message

from backend.web.http.errors import WireError
from backend.web.http.forms import (
    Form,
    Purpose,
    note_purpose,
    purpose_of,
    read_form,
    wants_fragment,
    wants_json,
)
from backend.web.http.number_guard import refuse_numbers
from backend.wire.codes import ErrorCode

FORM = "application/x-www-form-urlencoded"


def request(body: bytes = b"", *, method: str = "POST", piece: int = 1000, **headers: str) -> Request:
    """A request whose body comes in pieces."""
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)] or [b""]

    async def receive() -> Message:
        """Hand out the next piece."""
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": told}, receive)


async def test_a_field_may_come_more_than_once_and_may_be_empty() -> None:
    """The boxes of a checklist arrive in their order, each once, and an emptied field is not a missing one."""
    form = await read_form(
        request(b"papers=notice&papers=reply&papers=notice&note=&name=%E5%B1%B1", piece=7, content_type=FORM)
    )
    assert (form.many("papers"), form.one("papers")) == (("notice", "reply"), "notice")
    assert (form.fields["note"], form.one("name"), form.one("absent"), form.many("absent")) == (
        ("",),
        "山",
        "",
        (),
    )


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        (b"a=" + b"x" * 64 * 1024, FORM, "body"),
        (b"&".join([b"a=1"] * 401), FORM, "body"),
        (b"a=%ff", FORM, "body"),
        ("a=山".encode(), FORM, "body"),
        (b"a=1", "application/json", "content-type"),
        (b"a=1", "", "content-type"),
    ],
)
async def test_a_body_that_is_no_form_of_ours_is_refused(body: bytes, kind: str, field: str) -> None:
    """Too much, too many fields, no UTF-8 or another kind: the refusal names the place and repeats nothing."""
    with pytest.raises(WireError) as refused:
        await read_form(request(body, content_type=kind))
    assert (refused.value.code, refused.value.facts) == (ErrorCode.INVALID_REQUEST, {"fields": field})


async def test_the_largest_form_is_taken_and_an_empty_one_needs_no_kind() -> None:
    """A form of exactly the maximum size is accepted, and so is an empty one without a content type."""
    form = await read_form(request(b"a=" + b"x" * (64 * 1024 - 2), content_type=f"{FORM}; charset=utf-8"))
    assert len(form.one("a")) == 64 * 1024 - 2
    assert (await read_form(request())).fields == {}


def test_a_command_has_an_id_of_its_own() -> None:
    """A second click is known as the same command; a form without an id is none."""
    one = "01890a5d-ac96-774b-bcce-5b1c2d3e4f50"
    assert Form({"request_id": (one,)}).request_id() == UUID(one)
    for fields in ({}, {"request_id": ("7",)}):
        with pytest.raises(WireError):
            Form(fields).request_id()


def test_no_field_but_a_password_takes_twelve_digits() -> None:
    """A number in a field, or as a field's name, is refused, and the refusal names our field and never the digits."""
    number = "1234" + "56789018"
    refuse_numbers({"password": [number], "new_password": [number], "csrf": [number], "papers": ["notice"]})
    for fields, facts in (
        ({"papers": ["notice", number]}, {"fields": "papers"}),
        ({number: ["x"]}, {}),
    ):
        with pytest.raises(WireError) as refused:
            refuse_numbers(fields)
        assert (refused.value.code, refused.value.facts) == (ErrorCode.CONTAINS_MY_NUMBER, facts)


@pytest.mark.parametrize(
    ("accept", "program"),
    [
        ("application/json", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/html, application/json", False),
        ("*/*", False),
    ],
)
def test_a_program_is_known_by_what_it_accepts(accept: str, program: bool) -> None:
    """A person never gets a code, and a program never gets a page."""
    assert wants_json(request(accept=accept)) is program
    assert not wants_json(request())


def test_what_goes_wrong_is_told_by_what_was_wanted() -> None:
    """A page that was only opened is told otherwise than a command, until the command is carried out."""
    assert purpose_of(request(method="GET")) is Purpose.READING
    command = request()
    assert purpose_of(command) is Purpose.COMMAND
    note_purpose(command, Purpose.READING)
    assert purpose_of(command) is Purpose.READING
    assert wants_fragment(request(x_fragment="page"))
    assert not wants_fragment(request(x_fragment="all"))
