"""The console programs, started once with all modules imported; each call is a process that is forked from there.

A program spends a second or two of CPU on imports before it does anything, and hundreds of them are asked. So a test
process starts each program once, as a stranger to the tests, and has it fork: what is called is a process with its own
files, environment, folder and end, killed like any other. What is about how Python itself starts (its options, ``-W``,
what is imported first) needs a real start.
"""

import atexit
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final, Self

from tests.cpu_time import report

_HEAD: Final = struct.Struct("!Q")
_BEGUN: Final = struct.Struct("!q")
_ENDED: Final = struct.Struct("!qd")
_FOLDER: Final = Path(__file__).resolve().parents[1]


class WarmProcess:
    """A called program that runs, used as a :class:`subprocess.Popen` is.

    Args:
        told: where its number and its end are told.
        stdin: what it reads, to be written by the caller; None where that is a file, as the others.
        stdout: what it says.
        stderr: what it complains about.

    Attributes:
        pid: its number.
        returncode: how it ended, negative for a signal; None while it runs.
    """

    def __init__(
        self,
        told: socket.socket,
        stdin: TextIOWrapper | None = None,
        stdout: TextIOWrapper | None = None,
        stderr: TextIOWrapper | None = None,
    ) -> None:
        self._told = told
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.returncode: int | None = None
        (self.pid,) = self._hear(_BEGUN)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return how it ended.

        Raises:
            subprocess.TimeoutExpired: it runs on after so many seconds.
        """
        if self.returncode is None:
            with selectors.DefaultSelector() as watched:
                watched.register(self._told, selectors.EVENT_READ)
                if not watched.select(timeout):
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self.returncode, seconds = self._hear(_ENDED)
            report(seconds)
        return self.returncode

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        """Nothing more: it runs."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for its end and close what was open to it."""
        if self.stdin is not None:
            self.stdin.close()
        try:
            self.wait()
        finally:
            for one in (self.stdout, self.stderr, self._told):
                if one is not None:
                    one.close()

    def _hear(self, shape: struct.Struct) -> tuple[Any, ...]:
        told = self._told.recv(shape.size, socket.MSG_WAITALL)
        assert len(told) == shape.size, "the warm program is gone"
        return shape.unpack(told)


class WarmProgram:
    """A program with its modules imported, waiting to be called.

    Args:
        room: the package whose ``main`` is called.
    """

    def __init__(self, room: str) -> None:
        self._asked, ours = socket.socketpair()
        with ours:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm_programs", room, str(ours.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[ours.fileno()],
                cwd=_FOLDER,
            )

    def start(
        self,
        words: Sequence[str],
        *,
        code: str = "main()",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        files: tuple[int, int, int] | None = None,
        silent: bool = False,
    ) -> WarmProcess:
        """Call the program as the console does and return while it runs.

        Args:
            words: of which the first is its name.
            code: Python to run, as ``python -c`` does, where ``main`` is the program; else only that.
            cwd: its folder, else that of the tests.
            env: its environment, else that of the tests.
            files: its standard files, else pipes to it and from it.
            silent: what it says is not kept, so that nobody has to read it.
        """
        opened: list[int] = []
        pipes: list[TextIOWrapper] = []
        if files is None:
            (read, into), (out, into_out), (err, into_err) = os.pipe(), os.pipe(), os.pipe()
            if silent:
                os.close(into_out)
                into_out = os.open(os.devnull, os.O_WRONLY)
            files = (read, into_out, into_err)
            opened = list(files)
            pipes = [os.fdopen(into, "w"), os.fdopen(out), os.fdopen(err)]
        told, answers = socket.socketpair()
        with answers:
            request = {
                "words": list(words),
                "code": code,
                "cwd": str(cwd or Path.cwd()),
                "env": dict(os.environ if env is None else env),
            }
            data = json.dumps(request).encode()
            socket.send_fds(self._asked, [_HEAD.pack(len(data))], [*files, answers.fileno()])
            self._asked.sendall(data)
        for one in opened:
            os.close(one)
        return WarmProcess(told, *pipes)

    def call(
        self, words: Sequence[str], *, typed: str = "", timeout: float = 60, **how: Any
    ) -> subprocess.CompletedProcess[str]:
        """Call the program and wait for its end.

        Args:
            words: of which the first is its name.
            typed: what it reads.
            timeout: seconds after which it is killed and the call fails.
            how: see :meth:`start`.
        """
        with TemporaryFile() as read, TemporaryFile() as out, TemporaryFile() as err:
            read.write(typed.encode())
            read.seek(0)
            with self.start(words, files=(read.fileno(), out.fileno(), err.fileno()), **how) as process:
                try:
                    code = process.wait(timeout)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode())
            return subprocess.CompletedProcess(list(words), code, *said)

    def close(self) -> None:
        """Let it end; what it started goes on."""
        self._asked.close()
        self._process.wait(60)


@cache
def warm_program(room: str) -> WarmProgram:
    """The program of a room, ready for as long as this test process goes on."""
    program = WarmProgram(room)
    atexit.register(program.close)
    return program


def _import_commands(module: Any) -> None:
    """Import the modules of every command of a group; a command by itself has none."""
    for place in getattr(module, "COMMANDS", {}).values():
        import_module(place)


def _carry_out(module: Any, request: dict[str, Any], files: Sequence[int]) -> int:
    """In a process of its own: what the program does, and with which code it ends."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = request["words"]
    try:
        exec(request["code"], {"__name__": "__main__", "main": module.main})  # noqa: S102 - as ``python -c`` does
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return code
    except Exception:  # noqa: BLE001 - as an interpreter ends
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # as an interpreter does that ends
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            if not stream.closed:
                stream.flush()
    return 0


class _Forks:
    """The processes that were forked and have not ended, each with the socket where its end is told."""

    def __init__(self) -> None:
        self.ready = selectors.DefaultSelector()
        self._told = 0.0

    def begin(self, pid: int, answers: socket.socket) -> None:
        """Tell the number of a process, and watch for its end."""
        _say(answers, _BEGUN.pack(pid))
        self.ready.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, answers))

    def end(self, watched: selectors.SelectorKey) -> None:
        """Tell how a process ended, its CPU seconds, and those that were spent here since they were told last."""
        pid, answers = watched.data
        self.ready.unregister(watched.fd)
        os.close(watched.fd)
        _, status, used = os.wait4(pid, 0)
        here, self._told = time.process_time() - self._told, time.process_time()
        seconds = used.ru_utime + used.ru_stime + here
        _say(answers, _ENDED.pack(os.waitstatus_to_exitcode(status), seconds))
        answers.close()

    def forget(self) -> None:
        """Leave them to the process that this one was forked from."""
        for watched in list(self.ready.get_map().values()):
            if watched.data is not None:
                watched.data[1].close()
                os.close(watched.fd)
        self.ready.close()


def _say(answers: socket.socket, told: bytes) -> None:
    """Tell the caller something, if there still is one."""
    with suppress(OSError):
        answers.sendall(told)


def serve(room: str, asked: socket.socket) -> None:
    """Fork for each request until nobody can ask any more."""
    module = import_module(f"{room}.__main__")
    _import_commands(module)
    forks = _Forks()
    forks.ready.register(asked, selectors.EVENT_READ)
    while True:
        for watched, _ in forks.ready.select():
            if watched.data is not None:
                forks.end(watched)
                continue
            head, files, _, _ = socket.recv_fds(asked, _HEAD.size, 4)
            if not head:
                return
            left, data = _HEAD.unpack(head)[0], bytearray()
            while len(data) < left:
                data += asked.recv(left - len(data))
            answers = socket.socket(fileno=files.pop())
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    answers.close()
                    asked.close()
                    forks.forget()
                    code = _carry_out(module, json.loads(data), files)
                finally:
                    os._exit(code)
            for file in files:
                os.close(file)
            forks.begin(pid, answers)


if __name__ == "__main__":
    serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
