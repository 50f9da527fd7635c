from pathlib import Path
from typing import get_args

import pytest

from backend.cards.ward_words import WardWord
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.exchange.dates import DateRules, Notation
from backend.exchange.mapping import (
    RECIPIENTS_OF_NO_RULE,
    FieldName,
    MappingError,
    OfficeNames,
    fold_header,
    load_mapping,
    refuse_unknown_recipients,
)
from backend.exchange.sample import HEADER
from backend.offices.directory import Directory
from backend.offices.directory_file import load_directory


def test_the_default_knows_every_item_of_the_ward() -> None:
    """Every item of the ward's list has a column, every field a name, every state a word; a group is no item of that list."""
    mapping = load_mapping()
    read = {mapping.columns[fold_header(name)] for name in (*HEADER, "グループ番号", "保管場所", "出力日時")}
    assert read == set(get_args(FieldName))
    assert "group_number" not in mapping.required
    assert set(mapping.states.values()) == set(WardWord) - {WardWord.NOT_ISSUABLE, WardWord.OTHER}
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
    assert (mapping.owned_here, mapping.unknown_states) == (True, False)
    path.write_text("[owners]\nhere = []\n[accept]\nunknown_states = 'keep'\n")
    assert (load_mapping(path).owned_here, load_mapping(path).unknown_states) == (False, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[columns", "not valid TOML"),
        ("[columns]\nbirthday = ['x']\n", "wrong at columns.birthday"),
        ("[columns]\nname = ['予約番号']\n", "line 2: .*two meanings"),
        ("[file]\ndelimiter = ';'\n[columns]\nnumber = ['氏名']\n", "line 4: .*two meanings"),
        ("[states]\nlost = ['x']\n", "wrong at states.lost"),
        ("[dates]\nnotations = []\n", "wrong at dates.notations"),
        ("colums = 1\n", "wrong at colums"),
        ("[accept]\nunknown_states = 'guess'\n", "wrong at accept.unknown_states"),
        ("[owners]\nhere = ['state', 'office']\n", "line 2: .*must name office, starts_at, state together"),
        ("[owners]\nhere = ['name']\n", "line 2: .*together as ours, or none of them"),
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


KNOWN = ("R1", "R1-NL", "P4")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('[recipients]\nR1 = ["a"]\nR99 = ["x"]\n', 3),
        ('required = ["number"]\n\n[recipients]\n# R99 = no\n"R99" = ["x"]\n', 5),
        ('recipients.R99 = ["x"]\n', 1),
        ('recipients = { R1 = ["a"], R99 = ["x"] }\n', 1),
    ],
)
def test_a_recipient_type_that_no_rule_has_is_refused(tmp_path: Path, content: str, line: int) -> None:
    """A slip in a code is named with its file and line and the codes there are, before it meets a visitor."""
    path = tmp_path / "own.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(MappingError) as caught:
        refuse_unknown_recipients(path, lambda: KNOWN)
    assert str(caught.value) == (
        f"{path}, line {line}: the mapping names a recipient type that no rule has: R99; known are R1, R1-NL, P4, LEGAL, PROXY"
    )


def test_known_recipient_types_pass_and_rules_are_asked_only_where_they_matter(tmp_path: Path) -> None:
    """A mapping that names none opens no rule file."""
    path = tmp_path / "own.toml"
    path.write_text('[recipients]\nR1 = ["R99"]\nR1-NL = ["x"]\nPROXY = ["y"]\n', "utf-8")
    refuse_unknown_recipients(path, lambda: KNOWN)
    path.write_text('[columns]\nnumber = ["R99"]\n', "utf-8")
    refuse_unknown_recipients(path, lambda: pytest.fail("the rules were opened"))


def test_every_shipped_recipient_type_has_a_rule() -> None:
    """The default mapping names types that the shipped rules know."""
    known = {code for one in RuleBook.load(locate("rules")).rule_sets() for code in one.recipient_table}
    assert set(load_mapping().recipients.values()) <= known | set(RECIPIENTS_OF_NO_RULE)


def test_what_the_shipped_file_says_of_other_offices_is_nothing_to_a_ward(tmp_path: Path) -> None:
    """An authority with offices of its own starts with the shipped words; a spelling of its own for no office is refused."""
    path = tmp_path / "offices.toml"
    path.write_text(locate("offices", "shinjuku.toml").read_text("utf-8").replace('id = "07"', 'id = "77"'))
    directory = load_directory(path)
    names = OfficeNames.of(directory, load_mapping())
    assert names.find("箪笥") == ("02", None)
    own = tmp_path / "mapping.toml"
    own.write_text('[offices]\n"07" = ["別館"]\n')
    with pytest.raises(MappingError, match="does not exist: 07"):
        OfficeNames.of(directory, load_mapping(own))
