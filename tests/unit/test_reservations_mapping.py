from pathlib import Path

import pytest

from assets import locate
from backend.offices.directory import Directory, load_directory
from backend.reservations.dates import DateRules, Notation
from backend.reservations.mapping import FIELDS, MappingError, OfficeNames, fold_header, load_mapping
from backend.reservations.sample import HEADER
from backend.reservations.state import ReservationState


@pytest.fixture(scope="module")
def directory() -> Directory:
    """The eleven offices."""
    return load_directory(locate("offices", "shinjuku.toml"))


def test_the_default_knows_every_item_of_the_ward() -> None:
    """Every item of the ward's list has a column, every field a name, every state a word."""
    mapping = load_mapping()
    assert {mapping.columns[fold_header(name)] for name in HEADER} == set(FIELDS)
    assert set(mapping.states.values()) == set(ReservationState)
    assert mapping.columns[fold_header("申請書ID")] == mapping.columns[fold_header("申請書 ＩＤ")]


def test_a_file_of_the_ward_changes_only_what_it_names(tmp_path: Path) -> None:
    """A small file is enough to read another export."""
    path = tmp_path / "own.toml"
    path.write_text(
        'required = ["number"]\n[columns]\nnumber = ["受付ID"]\n[dates]\nnotations = ["era_code"]\n'
    )
    mapping = load_mapping(path)
    assert mapping.columns[fold_header("受付ｉｄ")] == "number"
    assert fold_header("予約番号") not in mapping.columns
    assert mapping.columns[fold_header("氏名")] == "name"
    assert mapping.required == ("number", "name")
    assert mapping.dates == DateRules(frozenset({Notation.ERA_CODE}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[columns", "not valid TOML"),
        ("[columns]\nbirthday = ['x']\n", "wrong at columns.birthday"),
        ("[columns]\nname = ['予約番号']\n", "two meanings"),
        ("[states]\nlost = ['x']\n", "wrong at states.lost"),
        ("[dates]\nnotations = []\n", "wrong at dates.notations"),
        ("colums = 1\n", "wrong at colums"),
        ("[file]\ndelimiter = ';;'\n", "wrong at file.delimiter"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(tmp_path: Path, content: str, words: str) -> None:
    """A slip in the mapping is named before anything is read."""
    path = tmp_path / "own.toml"
    path.write_text(content)
    with pytest.raises(MappingError, match=words):
        load_mapping(path)


def test_a_missing_mapping_is_one_sentence(tmp_path: Path) -> None:
    """A path that is not there is said."""
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("本庁舎", ("00", None)),
        ("戸籍住民課", ("00", None)),
        ("新宿区役所　本庁舎 ３番窓口", ("00", "3番窓口")),
        ("簞笥町特別出張所", ("02", None)),
        ("箪笥町特別出張所", ("02", None)),
        ("四谷特別出張所（窓口Ａ）", ("01", "窓口A")),
        ("落合第１特別出張所", ("07", None)),
        ("落合第二", ("08", None)),
        ("10", ("10", None)),
    ],
)
def test_offices_are_found_under_every_spelling(
    directory: Directory, written: str, found: tuple[str, str | None]
) -> None:
    """簞 and 箪, widths, ids and what follows the name of the office are understood."""
    assert OfficeNames(directory, load_mapping().offices).find(written) == found


@pytest.mark.parametrize("written", ["渋谷区役所", "001", "出張所", "99"])
def test_an_unknown_office_is_unknown(directory: Directory, written: str) -> None:
    """Nobody is sent to an office that a file does not name."""
    assert OfficeNames(directory).find(written) is None


def test_a_spelling_belongs_to_one_office(directory: Directory) -> None:
    """A mapping that gives one name to two offices, or a name to none, is refused."""
    with pytest.raises(MappingError, match="two offices"):
        OfficeNames(directory, {"01": ["本庁舎"]})
    with pytest.raises(MappingError, match="does not exist"):
        OfficeNames(directory, {"77": ["どこか"]})
