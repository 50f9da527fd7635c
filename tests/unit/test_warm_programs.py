"""The programs that begin with everything imported: each call is a process of its own, as a real start would be."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cpu_time import cpu_seconds
from tests.warm_programs import WarmProgram, warm_program


@pytest.fixture
def program() -> WarmProgram:
    """The server's program."""
    return warm_program("backend")


def test_a_call_has_files_a_folder_and_an_environment_of_its_own(
    program: WarmProgram, tmp_path: Path
) -> None:
    """What is typed is read, what is said comes back apart from complaints, and nothing stays for the next call."""
    code = "import os, sys; print(sys.argv, os.getcwd(), os.environ, input()); print('no', file=sys.stderr); sys.exit(3)"
    done = program.call(["a", "b"], code=code, typed="typed\n", cwd=tmp_path, env={"X": "1"})
    assert (done.returncode, done.stderr) == (3, "no\n")
    assert done.stdout == f"['a', 'b'] {tmp_path} environ({{'X': '1'}}) typed\n"
    after = program.call(["c"], code="import os; print(os.getcwd(), len(os.environ))")
    assert after.stdout == f"{Path.cwd()} {len(os.environ)}\n"


def test_what_a_program_does_is_what_a_real_start_does(program: WarmProgram, tmp_path: Path) -> None:
    """Output, complaint and code of a command are the same either way, and so is a crash: its class, no message."""
    for words in (["device", "revoke", "kiosk-1"], ["--version"], ["recieve"]):
        real = subprocess.run(
            [sys.executable, "-m", "backend", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )  # fmt: skip
        warm = program.call(["uketsuke", *words], cwd=tmp_path)
        said = [one.stderr.splitlines()[-1:] for one in (warm, real)]
        assert (warm.returncode, warm.stdout, said[0]) == (real.returncode, real.stdout, said[1])
    crashed = program.call(["-c"], code="raise ValueError('of nobody\u2019s business')")
    assert crashed.returncode == 1
    assert "ValueError" in crashed.stderr.splitlines()[-1]


def test_a_process_is_killed_and_waited_for(program: WarmProgram) -> None:
    """As with any child: it runs beside others, a signal ends it, and how it ended is known."""
    waiting = "import sys; print('here', flush=True); sys.stdin.read(); print('gone')"
    with program.start(["-c"], code=waiting) as killed, program.start(["-c"], code=waiting) as left:
        assert killed.stdout is not None
        assert left.stdout is not None
        assert killed.stdout.readline() == left.stdout.readline() == "here\n"
        assert killed.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            killed.wait(0.01)
        killed.kill()
        assert killed.wait(20) == -signal.SIGKILL
        assert left.poll() is None
    assert left.returncode == 0


def test_its_work_is_counted_as_the_tests(program: WarmProgram) -> None:
    """The ledger knows what a call took, although the process is no child of the tests."""
    before = cpu_seconds()
    program.call(["-c"], code="import time\nwhile time.process_time() < 0.3: pass")
    assert cpu_seconds() - before > 0.2
