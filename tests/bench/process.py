"""Processes of a measurement, separate from this one, so that measuring does not affect the measured program."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 10.0

Process = subprocess.Popen[str]


def python_module(name: str, *arguments: str) -> list[str]:
    """The command line that runs a module with this Python."""
    return [sys.executable, "-m", name, *arguments]


def python_script(file: Path, *arguments: str) -> list[str]:
    """The command line that runs a file with this Python."""
    return [sys.executable, str(file), *arguments]


@contextmanager
def running(
    argv: Sequence[str], *, says: Path, extra: Mapping[str, str] | None = None, at: Path = ROOT
) -> Iterator[Process]:
    """Run a process while the block lasts; its standard input and output are pipes.

    Args:
        argv: program and arguments.
        says: file for its standard error.
        extra: variables added to its environment.
        at: the folder in which it is started, and whose modules it imports first.
    """
    # Settings of a real server or kiosk in our environment must not affect the measured program.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UKETSUKE_")}
    with (
        says.open("a", encoding="utf-8") as errors,
        subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=at,
            env={**environment, **(extra or {})},
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def read_line(process: Process) -> str:
    """The next line that a process writes, without the line break; empty if it has ended."""
    return process.stdout.readline().rstrip("\n") if process.stdout is not None else ""


def write_line(process: Process, line: str) -> None:
    """Send a line to a process."""
    if process.stdin is not None:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
