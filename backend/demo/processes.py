"""The parts as separate processes: started, watched, and ended with everything that they started."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.demo.errors import ChildEndedError, DemoError

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.02
_LAST_LINES = 5


def program(name: str) -> str:
    """The path of one of our programs: beside the Python that runs this.

    Raises:
        DemoError: it is not installed.
    """
    path = Path(sys.executable).with_name(name)
    if not path.is_file():
        raise DemoError(f"the program {name} is not installed beside {sys.executable}")
    return str(path)


def forget_settings() -> None:
    """Remove our settings from this process's environment: a demonstration must not use a real database."""
    for name in [name for name in os.environ if name.startswith("UKETSUKE_")]:
        del os.environ[name]


def port_is_free(port: int) -> bool:
    """Whether nothing on this machine listens on a TCP port of the loopback."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Child:
    """One running part.

    Attributes:
        name: its name in messages, for example "the kiosk".
        process: the process, which leads its own process group.
        log: the file with all its output.
    """

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def running(self) -> bool:
        """Whether the process is still running."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """The last lines of the log, on one line."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return " / ".join(line.strip() for line in lines[-_LAST_LINES:] if line.strip())


class Children:
    """All parts; leaving the ``with`` block ends every one of them.

    Each part leads a process group, so that whatever it started ends with it, and asks the kernel to end it when this
    process dies for any reason.

    Args:
        logs: folder for one log per part.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[Child] = []
        self._tie = _tied_to(os.getpid())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(
        self, name: str, argv: Sequence[str], *, log: str, env: Mapping[str, str] | None = None
    ) -> Child:
        """Start a part.

        Args:
            name: for messages, for example "the kiosk".
            argv: program and arguments.
            log: name of its log, without suffix.
            env: variables added to this process's environment.

        Raises:
            DemoError: the program cannot be started.
        """
        path = self._logs / f"{log}.log"
        with path.open("wb") as output:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own programs with our own arguments
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **(env or {})},
                    start_new_session=True,
                    preexec_fn=self._tie,  # noqa: PLW1509 - two system calls, and no other thread runs yet
                )
            except OSError as problem:
                raise DemoError(f"{name} cannot be started: {problem.strerror}") from None
        child = Child(name, process, path)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Check that no part has ended by itself.

        Raises:
            ChildEndedError: one has; the message holds the last lines of its log.
        """
        for child in self._children:
            if not child.running:
                code = child.process.returncode
                words = child.last_words() or "it said nothing"
                raise ChildEndedError(f"{child.name} ended by itself (exit code {code}): {words}")

    def close(self) -> None:
        """End every part and whatever it started, in reverse order: a window ends before its screen."""
        while self._children:
            child = self._children[-1]
            _signal_group(child, signal.SIGTERM)
            deadline = time.monotonic() + _STOP_SECONDS
            while _group_lives(child) and time.monotonic() < deadline:
                time.sleep(_LOOK_EVERY_SECONDS)
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
            self._children.pop()


def run_command(argv: Sequence[str], *, what: str, given: str = "") -> str:
    """Run one of our commands to its end and return what it printed.

    Args:
        argv: program and arguments.
        what: what it does, for the error message.
        given: its standard input.

    Raises:
        DemoError: it failed; the message includes its own error.
    """
    done = subprocess.run(  # noqa: S603 - our own programs with our own arguments
        argv,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise DemoError(f"{what} failed: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def _tied_to(parent: int) -> Callable[[], None]:
    """Make a child end when its parent does, in whatever way that ends."""
    libc = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before this was set up

    return tie


def _signal_group(child: Child, number: signal.Signals) -> None:
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def _group_lives(child: Child) -> bool:
    """Whether any process of a part's process group is running."""
    child.process.poll()
    try:
        os.killpg(child.process.pid, 0)
    except ProcessLookupError:
        return False
    return True
