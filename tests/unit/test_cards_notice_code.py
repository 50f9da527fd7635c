import string

import pytest
from hypothesis import given, strategies as st

from backend.cards.notice_code import (
    CodeProblem,
    NoticeCode,
    make_code,
    new_token,
    parse_code,
)
from backend.printing.sheet_code import qr_matrix
from backend.wire.code_shape import CODE_LENGTH, looks_like_notice
from tests.exchange_support import KEY

ALPHANUMERIC = set(string.digits + string.ascii_uppercase)


def test_a_code_is_short_capitals_and_never_twice_the_same() -> None:
    """26 capitals and digits, so that the QR stays small, and each drawn anew."""
    tokens = {new_token(KEY) for _ in range(200)}
    assert len(tokens) == 200
    for token in tokens:
        code = make_code(token, KEY)
        assert len(code) == CODE_LENGTH == 26
        assert set(code) <= ALPHANUMERIC
        assert parse_code(code, KEY) == NoticeCode(token)


def test_the_code_fits_a_small_qr() -> None:
    """Version 2 has 25 modules; more would be harder to read at arm's length."""
    assert len(qr_matrix(make_code(new_token(KEY), KEY))) == 25


def test_how_people_type_does_not_matter() -> None:
    """Widths, case, spaces, hyphens, and 0 for O, 1 for I, 8 for B."""
    token = "OIBAOIBAOIBAOIBA"
    code = make_code(token, KEY)
    typed = " ".join(code[:2] + code[2:].lower().translate(str.maketrans("oib", "018")))
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in code)
    assert parse_code(typed, KEY) == NoticeCode(token)
    assert parse_code(f"{full_width[:10]}－{full_width[10:]}", KEY) == NoticeCode(token)


@given(place=st.integers(2, CODE_LENGTH - 1), shift=st.integers(1, 31))
def test_a_changed_character_is_noticed(place: int, shift: int) -> None:
    """A code that was altered anywhere is not ours any more."""
    alphabet = string.ascii_uppercase + "234567"
    code = make_code("ABCDEFGHIJKLMNOP", KEY)
    other = alphabet[(alphabet.index(code[place]) + shift) % 32]
    assert parse_code(code[:place] + other + code[place + 1 :], KEY) is CodeProblem.FORGED


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", CodeProblem.NOT_OURS),
        ("https://example.jp/", CodeProblem.NOT_OURS),
        ("88871018", CodeProblem.NOT_OURS),
        ("U2" + "A" * 24, CodeProblem.OTHER_VERSION),
        ("U2AB", CodeProblem.NOT_OURS),
        ("U1" + "A" * 23, CodeProblem.DAMAGED),
        ("U1" + "A" * 23 + "#", CodeProblem.DAMAGED),
        ("U1" + "A" * 24, CodeProblem.FORGED),
        ("U1" + "A" * 5000, CodeProblem.NOT_OURS),
    ],
)
def test_other_texts_are_told_apart(text: str, problem: CodeProblem) -> None:
    """A kiosk reads anything; each kind has its own outcome."""
    assert parse_code(text, KEY) is problem


def test_another_servers_code_is_forged() -> None:
    """Only the key that made a code recognises it."""
    assert parse_code(make_code(new_token(KEY), KEY), b"x" * 32) is CodeProblem.FORGED


@given(st.sampled_from(["", " ", "-", "－", "ｰ", "\u3000"]), st.booleans(), st.booleans())
def test_a_device_knows_every_code_that_the_server_reads(filling: str, small: bool, wide: bool) -> None:
    """The shape that kiosks accept is no narrower than what the server understands."""
    text = filling.join(make_code(new_token(KEY), KEY))
    text = text.lower() if small else text
    if wide:
        text = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    assert isinstance(parse_code(text, KEY), NoticeCode)
    assert looks_like_notice(text)


@pytest.mark.parametrize(
    "text", ["", "U1", "U1" + "A" * 23, "U1" + "A" * 25, "U1" + "A" * 23 + "9", "U2" + "A" * 24, "x" * 9000]
)
def test_a_device_takes_nothing_else_for_a_notice(text: str) -> None:
    """Codes of other shapes are not asked about."""
    assert not looks_like_notice(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is shown, the answer is a problem or a code."""
    assert isinstance(parse_code(text, KEY), NoticeCode | CodeProblem)
