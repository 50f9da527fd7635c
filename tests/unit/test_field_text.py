"""Characters of ordinary fields: what stands in a person's record, and what is damage."""

import pytest

from backend.common.field_text import fold_line, has_bad_characters, has_odd_digits


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x85", "\ufffd", "\uffff", "\uf8f1", "\u202e", "\u2066"])
def test_damage_and_marks_that_turn_a_line_are_no_characters_of_a_field(sign: str) -> None:
    """A name that would hide, turn around or steer what a clerk reads is not taken for a name."""
    assert has_bad_characters(f"受付{sign}花子")


@pytest.mark.parametrize("text", ["受付　花子", "𠮷田 葛󠄀西", "受付\t花子\r\n", "O'Brien-Müller", "👪"])
def test_whatever_people_are_called_may_stand_in_a_field(text: str) -> None:
    """Rare kanji, variants, foreign letters, a tab and a line break are no damage."""
    assert not has_bad_characters(text)


def test_one_line_in_half_width_letters() -> None:
    """A mail address or a number that was typed wide, broken or behind a byte order mark is the same one."""
    assert fold_line("\ufeff ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ\r\n") == "hanako@example.jp"
    assert fold_line("１２\u3000３４\n５６") == "12 34 56"


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("２０２６年１１月", False),
        ("2026-11-24", False),
        ("⑫", True),
        ("x²", True),
        ("㋀", True),
        ("三月", False),
    ],
)
def test_signs_that_become_digits_are_odd(text: str, odd: bool) -> None:
    """⑫ is not twelve in a date: a sign that only becomes digits when it is folded is told, ordinary ones are not."""
    assert has_odd_digits(text) is odd
