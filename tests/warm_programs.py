"""The console programs, started once with all modules imported; each call is a process that is forked from there.

A program that only shows its help spends nearly all of its time on imports, and tests call a hundred of them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any


class WarmProgram:
    """A program with its modules imported, waiting to be called.

    Args:
        room: the package whose ``main`` is called.
        folder: folder for the output of calls.
    """

    def __init__(self, room: str, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_programs", room],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Call the program as on a console, with these words; the first is its name."""
        out, err = self._folder / "stdout", self._folder / "stderr"
        request = {"words": list(words), "out": str(out), "err": str(err)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(
            request["words"], code, out.read_text("utf-8"), err.read_text("utf-8")
        )

    def close(self) -> None:
        """End the program."""
        self._process.communicate(timeout=60)


@contextmanager
def warm_program(room: str, folder: Path) -> Iterator[WarmProgram]:
    """A program that is ready to be called within the block."""
    program = WarmProgram(room, folder)
    try:
        yield program
    finally:
        program.close()


def _import_commands(module: Any) -> None:
    """Import the modules of every command of a group; a command by itself has none."""
    for place in getattr(module, "COMMANDS", {}).values():
        import_module(place)


def _carry_out(module: Any, request: dict[str, Any]) -> int:
    """Run the program in a process of its own; returns its exit code."""
    for place, number in ((request["out"], 1), (request["err"], 2)):
        os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = request["words"]
    try:
        module.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def serve(room: str) -> None:
    """For every line of standard input, carry out the call and answer with its exit code."""
    module = import_module(f"{room}.__main__")
    _import_commands(module)
    answers = sys.stdout
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = _carry_out(module, json.loads(line))
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
