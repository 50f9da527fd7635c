"""Codes of other systems: which parts of a text are a number that a card may be found by."""

from pathlib import Path

import pytest

from backend.common.shipped import locate
from backend.reservations.code_patterns import CodePatternError, load_patterns


@pytest.mark.parametrize("text", ["AB1-234567", "ab1234567", "ＡＢ１－２３４５６７", " AB1‐234567 "])
def test_the_default_patterns_know_three_and_six(text: str) -> None:
    """Three alphanumerics, hyphen or not, six digits: the ward's postcard, looked up as card and dispatch number."""
    patterns = load_patterns(locate("mappings", "codes.toml"))
    assert list(patterns.candidates(text)) == [("card_number", "AB1234567"), ("dispatch_number", "AB1234567")]


@pytest.mark.parametrize("text", ["", "AB-1234567", "https://example.jp/AB1-234567", "x" * 8000])
def test_the_default_patterns_know_nothing_else(text: str) -> None:
    """A pattern must match the whole text."""
    assert list(load_patterns(locate("mappings", "codes.toml")).candidates(text)) == []


def test_a_pattern_may_name_the_part_that_counts(tmp_path: Path) -> None:
    """A code that is an address carries the number inside."""
    path = tmp_path / "codes.toml"
    path.write_text(
        "[[pattern]]\nname = 'address'\nregex = 'HTTPS://.*[?]ID=(?P<value>[0-9A-Z-]+)'\nfields = ['dispatch_number']\n"
    )
    candidates = load_patterns(path).candidates("https://example.jp/r?id=h5780-9782")
    assert list(candidates) == [("dispatch_number", "H57809782")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[[pattern]]\nname='x'\nregex='('\nfields=['number']\n", "not a regular expression"),
        ("[[pattern]]\nname='x'\nregex='a'\nfields=['name']\n", "is wrong at pattern.0.fields.0"),
        ("[[pattern]\n", "not valid TOML"),
    ],
)
def test_a_wrong_file_of_patterns_is_one_sentence(tmp_path: Path, content: str, words: str) -> None:
    """The server says what is wrong instead of reading no code at all."""
    path = tmp_path / "codes.toml"
    path.write_text(content)
    with pytest.raises(CodePatternError, match=words):
        load_patterns(path)


def test_a_missing_file_of_patterns_is_one_sentence(tmp_path: Path) -> None:
    """A path that is not there is said."""
    with pytest.raises(CodePatternError, match="cannot be read"):
        load_patterns(tmp_path / "none.toml")
