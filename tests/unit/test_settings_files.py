"""Settings of the server, the kiosk and the display: the same ways to be wrong, the same one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.common.settings_files import SettingsError
from backend.settings import load_settings
from kiosk.config import KioskConfigError, load_kiosk_config
from queue_display.config import DisplayConfigError, load_display_config

PROGRAMS: dict[str, tuple[Callable[..., Any], type[SettingsError]]] = {
    "UKETSUKE": (load_settings, SettingsError),
    "UKETSUKE_KIOSK": (load_kiosk_config, KioskConfigError),
    "UKETSUKE_DISPLAY": (load_display_config, DisplayConfigError),
}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The prefix of a program's variables, without any of them set."""
    prefix = str(request.param)
    monkeypatch.delenv(f"{prefix}_CONFIG", raising=False)
    return prefix


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00\x01", "is not valid TOML"),
        (b"log_json = maybe", "is not valid TOML"),
        (b"a = " + b"[" * 100_000, "is not valid TOML"),
        (b'unheard_of = "secret-value"', "the setting unheard_of is wrong"),
        (b'log_json = "secret-value"', "the setting log_json is wrong"),
    ],
)
def test_a_wrong_file_is_one_sentence_that_repeats_no_value(
    program: str, tmp_path: Path, content: bytes, words: str
) -> None:
    """Bytes that are no text, no TOML, endless brackets, an unknown setting, a wrong kind: named, never quoted."""
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    load, error = PROGRAMS[program]
    with pytest.raises(error, match=words) as caught:
        load(file)
    assert "secret-value" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("named", ["no-such-file.toml", "."])
def test_a_file_that_is_none_is_named(program: str, tmp_path: Path, named: str) -> None:
    """A misspelt path does not start a program with its defaults."""
    load, error = PROGRAMS[program]
    with pytest.raises(error, match="does not exist"):
        load(tmp_path / named)


@pytest.mark.parametrize("named", ["n" * 5000, "n\0"])
def test_a_path_that_cannot_be_one_is_one_sentence(program: str, named: str) -> None:
    """An overlong path, or one with a zero byte, is no crash with a trace."""
    load, error = PROGRAMS[program]
    with pytest.raises(error, match=r"cannot be reached|does not exist") as caught:
        load(Path(named))
    assert len(str(caught.value)) < 200


def test_a_list_in_the_environment_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that holds a list names itself where the environment gives something else; the value stays unsaid."""
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)
    monkeypatch.setenv("UKETSUKE_SPECIAL_OPENINGS", "[secret-value")
    with pytest.raises(SettingsError, match="special_openings") as caught:
        load_settings()
    assert "secret-value" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts a program knows what it is told, and which file was read."""
    load, _ = PROGRAMS[program]
    file = tmp_path / "settings.toml"
    file.write_text('log_level = "error"\n', encoding="utf-8")
    monkeypatch.setenv(f"{program}_CONFIG", str(file))
    assert load().log_level == "error"
    monkeypatch.setenv(f"{program}_LOG_LEVEL", "warning")
    assert load().log_level == "warning"
    assert load(log_level="debug").log_level == "debug"
    assert load(log_level=None).log_level == "warning"


WRONG_KINDS = [
    ("unheard_of = 1", "the setting unheard_of is wrong: there is no such setting"),
    ('log_json = "perhaps"', "the setting log_json is wrong: true or false is expected"),
    ('log_level = "foo"', "the setting log_level is wrong: "),
]
WRONG_KINDS_OF_THE_SERVER = [
    ('port = "x"', "the setting port is wrong: a whole number is expected"),
    ("port = 70000", "the setting port is wrong: it must be at most 65535"),
    (
        'log_level = "foo"',
        "the setting log_level is wrong: one of 'debug', 'info', 'warning' or 'error' is expected",
    ),
    ("port = 1.5", "the setting port is wrong: a whole number is expected"),
    ("minutes_per_visit = 0", "the setting minutes_per_visit is wrong: it must be more than 0"),
    ("minutes_per_visit = nan", "the setting minutes_per_visit is wrong: a number is expected"),
    ("host = 5", "the setting host is wrong: a text is expected"),
    ("var_dir = 5", "the setting var_dir is wrong: a path is expected"),
    ("number_shapes = [5]", "the setting number_shapes.0 is wrong: a table is expected"),
    (
        "number_shapes = [{ length = 9, letter = true }]",
        "number_shapes.0.letter is wrong: there is no such setting",
    ),
    ('special_openings = [{ office = "00" }]', "the setting special_openings.0.on is wrong: it is not given"),
    (
        'special_openings = [{ office = "00", on = 2027-03-28, opens = "nine", closes = 17:00:00 }]',
        "the setting special_openings.0.opens is wrong: a time is expected",
    ),
    ('trusted_proxies = "127.0.0.1"', "the setting trusted_proxies is wrong: a list is expected"),
    ("trusted_proxies = [5.5]", "the setting trusted_proxies.0 is wrong: an address or a network"),
]


@pytest.mark.parametrize(("content", "words"), WRONG_KINDS)
def test_every_program_says_what_it_expects_in_our_words(
    program: str, tmp_path: Path, content: str, words: str
) -> None:
    """The name stands as the file has it, and no word of a library comes between."""
    file = tmp_path / "settings.toml"
    file.write_text(content, "utf-8")
    load, error = PROGRAMS[program]
    with pytest.raises(error) as caught:
        load(file)
    assert words in str(caught.value)
    assert "Input should" not in str(caught.value)


@pytest.mark.parametrize(("content", "words"), WRONG_KINDS_OF_THE_SERVER)
def test_every_kind_of_mistake_has_our_words_and_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, words: str
) -> None:
    """An administrator reads which setting and what is expected, not how a library looked at it."""
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)
    file = tmp_path / "server.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert words in str(caught.value)
    assert not any(sign in str(caught.value) for sign in ("Input", "tuple", "lax", "function"))
