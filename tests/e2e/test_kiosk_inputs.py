"""A kiosk without a camera but with a hand scanner, as a program: real server, real window, a pseudo terminal as cable."""

import json
import os
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from backend.common.shipped import ROOT
from backend.offices.day import business_day
from backend.reception.device_reports import DeviceTrouble, troubles_at
from backend.reception.storing.tables import refusals
from backend.wire.codes import DevicePart
from tests.support import House, serving, wait_until

BOOKED, MY_NUMBER, FOREIGN = "AB1234567", "123456789018", "https://example.jp/coupon"


@pytest.fixture
def cable() -> Iterator[tuple[int, str]]:
    """The scanner's end of a serial line, and the name of the kiosk's end."""
    scanner, kiosk = os.openpty()
    tty.setraw(kiosk)
    yield scanner, os.ttyname(kiosk)
    for end in (scanner, kiosk):
        os.close(end)


@contextmanager
def _kiosk(address: str, token: str, log: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A running kiosk that draws into memory, with its log in a file; its printer is not there."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("UKETSUKE", "KIVY"))
    }
    environment |= {"SDL_VIDEODRIVER": "offscreen", "UKETSUKE_KIOSK_TOKEN": token}
    command = [sys.executable, "-m", "kiosk", "run", "--server", address, "--printer", "127.0.0.1:9"]
    command += ["--silent", "--log-json", "--size", "270x480", *options]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT.parent, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


def _events(log: Path, name: str) -> list[dict[str, Any]]:
    lines = [line for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    return [event for line in lines if (event := json.loads(line))["event"] == name]


def test_a_hand_scanner_alone_receives_refuses_and_is_reported(
    small_house: House, cable: tuple[int, str], tmp_path: Path
) -> None:
    """From bytes on a serial line to a number; twelve digits and foreign codes end as counts; a cut line is told."""
    scanner, where = cable
    log = tmp_path / "kiosk.log"
    small_house.reserve("10000001", card_number=BOOKED)
    token = small_house.device()
    with (
        serving(small_house) as address,
        _kiosk(address, token, log, "--camera", "none", "--scanner", f"serial:{where}"),
    ):
        wait_until(
            lambda: bool(_events(log, "kiosk_ready")) and bool(_events(log, "hand_scanner_opened")), 30
        )
        os.write(scanner, FOREIGN.encode() + b"\r")
        wait_until(lambda: len(_events(log, "code_refused")) == 1)
        os.write(scanner, MY_NUMBER.encode() + b"\r")
        wait_until(lambda: len(_events(log, "code_refused")) == 2)
        os.write(scanner, b"ab1-234567\r\n")
        wait_until(lambda: bool(_events(log, "checked_in")))

        def counted() -> list[tuple[str, str | None]]:
            with small_house.database.read() as connection:
                rows = connection.execute(select(refusals.c.reason, refusals.c.fingerprint))
                return sorted((row.reason, row.fingerprint) for row in rows)

        wait_until(lambda: counted() == [("foreign_code", None), ("my_number", None)])

        def troubles() -> list[DeviceTrouble]:
            with small_house.database.read() as connection:
                return troubles_at(connection, "00", business_day(small_house.clock()))

        # No camera is no trouble where the kiosk is told to do without; the missing printer is.
        wait_until(lambda: [trouble.part for trouble in troubles()] == [DevicePart.PRINTER])
    said = log.read_text("utf-8")
    assert _events(log, "checked_in")[0]["ticket"].startswith("M-")
    for secret in (MY_NUMBER, FOREIGN, "234567"):
        assert secret not in said
