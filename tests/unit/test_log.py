"""Logs of the server hold nothing personal, whatever a library or a bug says."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from backend.log import configure_logging


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Leave logging as it was for other tests."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


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
