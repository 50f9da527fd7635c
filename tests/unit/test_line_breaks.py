"""Where lines may end: between phrases, never where a reader of the language would stumble."""

import pytest
from hypothesis import given, strategies as st

from backend.common.catalogue import Catalogue, Language
from backend.common.line_breaks import break_lines, fill, pieces

LETTERS = "あいう漢字カナー。、）」（「・1２aB -|"


def wide(text: str) -> float:
    """Every character is one wide."""
    return float(len(text))


def broken(text: str, width: float, language: Language = Language.JAPANESE) -> list[str]:
    """The lines of a text, one wide for each character."""
    return break_lines(text, width, wide, language)


def test_lines_end_between_phrases() -> None:
    """Protects readers from words that are torn apart: the breaks are those of a person reading aloud."""
    assert broken("回答書の欄に本人の氏名などを書いてください", 16) == [
        "回答書の欄に本人の氏名などを",
        "書いてください",
    ]
    assert broken("氏名・住所などが住民票の現在の記載と同じであること", 20) == [
        "氏名・住所などが住民票の現在の記載と",
        "同じであること",
    ]


def test_short_words_in_brackets_and_quotes_stay_whole() -> None:
    """Protects short remarks: （お持ちの方） and 「氏名と住所」 stand on one line, with the word that they belong to or after it."""
    lines = broken("住民基本台帳カード（お持ちの方）または「氏名と住所」が書かれたもの", 11)
    assert [line for line in lines if "（" in line] == ["（お持ちの方）または"]
    assert [line for line in lines if "「" in line] == ["「氏名と住所」が"]


def test_a_reading_stays_with_its_word() -> None:
    """Protects readers of やさしい日本語: how a word is read stands beside it."""
    assert pieces("暗証番号を 隠（かく）して ください", Language.EASY_JAPANESE) == (
        "暗証番号を ", "隠（かく）して ", "ください",
    )  # fmt: skip


def test_a_reading_is_never_torn_however_narrow_the_line() -> None:
    """Protects readers of やさしい日本語: where word and reading do not fit together, the line ends between them."""
    lines = break_lines(
        "紙（かみ）と住民基本台帳（じゅうみんきほんだいちょう）カード", 17, len, Language.EASY_JAPANESE
    )
    assert "".join(lines) == "紙（かみ）と住民基本台帳（じゅうみんきほんだいちょう）カード"
    assert any("（じゅうみんきほんだいちょう）" in line for line in lines)
    assert lines[0].startswith("紙（かみ）")


def test_words_of_easy_japanese_are_not_torn() -> None:
    """Protects readers of やさしい日本語, whose words stand between spaces: はなして is one word, not は and なして."""
    assert pieces("職員（しょくいん）に はなして ください。", Language.EASY_JAPANESE) == (
        "職員（しょくいん）に ", "はなして ", "ください。",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "time"),
    [
        ("午前10時10分までに、ここへお戻りください。", Language.JAPANESE, "午前10時10分"),
        ("请在上午10点10分之前回到这里。", Language.CHINESE, "上午10点10分"),
    ],
)
def test_a_time_of_day_is_not_torn(text: str, language: Language, time: str) -> None:
    """Protects a time in a sentence: nobody reads 10時 at the end of a line and comes ten minutes early or late."""
    assert any(time in piece for piece in pieces(text, language))


def test_a_phrase_that_is_too_wide_is_cut_where_a_line_may_end() -> None:
    """No line begins with 。 or ends with （, and a word in Latin letters stays whole."""
    text = "ああああ。いいい（うう）「ええ」ABC-123おお。"
    lines = broken(text, 5)
    assert "".join(lines) == text
    assert all(line[0] not in "。）」" and line[-1] not in "（「" for line in lines)
    assert any("ABC-123" in line for line in lines)


def test_languages_with_spaces_break_at_them() -> None:
    """Protects English and Korean words from being cut."""
    assert broken("Bring the notice and one document", 12, Language.ENGLISH) == [
        "Bring the", "notice and", "one document",
    ]  # fmt: skip
    assert broken("교부통지서를 가지고 오십시오", 7, Language.KOREAN) == [
        "교부통지서를",
        "가지고",
        "오십시오",
    ]


def test_marks_of_a_catalogue_are_the_only_breaks_of_their_text() -> None:
    """Protects lines that a translator broke by hand."""
    assert pieces("番号札を|お持ちください", Language.JAPANESE) == ("番号札を", "お持ちください")


@pytest.mark.parametrize("language", list(Language))
def test_nothing_of_any_text_is_lost(language: Language) -> None:
    """Protects every sentence about documents: broken at any width, all its characters are there."""
    texts = Catalogue("documents", language)
    for key in sorted(texts.keys()):
        whole = "".join(texts.text(key).split())
        for width in (8, 23):
            assert "".join("".join(broken(texts.text(key), width, language)).split()) == whole


@given(text=st.text(LETTERS, max_size=60), width=st.integers(1, 30), language=st.sampled_from(list(Language)))
def test_any_text_is_kept_and_no_forbidden_mark_begins_a_line(
    text: str, width: int, language: Language
) -> None:
    """Protects against lost characters and 禁則 in texts that nobody thought of."""
    lines = broken(text.replace("|", ""), width, language)
    assert "".join("".join(lines).split()) == "".join(text.replace("|", "").split())
    assert not [
        line for line in lines[1:] if line[:1] in {*"。、）」ー"} and not line.isspace() and " " not in text
    ]


def test_a_line_takes_what_goes() -> None:
    """Protects the limit: a line that fits exactly is not broken, and spaces at its end do not count."""
    assert fill(["ab ", "cd "], 5, wide) == ["ab cd"]
    assert fill(["ab ", "cd "], 4, wide) == ["ab", "cd"]
    assert fill([], 4, wide) == []
