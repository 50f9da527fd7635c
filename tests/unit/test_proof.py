"""`make proof`: which tests it runs, at which size, and what it writes down."""

import subprocess
import sys
from pathlib import Path

from tests.proof import ROOT, proof_files, row


def test_a_proof_runs_what_asks_for_its_size() -> None:
    """The load, the kills, the soak, the months, the state machines, the import and every language of the screens are in it; screens last."""
    files = proof_files()
    assert {
        "tests/concurrency/test_kill.py",
        "tests/concurrency/test_reception_under_load.py",
        "tests/concurrency/test_soak.py",
        "tests/integration/test_exchange_import.py",
        "tests/integration/test_web_strange_requests.py",
        "tests/stateful/test_months.py",
        "tests/stateful/test_queue_machine.py",
        "tests/stateful/test_visit_flow_machine.py",
        "tests/ui/test_display_board.py",
    } <= set(files)
    assert "tests/unit/test_proof.py" not in files
    screens = [file.startswith("tests/ui/") for file in files]
    assert screens == sorted(screens)


def test_the_size_is_one_number(tmp_path: Path) -> None:
    """In a proof there are so many times the examples, and every case where `make test` has some."""
    ask = (
        "from tests.proof import examples, some_of\n"
        "print(examples(3), examples(3, proof=9), *some_of([1], everything=[1, 2]))"
    )
    for factor, said in (("1", "3 3 1"), ("50", "150 450 1 2")):
        done = subprocess.run(
            [sys.executable, "-c", ask],
            cwd=ROOT, env={"UKETSUKE_PROOF": factor}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == said


def test_a_run_is_one_line_that_can_be_repeated() -> None:
    """Commit, seed, size, what each part ended with, and how long it took."""
    told = row("abc1234", 7, 50, ["12 passed", "1 failed, 3 passed"], 93.4, "2026-11-27")
    assert told == "| 2026-11-27 | abc1234 | 7 | 50 | 12 passed; 1 failed, 3 passed | 93 |"
