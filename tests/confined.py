"""Runs a command under the restrictions of a unit file, as far as that is possible without systemd itself.

``python tests/confined.py UNIT COMMAND…`` reads the file and applies these to itself and then to the command: system
calls (seccomp), address families, and no memory that is both writable and executable. ``confined`` adds what needs
root: no capabilities, and only one writable folder.
"""

import ctypes
import os
import re
import shlex
import struct
import subprocess
import sys
from pathlib import Path

HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_SET_MDWE = 22, 38, 65
_FILTER, _REFUSE_GAIN = 2, 1
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO, _EPERM, _NO_FAMILY = 0x7FFF0000, 0x00050000, 1, 97


def settings_of(unit: Path) -> dict[str, list[str]]:
    """The settings of a unit file: all values of each key, in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        key, _, value = line.partition("=")
        if re.fullmatch(r"[A-Z]\w+", key):
            found.setdefault(key, []).append(value)
    return found


def confined(unit: Path, writable: Path, *command: str) -> list[str]:
    """The command line that runs a command under the restrictions of a unit file; it works only for root."""
    here = shlex.quote(str(writable))
    steps = [
        "mount --make-rprivate /",
        f"mount --bind {here} {here}",
        "mount -o remount,bind,ro /",
        "exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "
        + shlex.join([sys.executable, str(Path(__file__).resolve()), str(unit), *command]),
    ]
    return ["unshare", "--mount", "sh", "-c", " && ".join(steps)]


def _calls(names: list[str]) -> set[str]:
    """System calls by name, with groups expanded."""
    found: set[str] = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
            continue
        told = subprocess.run(
            ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
        ).stdout
        members = [line.strip() for line in told.splitlines()[1:]]
        found |= _calls([one for one in members if one and not one.startswith("#")])
    return found


def _program(settings: dict[str, list[str]]) -> bytes:
    """The filter program: it allows the listed calls, sockets only of the listed families, and refuses all else."""
    allowed: set[str] = set()
    for value in settings["SystemCallFilter"]:
        names = _calls(value.lstrip("~").split())
        allowed = allowed - names if value.startswith("~") else allowed | names
    numbers = {
        name: int(number) for name, number in re.findall(r"__NR_(\w+) (\d+)", HEADER.read_text("utf-8"))
    }
    families = [_FAMILIES[name] for name in settings["RestrictAddressFamilies"][0].split()]
    code = [(_LOAD, 0, 0, 0)]
    for name in sorted(allowed & set(numbers) - {"socket"}):
        code += [(_EQUAL, 0, 1, numbers[name]), (_RETURN, 0, 0, _ALLOW)]
    code += [(_EQUAL, 1, 0, numbers["socket"]), (_RETURN, 0, 0, _ERRNO | _EPERM), (_LOAD, 0, 0, 16)]
    for family in families:
        code += [(_EQUAL, 0, 1, family), (_RETURN, 0, 0, _ALLOW)]
    code.append((_RETURN, 0, 0, _ERRNO | _NO_FAMILY))
    return b"".join(struct.pack("HBBI", *one) for one in code)


def _confine(unit: Path) -> None:
    settings = settings_of(unit)
    program = ctypes.create_string_buffer(_program(settings))
    described = struct.pack("HxxxxxxP", (len(program) - 1) // 8, ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    prctls: list[tuple[int, int, object]] = [(_PR_SET_NO_NEW_PRIVS, 1, 0)]
    if settings.get("MemoryDenyWriteExecute") == ["yes"]:
        prctls.append((_PR_SET_MDWE, _REFUSE_GAIN, 0))
    prctls.append((_PR_SET_SECCOMP, _FILTER, ctypes.create_string_buffer(described)))
    for option, value, more in prctls:
        if libc.prctl(option, value, more, 0, 0):
            raise OSError(ctypes.get_errno(), f"prctl {option}")


if __name__ == "__main__":
    _confine(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command that is to be confined
