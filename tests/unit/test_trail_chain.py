"""The chain of the trail as bytes: what a block and a head say, and that neither can be changed unseen."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.protection.trail.chain import NOTHING, Block, TrailEntry, archived, is_archived, seal
from backend.protection.trail.heads import BadHeadError, head_of, read_head
from backend.protection.trail.keys import TrailKey, as_letters, from_letters, is_signed
from backend.protection.trail.searching import Place
from backend.wire.my_number import contains_my_number

KEY = TrailKey(b"k" * 32)
OTHER = TrailKey(b"o" * 32)
AT = datetime(2026, 11, 25, 0, 30, 0, 7, tzinfo=UTC)
DAY = date(2026, 11, 25)


def entry(seq: int = 1, **more: Any) -> TrailEntry:
    """An entry."""
    values = {"actor": "a1", "action": "tick", "subject": "t1", "office_id": "00", "facts": '{"n":1}', **more}
    return TrailEntry(seq, AT, **values)


def block(before: Block | None = None, *entries: TrailEntry) -> Block:
    """A block of some entries."""
    return seal(
        KEY, before, entries or (entry(),), day=DAY, sealed_at=AT + timedelta(seconds=1), holes=(3, 5)
    )


def test_the_bytes_of_an_entry_are_these() -> None:
    """What was hashed years ago is hashed alike by every later version: the form is written down here."""
    one = entry(7, role="clerk", place="10.0.0.7", subject_kind="ticket", field_names="name birth")
    assert one.as_bytes() == (
        b'[7,"2026-11-25T00:30:00.000007+00:00","a1","clerk","10.0.0.7","00","tick","ticket","t1","name birth","{\\"n\\":1}"]'
    )
    assert block(None, one).hash.hex() == block(None, one).own_hash().hex()


def test_the_hash_of_a_block_is_this() -> None:
    """As the bytes of an entry: a chain of today must still be right in five years."""
    assert as_letters(block().hash) == "FX2NAEILW5JABXJPZAKAVEUYYIS74YTMHB25W5QUX2RFRMMGHOAQ"


_ENTRY_FIELDS = ("actor", "action", "subject", "office_id", "facts", "role", "place", "subject_kind", "field_names")  # fmt: skip


@given(name=st.sampled_from(_ENTRY_FIELDS), value=st.none() | st.text(max_size=30))
def test_no_two_entries_have_the_same_bytes(name: str, value: str | None) -> None:
    """Whatever somebody writes into whichever field, HTML, line ends and numbers too: another entry is other bytes, in one line."""
    one = entry()
    changed: Any = {name: value}
    other = replace(one, **changed)
    assert (other.as_bytes() == one.as_bytes()) is (getattr(one, name) == value)
    assert b"\n" not in other.as_bytes()
    assert json.loads(other.as_bytes())[0] == one.seq


def test_blocks_count_entries_without_gaps_and_name_the_one_before() -> None:
    """Numbers of entries go on from block to block, whatever the keys of the rows."""
    first = block(None, entry(1), entry(4))
    second = block(first, entry(2), entry(9))
    assert (first.number, first.first_entry, first.last_entry, first.previous) == (1, 1, 2, NOTHING)
    assert (second.number, second.first_entry, second.last_entry) == (2, 3, 4)
    assert (first.high, second.high) == (4, 9)
    assert second.previous == first.hash
    assert second.lines == [entry(2).as_bytes(), entry(9).as_bytes()]


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2}, {"day": DAY + timedelta(days=1)}, {"first_entry": 2}, {"last_entry": 2}, {"sealed_at": AT}, {"high": 9},
        {"holes": ()}, {"digest": bytes(32)}, {"previous": b"x" * 32},
    ],
)  # fmt: skip
def test_everything_that_a_block_says_is_in_its_hash(change: dict[str, Any]) -> None:
    """No value of a block can be changed without its hash."""
    one = block()
    assert replace(one, **change).own_hash() != one.hash


def test_only_the_key_makes_macs_and_proofs() -> None:
    """Somebody with another key, or none, can prove nothing."""
    one = block()
    assert one.mac == KEY.mac(b"block", one.hash) != OTHER.mac(b"block", one.hash)
    kept = archived(block(one), KEY, one)
    assert kept.content is None
    assert kept.own_hash() == kept.hash
    assert is_archived(kept, KEY, one)
    assert not is_archived(kept, KEY, None)
    assert not is_archived(kept, OTHER, one)
    assert not is_archived(one, KEY, None)
    assert (KEY.id != OTHER.id, len(KEY.id)) == (True, 16)


def test_a_head_is_read_as_it_was_printed_however_it_was_typed() -> None:
    """A head on paper comes back: in small letters, with other blanks and empty lines."""
    head = head_of(block(), KEY)
    text = head.as_text()
    assert len(text.splitlines()) == 7
    assert max(map(len, text.splitlines())) < 150
    again = read_head(text)
    assert (again.block, again.entries, again.hash, again.key) == (1, 1, block().hash, KEY.public)
    first, *rest = text.splitlines()
    assert read_head("\n\n".join([f"  {first} ", *rest])).signature == head.signature
    typed = "\n".join([first, *(line.replace(line[10:], line[10:].lower().replace("t0", "T0").replace("z", "Z")) if "sealed" in line else line for line in rest)])  # fmt: skip
    assert read_head(typed) == again
    assert is_signed(KEY.public, head.signature, head.signed())


@given(st.data())
def test_a_head_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    """One letter of paper that is another one makes the head worthless, or leaves it as it was."""
    text = head_of(block(), KEY).as_text()
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters(codec="ascii"))
    changed = text[:place] + sign + text[place + 1 :]
    try:
        again = read_head(changed)
    except BadHeadError:
        return
    assert again == read_head(text)


@pytest.mark.parametrize(
    "text", ["", "x", "uketsuke trail head 1", "uketsuke trail head 1\n" * 900, "\0", "hash  ABC"]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    """Any file that somebody names is answered with a sentence."""
    with pytest.raises(BadHeadError):
        read_head(text)


def test_a_head_of_somebody_else_bears_their_key() -> None:
    """A head that somebody signs with a key of their own is told apart by that key."""
    assert read_head(head_of(block(), OTHER).as_text()).key == OTHER.public != KEY.public


@given(st.binary(max_size=80))
def test_letters_come_back_as_bytes_and_are_no_number(value: bytes) -> None:
    """What is printed of keys and hashes is read again, and is never taken for a 個人番号."""
    letters = as_letters(value)
    assert from_letters(letters.lower()) == value
    assert not contains_my_number(letters)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    st.integers(0, 2**63 - 1),
)
def test_a_place_comes_back_from_a_form(at: datetime, seq: int) -> None:
    """The next page begins exactly where the one before ended."""
    assert Place.of_text(Place(at, seq).as_text()) == Place(at, seq)


@pytest.mark.parametrize("text", ["", "!", "A", "AAAA", "A" * 81, as_letters(b"1 -1"), as_letters(b"9" * 30 + b" 1"), as_letters(b"x y")])  # fmt: skip
def test_a_place_that_is_none_is_the_beginning(text: str) -> None:
    """Whatever somebody puts into the field, the first page comes."""
    assert Place.of_text(text) is None
