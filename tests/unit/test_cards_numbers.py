import pytest
from hypothesis import given, strategies as st

from backend.cards.numbers import BadNumberError, grouped, normalise_number
from backend.exchange.column_purpose import holds_my_number
from backend.wire.check_digit import damm_digit, damm_is_right
from backend.wire.my_number import contains_my_number


@pytest.mark.parametrize(
    "typed", ["8887-1018", "８８８７－１０１８", " 8887 1018 ", "8887ー1018", "8887‐1018"]
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    """Widths, hyphens of every kind and spaces do not matter."""
    assert normalise_number(typed) == "88871018"


def test_letters_are_capitals() -> None:
    """A 製造管理番号 may be typed in small letters."""
    assert normalise_number("ab1-234567") == "AB1234567"


@pytest.mark.parametrize(
    "typed", ["", "1234", "１２３４", "12#4567", "番号12345", "1" * 21, "⑫345678", "1234567²"]
)
def test_what_is_no_number_is_refused_without_repeating_it(typed: str) -> None:
    """Other characters, too many digits and anything like a PIN are refused."""
    with pytest.raises(BadNumberError) as caught:
        normalise_number(typed)
    assert not typed or typed not in str(caught.value)


def test_numbers_are_grouped_by_four() -> None:
    """As on the sheet and on the telephone."""
    assert grouped("88871018") == "8887-1018"


@given(st.from_regex(r"[0-9]{7}", fullmatch=True), st.integers(0, 7), st.integers(1, 9))
def test_the_check_digit_notices_one_wrong_digit(digits: str, place: int, shift: int) -> None:
    """A single slip on the keypad never gives another valid number."""
    number = f"{digits}{damm_digit(digits)}"
    assert damm_is_right(number)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not damm_is_right(wrong)


@given(st.from_regex(r"[0-9]{7}", fullmatch=True), st.integers(0, 6))
def test_the_check_digit_notices_swapped_neighbours(digits: str, place: int) -> None:
    """Two swapped digits never give another valid number."""
    number = f"{digits}{damm_digit(digits)}"
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not damm_is_right(swapped)


@given(st.text(alphabet="0123456789０９一〇①㊿⅒²-－ 　,.ー令年a:/あ\u200b", max_size=40))
def test_a_column_is_looked_into_as_a_text_or_less(text: str) -> None:
    """Stored free text is searched for 12-digit numbers as usual; columns that are not stored, less strictly."""
    assert holds_my_number(text, "name") == contains_my_number(text)
    assert holds_my_number(text) <= contains_my_number(text)
