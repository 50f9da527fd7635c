"""The set-up script as a newcomer meets it: apt-get, pip and Python stand in front of it as stubs that tell and fail."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.papers import ROOT

PINNED = [f"package-{number}==1.{number}" for number in range(1, 21)]
MIRROR = "https://user:secret@mirror.example.internal/simple"

PYTHON = r"""#!/bin/bash
# A Python and its pip: what was installed is a file of lines beside it.
here="$(dirname "$0")/.."
case "$*" in
    "--version") echo "Python 3.11.99" ;;
    "-c import sys"* | "-c import ensurepip"*) ;;
    "-m venv --clear "*)
        mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && : >"$4/installed" ;;
    "-m pip --version") echo "pip 23" ;;
    "-m pip list"*) cat "$here/installed" ;;
    "-m pip install"*)
        if [[ -e fail-pip && "$*" == *"package-12"* ]]; then
            echo "Looking in indexes: MIRROR"
            echo "WARNING: Retrying (Retry(total=4)) after connection broken by host='mirror.example.internal'" >&2
            echo "WARNING: Retrying (Retry(total=4)) after connection broken by host='mirror.example.internal'" >&2
            echo "ERROR: Could not install package-12==1.12 from MIRROR/package-12 (file is broken)" >&2
            exit 1
        fi
        echo "WARNING: a place of packages, MIRROR, is ignored" >&2
        printf "%s\n" "$@" | grep == >>"$here/installed" || true ;;
    *) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""
APT = r"""#!/bin/bash
case "$*" in
    *" update"*) echo "Get:1 http://mirror.example.internal/debian InRelease" ;;
    *" install "*)
        [[ -e fail-apt ]] && { echo "E: Failed to fetch http://mirror.example.internal/debian/x.deb  Could not resolve 'mirror.example.internal'"; exit 100; }
        echo "0 upgraded, 8 newly installed, 0 to remove and 3 not upgraded."
        for i in 1 2 3 4 5 6 7 8; do echo "Get:$i http://mirror.example.internal/debian bookworm/main amd64 p$i"; done
        for i in 1 2 3 4 5 6 7 8; do echo "Unpacking p$i ..."; done
        for i in 1 2 3 4 5 6 7 8; do echo "Setting up p$i (1.0) ..."; done
        touch apt-done ;;
esac
"""
STUBS = {
    "python3.11": PYTHON.replace("MIRROR", MIRROR),
    "apt-get": APT,
    "apt-cache": "#!/bin/bash\nexit 0\n",
    "dpkg-query": "#!/bin/bash\n[[ -e apt-done ]] && echo 'ii '\nexit 0\n",
    "sudo": '#!/bin/bash\nwhile [[ "$1" == -* ]]; do shift; done\nexec "$@"\n',
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real script, 20 pinned packages, and a machine that has nothing."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "setup", tmp_path / ".ci" / "setup")
    (tmp_path / ".ci" / "constraints.txt").write_text("# pinned\n" + "\n".join(PINNED) + "\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "stubs").mkdir()
    for name, text in STUBS.items():
        stub = tmp_path / "stubs" / name
        stub.write_text(text)
        stub.chmod(0o755)
    return tmp_path


def set_up(checkout: Path) -> "subprocess.CompletedProcess[str]":
    """Run the script as ``make setup`` does, without a terminal."""
    return subprocess.run(
        [str(checkout / ".ci" / "setup")],
        cwd=checkout, env={"PATH": f"{checkout / 'stubs'}:/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def told(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """What was said, line by line, without the seconds."""
    return [re.sub(r"^setup: +\d+ s  ", "", line) for line in done.stdout.splitlines()]


def test_a_first_run_tells_how_far_it_is(checkout: Path) -> None:
    """Nobody sits before a silent console: Debian packages by quarters, Python packages by batches, in order."""
    done = set_up(checkout)
    assert done.returncode == 0, done.stderr
    lines = [line for line in told(done) if "lists of what there is" not in line]
    assert lines[0].startswith("Debian packages: installing libgl1 ")
    assert lines[1:] == [
        *(f"Debian packages: {count} of 8 fetched" for count in (2, 4, 6, 8)),
        *(f"Debian packages: {count} of 8 set up" for count in (2, 4, 6, 8)),
        "virtual environment: making .venv with Python 3.11.99",
        "Python packages: 1 to 8 of 20, package-1 … package-8",
        "Python packages: 9 to 16 of 20, package-9 … package-16",
        "Python packages: 17 to 20 of 20, package-17 … package-20",
        "Uketsuke itself: installing its programs",
        "set up",
    ]
    assert done.stderr == ""
    assert "Unpacking p3" in (checkout / "var" / "setup.log").read_text("utf-8")


def test_a_second_run_says_nothing(checkout: Path) -> None:
    """Whoever runs it every day is not told every day; the log of the run that did something stays."""
    set_up(checkout)
    kept = (checkout / "var" / "setup.log").read_bytes()
    again = set_up(checkout)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (checkout / "var" / "setup.log").read_bytes() == kept


def test_a_changed_pin_installs_what_is_missing_only(checkout: Path) -> None:
    """After an update one package is one line, not twenty."""
    set_up(checkout)
    (checkout / ".ci" / "constraints.txt").write_text("\n".join([*PINNED[1:], "package-1==2.0"]) + "\n")
    done = set_up(checkout)
    assert told(done)[0] == "Python packages: 1 to 1 of 1, package-1 … package-1"


def test_what_pip_says_stands_on_the_console_where_it_fails(checkout: Path) -> None:
    """Pip's error is seen, each line once, with what to do next; the next run goes on where this one stopped."""
    (checkout / "fail-pip").touch()
    done = set_up(checkout)
    assert done.returncode == 1
    assert "ERROR: Could not install package-12==1.12" in done.stderr
    assert "(file is broken)" in done.stderr
    assert done.stderr.count("connection broken") == 1
    assert "goes on where it stopped" in done.stderr.splitlines()[-1]
    assert sum("the network does not answer" in line for line in told(done)) == 1
    (checkout / "fail-pip").unlink()
    again = set_up(checkout)
    assert again.returncode == 0
    assert told(again)[0] == "Python packages: 1 to 8 of 12, package-9 … package-16"


def test_what_apt_says_stands_on_the_console_where_it_fails(checkout: Path) -> None:
    """apt-get's error is seen, with what to do next."""
    (checkout / "fail-apt").touch()
    done = set_up(checkout)
    assert done.returncode == 1
    assert "E: Failed to fetch" in done.stderr
    assert "install by hand: libgl1 " in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("broken", ["nothing", "fail-pip", "fail-apt"])
def test_no_address_of_a_package_host_is_shown_or_kept(checkout: Path, broken: str) -> None:
    """Console and log can be shared: neither a mirror's name nor the password in its address stands in them."""
    (checkout / broken).touch()
    done = set_up(checkout)
    seen = done.stdout + done.stderr + (checkout / "var" / "setup.log").read_text("utf-8")
    assert "mirror.example" not in seen
    assert "secret" not in seen
    assert "(address)" in seen
