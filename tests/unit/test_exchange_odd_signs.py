"""One look at a row stands for the closer looks at its fields, so it must miss nothing that they find."""

from backend.common import has_bad_characters
from backend.exchange.odd_signs import is_odd
from backend.exchange.person_names import remarks_on
from backend.exchange.spreadsheet import may_have_lost_a_character

FIRST_PLANE = range(0x10000)
BEYOND = (0x20BB7, 0xE0100, 0xE01EF, 0xF0000, 0x10FFFD)


def test_what_no_field_may_hold_or_gets_a_remark_is_odd() -> None:
    """A character of somebody's own set, a control character or a sign for a lost one is seen wherever it stands."""
    missed = [
        point
        for point in (*FIRST_PLANE, *BEYOND)
        if not is_odd(f"受付{chr(point)}花子")
        and (
            has_bad_characters(chr(point))
            or remarks_on(chr(point))
            or may_have_lost_a_character(chr(point), "name")
        )
    ]
    assert missed == []


def test_an_ordinary_row_is_not_odd() -> None:
    """Nearly every row is read without the closer looks, or the one look would be for nothing."""
    assert not is_odd(
        "髙橋　花子\nﾀｶﾊｼ ﾊﾅｺ\n1990-01-31\n新宿区見本町1-2-3 ハイツ①号室\n090-0000-0001\nan@example.jp"
    )
