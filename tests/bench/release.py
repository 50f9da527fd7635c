"""An earlier version to compare with: taken out of the repository, and run by this Python in a folder of its own."""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from backend.protection.roles import DeviceKind, Role
from tests.bench.counter import Server, serve
from tests.bench.measurement import BenchError
from tests.bench.process import ROOT, Process, python_script, read_line, running, write_line
from tests.bench.tally import Stored

VERSION = "0.1.0"
_COMMIT = "55e611701182fea90b4be60697c5a994de072300"
"""The commit of that version; a clone may lack its tag."""
ABSENT = f"version {VERSION} is not in this repository, so its rows are left out"
_KEEPER = Path(__file__).with_name("keeper.py")


def unpack(folder: Path, commit: str = _COMMIT) -> Path | None:
    """Unpack the version into a folder; returns its path, or None if the repository does not contain it."""
    try:
        packed = subprocess.run(
            ["git", "archive", "--format=tar", commit], cwd=ROOT, capture_output=True, check=False
        )
    except FileNotFoundError:
        return None
    if packed.returncode != 0:
        return None
    place = folder / f"release-{VERSION}"
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(place, filter="data")
    return place


class OlderCounter:
    """A counter of that version: its own programs made its database and serve it; see :class:`tests.bench.counter.Counter`.

    Args:
        process: the keeper of the counter.
        folder: the folder of its files.
        release: the folder with the unpacked version.
        config: its settings file.
        url: its database.
    """

    def __init__(self, process: Process, folder: Path, release: Path, config: Path, url: str) -> None:
        self._process = process
        self._folder = folder
        self._release = release
        self._config = config
        self.url = url

    def device(self, kind: DeviceKind) -> str:
        """Enrol a device and return its token."""
        return str(self._ask("device", kind.value))

    def clerk(self) -> str:
        """Add a clerk and return the login."""
        return str(self._ask("person", Role.CLERK.value))

    def staff(self) -> str:
        """Add a member of the ward's staff and return the login."""
        return str(self._ask("person", Role.STAFF.value))

    def reserve(self, count: int) -> list[str]:
        """Add reservations of invented people for this moment and return their numbers."""
        return list(self._ask("reserve", count))

    def notices(self, numbers: list[str]) -> list[str]:
        """Give reservations their notices and return the texts of the codes on them."""
        return list(self._ask("notices", numbers))

    def stored(self) -> Stored:
        """The tickets and calls of today in the database."""
        numbers, calls = self._ask("stored")
        return Stored(numbers, tuple(calls))

    @contextmanager
    def serving(self, processes: int = 1, noting: Path | None = None) -> Iterator[list[Server]]:
        """Run server processes on free ports while the block lasts."""
        with serve(
            self._folder, self._config, self.url, processes, at=self._release, noting=noting
        ) as servers:
            yield servers

    def _ask(self, *words: object) -> Any:
        write_line(self._process, json.dumps(words))
        reply = read_line(self._process)
        if not reply:
            raise BenchError(f"version {VERSION} did not answer {words[0]}")
        return json.loads(reply)


@contextmanager
def older_counter(release: Path, folder: Path, url: str | None = None) -> Iterator[OlderCounter]:
    """A counter of the version in the folder ``release``, with an empty database; SQLite by default.

    Raises:
        BenchError: the version does not run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    says = folder / f"keeper-{uuid4().hex[:8]}.log"
    argv = [*python_script(_KEEPER), str(folder), *([url] if url else [])]
    with running(argv, says=says, at=release) as process:
        told = read_line(process)
        if not told:
            words = says.read_text("utf-8").strip().splitlines()
            raise BenchError(f"version {VERSION} does not run: {words[-1] if words else 'it said nothing'}")
        place = json.loads(told)
        yield OlderCounter(process, folder, release, Path(place["config"]), place["url"])
