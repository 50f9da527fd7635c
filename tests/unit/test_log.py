"""Logs of the server hold nothing personal, whatever a library or a bug says."""

import json
import logging

import pytest
import structlog

from backend.log import configure_logging
from tests.bench.pictures import Sheets


def test_twelve_digits_never_reach_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither our own fields nor a library's sentence can carry a 個人番号 into a log."""
    configure_logging(json=True)
    structlog.get_logger("test").info("seen", value="1234 5678 9018")
    logging.getLogger("library").warning("read 123456789018 from a card")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["value"] == "(hidden)"
    assert lines[1]["event"] == "(hidden)"


def test_the_message_of_an_exception_stays_out_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Of an unexpected exception the log names kind and place, not what it says."""
    configure_logging(json=True)
    try:
        raise ValueError("受付 花子")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    told = capsys.readouterr().out
    assert "花子" not in told
    line = json.loads(told)
    assert line["error"] == "ValueError"
    assert "test_the_message_of_an_exception" in line["places"]


def test_drawing_a_notice_leaves_no_lines_of_its_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    """The libraries that subset fonts would log each step at the server's level; those lines are suppressed."""
    configure_logging(json=True)
    Sheets()
    assert capsys.readouterr().out == ""
