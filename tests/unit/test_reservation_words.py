"""The permitted columns of a reservation in words."""

from datetime import UTC, date, datetime

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.offices.directory_file import load_directory
from backend.web.desk.reservation_words import lines_of

TODAY = date(2026, 11, 24)
DIRECTORY = load_directory(locate("offices", "shinjuku.toml"))


def said(language: Language = Language.JAPANESE, **fields: object) -> list[tuple[str, str, str]]:
    """Column, value and what stands beside it, line by line."""
    texts, documents = Catalogue("pages", language), Catalogue("documents", language)
    return [
        (line.column, line.value, line.beside)
        for line in lines_of(fields, TODAY, DIRECTORY, texts, documents)
    ]


def test_every_column_is_told_in_words_in_the_order_in_which_it_came() -> None:
    """A clerk reads names, days and times of Tokyo, no codes; an age stands beside a birthday and nowhere else."""
    lines = said(
        starts_at=datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
        birth="1970-02-03",
        office_id="00",
        recipient_type="R1",
        state="booked",
        card_expires_on=date(2027, 1, 2),
        name="山田 花子",
    )
    pages, documents = Catalogue("pages"), Catalogue("documents")
    values = {column: (value, beside) for column, value, beside in lines}
    assert [column for column, _, _ in lines] == [
        "starts_at", "birth", "office_id", "recipient_type", "state", "card_expires_on", "name"
    ]  # fmt: skip
    assert "10:30" in values["starts_at"][0]
    assert ("昭和" in values["birth"][0], values["birth"][1]) == (True, pages.text("birth.age", age=56))
    assert values["office_id"][0] == DIRECTORY["00"].name["ja"]
    assert values["recipient_type"][0] == documents.text("recipient.R1")
    assert values["state"][0] == pages.text("reservation_state.booked")
    assert values["name"] == ("山田 花子", "")
    assert [beside for column, _, beside in lines if column != "birth"] == [""] * 6


def test_what_is_not_known_is_said_and_a_code_of_a_later_version_stays_as_it_is() -> None:
    """An empty column is an answer, and a state or office that this server does not know breaks no page."""
    nothing = Catalogue("pages").text("common.nothing")
    assert said(name=None, alias="") == [("name", nothing, ""), ("alias", nothing, "")]
    assert said(state="paused", office_id="99") == [("state", "paused", ""), ("office_id", "99", "")]


def test_an_office_is_named_in_the_language_of_the_page() -> None:
    """Whoever works in English reads the office's English name."""
    assert said(Language.ENGLISH, office_id="00") == [("office_id", DIRECTORY["00"].name["en"], "")]
