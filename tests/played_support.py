"""Visits that ``uketsuke demo --once`` plays through real processes, and their evidence."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psutil
import zxingcpp
from PIL import Image

DEADLINE_SECONDS = 600
UKETSUKE: Final = str(Path(sys.executable).with_name("uketsuke"))
MARK = "VISIT_MARK"


@dataclass(frozen=True)
class Played:
    """A visit that was played.

    Attributes:
        out: the folder of the evidence.
        said: standard output.
        began: when it was started, aware.
        ended: when it had ended, aware.
        mark: a text in the environment of every process of this visit.
    """

    out: Path
    said: str
    began: datetime
    ended: datetime
    mark: str

    def timeline(self) -> list[dict[str, Any]]:
        """The steps."""
        steps: list[dict[str, Any]] = json.loads((self.out / "timeline.json").read_text("utf-8"))
        return steps

    def times(self) -> dict[str, datetime]:
        """When each step happened."""
        return {moment["step"]: datetime.fromisoformat(moment["at"]) for moment in self.timeline()}

    def picture(self, name: str) -> Image.Image:
        """A picture of the evidence."""
        with Image.open(self.out / name) as picture:
            return picture.convert("RGB")

    def logs(self) -> str:
        """The logs of all parts as one text."""
        return "\n".join(log.read_text("utf-8") for log in sorted((self.out / "logs").iterdir()))


def left_behind(mark: str) -> list[str]:
    """The command lines of processes that a visit started and that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(" ".join(process.cmdline()))
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def decoded(picture: Image.Image) -> list[str]:
    """The codes in a picture."""
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def play(out: Path, *options: str) -> Played:
    """Play a visit, with its evidence in a folder.

    Args:
        out: the folder.
        options: options for ``uketsuke demo --once`` that choose the visit.
    """
    mark = uuid4().hex
    environment = {**os.environ, MARK: mark}
    # A real screen, a real database: the visit must use neither.
    environment |= {
        "DISPLAY": ":65535",
        "UKETSUKE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    }
    began = datetime.now(UTC)
    done = subprocess.run(
        [UKETSUKE, "demo", "--once", *options, "--out", str(out)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return Played(out, done.stdout, began, datetime.now(UTC), mark)
