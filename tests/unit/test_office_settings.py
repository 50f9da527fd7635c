"""What differs in single offices: read with the ward's settings, checked like them, refused in their words."""

from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import open_directory, policies_of
from backend.office_settings import OfficeSettings
from backend.offices.directory import OfficesError
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.settings import Settings, load_settings
from tests.unit.test_toml_file import told

OTHER: dict[str, Any] = {
    "code_stands_on": "postcard",
    "early_open_minutes": 31,
    "late_grace_minutes": 32,
    "kiosk_lead_minutes": 33,
    "minutes_per_visit": 3.5,
    "return_minutes": 34,
    "away_minutes": 35,
    "absent_after_calls": 3,
    "absent_returns_at_kiosk": False,
    "recent_calls": 36,
    "documents_first": ("A05",),
    "track_cards": True,
    "unbooked_get_number": True,
    "card_here_offers_number": True,
    "party_limit": 4,
    "close_day_by_itself": False,
}
"""A value for every setting of an office that is not the default."""


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings from this machine's environment."""
    for name in (*Settings.model_fields, "config"):
        monkeypatch.delenv(f"UKETSUKE_{name.upper()}", raising=False)


def written(folder: Path, content: str) -> Path:
    """A settings file."""
    path = folder / "server.toml"
    path.write_text(content, "utf-8")
    return path


def opened(path: Path) -> None:
    """Read a settings file as far as every command does that needs the offices."""
    open_directory(load_settings(path))


@pytest.mark.parametrize("name", OfficeSettings.model_fields)
def test_each_setting_of_an_office_is_its_own(name: str) -> None:
    """Every setting of an office takes effect at that office, and at no other."""
    settings = Settings.model_validate({"office": {"01": {name: OTHER[name]}}})
    policies = policies_of(settings)
    differs = {
        "queue": policies.of("01") != QueuePolicy(),
        "paper": settings.of_office("01").code_stands_on != settings.code_stands_on,
        "checklist": settings.of_office("01").documents_first != settings.documents_first,
    }
    places = {"code_stands_on": "paper", "documents_first": "checklist"}
    assert [place for place, differ in differs.items() if differ] == [places.get(name, "queue")]
    assert policies.of("00") == policies.of("77") == QueuePolicy()


def test_the_wards_value_holds_where_an_office_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ward that changes its mind changes it for all offices but those that said otherwise, wherever it says so."""
    path = written(
        tmp_path, "late_grace_minutes = 7\nreturn_minutes = 8\n[office.01]\nlate_grace_minutes = 5\n"
    )
    own, ward = load_settings(path).of_office("01"), load_settings(path)
    # Five is also the shipped value: said is said.
    assert (own.late_grace_minutes, own.return_minutes, ward.late_grace_minutes) == (5, 8, 7)
    monkeypatch.setenv("UKETSUKE_LATE_GRACE_MINUTES", "9")
    monkeypatch.setenv("UKETSUKE_RETURN_MINUTES", "3")
    own, ward = load_settings(path).of_office("01"), load_settings(path)
    assert (own.late_grace_minutes, own.return_minutes, ward.late_grace_minutes) == (5, 3, 9)


def test_the_environment_wins_over_the_file_setting_by_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One value in the environment does not take away what the file says of the same office, or of another."""
    monkeypatch.setenv("UKETSUKE_OFFICE", '{"01": {"recent_calls": 9, "away_minutes": 40}}')
    path = written(
        tmp_path, "[office.01]\nrecent_calls = 12\nreturn_minutes = 15\n[office.02]\nrecent_calls = 20\n"
    )
    settings = load_settings(path)
    own = settings.of_office("01")
    assert (own.recent_calls, own.away_minutes, own.return_minutes) == (9, 40, 15)
    assert settings.of_office("02").recent_calls == 20


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("[office.00]\nrecent_calls = 9\n\n[office.77]\naway_minutes = 30", 4, "office.77 is wrong: there is no such office in "),
        ("office.77.away_minutes = 30", 1, "office.77 is wrong: there is no such office in "),
        ("[office.00]\nrecent_call = 9", 2, "office.00.recent_call is wrong: there is no such setting"),
        ("[office.00]\n# ours\nport = 80", 3, "office.00.port is wrong: it is set once, for all, and cannot differ here"),
        ("[office.00]\nnumber_shapes = []", 2, "office.00.number_shapes is wrong: it is set once, for all"),
        ("[office.00.office.01]\naway_minutes = 9", 1, "office.00.office is wrong: it is set once, for all"),
        ("[office.00]\nrecent_calls = 9\nlate_grace_minutes = -1", 3, "office.00.late_grace_minutes is wrong: it must be at least 0"),
        ("[office.00]\nrecent_calls = 7", 2, "office.00.recent_calls is wrong: it must be at least 8"),
        ("[office.00]\nminutes_per_visit = nan", 2, "office.00.minutes_per_visit is wrong: a number is expected"),
        ('[office.00]\nabsent_after_calls = "twice"', 2, "office.00.absent_after_calls is wrong: a whole number is expected"),
        ('[office.00]\ncode_stands_on = "wall"', 2, "office.00.code_stands_on is wrong: one of 'sheet'"),
        ("port = 1\n\noffice = 5", 3, "office is wrong: a table is expected"),
        ("office.00 = 5", 1, "office.00 is wrong: a table is expected"),
        ('[[office]]\nid = "00"', 1, "office is wrong: a table is expected"),
        ('[office."本庁"]\nrecent_calls = 9', 1, "office is wrong: its tables are named by the ids of offices"),
        ('port = 1\n[office."00 "]\nrecent_calls = 9', 2, "office is wrong: its tables are named by the ids of offices"),
    ],
)  # fmt: skip
def test_what_no_office_can_have_is_refused_with_its_line(
    tmp_path: Path, content: str, line: int, words: str
) -> None:
    """A table of a misspelt office, or a setting of the whole ward in it, would be read and do nothing."""
    path = written(tmp_path, content)
    kind = OfficesError if "no such office" in words else ValueError
    said = told(opened, path, kind)
    assert said.startswith(f"{path}, line {line}: the setting {words}")


@pytest.mark.parametrize(
    ("environment", "content", "words"),
    [
        ('{"77": {}}', "", "the setting office.77 is wrong: there is no such office in "),
        ('{"77": {}}', "[office.77]\n", "the setting office.77 is wrong: there is no such office in "),
        ('{"00": {"port": 80}}', "[office.00]\nrecent_calls = 9", "the setting office.00.port is wrong: it is set once"),
        ('{"00": {"away_minutes": 0}}', "[office.00]\naway_minutes = 9", "the setting office.00.away_minutes is wrong"),
        ("[]", "", "the setting office is wrong: a table is expected"),
        ('{"00"', "", "error parsing value for field"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_environment_names_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: str, content: str, words: str
) -> None:
    """Nobody looks in the file for what stands elsewhere."""
    monkeypatch.setenv("UKETSUKE_OFFICE", environment)
    path = written(tmp_path, content)
    assert told(opened, path, ValueError).startswith(words)


def test_a_mistake_of_the_file_is_named_though_the_environment_says_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a table that stands in both, each mistake is told where it is."""
    monkeypatch.setenv("UKETSUKE_OFFICE", '{"00": {"away_minutes": 30}}')
    path = written(tmp_path, "[office.00]\naway_minutes = 40\nreturn_minutes = -5\n")
    assert told(opened, path, ValueError).startswith(f"{path}, line 3: the setting office.00.return_minutes ")
    path = written(tmp_path, "[office.00]\n[office.77]\n")
    assert told(opened, path, OfficesError).startswith(f"{path}, line 2: the setting office.77 ")


def test_an_extra_opening_of_no_office_names_its_line(tmp_path: Path) -> None:
    """The other place of the settings that names offices; also on the last line of a list."""
    opening = '{ office = "00", on = 2027-03-28, opens = 09:00:00, closes = 17:00:00 }'
    path = written(
        tmp_path, f"port = 1\nspecial_openings = [\n  {opening},\n  {opening.replace('00', '77', 1)}]\n"
    )
    assert told(opened, path, OfficesError).startswith(
        f"{path}, line 4: the setting special_openings.1.office is wrong: there is no such office in "
    )


@pytest.mark.parametrize("table", ["", "[office.00]\n", "[[special_openings]]\n"])
def test_a_name_that_is_a_number_is_not_repeated(tmp_path: Path, table: str) -> None:
    """Twelve digits pasted before an equals sign are a 個人番号 as those after it are."""
    number = "12345678" + "9018"
    path = written(tmp_path, f"port = 1\n{table}{number} = 1\n")
    said = told(opened, path, ValueError)
    assert number not in said
    if not table.startswith("[["):
        assert f"line {3 if table else 2}: a setting's name is a 12-digit number" in said


def test_an_office_whose_name_is_a_number_is_not_repeated(tmp_path: Path) -> None:
    """The same as the name of a table."""
    number = "12345678" + "9018"
    assert number not in told(opened, written(tmp_path, f"[office.{number}]\nrecent_calls = 9\n"), ValueError)
