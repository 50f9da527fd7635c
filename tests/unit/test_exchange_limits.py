"""Where reading the ward's files and codes ends: lengths, lines, empty lists, the first of several mistakes."""

from pathlib import Path

import pytest

from backend.common.shipped import locate
from backend.exchange.column_purpose import holds_my_number
from backend.exchange.csv_file import Encoding, decode
from backend.exchange.mapping import MappingError, fold_header, load_mapping
from backend.exchange.refusals import CsvFileError, ImportReason
from backend.reservations.code_patterns import CodePatternError, load_patterns
from backend.wire.code_shape import LONGEST
from backend.wire.my_number import contains_my_number
from tests.invented_number import MY_NUMBER

TWO = (
    "[[pattern]]\nname='address'\nregex='(?P<value>[^-]*)-.*'\nfields=['number']\n"
    "[[pattern]]\nname='all'\nregex='[0-9A-Z-]+'\nfields=['dispatch_number']\n"
)


def patterns_of(tmp_path: Path, content: str) -> Path:
    """A file of patterns."""
    path = tmp_path / "codes.toml"
    path.write_text(content)
    return path


def test_a_pattern_that_gives_no_number_lets_the_next_one_try(tmp_path: Path) -> None:
    """Protects a ward with two kinds of codes: if a pattern matches but gives no number, the next one is tried."""
    patterns = load_patterns(patterns_of(tmp_path, TWO))
    assert list(patterns.candidates("AB1-234567")) == [("number", "AB1"), ("dispatch_number", "AB1234567")]
    assert list(patterns.candidates("-AB1234567")) == [("dispatch_number", "AB1234567")]


def test_the_longest_code_is_looked_at_and_a_longer_one_is_not(tmp_path: Path) -> None:
    """Protects the server from a pattern that is slow on an endless text, and the longest address from being dropped."""
    path = patterns_of(
        tmp_path, "[[pattern]]\nname='x'\nregex='X*(?P<value>12345678)X*'\nfields=['number']\n"
    )
    for length, found in ((LONGEST, 1), (LONGEST + 1, 0)):
        assert len(list(load_patterns(path).candidates("12345678".ljust(length, "x")))) == found


def test_devices_are_told_the_expressions_in_their_order(tmp_path: Path) -> None:
    """Protects kiosks from knowing other codes than the server."""
    assert load_patterns(patterns_of(tmp_path, TWO)).expressions == ("(?P<value>[^-]*)-.*", "[0-9A-Z-]+")
    assert load_patterns(locate("mappings", "codes.toml")).expressions


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[[pattern]]\nname='x'\nregex='a'\nfields=[]\n", r"wrong at pattern\.0\.fields"),
        ("[[pattern]]\nname=1\nregex=2\nfields=['number']\n", r"wrong at pattern\.0\.name"),
    ],
)
def test_the_first_mistake_of_a_file_of_patterns_is_named(tmp_path: Path, content: str, words: str) -> None:
    """Protects whoever mends the file from top to bottom, and a pattern that leads to no column from being silent."""
    with pytest.raises(CodePatternError, match=words):
        load_patterns(patterns_of(tmp_path, content))


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("a,b\r\n1,2\r\n3,\x00\r\n".encode("utf-16"), Encoding.AUTO, (ImportReason.NUL_BYTE, 3, None)),
        (b"a,b\r\n1,\x81\x20\r\n", Encoding.AUTO, (ImportReason.BAD_ENCODING, 2, None)),
        (b"a,b\r\n1,\x81\x20\r\n", Encoding.CP932, (ImportReason.BAD_ENCODING, 2, "cp932")),
    ],
)
def test_damage_is_told_with_the_encoding_that_was_asked_for(
    text: bytes, encoding: Encoding, told: tuple[ImportReason, int, str | None]
) -> None:
    """Protects whoever looks for the damage: its line, and an encoding only where one was chosen by hand."""
    with pytest.raises(CsvFileError) as caught:
        decode(text, encoding)
    refusal = caught.value.refusal
    assert (refusal.reason, refusal.line, caught.value.encoding) == told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("123456789018", True),
        ("氏名 1234-5678-9018 様", True),
        ("１２３４５６７８９０１８", True),
        ("①②③④⑤⑥⑦⑧⑨⑩①", True),
        ("⑫⑫⑫⑫⑫⑫", True),
        ("12345678901", False),
        ("1234567890123", False),
        ("新宿区歌舞伎町1-4-1", False),
        ("", False),
    ],
)
def test_the_quick_look_lets_no_twelve_digits_into_a_record(text: str, found: bool) -> None:
    """Protects the import of large files: the quick check before the search never lets a 12-digit number through."""
    assert holds_my_number(text) is found
    assert contains_my_number(text) is found


def mapping_of(tmp_path: Path, content: str) -> Path:
    """A mapping of the ward."""
    path = tmp_path / "own.toml"
    path.write_text(content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[columns]\nname = ['']\n", r"wrong at columns\.name\.0"),
        ("[columns]\nbirthday = ['x']\n", r"wrong at columns\.birthday: "),
        ("file = 1\ncolumns = 2\n", r"wrong at file: "),
        ("dates = 1\n", r"wrong at dates: "),
    ],
)
def test_the_first_mistake_of_a_mapping_is_named_where_it_stands(
    tmp_path: Path, content: str, words: str
) -> None:
    """Protects whoever mends a mapping from a place that is not in the file, and from a name that every column has."""
    with pytest.raises(MappingError, match=words):
        load_mapping(mapping_of(tmp_path, content))


def test_a_recipient_type_may_stand_in_a_file_as_its_code() -> None:
    """Protects exports that write the code itself instead of the ward's words."""
    recipients = load_mapping().recipients
    assert recipients
    for code in set(recipients.values()):
        assert recipients[fold_header(code)] == code


def test_each_column_is_looked_into_by_what_it_is_for() -> None:
    """Protects good rows from being refused by chance, and remarks and names from a long row that holds a number."""
    application = "73028123456789018752243"
    for field, refused in ((None, False), ("application_id", False), ("name", True), ("address", True)):
        assert holds_my_number(application, field) is refused
    for field, refused in (("number", True), ("name", False)):
        assert holds_my_number("1234-5678-9012", field) is refused
    assert holds_my_number("1234-5678-9018")


def test_a_word_of_one_character_may_stand_for_a_state(tmp_path: Path) -> None:
    """Protects a ward whose export writes 済 in its column of states."""
    mapping = load_mapping(mapping_of(tmp_path, "[states]\nbooked = ['済']\n"))
    assert mapping.states[fold_header("済")] == "booked"


def test_a_file_of_patterns_with_a_twelve_digit_number_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """Protects invariant 6 from an example that somebody has put into the file of patterns."""
    content = TWO + f"[[pattern]]\nname='{MY_NUMBER}'\nregex='[0-9]+'\nfields=['number']\n"
    with pytest.raises(CodePatternError, match="holds a 12-digit number") as caught:
        load_patterns(patterns_of(tmp_path, content))
    assert MY_NUMBER not in str(caught.value)
