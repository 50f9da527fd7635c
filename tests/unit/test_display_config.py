"""Settings of the display: sources, bad values, documentation, and the command line's manners."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.common.catalogue import Language
from backend.common.design import Theme
from backend.common.shipped import ROOT
from backend.common.tokyo import TOKYO
from queue_display.config import DisplayConfig, DisplayConfigError, load_display_config
from tests.warm_programs import warm_program

DOCS = ROOT.parent / "docs" / "settings-display.md"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings of the machine out of the tests."""
    import os

    for name in [name for name in os.environ if name.startswith("UKETSUKE_")]:
        monkeypatch.delenv(name)


def test_every_setting_is_documented_with_its_default() -> None:
    """Protects the administrator's paper from falling behind the program."""
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|", DOCS.read_text("utf-8"), re.MULTILINE))
    assert set(DisplayConfig.model_fields) <= set(rows)
    plain = {
        name: str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        for name, field in DisplayConfig.model_fields.items()
        if isinstance(field.default, (bool, int, float, str))
    }
    assert {name: rows[name].strip("`") for name in plain} == plain


def test_every_event_of_the_display_is_documented() -> None:
    """Protects whoever reads the log: each event that the display's code writes stands in the paper."""
    text = DOCS.read_text("utf-8")
    sources = [
        *(ROOT.parent / "queue_display").glob("*.py"),
        ROOT.parent / "backend" / "client" / "stream.py",
    ]
    events = {
        event
        for source in sources
        for event in re.findall(
            r"(?:log\.(?:info|warning|error)|self\._emit)\(\s*\"(\w+)\"", source.read_text("utf-8")
        )
    }
    assert len(events) > 10
    assert [event for event in sorted(events) if f"`{event}`" not in text] == []


def test_the_command_line_wins_over_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects that a setting can be overridden where the person stands."""
    file = tmp_path / "display.toml"
    file.write_text('server_url = "http://file:1"\nlanguages = ["ja", "ko"]\nidle_fps = 5\n', "utf-8")
    monkeypatch.setenv("UKETSUKE_DISPLAY_SERVER_URL", "http://env:2")
    monkeypatch.setenv("UKETSUKE_DISPLAY_LANGUAGES", "en, ja")
    monkeypatch.setenv("UKETSUKE_DISPLAY_CONFIG", str(file))
    config = load_display_config(server_url="http://line:3", fullscreen=None)
    assert (config.server_url, config.languages, config.idle_fps, config.fullscreen) == (
        "http://line:3",
        (Language.ENGLISH, Language.JAPANESE),
        5,
        False,
    )


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"server_url": "ftp://x"}, "server_url"),
        ({"languages": "ja,klingon"}, "languages"),
        ({"languages": ""}, "languages"),
        ({"theme": "print"}, "theme"),
        ({"dusk_at": "late"}, "dusk_at"),
        ({"token": "a", "token_file": "b"}, "token"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(values: dict[str, object], word: str) -> None:
    """Protects the administrator from a traceback."""
    with pytest.raises(DisplayConfigError, match=f"the setting {word}") as caught:
        load_display_config(None, **values)
    assert "\n" not in str(caught.value)


def test_a_file_of_an_earlier_version_still_starts_the_display(tmp_path: Path) -> None:
    """Protects a hall from staying dark after an upgrade: settings that mean nothing any more are passed over."""
    file = tmp_path / "display.toml"
    file.write_text("call_rows = 6\nrecent_rows = 8\nidle_fps = 5\n", "utf-8")
    assert load_display_config(file).idle_fps == 5


@pytest.mark.parametrize(
    ("said", "hour", "theme"),
    [
        ({}, 20, Theme.LIGHT),
        ({"theme": "dark"}, 12, Theme.DARK),
        ({"theme": "dusk"}, 16, Theme.LIGHT),
        ({"theme": "dusk"}, 17, Theme.DARK),
        ({"theme": "dusk"}, 5, Theme.DARK),
        ({"theme": "dusk"}, 6, Theme.LIGHT),
        ({"theme": "dusk", "dusk_at": "00:30", "dawn_at": "05:00"}, 23, Theme.LIGHT),
        ({"theme": "dusk", "dusk_at": "00:30", "dawn_at": "05:00"}, 3, Theme.DARK),
    ],
)
def test_the_hall_is_dark_when_the_settings_say_so(said: dict[str, object], hour: int, theme: Theme) -> None:
    """Protects the evening from glare and the day from a dark screen; hours are those of Tokyo."""
    moment = datetime(2026, 11, 24, hour, tzinfo=TOKYO)
    config = load_display_config(None, **said)
    assert config.theme_at(moment.astimezone(UTC)) is theme
    assert load_display_config(theme="dusk").theme_at(None) is Theme.LIGHT


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    """Protects against a display that silently ignores its file."""
    with pytest.raises(DisplayConfigError, match="does not exist"):
        load_display_config(tmp_path / "none.toml")
    file = tmp_path / "display.toml"
    file.write_text("server_url = ", "utf-8")
    with pytest.raises(DisplayConfigError, match="not valid TOML"):
        load_display_config(file)
    file.write_text("sever_url = 'http://x'", "utf-8")
    with pytest.raises(DisplayConfigError, match="sever_url"):
        load_display_config(file)


def test_a_token_comes_from_its_file_and_is_never_shown(tmp_path: Path) -> None:
    """Protects the token from logs, and the display from a file with a line break at its end."""
    file = tmp_path / "token"
    file.write_text("  secret-token\n", "utf-8")
    config = load_display_config(token_file=file)
    assert config.read_token() == "secret-token"
    assert "direct" not in repr(load_display_config(token="direct"))
    with pytest.raises(DisplayConfigError, match="cannot be read"):
        load_display_config(token_file=tmp_path / "none").read_token()
    with pytest.raises(DisplayConfigError, match="no device token"):
        load_display_config().read_token()
    file.write_text("合言葉", "utf-8")
    with pytest.raises(DisplayConfigError, match="characters"):
        config.read_token()


def test_sound_follows_the_offices_policy() -> None:
    """Protects a quiet branch office from the main office's chime in a shared file."""
    config = load_display_config(silent_offices="yotsuya,ochiai1")
    assert (config.sounds_in("honcho"), config.sounds_in("yotsuya")) == (True, False)
    assert not load_display_config(sound=False).sounds_in("honcho")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--help"], 0, "--token-file"),
        (["--version"], 0, "uketsuke-display"),
        (["--size", "big"], 2, "1920x1080"),
        (["--nonsense"], 2, "--nonsense"),
        ([], 1, "no device token is given"),
    ],
)
def test_the_command_says_what_it_needs_in_one_sentence(arguments: list[str], code: int, words: str) -> None:
    """Protects the manners of the command: help suffices, errors are one line on stderr, codes are true."""
    done = warm_program("queue_display").call(["uketsuke-display", *arguments])
    assert done.returncode == code
    assert words in (done.stdout if code == 0 else done.stderr)
    if code:
        assert done.stderr.count("\n") == 1
        assert done.stdout == ""
