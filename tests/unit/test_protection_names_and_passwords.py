"""New names and passwords: what is refused when it is made, and which spellings are one."""

import unicodedata

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given, strategies as st

from backend.demo.counter import CLERK, STAFF
from backend.protection import passwords
from backend.protection.login_names import LONGEST_NAME, BadNameError, name_key, new_name
from backend.protection.passwords import (
    LONGEST,
    PasswordVerdict,
    WeakPasswordError,
    check_new_password,
    hash_password,
    verify,
)
from backend.web.http.door import LONGEST_TYPED_NAME, LONGEST_TYPED_PASSWORD
from tests.support import PASSWORD
from tests.thrift import PRODUCTS_HASHER


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        (" clerk01", "space"),
        ("clerk01 ", "space"),
        ("clerk01\u3000", "space"),
        ("clerk 01", "spaces"),
        ("clerk\x0001", "control"),
        ("clerk01\n", "space"),
        ("clerk\x1b[31m", "control"),
        ("clerk\u200b01", "letters"),
        ("clerk\u202e01", "letters"),
        ("clеrk01", "letters"),  # the e is Cyrillic
        ("clerk\ud800", "letters"),
        ("-clerk", "begins"),
        ("x" * 65, "64"),
        ("x" * 70, "64"),
        ("㍿" * 17, "64"),
    ],
)
def test_a_name_that_cannot_be_typed_or_told_apart_is_refused(name: str, words: str) -> None:
    """One sentence says what is wrong with it, and nothing is stored."""
    with pytest.raises(BadNameError, match=words):
        new_name(name)


@pytest.mark.parametrize(
    "name",
    ["clerk01", "Suzuki.Hanako", "s_01@ward", "受付花子", "うけつけ", "ウケツケー", "佐々木", "김", "x" * 64],
)
def test_names_of_people_are_names(name: str) -> None:
    """What a ward calls its people is accepted as it is."""
    assert new_name(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clerk01", "ｃｌｅｒｋ０１"),
        ("clerk01", "Clerk01"),
        ("がくせい", unicodedata.normalize("NFD", "がくせい")),
        ("ウケツケ", "ｳｹﾂｹ"),
        ("へいわ", "ヘいわ"),
        ("カトウ", "力トウ"),
    ],
)
def test_two_spellings_that_look_the_same_are_one_name(one: str, other: str) -> None:
    """Nobody gets an account that looks like a colleague's."""
    assert one != other
    assert name_key(one) == name_key(other)


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    """No text breaks the making of a name, and what is made can be typed at the sign-in and is found there."""
    try:
        name = new_name(text)
    except BadNameError:
        return
    assert 0 < len(name) <= LONGEST_NAME < LONGEST_TYPED_NAME
    assert name == name.strip()
    assert name.isprintable()
    assert new_name(name) == name
    assert name_key(name) == name_key(text)


@given(st.text(max_size=80))
def test_the_key_of_a_name_is_stable(text: str) -> None:
    """A key of a key is itself, so that stored keys stay comparable."""
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 12"),
        ("elevenchars", "at least 12"),
        ("clerk01-clerk01", "the name"),
        ("CLERK01-and-more", "the name"),
        ("aaaaaaaaaaaa", "guessed"),
        ("abcdefghijkl", "guessed"),
        ("passwordpassword", "guessed"),
        ("qwertyuiop12", "guessed"),
        ("uketsuke12345", "guessed"),
        ("shinjuku2026!", "guessed"),
        ("a" * 100, "guessed"),
        ("correct horse\x00battery", "control"),
        ("correct horse battery\r", "control"),
        ("correct horse battery\n", "control"),
        ("Xq7" * 70, "at most 200"),
        ("x7Q" * 667, "at most 200"),
    ],
)
def test_a_password_that_is_guessed_or_cannot_be_typed_is_refused(password: str, words: str) -> None:
    """One sentence says why; the password is not repeated in it."""
    with pytest.raises(WeakPasswordError, match=words) as caught:
        check_new_password(password, "clerk01")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, CLERK[1], STAFF[1], "ねこ-つくえ-あめ-みどり", "Tr0ub4dour&3-x9", "pwd " * 3 + "tiger lamp"],
)
def test_a_good_password_is_accepted(password: str) -> None:
    """Long, unrelated words are enough; no rule about capitals or digits is added."""
    check_new_password(password, "somebody")


@given(st.text(max_size=220))
def test_any_text_is_a_password_or_is_refused(text: str) -> None:
    """No text breaks the judging, and what is accepted fits into the form."""
    try:
        check_new_password(text, "clerk01")
    except WeakPasswordError:
        return
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST_TYPED_PASSWORD
    assert len(text) <= LONGEST


def test_a_password_is_one_however_the_keyboard_composed_it() -> None:
    """Full width, half width and marks apart open the same account."""
    stored = hash_password("ガラス-tsukue-あめ7")
    assert verify(stored, "ｶﾞﾗｽ-ｔｓｕｋｕｅ-あめ７").right
    assert not verify(stored, "カラス-tsukue-あめ7").right


def test_a_hash_from_before_the_normal_form_still_opens_and_is_replaced() -> None:
    """Nobody is shut out by the change: the old hash fits what was typed then, and a new one is told."""
    typed = "ｔｓｕｋｕｅ-ame-kaki"
    verdict = verify(passwords._hasher.hash(typed), typed)
    assert verdict.right
    assert verdict.fresh_hash is not None
    assert verify(verdict.fresh_hash, "tsukue-ame-kaki").right


def test_the_product_hashes_at_the_cost_that_is_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stolen database is slow to guess at: RFC 9106's second choice, whatever the tests save; a cheaper hash is replaced."""
    cheap = hash_password(PASSWORD)
    monkeypatch.setattr(passwords, "_hasher", PRODUCTS_HASHER)
    stored = hash_password(PASSWORD)
    assert extract_parameters(stored) == RFC_9106_LOW_MEMORY
    assert verify(stored, PASSWORD) == PasswordVerdict(right=True)
    replaced = verify(cheap, PASSWORD).fresh_hash
    assert replaced is not None
    assert extract_parameters(replaced) == RFC_9106_LOW_MEMORY


@pytest.mark.parametrize("password", ["", "wrong", "wrong\x00", "x" * 1000])
def test_no_password_fits_a_name_that_nobody_has(password: str) -> None:
    """Without an account something is hashed all the same, and nothing fits."""
    assert not verify(None, password).right


@pytest.mark.parametrize("password", ["a wrong password", "ｗｒｏｎｇ"])
def test_a_name_that_nobody_has_costs_as_many_hashes_as_any_other(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of a refusal does not tell who exists."""
    hashed: list[str] = []
    fits = passwords._fits

    def counted(stored: str, typed: str) -> bool:
        hashed.append(stored[:40])
        return fits(stored, typed)

    monkeypatch.setattr(passwords, "_fits", counted)
    stored = hash_password(PASSWORD)
    assert not verify(stored, password).right
    known, hashed[:] = list(hashed), []
    assert not verify(None, password).right
    assert [one.rpartition("$")[0] for one in hashed] == [one.rpartition("$")[0] for one in known]
    assert hashed
