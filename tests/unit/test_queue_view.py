"""The part of the list of who waits that an address asks for: strange addresses show the list as it is."""

import pytest
from starlette.requests import Request

from backend.web.desk.queue_view import QueuePart


def asked(query: str = "", view: str = "") -> QueuePart:
    """What a request asks for, by its address or by the header of a page's script."""
    headers = [(b"x-view", view.encode("latin-1"))]
    return QueuePart.of(Request({"type": "http", "query_string": query.encode(), "headers": headers}))


def test_an_address_and_a_script_ask_alike() -> None:
    """A page that is loaded anew shows the part that its script had shown."""
    part = QueuePart("late", "W-4", 3)
    assert asked("show=late&number=w-4&page=3") == asked("", "?show=late&number=w-4&page=3") == part
    assert part.address(page=2) == "/clerk?show=late&number=W-4&page=2#queue"
    assert part.address(show="all") == "/clerk#queue"


@pytest.mark.parametrize(
    "query", ["show=evil&page=-1", "page=x", "page=%C2%B2", "page=0", "number=+++", "show="]
)
def test_what_is_no_part_is_the_whole_list(query: str) -> None:
    """A mistyped or strange address breaks nothing."""
    assert asked(query) == QueuePart()


def test_an_endless_page_or_number_is_cut() -> None:
    """Huge page numbers and long numbers in the address are cut off."""
    part = asked(f"page={'9' * 30}&number={'W' * 500}")
    assert (part.page, part.number) == (200, "WWWWWW")
