"""The kiosk's settings: which place wins, what a mistake says, and that every setting is documented."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.common.catalogue import Language
from backend.common.shipped import ROOT
from kiosk.config import ENV_PREFIX, KioskConfig, KioskConfigError, load_kiosk_config
from kiosk.visit.presentation import SCREENS
from tests.warm_programs import warm_program

DOCS = ROOT.parent / "docs" / "settings-kiosk.md"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches a test."""
    import os

    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)


def write(folder: Path, text: str) -> Path:
    """A settings file."""
    path = folder / "kiosk.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_command_line_wins_over_environment_over_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects the order in which an administrator reads that settings count."""
    file = write(tmp_path, 'printer_host = "file"\nlanguage = "ko"\npaper_width = 58\n')
    monkeypatch.setenv("UKETSUKE_KIOSK_PRINTER_HOST", "environment")
    monkeypatch.setenv("UKETSUKE_KIOSK_LANGUAGE", "en")
    config = load_kiosk_config(file, printer_host="option", language=None)
    assert config.printer_host == "option"
    assert config.language is Language.ENGLISH
    assert config.paper_width == 58


def test_the_file_may_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects start-up by a service file that passes only the environment."""
    monkeypatch.setenv("UKETSUKE_KIOSK_CONFIG", str(write(tmp_path, 'camera = "none"\n')))
    config = load_kiosk_config()
    assert not config.has_camera


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ticket_secnds = 3\n", "ticket_secnds"),
        ("paper_width = 60\n", "paper_width"),
        ('printer_confirm = "perhaps"\n', "printer_confirm"),
        ("printer_watch_seconds = 0.2\n", "printer_watch_seconds"),
        ("printer_watch_seconds = nan\n", "printer_watch_seconds"),
        ("keypad_warning_seconds = 5\n", "keypad_warning_seconds"),
        ('server_url = "the server"\n', "server_url"),
        ('language = "fr"\n', "language"),
        ("camera = \n", "not valid TOML"),
        ('camera_exposure = "short"\n', "camera_exposure"),
        ("camera_exposure = 0\n", "camera_exposure"),
        ("camera_focus = true\n", "camera_focus"),
        ('scanner = "serial:"\n', "scanner"),
        ('token = "a"\ntoken_file = "b"\n', "not both"),
    ],
)
def test_a_mistake_is_named_in_one_sentence(tmp_path: Path, text: str, named: str) -> None:
    """Protects the administrator from guessing which line is wrong."""
    with pytest.raises(KioskConfigError, match=named) as caught:
        load_kiosk_config(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """Protects against a kiosk that runs on defaults because of a misspelt path."""
    with pytest.raises(KioskConfigError, match="does not exist"):
        load_kiosk_config(tmp_path / "no.toml")


def test_the_token_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    """Protects the device's token: a newline at the end is harmless, and no message or repr shows it."""
    file = tmp_path / "token"
    file.write_text("the-token\n", "utf-8")
    assert load_kiosk_config(token_file=file).read_token() == "the-token"
    given = load_kiosk_config(token="the-token")
    assert given.read_token() == "the-token"
    assert "the-token" not in repr(given)


@pytest.mark.parametrize("content", [b"", b"  \n", b"two\nlines", "受付".encode(), b"\xff\xfe"])
def test_a_token_that_cannot_be_one_is_refused(tmp_path: Path, content: bytes) -> None:
    """Protects against a header that the server, or nobody, understands."""
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(KioskConfigError, match="token"):
        load_kiosk_config(token_file=file).read_token()


def test_without_a_token_the_missing_setting_is_named() -> None:
    """Protects the first start from a puzzle."""
    with pytest.raises(KioskConfigError, match="token_file"):
        load_kiosk_config().read_token()


def test_settings_are_frozen() -> None:
    """Protects a running kiosk from settings that change under it."""
    with pytest.raises(ValueError, match="frozen"):
        KioskConfig().max_fps = 10


def test_everything_fits_the_window_unless_told_otherwise() -> None:
    """Protects small windows on a desk: the picture shrinks with the window."""
    assert KioskConfig().window_scale == 1
    assert KioskConfig(width=540, height=960).window_scale == 0.5
    assert KioskConfig(width=1080, height=960).window_scale == 0.5
    assert KioskConfig(width=540, height=960, scale=0.4).window_scale == 0.4


def test_exposure_and_focus_are_words_or_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects a number that the environment writes as text, and the words beside it."""
    config = load_kiosk_config(write(tmp_path, 'camera_exposure = "adaptive"\ncamera_focus = 30\n'))
    assert (config.camera_exposure, config.camera_focus) == ("adaptive", 30.0)
    monkeypatch.setenv("UKETSUKE_KIOSK_CAMERA_EXPOSURE", "8.5")
    assert load_kiosk_config().camera_exposure == 8.5


def test_a_hand_scanner_is_named_by_its_port() -> None:
    """Protects the way from the setting to the device."""
    ports = [
        KioskConfig(scanner=scanner).scanner_port for scanner in ("keyboard", "none", "serial:/dev/ttyACM0")
    ]
    assert ports == [None, None, "/dev/ttyACM0"]


def test_looks_at_the_printer_can_be_switched_off() -> None:
    """Protects wards whose printer refuses visitors' tickets after each look."""
    pauses = [KioskConfig(printer_watch_seconds=pause).printer_watch_seconds for pause in (0, 1, 600)]
    assert pauses == [0, 1, 600]


def test_durations_are_the_settings() -> None:
    """Protects that a configured time is the time on the screen."""
    durations = KioskConfig(ticket_seconds=45, keypad_seconds=90).durations
    assert (durations.ticket, durations.keypad) == (45, 90)


def test_every_setting_is_documented_with_its_default() -> None:
    """Protects the manual: no setting without a line, no line without a setting, defaults as they are."""
    lines = dict(
        re.findall(r"^\| `(\w+)` \| (.+) \|$", DOCS.read_text("utf-8").split("## What")[0], re.MULTILINE)
    )
    assert set(lines) == set(KioskConfig.model_fields)
    for name, field in KioskConfig.model_fields.items():
        if isinstance(field.default, bool):
            assert f"| `{str(field.default).lower()}` |" in lines[name], name
        elif isinstance(field.default, int | float):
            assert f"| `{field.default:g}` |" in lines[name], name
        elif isinstance(field.default, str):
            assert f"| `{field.default}` |" in lines[name], name


def test_every_event_and_screen_is_documented() -> None:
    """Protects whoever reads the kiosk's events: each that the code emits stands in the manual."""
    told = DOCS.read_text("utf-8").split("## What")[1]
    modules = (
        "screens/app",
        "session/session",
        "session/watch",
        "session/health",
        "session/tones",
        "visit/flow",
    )
    code = "".join((ROOT.parent / "kiosk" / f"{name}.py").read_text("utf-8") for name in modules)
    code += (ROOT.parent / "backend" / "client" / "http.py").read_text("utf-8")
    events = set(re.findall(r'(?:log\.\w+|_emit)\(\s*"(\w+)"', code))
    assert {"kiosk_ready", "screen_shown", "notice_seen", "ticket_printed"} <= events
    for name in (*events, *SCREENS):
        assert f"`{name}`" in told, name


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--help"], 0, "Without a command the kiosk itself runs"),
        (["--version"], 0, "uketsuke-kiosk, version"),
        (["run", "--help"], 0, "docs/settings-kiosk.md"),
        (["run"], 1, "no device token is given"),
        (["--camera", "none"], 1, "no device token is given"),
        (["--no-such-option"], 2, "No such option"),
        (["sacn", "x.png"], 2, "No such command 'sacn'"),
        (["--size", "large"], 2, "WIDTHxHEIGHT"),
        (["--printer", ":9100"], 2, "HOST:PORT"),
        (["--language", "fr"], 1, "the setting language is wrong"),
    ],
)
def test_the_program_answers_in_one_sentence(arguments: list[str], code: int, said: str) -> None:
    """Protects the command line: help suffices, options without a command are those of run, mistakes are named."""
    done = warm_program("kiosk").call(["uketsuke-kiosk", *arguments])
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert done.stderr.count("\n") == 1


def test_help_imports_neither_kivy_nor_cameras() -> None:
    """Protects a quick start of the tools, and machines without a screen."""
    code = (
        "import sys\nfrom kiosk.__main__ import cli\n"
        "cli(['run', '--help'], standalone_mode=False)\n"
        "assert not {'kivy', 'cv2', 'escpos'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, timeout=60, check=True)
