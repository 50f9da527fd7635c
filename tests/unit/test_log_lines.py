"""Log lines, lines of libraries and crash reports of the three programs contain no 12-digit number."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import structlog

from backend.common.device_kit.device_logs import configure_logs
from backend.common.log_lines import HIDDEN, LibraryLines, hide_numbers
from backend.common.settings_files import SettingsError
from backend.settings import load_settings
from kiosk.config import load_kiosk_config
from queue_display.config import load_display_config
from tests.invented_number import MY_NUMBER

HIDDEN_VALUES = [
    MY_NUMBER,
    "1234|5678|9018",
    "壱弐参四五六七八九〇一八",
    "読取 1234 5678 9018 でした",
    int(MY_NUMBER),
    MY_NUMBER.encode(),
    ["x", MY_NUMBER],
    {"shown": {"number": MY_NUMBER}},
    {MY_NUMBER: 1},
    (1234, 5678, 9018),
    Path("/home") / MY_NUMBER,
    ValueError(f"no such number: {MY_NUMBER}"),
]
SHOWN_VALUES = [
    None,
    True,
    0.123456789018,
    1795802400123456,
    "M-012",
    "192.168.100.20:9100",
    "2026-11-24T10:30:00.123456+09:00",
    datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
    UUID("01890a5d-ac96-774b-bcce-123456" + "789018"),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
]


@pytest.mark.parametrize("value", HIDDEN_VALUES, ids=str)
def test_no_type_of_a_value_hides_a_number(value: object) -> None:
    """Not a list, not a path, not the message of an exception, and not a bare integer."""
    assert hide_numbers(None, "", {"event": "seen", "value": value}) == {"event": "seen", "value": HIDDEN}


@pytest.mark.parametrize("value", SHOWN_VALUES, ids=str)
def test_what_programs_write_stays(value: object) -> None:
    """Times, ids, addresses of machines, counts and measurements are what a log is for."""
    assert hide_numbers(None, "", {"event": "seen", "value": value}) == {"event": "seen", "value": value}


@pytest.mark.parametrize(
    "configure",
    [
        lambda: configure_logs(load_kiosk_config(log_json=True)),
        lambda: configure_logs(load_display_config(log_json=True)),
    ],
    ids=["kiosk", "display"],
)
def test_devices_log_no_number(configure: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    """Kiosk and hall display have the server's filter, for their own lines and those of libraries."""
    configure()
    structlog.get_logger("test").info("seen", value="1234:5678:9018")
    try:
        raise ValueError(MY_NUMBER)
    except ValueError:
        structlog.get_logger("test").error("failed", exc_info=True)
    told = capsys.readouterr()
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [line.get("value", line.get("error")) for line in lines] == [HIDDEN, "ValueError"]
    assert MY_NUMBER not in told.out + told.err


def test_lines_of_libraries_are_looked_at() -> None:
    """A library's warning and the traceback of a lost task go to standard error by themselves."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LibraryLines())
    logger = logging.getLogger("tests.library")
    logger.addHandler(handler)
    logger.warning("read %s from %s", "1234 5678 9018", "a card")
    try:
        raise ValueError(MY_NUMBER)
    except ValueError:
        logger.exception("Task exception was never retrieved")
    first, second = stream.getvalue().splitlines()
    assert first == f"warning tests.library: {HIDDEN}"
    assert second.startswith(
        "error tests.library: Task exception was never retrieved (ValueError at test_lines_of"
    )


def test_a_crash_tells_its_kind_and_place_only(tmp_path: Path) -> None:
    """Also in a thread, also with a cause; no message, no line of source, no image of the memory on the disk."""
    program = tmp_path / "crashing.py"
    program.write_text(
        "import resource, sys, threading\n"
        "from backend.common.log_lines import crash_carefully\n"
        "crash_carefully()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])\n"
        "def work(): raise ValueError(sys.argv[1])\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()\n"
        "try: work()\n"
        "except ValueError as error: raise KeyError(sys.argv[1]) from error\n"
    )
    done = subprocess.run([sys.executable, program, MY_NUMBER], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "0\n")
    thread, main = done.stderr.splitlines()
    assert thread.startswith("unexpected error: ValueError at ")
    assert thread.endswith(" > work:5")
    assert main == "unexpected error: KeyError at <module>:8, after ValueError at <module>:7 > work:5"


@pytest.mark.parametrize("value", [MY_NUMBER, "1234-5678-9018", f"/srv/{MY_NUMBER}/u.db"])
def test_no_setting_holds_a_number(value: str, tmp_path: Path) -> None:
    """Paths and addresses are shown and logged; what is wrong is named, not repeated."""
    for load in (
        lambda: load_settings(var_dir=Path(value)),
        lambda: load_kiosk_config(printer_host=value),
        lambda: load_display_config(server_url="http://" + value.strip("/").replace("/", "-")),
    ):
        with pytest.raises(SettingsError, match="12-digit number") as caught:
            load()
        assert "9018" not in str(caught.value)
    assert load_kiosk_config(printer_host="192.168.100.20").printer_host == "192.168.100.20"
    assert load_settings(var_dir=tmp_path).var_dir == tmp_path
