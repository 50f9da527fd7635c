"""The permitted columns of a reservation as lines of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.common import Catalogue
from backend.documents import name_of
from backend.offices import Directory
from backend.web.desk.page_words import age_words, birth_words, date_words, moment_words


@dataclass(frozen=True)
class ReservationLine:
    """One item: its column, its heading, its value as text, and a text to show beside that."""

    column: str
    title: str
    value: str
    beside: str = ""


def lines_of(
    fields: Mapping[str, Any], today: date, directory: Directory, texts: Catalogue, documents: Catalogue
) -> list[ReservationLine]:
    """Lines in the order of the role's columns.

    Args:
        fields: the permitted columns, from ``reception.checking``; no other column gets here.
        today: the business day, for the age.
        directory: the offices, for their names.
        texts: the catalogue ``pages``.
        documents: the catalogue ``documents``, for the recipient type.
    """
    nothing = texts.text("common.nothing")
    lines = []
    for column, value in fields.items():
        title = texts.text(f"column.{column}")
        if value is None or value == "":
            lines.append(ReservationLine(column, title, nothing))
            continue
        beside = age_words(value, today, texts) if column == "birth" else ""
        lines.append(
            ReservationLine(column, title, _value(column, value, directory, texts, documents), beside)
        )
    return lines


def _value(column: str, value: Any, directory: Directory, texts: Catalogue, documents: Catalogue) -> str:
    if isinstance(value, datetime):
        return moment_words(value, texts)
    if isinstance(value, date):
        return date_words(value, texts)
    match column:
        case "birth":
            words = birth_words(value, texts)
        case "recipient_type":
            words = name_of("recipient", value, documents)
        case "office_id":
            office = directory.get(value)
            words = office.name.get(texts.language, office.name["ja"]) if office else value
        case "state":
            key = f"reservation_state.{value}"
            words = texts.text(key) if key in texts.keys() else value  # noqa: SIM118 - a catalogue is no mapping
        case _:
            words = value
    return str(words)
