"""Keeps the counter of an earlier release; run as a script in the folder of that release.

Its arguments are the counter's folder and database. It writes a line of JSON with the settings file and the database,
and then answers every line such as ``["device", "kiosk"]`` with a line. It uses only the release's own modules, by the
names that they had, so nothing here depends on today's modules.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click


class Keeper:
    """A counter of the release in whose folder this runs.

    Args:
        folder: the folder of the counter's files.
        url: an empty database; empty for a SQLite file in the folder.
    """

    def __init__(self, folder: str, url: str | None) -> None:
        self._bench = import_module("tests.bench.counter")
        self._counter: Any = self._bench.Counter(Path(folder), url)

    def place(self) -> dict[str, str]:
        """Where a server finds its settings and its database."""
        return {"config": str(self._counter._config), "url": self._counter.url}

    def device(self, kind: str) -> str:
        """Enrol a device and return its token."""
        return str(self._counter.device(import_module("backend.protection.devices").DeviceKind(kind)))

    def person(self, role: str) -> str:
        """Add a person and return the login."""
        if role == "clerk":
            return str(self._counter.clerk())
        login, create = f"{role}-1", import_module("backend.protection.accounts").create_account
        roles = import_module("backend.protection.roles")
        create(self._counter.database, login, self._bench.PASSWORD, roles.Role(role), self._bench.OFFICE)
        return login

    def reserve(self, count: int) -> list[str]:
        """Add reservations and return their numbers."""
        return list(self._counter.reserve(count))

    def notices(self, numbers: list[str]) -> list[str]:
        """Give reservations their notices and return the texts of the codes on them."""
        return list(self._counter.notices(numbers))

    def stored(self) -> list[Any]:
        """Number by ticket, and the tickets of all calls."""
        with self._counter.database.read() as connection:
            stored = import_module("tests.bench.tally").read_stored(connection, self._counter.today)
        return [dict(stored.numbers), list(stored.calls)]


def main() -> None:
    """Answer until standard input is closed."""
    # The folder of this script is first on the path; the release in whose folder it runs must be.
    sys.path[0] = str(Path.cwd())
    keeper = Keeper(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    click.echo(json.dumps(keeper.place()))
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        click.echo(json.dumps(getattr(keeper, name)(*arguments)))


if __name__ == "__main__":
    main()
