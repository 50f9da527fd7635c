"""Twelve digits behind what programs, terminals and scanners put between and before them."""

from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from backend.wire.escapes import without_escapes
from backend.wire.field_shape import FieldShape
from backend.wire.my_number import contains_my_number

EXAMPLE = "123456789018"  # the documented test vector, nobody's number
GROUPS = ("1234", "5678", "9018")
ESCAPED = (
    "%20", "%2d", "%2D", "%2520", "%E3%80%80", "%09", "&#32;", "&#x20;", "&nbsp;", "&ensp;", "&#12288;", "&amp;#32;",
    r"\u3000", r"\u0020", r"\u{20}", r"\U00003000", r"\x20", r"\n", r"\t", r"\x1b[1m", r"\e[0;31m", r"\u001b[0m",
    "\x1b[1m", "\x1b[38;5;196m", "\x9b1m", "\x1b]0;9\x07", "\x1b]8;;9\x1b\\\\", "\x1b(B", r"%1b[1m",
)  # fmt: skip
"""A space, a hyphen, a line break or an order to a terminal, as programs write them."""

SHAPES = [shape for shape in FieldShape if shape is not FieldShape.DATE]


@pytest.mark.parametrize("shape", FieldShape)
@pytest.mark.parametrize("escape", ESCAPED)
def test_an_escape_parts_no_number(escape: str, shape: FieldShape) -> None:
    """What stands for a space or a colour is no digit and no letter, in no field and in no line of a log."""
    assert contains_my_number(escape.join(GROUPS), shape)


@pytest.mark.parametrize(
    "written",
    [
        "".join(f"%3{digit}" for digit in EXAMPLE),
        "".join(f"&#x3{digit};" for digit in EXAMPLE),
        "".join(f"&#{48 + int(digit)};" for digit in EXAMPLE),
        "".join(f"\\u003{digit}" for digit in EXAMPLE),
        "".join(f"\\x3{digit}" for digit in EXAMPLE),
        quote("１２３４５６７８９０１８"),
    ],
)
@pytest.mark.parametrize("shape", FieldShape)
def test_digits_that_are_escaped_themselves_are_digits(written: str, shape: FieldShape) -> None:
    """The whole number may be escaped, digit by digit."""
    assert contains_my_number(written, shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "text",
    [
        "(1)1234 (2)5678 (3)9018",
        "（１）1234（２）5678（３）9018",
        "1. 1234 2. 5678 3. 9018",
        "1) 1234, 2) 5678, 3) 9018",
        "[1] 1234 [2] 5678 [3] 9018",
        "1: 1234 2: 5678 3: 9018",
        "①1234 ②5678 ③9018",
        "⑴1234 ⑵5678 ⑶9018",
        "❶1234 ❷5678 ❸9018",
    ],
)
def test_parts_that_are_counted_are_one_number(text: str, shape: FieldShape) -> None:
    """The count before a part is none of its digits."""
    assert contains_my_number(text, shape)


@pytest.mark.parametrize("text", ["(1)123456 (2)789018", "①123456 ②789018"])
def test_two_parts_that_are_counted_are_enough(text: str) -> None:
    """A number in two halves is one, too."""
    assert contains_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "(1)03-1234-5678 (2)090-1234-5678",
        "1. 申請書 2. 本人確認書類 3. 暗証番号",
        "(5)1234 (9)5678 (2)9018",
        "⑤1234 ⑨5678 ②9018",
        "割引 10% 20% 30% 40% 50% 60%",
        "2026/11/24 10:30 &amp; 2026/11/25 11:30",
        quote("新宿区見本町1-2-3"),
        "/staff/search?q=%E9%AB%98%E6%A9%8B",
    ],
)
def test_ordinary_texts_with_signs_of_escapes_pass(text: str) -> None:
    """A percent sign, an ampersand or a count makes no number of others."""
    assert not contains_my_number(text, FieldShape.PHONE if text.startswith("(1)0") else FieldShape.TEXT)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="%&\\"), max_size=40))
def test_any_text_is_what_its_escaped_form_says(text: str) -> None:
    """Whatever was escaped for an address comes back, whatever else stands in it."""
    written = quote(text, safe="")
    assert written == text or text in without_escapes(written)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("割引 10%", []),
        ("a%20b", ["a b"]),
        ("a%2520b", ["a%20b", "a b"]),
        ("a%252520b", ["a%2520b", "a%20b", "a b"]),
        ("a%25252520b", ["a%252520b", "a%2520b", "a%20b"]),
        (r"\U0010ffff", ["\U0010ffff"]),
        (r"\U00110000", [" "]),
        (r"\u{110000}", [" "]),
    ],
)
def test_three_layers_are_removed_one_by_one(text: str, said: list[str]) -> None:
    """Protects from a program that escapes what two others have escaped, and from a point beyond the last of Unicode."""
    assert list(without_escapes(text)) == said


@given(st.text(alphabet="%&\\\\#;xu{}0123456789abcdefABCDEF\x1b[]m", max_size=30))
def test_no_text_breaks_the_look(text: str) -> None:
    """Half an escape, one beyond Unicode and an order without an end are texts like others."""
    assert len(list(without_escapes(text))) <= 3


@pytest.mark.parametrize(
    "text",
    [
        f"]Q1{EXAMPLE}",
        f"]Q2\\000026{EXAMPLE}",
        f"]q2{EXAMPLE[:6]}\\000003{EXAMPLE[6:]}",
        f"]d2{EXAMPLE}",
        f"]C1{EXAMPLE}",
        f"[Q1{EXAMPLE}",
        f"]Q2{EXAMPLE[:6]}¥{EXAMPLE[6:]}",
        f"#Q1{EXAMPLE}",
        f"\x02]Q1{EXAMPLE}\x03",
        f"\\000026{EXAMPLE}",
    ],
)
def test_a_scanners_prefix_hides_no_number(text: str) -> None:
    """The digit of the symbol's name joined the number, and thirteen digits passed for a code of another system."""
    assert contains_my_number(text, FieldShape.CODE)
