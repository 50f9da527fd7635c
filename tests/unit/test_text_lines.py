"""Where lines end and where letters stand, without a window."""

import pytest

from backend.common import Language, Typeface
from kiosk.screens.text_lines import lines_of, sinking


def wide(text: str) -> float:
    """A width in which every letter counts one."""
    return float(len(text))


def test_a_text_that_fits_is_one_line() -> None:
    """Protects short words from being broken only to be alike."""
    assert lines_of("番号を入力", 20, wide, Language.JAPANESE) == ["番号を入力"]


def test_lines_end_between_phrases_and_are_about_equally_long() -> None:
    """Protects readers from a last line of two letters, and from a word that is cut."""
    said = "操作がないため、まもなく最初の画面に戻ります。"
    lines = lines_of(said, 20, wide, Language.JAPANESE)
    assert "".join(lines) == said
    assert lines == ["操作がないため、まもなく", "最初の画面に戻ります。"]


def test_no_word_is_cut_to_make_lines_alike() -> None:
    """Protects 本日 and 取り消されています: lines may differ in length, where only a cut word would make them alike."""
    assert lines_of("ご予約の日が本日ではありません", 13, wide, Language.JAPANESE) == [
        "ご予約の日が",
        "本日ではありません",
    ]
    assert lines_of("このご予約は取り消されています", 13, wide, Language.JAPANESE) == [
        "このご予約は",
        "取り消されています",
    ]


def test_a_line_break_that_was_said_stays() -> None:
    """Protects the name of a language that stands in two lines."""
    assert lines_of("やさしい\n日本語", 20, wide, Language.EASY_JAPANESE) == ["やさしい", "日本語"]


@pytest.mark.parametrize("face", list(Typeface))
def test_letters_are_in_the_middle_of_their_place(face: Typeface) -> None:
    """Protects one row of buttons in two typefaces: with the distance that lines have in each, both stand alike."""
    line_height = 0.86 if face is Typeface.CJK else 1.26
    assert sinking(face.value, 100, line_height) == pytest.approx(13 if face is Typeface.UD else -6, abs=2)
