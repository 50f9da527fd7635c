"""Parts of a page: which have a version, which are sent again, and the placeholders for the others."""

import re

import pytest
from markupsafe import Markup, escape

from backend.web.desk.parts import VERSION_LENGTH, PageParts, versions_in, without_signs


def drawn(parts: PageParts, *rows: str, title: str = "List") -> str:
    """A list of rows on a page, each row a part of it."""
    inner = Markup().join(
        parts.part(f"row-{place}", lambda row=row, place=place: f'<li id="row-{place}">{row}</li>')  # type: ignore[misc]
        for place, row in enumerate(rows)
    )
    list_ = parts.part("list", lambda: f'<ol id="list"><b>{title}</b>{inner}</ol>')
    return parts.whole(f"<main>{list_}</main>")


def versions(text: str) -> str:
    """What a page's script says that it has."""
    return "".join(re.findall(r'data-version="([^"]+)"', text))


def again(before: str, *rows: str, title: str = "List") -> str:
    """The answer to a page that shows an earlier answer."""
    return drawn(PageParts(versions_in(versions(before))), *rows, title=title)


def test_a_page_that_shows_nothing_yet_gets_everything() -> None:
    """The first answer holds each part whole, in its place, with a version."""
    whole = drawn(PageParts(), "one", "two")
    assert re.sub(r' data-version="[^"]{8}"', "", whole) == (
        '<main><ol id="list"><b>List</b><li id="row-0">one</li><li id="row-1">two</li></ol></main>'
    )
    assert len(versions(whole)) == 3 * VERSION_LENGTH


def test_what_has_not_changed_is_not_sent_again() -> None:
    """If a page has not changed, only the name of the part is sent."""
    assert again(drawn(PageParts(), "one", "two"), "one", "two") == (
        '<main><template data-kept="list"></template></main>'
    )


def test_only_the_part_that_has_changed_is_sent() -> None:
    """A change deep inside brings neither what is around it nor what is beside it."""
    answer = again(drawn(PageParts(), "one", "two"), "one", "three")
    assert re.sub(r' data-version="[^"]{8}"', "", answer) == (
        '<main><template data-kept="list"><li id="row-1">three</li></template></main>'
    )


def test_what_comes_and_goes_brings_its_surroundings_with_places_for_the_rest() -> None:
    """A new row changes the list, in which the rows that stay are named, not repeated."""
    before = drawn(PageParts(), "one", "two")
    more = again(before, "one", "two", "three")
    assert '<template data-kept="row-0"></template><template data-kept="row-1"></template>' in more
    assert "three" in more
    assert "one" not in more
    fewer = again(before, "one")
    assert '<template data-kept="row-0"></template></ol>' in fewer
    assert "two" not in fewer


def test_an_id_that_is_new_each_time_is_no_change() -> None:
    """A form carries a new id in every answer; that alone sends nothing, and no two are the same."""

    def form(parts: PageParts) -> str:
        return parts.whole(
            parts.part("form", lambda: f'<form id="form">{parts.new_id()}{parts.new_id()}</form>')
        )

    first = form(PageParts())
    ids = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", first)
    assert len(set(ids)) == 2
    assert form(PageParts(versions_in(versions(first)))) == '<template data-kept="form"></template>'


@pytest.mark.parametrize("header", ["", "x", "\x02list\x03", "ä" * 50, "A" * 100_000])
def test_whatever_is_said_to_be_there_what_is_not_is_sent(header: str) -> None:
    """If a page sends invalid versions, it gets everything."""
    whole = drawn(PageParts(versions_in(header)), "one")
    assert "one" in whole
    assert "data-kept" not in whole


def test_a_value_never_means_a_part() -> None:
    """A name from the ward's file that holds the signs of parts is shown without them; markup of ours keeps them."""
    assert without_signs("a\x02row-0\x03b\x01") == "arow-0b"
    assert without_signs(7) == 7
    assert without_signs(Markup("\x01")) == "\x01"
    assert escape(without_signs("<\x02>")) == "&lt;&gt;"


def test_what_stands_twice_is_of_what_it_stands_in() -> None:
    """If two elements have the same name, the second one is not treated as a part of its own."""
    parts = PageParts()
    first, second = (parts.part("one", lambda text=text: f'<p id="one">{text}</p>') for text in "ab")  # type: ignore[misc]
    assert (
        re.sub(r' data-version="[^"]{8}"', "", parts.whole(first + second))
        == '<p id="one">a</p><p id="one">b</p>'
    )


@pytest.mark.parametrize("body", ["", "words", "<p>no name</p>", '<p><b id="one"></b></p>'])
def test_a_template_that_is_wrong_about_a_part_is_noticed(body: str) -> None:
    """A part that the script could not find on the page is no part."""
    with pytest.raises(ValueError, match="one"):
        PageParts().part("one", lambda: body)
