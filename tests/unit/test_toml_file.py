"""Files of the ward and settings: whatever is refused is told with file, line and a clear word."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.common.settings_files import SettingsError
from backend.common.shipped import locate
from backend.common.toml_file import TomlFile
from backend.exchange.mapping import MappingError, OfficeNames, load_mapping
from backend.offices.directory import OfficesError
from backend.offices.directory_file import load_directory
from backend.reservations.code_patterns import CodePatternError, load_patterns
from backend.settings import load_settings
from kiosk.config import load_kiosk_config
from queue_display.config import load_display_config

SHIPPED = locate("offices", "shinjuku.toml")


def read_mapping(path: Path) -> object:
    """A mapping as an import takes it: read, then held against the offices."""
    mapping = load_mapping(path)
    return OfficeNames(load_directory(SHIPPED), mapping.offices, mapping.file)


MAPPINGS = [
    ('[columns]\nname = ["氏名"]\n\n[offices]\n# the other one\n"77" = ["どこか"]\n', 6, "does not exist: 77; known"),
    ('offices."77" = ["どこか"]\n', 1, "does not exist: 77; known"),
    ('[offices]\n"01" = ["本庁舎"]\n', 2, "belongs to two offices"),
    ('[offices]\n"01" = [""]\n', 2, "too short"),
    ('\n[states]\nlost = ["x"]\n', 3, "wrong at states.lost: one of "),
    ('[columns]\nbirth = [\n  "a",\n  1,\n]\nbirthday = ["x"]\n', 4, "columns.birth.1: a text is expected"),
    ('[columns]\nbirth = [\n  "[a",\n]\nbirthday = ["x"]\n', 5, "columns.birthday: one of "),
    ('required = ["number"]\ncolums = 1\n', 2, "colums: there is no such key"),
    ('[columns]\nname = ["予約番号"]\n', 2, "two meanings to one column name"),
    ('[file]\ndelimiter = ";;"\n', 2, "file.delimiter: it is too long"),
    ('[accept]\n\nshort_rows = "perhaps"\n', 3, "accept.short_rows: true or false is expected"),
    ("[dates]\nnotations = []\n", 2, "dates.notations: the list needs at least 1"),
    ('[columns]\nname = ["氏名"]\nalias = ["123456789018"]\n', 3, "12-digit number"),
]  # fmt: skip

PATTERN = "[[pattern]]\nname = 'a'\nregex = 'a'\nfields = ['number']\n\n"
PATTERNS = [
    (f"{PATTERN}[[pattern]]\nname = 'b'\nregex = '('\nfields = ['number']\n", 8, "not a regular expression"),
    (f"{PATTERN}[[pattern]]\nname = 'b'\nfields = ['number']\n", 6, "pattern.1.regex: it is not given"),
    (f"{PATTERN}[[pattern]]\nname = 'b'\nregex = 'b'\nfields = ['name']\n", 9, "pattern.1.fields.0: one of "),
    (f"{PATTERN}[[patterns]]\nname = 'b'\n", 6, "patterns: there is no such key"),
]

OFFICES = [
    ('id = "01"', 'id = "00"', "twice"),
    ('kind = "issuance"', 'kind = "kitchen"', "kind: one of "),
    ("opens = 08:30:00", 'opens = "soon"', "opens: a time is expected"),
    ('walk_in_series = "W"', 'walk_in_serie = "W"', "there is no such key|it is not given"),
    ('ja = "新宿区内藤町87"', 'ja = "12345678' + '9018"', "12-digit number"),
]

SETTINGS: dict[str, Callable[..., Any]] = {
    "server": load_settings,
    "kiosk": load_kiosk_config,
    "display": load_display_config,
}


def told(load: Callable[[Path], object], path: Path, kind: type[Exception]) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(kind) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("content", "line", "words"), MAPPINGS)
def test_a_wrong_mapping_names_file_line_and_word(
    tmp_path: Path, content: str, line: int, words: str
) -> None:
    """Every table of a mapping, also in lists over several lines and below comments."""
    path = tmp_path / "own.toml"
    path.write_text(content, "utf-8")
    said = told(read_mapping, path, MappingError)
    assert said.startswith(f"{path}, line {line}: "), said
    assert words in said
    assert "Input should" not in said


@pytest.mark.parametrize(("content", "line", "words"), PATTERNS)
def test_a_wrong_pattern_names_file_line_and_word(
    tmp_path: Path, content: str, line: int, words: str
) -> None:
    """The second of two patterns is not taken for the first."""
    path = tmp_path / "codes.toml"
    path.write_text(content, "utf-8")
    said = told(load_patterns, path, CodePatternError)
    assert said.startswith(f"{path}, line {line}: "), said
    assert words in said


@pytest.mark.parametrize(("right", "wrong", "words"), OFFICES)
def test_a_wrong_file_of_offices_names_file_line_and_word(
    tmp_path: Path, right: str, wrong: str, words: str
) -> None:
    """The line is that of the wrong word, or of the office or table that lacks one."""
    content = SHIPPED.read_text("utf-8")
    assert right in content
    path = tmp_path / "offices.toml"
    path.write_text(content.replace(right, wrong, 1), "utf-8")
    said = told(load_directory, path, OfficesError)
    changed = next(
        n
        for n, (one, other) in enumerate(
            zip(content.split("\n"), path.read_text("utf-8").split("\n"), strict=True), 1
        )
        if one != other
    )
    found = re.match(rf"{re.escape(str(path))}, line (\d+): ", said)
    assert found is not None, said
    assert re.search(words, said), said
    if "not given" in said:
        assert path.read_text("utf-8").split("\n")[int(found[1]) - 1] == "[[office]]"
    else:
        assert int(found[1]) == changed


@pytest.mark.parametrize("extra", ['["00", "77"]', "[]"])
def test_a_day_for_no_office_names_its_line(tmp_path: Path, extra: str) -> None:
    """A closure for an office that is not there is found in the file."""
    path = tmp_path / "offices.toml"
    content = SHIPPED.read_text("utf-8")
    lines = content.count("\n")
    path.write_text(f"{content}\n[[calendar.closure]]\non = 2027-05-01\noffices = {extra}\n", "utf-8")
    assert told(load_directory, path, OfficesError).startswith(f"{path}, line {lines + 4}: ")


@pytest.mark.parametrize("program", SETTINGS)
def test_a_wrong_setting_names_its_line_where_it_stands_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """A file and line are named only for settings from the file, not for the command line or the environment."""
    path = tmp_path / "settings.toml"
    path.write_text('# ours\n\nlog_level = "foo"\n', "utf-8")
    load = SETTINGS[program]
    assert told(load, path, SettingsError).startswith(f"{path}, line 3: the setting log_level is wrong: ")
    path.write_text("\nheartbeat_second = 5\n", "utf-8")
    said = told(load, path, SettingsError)
    assert said == f"{path}, line 2: the setting heartbeat_second is wrong: there is no such setting"
    path.write_text('log_level = "info"\n', "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path, log_level="foo")
    assert str(caught.value).startswith("the setting log_level is wrong: ")
    prefix = {"server": "", "kiosk": "KIOSK_", "display": "DISPLAY_"}[program]
    monkeypatch.setenv(f"UKETSUKE_{prefix}LOG_LEVEL", "foo")
    assert told(load, path, SettingsError).startswith("the setting log_level is wrong: ")


def test_a_number_in_the_settings_names_its_line(tmp_path: Path) -> None:
    """What may be a 個人番号 is found by its line, and not repeated."""
    path = tmp_path / "settings.toml"
    path.write_text('port = 8710\nvar_dir = "/var/12345678' + '9018"\n', "utf-8")
    said = told(load_settings, path, SettingsError)
    assert said.startswith(f"{path}, line 2: the setting var_dir holds a 12-digit number")


@pytest.mark.parametrize(
    "path",
    [SHIPPED, *sorted(locate("mappings").glob("*.toml")), *sorted(locate("texts").rglob("*.toml"))],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_every_key_of_a_real_file_is_found_on_its_line(path: Path) -> None:
    """Each table, list of tables and key of the shipped files, whatever they are made of."""
    file = TomlFile(
        path, "the file", ValueError, path.read_text("utf-8"), TomlFile.read(path, "it", ValueError).said
    )
    lines = file.text.split("\n")
    seen = 0
    for one in file._statements:
        loc, line = one.loc, one.line
        assert file.has(loc), loc
        name = next(str(part) for part in reversed(loc) if isinstance(part, str))
        assert name in lines[line - 1], (loc, line)
        seen += 1
    assert seen >= sum(1 for line in lines if re.match(r"[\w\"'.-]+ = |\[", line))
