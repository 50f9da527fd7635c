"""Recognising a 12-digit number however it is written, and accepting texts that contain none."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, strategies as st

from backend.wire.field_shape import FieldShape
from backend.wire.my_number import check_digit_is_right, contains_my_number, tree_contains_my_number

EXAMPLE = "123456789018"  # the documented test vector, nobody's number
WRONG = EXAMPLE[:-1] + "2"
GROUPS = ("1234", "5678", "9018")
SIGNS = (
    " ", "    ", "　", "\t", "\n", "-", " - ", "–", "—", "―", "−", "ー", "ｰ", "_", ".", "．", "・", "･", ",", "、",
    "，", "。", "/", "／", "\\", ":", "：", ";", "|", "｜", "¦", "'", '"', "`", "´", "•", "●", "*", "＊", "※", "+", "=",
    "~", "〜", "～", "→", "…", "‥", "!", "?", "#", "@", "&", "%", "^", "<", ">", "☆", "😀", "\u0301", "の", "億", "and",
)  # fmt: skip
"""What people, printers and programs put between groups of digits."""

UNSEEN = (
    "\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\U0001d159", "\u00ad", "\u034f", "\u061c", "\u17b4", "\u180e",
    "\u2065", "\u206f", "\ufff0", "\ufff8", "\U0001bca0", "\U0001d173", "\U000e0000", "\U000e0041", "\U000e0fff",
)  # fmt: skip
"""Of each group of Unicode's Default_Ignorable_Code_Point one, and what looks blank."""

BRACKETS = ("()", "（）", "[]", "{}", "<>", "「」", "『』", "【】", "〈〉", "《》", "〔〕", "“”")

WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": lambda digits: digits,
    "full-width": lambda digits: digits.translate(_table("０１２３４５６７８９")),
    "circled": lambda digits: digits.translate(_table("⓪①②③④⑤⑥⑦⑧⑨")),
    "circled in black": lambda digits: digits.translate(_table("⓿❶❷❸❹❺❻❼❽❾")),
    "raised": lambda digits: digits.translate(_table("⁰¹²³⁴⁵⁶⁷⁸⁹")),
    "lowered": lambda digits: digits.translate(_table("₀₁₂₃₄₅₆₇₈₉")),
    "bold": lambda digits: digits.translate(_table("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")),
    "of a watch": lambda digits: digits.translate(_table("🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹")),
    "Arabic": lambda digits: digits.translate(_table("٠١٢٣٤٥٦٧٨٩")),
    "Devanagari": lambda digits: digits.translate(_table("०१२३४५६७८९")),
    "Thai": lambda digits: digits.translate(_table("๐๑๒๓๔๕๖๗๘๙")),
    "kanji": lambda digits: digits.translate(_table("〇一二三四五六七八九")),
    "deeds": lambda digits: digits.translate(_table("零壱弐参四五六七八九")),
    "old deeds": lambda digits: digits.translate(_table("零壹貳參肆伍陸漆捌玖")),
    "kanji and figures": lambda digits: digits.translate(str.maketrans("147", "一四七")),
    "keycaps": lambda digits: "".join(f"{digit}\ufe0f\u20e3" for digit in digits),
    "combining marks": lambda digits: "".join(f"{digit}\u0332" for digit in digits),
    "invisible joiners": "\u200b".join,
    "zeros of a wide encoding": "\x00".join,
    "one by one": " ".join,
    "one by one with bars": "|".join,
    "pairs with colons": lambda digits: ":".join(digits[n : n + 2] for n in range(0, 12, 2)),
    "threes": lambda digits: " ".join(digits[n : n + 3] for n in range(0, 12, 3)),
    "plus": lambda digits: f"+{digits}",
    "year, month and day": lambda digits: f"{digits[:4]}年{digits[4:6]}月{digits[6:8]}日{digits[8:]}",
    "brackets": lambda digits: f"({digits[:4]}){digits[4:8]}({digits[8:]})",
    "a digit before": lambda digits: f"7{digits}",
    "a digit behind": lambda digits: f"{digits}7",
    "digits around": lambda digits: f"00{digits}000",
    "in a sentence": lambda digits: f"マイナンバー：{digits}です",
    "in a word": lambda digits: f"ABC{digits}XYZ",
    "far apart": lambda digits: f"{digits[:4]} (上) その次が {digits[4:8]} そして最後に {digits[8:]}",
}


def _table(signs: str) -> dict[int, str]:
    return str.maketrans(dict(zip("0123456789", signs, strict=True)))


def with_check_digit(eleven: str) -> str:
    """Twelve digits whose last one is right."""
    return next(eleven + last for last in "0123456789" if check_digit_is_right(eleven + last))


@pytest.mark.parametrize("dress", WRITTEN)
def test_twelve_digits_are_found_however_they_are_written(dress: str) -> None:
    """Full-width, circled, in deeds, in keycaps, one by one: twelve digits are twelve digits."""
    assert contains_my_number(WRITTEN[dress](EXAMPLE))


@pytest.mark.parametrize("sign", SIGNS)
def test_twelve_digits_are_found_whatever_stands_between(sign: str) -> None:
    """No sign, no row of spaces and no short word hides a number in a free text."""
    assert contains_my_number(sign.join(GROUPS))


@pytest.mark.parametrize("pair", BRACKETS)
def test_twelve_digits_are_found_in_brackets(pair: str) -> None:
    """Brackets around a group do not part it from its neighbours."""
    assert contains_my_number(f"{pair[0]}1234{pair[1]}5678{pair[0]}9018{pair[1]}")


@pytest.mark.parametrize("shape", [shape for shape in FieldShape if shape is not FieldShape.PHONE])
@pytest.mark.parametrize("text", [EXAMPLE, WRONG, f"+{WRONG}", f"A{WRONG}B", "１２３４５６７８９０１２"])
def test_twelve_digits_in_a_row_are_refused_in_every_field(shape: FieldShape, text: str) -> None:
    """Whatever the field is for and the check digit says: a mistyped 個人番号 is nearly one."""
    assert contains_my_number(text, shape)


@pytest.mark.parametrize("unseen", ["\u200d", "\u200b", "\ufeff", "\u0301", "\ufe0f\u20e3", "\x00", *UNSEEN])
@pytest.mark.parametrize("shape", [FieldShape.TEXT, FieldShape.CODE, FieldShape.UNREAD])
def test_what_nobody_sees_between_two_digits_parts_no_row(shape: FieldShape, unseen: str) -> None:
    """Joiners, marks on digits and frames of keycaps leave twelve digits in a row, whatever the check digit says."""
    assert contains_my_number(unseen.join(WRONG), shape)
    assert contains_my_number(f"{WRONG[:6]}{unseen}{WRONG[6:]}", shape)


@pytest.mark.parametrize(
    "seen", ["\u115e", "\u1161", "\u2801", "\uffef", "\U0001d158", "\U000dffff", "\U000e1000"], ids=ascii
)
def test_what_stands_beside_the_unseen_parts_a_row(seen: str) -> None:
    """Protects honest groups of digits: only what nobody sees is dropped, not its neighbours in Unicode."""
    assert not contains_my_number(f"{WRONG[:6]}{seen}{WRONG[6:]}")


@pytest.mark.parametrize("shape", [FieldShape.CODE, FieldShape.NUMBER])
@pytest.mark.parametrize(
    "text", ["1234-5678-9012", "1234 5678 9012", "１２３４ー５６７８ー９０１２", "12-34-56-78-90-12"]
)
def test_a_number_is_looked_at_as_it_would_be_looked_up(shape: FieldShape, text: str) -> None:
    """Spaces and hyphens go before a number is looked up or stored, so they do not part twelve digits."""
    assert contains_my_number(text, shape)


@pytest.mark.parametrize(
    "text", [EXAMPLE, WRONG, f"+{EXAMPLE}", f"+{WRONG}", "1234-5678-9018", "１２３４　５６７８　９０１８"]
)
def test_twelve_digits_are_refused_as_a_telephone_number(text: str) -> None:
    """A plus does not make a telephone number of twelve digits, except for a Japanese mobile."""
    assert contains_my_number(text, FieldShape.PHONE)


ORDINARY = {
    FieldShape.TEXT: [
        "",
        "12345679",
        "ABC-123456",
        "12345678901",
        "7948,328,1019,149",
        "1234 5678 9012",
        "1, 2, 3, 4, 5, 6, 7, 8, 9",
        "2026-11-24 10:30",
        "2026/11/24 10:30:00",
        "2026-11-24T01:30:00.123456+00:00",
        "2026-11-24 10",
        "2026/11/24 10:30-11:30、2026/11/25 13:00-14:00",
        "平日 9:00-12:00 13:00-17:00 18:30-20:00",
        "令和8年11月24日（火）午前10時30分",
        "090-1234-5678",
        "+81 90-1234-5678",
        "03-3209-9999（内線 18）",
        "〒160-8484 新宿区歌舞伎町1-4-1 1011号室",
        "新宿区百人町三丁目12番3-1204号",
        "三浦 一郎 二宮 五月",
        "H28.12.28",
        "U1ABCDEFGHIJKLMNOPQRSTUVWX",
    ],
    FieldShape.CODE: [
        "73028545688709111752243",
        "1234567890187",
        "8887-1018",
        "https://www.example.jp/a?id=73028545688709111752243",
        "1234の5678の901",
        "U1A2B3C4D5E6F7A2B3C4D5E6F7",
    ],
    FieldShape.NUMBER: ["8887-1018", "ab1-234567", "1234567890187", "12345678901234567890", "1A2B3C4D5E6F7A8B9C0D1E8"[:20]],
    FieldShape.APPLICATION_ID: ["73028545688709111752243", "7302-8545-6887-0911-1752-243", "1234567890187654321098"],
    FieldShape.PHONE: [
        "０９０－００００－１２３４",
        "03-3209-9999 内線1234",
        "03-3209-9999-12",
        "03-3209-9999(12)",
        "03-3209-9999,18",
        "(03)3209-9999 ext. 12",
        "0332099999#12",
        "0120-123-456",
        "+81" + "9012345678",
        "+81 3 3209 9999",
        "+44 7911 123456",
        "03-3209-9999/090-1234-5678",
        "03-1234-5678（自宅） 090-1234-5678（携帯）",
    ],
    FieldShape.DATE: [
        "20261124 10:30",
        "2026-11-24 10:30",
        "2026/11/24 10:30:00",
        "2026年11月24日(火) 10:30",
        "令和8年11月24日 午前10時30分",
        "R8.11.24 10:30:00",
        "20261124103000",
    ],
    FieldShape.RECORD: [
        "01234567-8901-4234-8567-890123" + "456789",
        "/staff/tickets/01234567890142a48567890123" + "456789",
        "2026-11-24T01:30:00.123456+00:00",
        "http://127.0.0.1:8710",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "text"), [(shape, text) for shape, texts in ORDINARY.items() for text in texts]
)
def test_ordinary_texts_are_left_alone(shape: FieldShape, text: str) -> None:
    """What is of its field's shape passes, and so do lists, extensions and addresses in a free text."""
    assert not contains_my_number(text, shape)


digits_of = st.text("0123456789", min_size=11, max_size=11).map(with_check_digit)


@st.composite
def dressed(draw: st.DrawFn) -> tuple[str, str]:
    """A number with a right check digit, and the same written in some way with something between its groups."""
    number = draw(digits_of)
    cuts = sorted(draw(st.sets(st.integers(1, 11), max_size=11)))
    groups = [number[start:end] for start, end in zip([0, *cuts], [*cuts, 12], strict=True)]
    write = WRITTEN[draw(st.sampled_from([name for name in WRITTEN if name in _ALPHABETS]))]
    text = write(groups[0])
    for group in groups[1:]:
        text += draw(st.sampled_from(_SIGNS_NOT_OF_TIMES)) + write(group)
    return number, text


_ALPHABETS = frozenset(list(WRITTEN)[: list(WRITTEN).index("one by one")])
# Digits with these between them can be hours, days or a telephone number with its extension, which pass.
_SIGNS_NOT_OF_TIMES = [sign for sign in SIGNS if sign not in {":", "：", "#", "/", "／"}]


@given(
    made=dressed(),
    before=st.sampled_from(["", "備考:", "山田 ", "(", "No."]),
    after=st.sampled_from(["", "です", ")", " 様"]),
)
def test_any_number_in_any_dress_is_refused(made: tuple[str, str], before: str, after: str) -> None:
    """However the digits are parted and written: if the check digit is right, a free text does not keep them."""
    _, text = made
    assert contains_my_number(f"{before}{text}{after}")


@given(
    number=digits_of,
    before=st.text("0123456789", max_size=12),
    after=st.text("0123456789", min_size=1, max_size=12),
)
def test_a_number_in_a_longer_row_is_refused_in_a_free_text(number: str, before: str, after: str) -> None:
    """One digit more does not hide a number where people write what they like; compact days are another thing."""
    row = before + number + after
    assert contains_my_number(row) or (len(row) == 14 and row[:2] in {"19", "20"})


@given(st.from_regex(r"[0-9]{23}", fullmatch=True))
def test_any_application_number_passes_in_its_field(text: str) -> None:
    """Of random 23 digits 72 in 100 hold twelve with a right check digit; the shape is asked first."""
    assert not contains_my_number(text, FieldShape.APPLICATION_ID)
    assert not contains_my_number(text, FieldShape.CODE)


@given(
    st.datetimes(),
    st.sampled_from(
        ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H時%M分", "%Y-%m-%dT%H:%M:%S+09:00"]
    ),
)
def test_any_day_with_its_hour_passes(when: datetime, form: str) -> None:
    """In a column of days and in a free text, whatever the check digit of its twelve digits would be."""
    text = when.replace(year=2000 + when.year % 100).strftime(form)
    assert not contains_my_number(text, FieldShape.DATE)
    assert not contains_my_number(text)


@given(
    st.sampled_from(["03-{:04}-{:04}", "(045){:03}-{:04}", "090-{:04}-{:04}", "+81 90-{:04}-{:04}", "0{:04}{:05}"]),
    st.integers(100, 999), st.integers(1000, 9999),
    st.sampled_from(["", " 内線{}", "（内線{}）", " ext.{}", " x{}", "#{}", "-{}", ",{}", "({})"]),
    st.integers(1, 9999),
)  # fmt: skip
def test_any_telephone_number_passes_in_its_field(
    form: str, one: int, two: int, extension: str, more: int
) -> None:
    """With an extension or without one, however that is written."""
    assert not contains_my_number(form.format(one, two) + extension.format(more), FieldShape.PHONE)


@given(st.lists(st.integers(0, 99999), max_size=20), st.sampled_from([",", ", ", " ", "、", "\n", ";"]))
def test_a_list_of_small_numbers_passes_unless_twelve_of_its_digits_are_one(
    numbers: list[int], sign: str
) -> None:
    """A list is refused only where whole numbers of it make twelve digits with a right check digit."""
    written = [str(number) for number in numbers]
    joined = (
        "".join(written[first:last])
        for first in range(len(written))
        for last in range(first + 1, len(written) + 1)
    )
    # With its sign between them three numbers can be a day; no such list has a comma or a space between.
    assert contains_my_number(sign.join(written)) == any(check_digit_is_right(digits) for digits in joined)


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


@pytest.mark.parametrize(
    ("between", "joined"), [("の", True), ("and", True), ("と、また", True), ("内藤町の", False)]
)
def test_a_short_word_joins_two_groups_and_a_name_parts_them(between: str, joined: bool) -> None:
    """Protects addresses, in which a place's name stands between two numbers, and finds a number told word by word."""
    assert contains_my_number(f"{EXAMPLE[:5]}{between}{EXAMPLE[5:]}") is joined


def test_a_kanji_of_ten_is_no_digit() -> None:
    """Protects texts with 十, which counts and is no place of a number: six of them are not twelve digits."""
    assert not contains_my_number("十十十十十十")


def test_a_tree_is_looked_at_as_a_whole() -> None:
    """Keys, values, lists and numbers, each by what it is for."""
    for tree in (
        EXAMPLE,
        int(EXAMPLE),
        float(EXAMPLE),
        [EXAMPLE],
        {"a": {EXAMPLE: 1}},
        {"a": [{"b": EXAMPLE}]},
        ("x", EXAMPLE),
    ):
        assert tree_contains_my_number(tree)
    phone = with_check_digit("03123456781").removeprefix("0312345678")
    phones = {
        "phone": f"03-1234-5678-{phone}",
        "size": 1280,
        "when": None,
        "on": True,
    }
    assert tree_contains_my_number(phones)
    assert not tree_contains_my_number(phones, {"phone": FieldShape.PHONE})
    assert not tree_contains_my_number(phones, shape=FieldShape.PHONE)
