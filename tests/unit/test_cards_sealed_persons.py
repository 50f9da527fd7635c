"""By what a person is found: one form of every value, digests that say nothing, and the last day of a card."""

from datetime import date
from typing import Any

import pytest

from backend.cards.sealed_persons import index_of, last_day_of, one_form
from backend.cards.states import IndexKind
from backend.sealing.digests import digest
from backend.sealing.records import Records

KEY = bytes(range(32))


class Keys:
    """A key store with an index key and nothing else; or one that is not there yet."""

    def __init__(self, index_key: bytes | None = KEY) -> None:
        self.index_key = index_key


def records(index_key: bytes | None = KEY) -> Records:
    """Records that can make digests."""
    store: Any = Keys(index_key)
    return Records(store)


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        (IndexKind.PHONE, "090-1234-0000", "09012340000"),
        (IndexKind.PHONE, " (03) 5273 3601 ", "0352733601"),
        (IndexKind.PHONE, "なし", ""),
        (IndexKind.KANA, "ウケツケ　ハナコ", "ウケツケハナコ"),
        (IndexKind.KANA_FAMILY, " ウケツケ ", "ウケツケ"),
        (IndexKind.CARD_NUMBER, " AB1234567 ", "AB1234567"),
        (IndexKind.BIRTH, "1990-01", "1990-01"),
        (IndexKind.BOOKING_NUMBER, "  ", ""),
    ],
)
def test_a_value_is_looked_for_in_one_form(kind: IndexKind, value: str, form: str) -> None:
    """Hyphens and spaces do not hide a person, and nothing at all finds nobody."""
    assert one_form(kind, value) == form


@pytest.mark.parametrize(
    ("card", "stay", "last"),
    [
        (None, None, None),
        (date(2031, 1, 31), None, date(2031, 1, 31)),
        (None, date(2027, 4, 1), date(2027, 4, 1)),
        (date(2031, 1, 31), date(2027, 4, 1), date(2027, 4, 1)),
        (date(2027, 1, 31), date(2030, 4, 1), date(2027, 1, 31)),
    ],
)
def test_the_last_day_is_the_earlier_of_card_and_stay(
    card: date | None, stay: date | None, last: date | None
) -> None:
    """A foreign resident's card ends with the stay; who has neither date may come at any time."""
    assert last_day_of({"card_expires_on": card, "stay_expires_on": stay}) == last
    assert last_day_of({}) is None


def test_a_person_is_found_by_each_value_and_read_from_none() -> None:
    """Every number, telephone, birthday and both forms of the kana have a digest of their own; the index has no value."""
    person = {
        "name": "受付 花子",
        "name_kana": "ウケツケ ハナコ",
        "birth": "1990-01-31",
        "card_number": "AB1234567",
        "application_id": None,
        "phone": "090-1234-0000",
        "address": "新宿区",
    }
    rows = index_of(records(), person, ("card_number", "application_id"), "43324006")
    known = {row["kind"]: row for row in rows}
    assert set(known) == {"card_number", "birth", "phone", "kana", "kana_family", "booking_number"}
    assert known["phone"]["digest"] == digest(KEY, "phone", "09012340000")
    assert known["kana_family"]["digest"] == digest(KEY, "kana_family", "ウケツケ")
    assert {kind for kind, row in known.items() if row["identifies"]} == {"card_number"}
    values = {value for value in person.values() if value}
    assert not values & {str(item) for row in rows for item in row.values()}


def test_without_a_key_store_nothing_is_kept_to_be_found_by() -> None:
    """A server that has no keys yet writes no digests that a later key could not find."""
    assert index_of(records(None), {"card_number": "AB1234567"}, ("card_number",)) == []
