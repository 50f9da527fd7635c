"""Recognising twelve digits in any dress."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wire.my_number import check_digit_is_right, contains_my_number

EXAMPLE = "123456789018"  # the documented test vector, nobody's number


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE,
        "1234 5678 9018",
        "1234-5678-9018",
        "1234–5678–9018",
        "1234ー5678ー9018",
        "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "マイナンバー：123456789018です",
        "ABC123456789018XYZ",
        "123456\u200b789018",
        "①②③④⑤⑥⑦⑧⑨⓪①⑧",
        "一二三四五六七八九〇一八",
        "٠١٢٣٤٥٦٧٨٩٠١",
        "1234.5678.9018",
        "12345678\n9018",
    ],
)
def test_twelve_digits_are_found_in_every_form(text: str) -> None:
    """Full-width, spaced, hyphened, embedded, hidden or spelt: twelve digits are twelve digits."""
    assert contains_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345679",
        "ABC-123456",
        "12345678901",
        "1234567890123",
        "12345678901234567890123",
        "2026-11-24 10:30",
        "2026/11/24 10:30:00",
        "2026-11-24 10",
        "090-1234-5678",
        "+81 90-1234-5678",
        "新宿区歌舞伎町1-4-1 1011号室",
        "H28.12.28",
        "U1ABCDEFGHIJKLMNOPQRSTUVWX",
    ],
)
def test_ordinary_texts_are_left_alone(text: str) -> None:
    """Numbers of other lengths, dates with times and telephone numbers are not taken for a 個人番号."""
    assert not contains_my_number(text)


@given(
    digits=st.text("0123456789", min_size=12, max_size=12),
    before=st.text(
        st.characters(
            exclude_categories=["Nd", "No", "Nl", "Cs"], exclude_characters="+〇零一二三四五六七八九-./年"
        ),
        max_size=10,
    ),
    separator=st.sampled_from(["", " ", "-", "　", "ー", " - "]),
)
def test_any_twelve_digits_after_any_text_are_found(digits: str, before: str, separator: str) -> None:
    """Whatever stands before them, twelve digits in groups of four are found."""
    groups = separator.join(digits[start : start + 4] for start in (0, 4, 8))
    assert contains_my_number(f"{before}:{groups}")


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("123456789018", True),
        ("987654321093", True),
        ("111111111118", True),
        ("000000000000", True),
        ("123456789012", False),
        ("12345678901", False),
        ("１２３４５６７８９０１８", False),
    ],
)
def test_check_digit_follows_the_ordinance(digits: str, right: bool) -> None:
    """The published vectors of 総務省令第85号 第5条 hold, and nothing that is not twelve ASCII digits passes."""
    assert check_digit_is_right(digits) is right
