"""The demonstration's processes: watched while they run, gone when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from backend.demo.errors import ChildEndedError, DemoError, StepFailedError
from backend.demo.processes import Child, Children, forget_settings, port_is_free, run_command
from backend.demo.waiting import Waiter

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
PARENT = [
    sys.executable,
    "-c",
    (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)"
    ),
]


def said(child: Child) -> str | None:
    """The first whole line of a part's log, or none so far."""
    text = child.log.read_text("utf-8")
    return text.splitlines()[0] if "\n" in text else None


def lives(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_gone(pid: int) -> None:
    """Wait until a process has ended."""
    deadline = time.monotonic() + 20
    while lives(pid):
        assert time.monotonic() < deadline, "the process still runs"
        time.sleep(0.01)


def test_leaving_the_block_ends_every_part(tmp_path: Path) -> None:
    """Nothing may stay behind on the machine, whatever ended the demonstration."""
    with pytest.raises(RuntimeError, match="anything"), Children(tmp_path) as children:
        child = children.start("the sleeper", SLEEPER, log="sleeper")
        Waiter(children.check, 20).until("the sleeper did not start", lambda: said(child))
        raise RuntimeError("anything")
    assert not lives(child.process.pid)


def test_what_a_part_started_ends_with_it(tmp_path: Path) -> None:
    """A part's own children are part of it."""
    with Children(tmp_path) as children:
        child = children.start("the parent", PARENT, log="parent")
        grandchild = int(Waiter(children.check, 20).until("the parent did not start", lambda: said(child)))
        assert lives(grandchild)
    wait_gone(grandchild)


def test_a_part_that_does_not_listen_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging part must not keep the demonstration from ending."""
    monkeypatch.setattr("backend.demo.processes._STOP_SECONDS", 0.2)
    with Children(tmp_path) as children:
        child = children.start("the stubborn one", STUBBORN, log="stubborn")
        Waiter(children.check, 20).until("it did not start", lambda: said(child))
    assert child.process.returncode == -signal.SIGKILL


def test_parts_end_when_the_demonstration_is_killed(tmp_path: Path) -> None:
    """Even kill -9 of the demonstration leaves nothing behind."""
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from backend.demo.processes import Children\n"
        f"children = Children(Path({str(tmp_path)!r}))\n"
        f"child = children.start('the sleeper', {SLEEPER!r}, log='sleeper')\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as demonstration:
        assert demonstration.stdout is not None
        part = int(demonstration.stdout.readline())
        assert lives(part)
        demonstration.kill()
        demonstration.wait()
    wait_gone(part)


def test_a_part_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    """The person at the console learns which part died and what it said, at once and not after a deadline."""
    with Children(tmp_path) as children:
        argv = [sys.executable, "-c", "import sys; print('first'); sys.exit('no camera at all')"]
        children.start("the kiosk", argv, log="kiosk")
        with pytest.raises(
            ChildEndedError, match=r"the kiosk ended by itself \(exit code 1\): .*no camera at all"
        ):
            Waiter(children.check, 20).until("it was not ready", lambda: None)


def test_waiting_ends_at_its_deadline_and_says_for_what() -> None:
    """A step that does not happen fails by name instead of hanging."""
    with pytest.raises(StepFailedError, match="the kiosk was not ready within 0 seconds"):
        Waiter(lambda: None, 0.1).until("the kiosk was not ready", lambda: None)


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """No traceback for a missing program."""
    with (
        Children(tmp_path) as children,
        pytest.raises(DemoError, match="the screen cannot be started: No such file"),
    ):
        children.start("the screen", [str(tmp_path / "Xvfb")], log="screen")


def test_a_failed_command_hands_on_its_own_sentence() -> None:
    """Why a command failed is known to the command only."""
    with pytest.raises(DemoError, match="the import failed: line 3 is broken"):
        run_command([sys.executable, "-c", "import sys; sys.exit('line 3 is broken')"], what="the import")


def test_a_command_gets_what_it_is_given() -> None:
    """What a command reads and prints goes through whole."""
    argv = [sys.executable, "-c", "print(input()[::-1])"]
    assert run_command(argv, what="turning", given="受付\n") == "付受\n"


def test_settings_of_a_real_server_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration on a machine with a real server must not write into that server's database."""
    monkeypatch.setenv("UKETSUKE_DATABASE_URL", "postgresql+psycopg://counter/real")
    monkeypatch.setenv("UKETSUKE_KIOSK_TOKEN", "real")
    monkeypatch.setenv("OTHER", "stays")
    forget_settings()
    assert not [name for name in os.environ if name.startswith("UKETSUKE_")]
    assert os.environ["OTHER"] == "stays"


def test_a_taken_port_is_noticed() -> None:
    """The demonstration takes another port instead of failing where 8710 is in use."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not port_is_free(port)
    assert port_is_free(port)


def test_what_is_not_true_soon_is_no_failure_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """``soon`` returns False if something does not become true, and raises at once if a part has ended."""
    monkeypatch.setattr("backend.demo.waiting._SOON_SECONDS", 0.1)
    waiter = Waiter(lambda: None, 20)
    assert waiter.soon(lambda: True)
    assert not waiter.soon(lambda: False)
    seen = iter((False, True))
    assert waiter.soon(lambda: next(seen))

    def ended() -> None:
        raise ChildEndedError("the kiosk ended by itself")

    with pytest.raises(ChildEndedError):
        Waiter(ended, 20).soon(lambda: False)
