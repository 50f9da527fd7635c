"""The unit file of the server: as little as it needs, and enough to run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from backend.__main__ import COMMANDS
from tests.architecture.papers import ROOT, text_of
from tests.confined import HEADER, confined, settings_of
from tests.support import PASSWORD, wait_until

UNIT = ROOT / "assets" / "systemd" / "uketsuke.service"
CONFINABLE = os.geteuid() == 0 and HEADER.exists() and shutil.which("systemd-analyze") is not None


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="without systemd's own judge")
def test_systemd_itself_calls_the_unit_safe() -> None:
    """The exposure stays below 2.0 of 10, by systemd's own measure."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_COLORS": "0"},
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="without systemd's own judge")
def test_systemd_reads_the_unit_without_a_remark(tmp_path: Path) -> None:
    """No key is misspelt or in the wrong section; where the program is installed, its command line is one that it takes."""
    settings = settings_of(UNIT)
    (command,) = settings["ExecStart"]
    program, *arguments = command.split()
    assert program == "/opt/uketsuke/.venv/bin/uketsuke"
    assert arguments[0] in COMMANDS
    installed = Path(sys.executable).with_name("uketsuke")
    unit = tmp_path / UNIT.name
    # Here the program is not in /opt, and its papers are not either.
    papers = settings["Documentation"][0]
    written = UNIT.read_text("utf-8").replace(program, str(installed))
    unit.write_text(written.replace(papers, (ROOT / "docs" / "operations.md").as_uri()), "utf-8")
    assert papers == "file:///opt/uketsuke/docs/operations.md"
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wrong = unit.read_text("utf-8").replace("ProtectClock=", "ProtectClocks=")
    unit.write_text(wrong, "utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ProtectClocks" in told.stderr


def test_the_unit_and_the_example_of_settings_name_one_folder() -> None:
    """Where the server may write is where its settings lead."""
    settings = settings_of(UNIT)
    assert settings["StateDirectory"] == ["uketsuke"]
    assert 'var_dir = "/var/lib/uketsuke"' in text_of("operations.md")
    assert "sqlite:////var/lib/uketsuke/" in text_of("operations.md")


@pytest.mark.skipif(
    not CONFINABLE, reason="only root can take away what root may, and only where systemd names the calls"
)
def test_the_confinement_of_this_test_refuses_what_the_unit_forbids(tmp_path: Path) -> None:
    """The proof below is worth something: writing elsewhere, other sockets, other rights are really refused."""
    tried = (
        "import mmap, os, socket\n"
        "for act in (lambda: open('/etc/uketsuke-was-here', 'w'), lambda: socket.socket(socket.AF_NETLINK),\n"
        "            lambda: mmap.mmap(-1, 4096, prot=7), lambda: os.setuid(1), lambda: os.chown('/etc', 1, 1),\n"
        "            lambda: os.sched_setaffinity(0, {0})):\n"
        "    try: act(); print('done')\n"
        "    except OSError: print('refused')\n"
        f"open('{tmp_path}/here', 'w'); socket.socketpair(); print('done')\n"
    )
    done = subprocess.run(
        confined(UNIT, tmp_path, sys.executable, "-c", tried),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["refused"] * 6 + ["done"], done.stderr
    assert (tmp_path / "here").exists()


@pytest.mark.skipif(
    not CONFINABLE, reason="only root can take away what root may, and only where systemd names the calls"
)
def test_the_server_runs_under_what_the_unit_forbids(tmp_path: Path) -> None:
    """System calls, sockets, memory, rights and folders as in the unit: it starts, signs somebody in, commits, ends."""
    config = tmp_path / "server.toml"
    config.write_text(
        f'database_url = "sqlite:///{tmp_path}/uketsuke.db"\nvar_dir = "{tmp_path}"\nport = 0\n'
    )
    ours = (sys.executable, "-m", "backend")
    added = subprocess.run(
        confined(
            UNIT, tmp_path, *ours, "account", "add", "clerk01", "--role", "clerk", "--password-stdin",
            "--config", str(config),
        ),
        cwd=ROOT,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (added.returncode, len(added.stderr.splitlines())) == (0, 1)
    assert added.stderr.startswith("a new, empty database was made: ")
    with subprocess.Popen(
        confined(UNIT, tmp_path, *ours, "serve", "--config", str(config)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            line = server.stderr.readline()
            assert line.startswith("serving on "), line
            address = line.split()[-1]
            with httpx2.Client(base_url=address, trust_env=False, timeout=20) as browser:
                wait_until(lambda: _is_well(browser), 60)
                reply = browser.post("/sign-in", data={"login": "clerk01", "password": PASSWORD})
                assert (reply.status_code, reply.headers["location"]) == (303, "/clerk")
                browser.cookies.update(reply.cookies)
                assert browser.get("/clerk").status_code == 200
            backup = subprocess.run(
                confined(UNIT, tmp_path, *ours, "backup", str(tmp_path / "b.tar"), "--config", str(config)),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (backup.returncode, backup.stderr) == (0, "")
        finally:
            server.terminate()
            server.wait(20)


def _is_well(browser: httpx2.Client) -> bool:
    try:
        return bool(browser.get("/api/v1/health").json()["status"] == "ok")
    except httpx2.TransportError:
        return False
