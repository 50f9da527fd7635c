"""A sealed record opens with its own key, as its own kind, for its own card, and in no other way."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from backend.sealing.digests import DIGEST_LENGTH, digest
from backend.sealing.errors import KeyStoreError
from backend.sealing.key_store import KeyStore
from backend.sealing.records import ImportRecords, Records

CARD, KEY = "c" * 32, b"k" * 32
RECORDS = Records(KeyStore("sqlite:////nowhere/keys.db"))
TEXTS = st.text(st.characters(codec=None), min_size=1)
VALUES = st.dictionaries(st.text(min_size=1, max_size=20), TEXTS | st.dates(), max_size=6)
CARDS = st.text("0123456789abcdef", min_size=32, max_size=32)


def sealed(
    values: Mapping[str, str | date | None], what: str = "person", card_id: str = CARD, key: bytes = KEY
) -> bytes:
    """A record under a key that is given."""
    return RECORDS.seal({card_id: key}, card_id, what, values)


@given(VALUES)
def test_whatever_was_sealed_comes_back(values: dict[str, str | date]) -> None:
    """Any text and any date, halves of characters and control characters too."""
    assert RECORDS.open_with(KEY, CARD, "person", sealed(values)) == values


@given(CARDS, st.binary(min_size=32, max_size=32), st.text(max_size=20))
def test_it_opens_with_its_own_key_card_and_kind_only(card_id: str, key: bytes, what: str) -> None:
    """A record that was moved to another card or read as another kind is refused, not believed."""
    record = sealed({"name": "受付 花子"})
    for strange in ((key, CARD, "person"), (KEY, card_id, "person"), (KEY, CARD, what)):
        if strange != (KEY, CARD, "person"):
            with pytest.raises(KeyStoreError):
                RECORDS.open_with(*strange, record)


@settings(max_examples=40)
@given(st.data())
def test_any_flipped_bit_or_cut_is_refused(data: st.DataObject) -> None:
    """Not one byte of a record can be changed, added or taken without notice; the refusal holds nothing of it."""
    record = sealed({"name": "受付 花子"})
    place, bit = data.draw(st.integers(0, len(record) - 1)), data.draw(st.integers(0, 7))
    flipped = bytearray(record)
    flipped[place] ^= 1 << bit
    for changed in (bytes(flipped), record[:place], record + b"\0"):
        with pytest.raises(KeyStoreError) as refused:
            RECORDS.open_with(KEY, CARD, "person", changed)
        assert "受付" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_two_pairs_of_kind_and_card_are_never_bound_alike() -> None:
    """What separates kind and card cannot be part of one of them."""
    record = sealed({"name": "x"}, what="a", card_id="b:c")
    with pytest.raises(KeyStoreError):
        RECORDS.open_with(KEY, "c", "a:b", record)


def test_the_same_values_never_look_alike() -> None:
    """Whoever has two records does not see whether they hold the same; lengths come in steps."""
    one, other = sealed({"name": "受付 花子"}), sealed({"name": "受付 花子"})
    assert one != other
    assert len(one) == len(sealed({"name": "山"})) == len(other)


def test_what_is_empty_is_left_out() -> None:
    """A record holds what is known and no list of what is not."""
    assert RECORDS.open_with(KEY, CARD, "person", sealed({"name": "x", "alias": "", "kana": None})) == {
        "name": "x"
    }


@pytest.mark.parametrize("value", [1, True, datetime(2026, 1, 1, tzinfo=UTC), ["受付"], b"x"])
def test_what_is_neither_text_nor_date_is_refused_without_being_told(value: object) -> None:
    """A value that could not be restored with its type is not sealed, and the exception does not contain it."""
    with pytest.raises(TypeError, match="a record holds texts and dates, no ") as refused:
        RECORDS.seal({CARD: KEY}, CARD, "person", {"name": value})
    assert "受付" not in str(refused.value)


def test_without_a_key_nothing_is_sealed() -> None:
    """A card whose key was destroyed takes nothing new that nobody could read."""
    with pytest.raises(KeyStoreError, match="no key any more"):
        RECORDS.seal({}, CARD, "person", {"name": "x"})


@given(st.text(), st.text(), st.binary(min_size=32, max_size=32))
def test_digests_are_equal_for_equal_values_of_one_kind_and_key_only(
    value: str, other: str, key: bytes
) -> None:
    """A number is found by its digest; the same digits as another kind, or under another key, have nothing in common."""
    found = digest(KEY, "phone", value)
    assert len(found) == DIGEST_LENGTH
    assert found == digest(KEY, "phone", value)
    assert found != digest(KEY, "card_number", value)
    assert (found == digest(KEY, "phone", other)) is (value == other)
    assert (found == digest(key, "phone", value)) is (key == KEY)


def test_an_import_reckons_each_digest_once_and_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an import writes is found by everybody else, and a value that stands in every row is not reckoned for each."""
    store = KeyStore(f"sqlite:///{tmp_path}/keys.db")
    monkeypatch.setattr(KeyStore, "index_key", KEY)
    asked: list[str] = []

    def counted(key: bytes, kind: str, value: str) -> str:
        asked.append(value)
        return digest(key, kind, value)

    monkeypatch.setattr("backend.sealing.records.digest", counted)
    records = ImportRecords(store)
    found = [records.digest(kind, "1990-01-31") for kind in ("birth", "birth", "phone")]
    assert found == [digest(KEY, kind, "1990-01-31") for kind in ("birth", "birth", "phone")]
    assert asked == ["1990-01-31"] * 2, "one for each kind"
