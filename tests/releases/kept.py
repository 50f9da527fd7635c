"""A release as it is kept: a folder of text with the database, what was said on the wire, and the keys of the house."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from backend.storage.migration import Upgraded
from tests.migrated import closing_database, upgrade
from tests.releases.tables import Rows, load
from tests.releases.wire import Exchange, Key
from tests.support import HandClock, House, make_house

FOLDER: Final = Path(__file__).resolve().parent
OFFICES, HOUSE, ROWS, DAY, NEXT = "offices.toml", "house.json", "rows.json", "day.json", "next.json"
WIRE: Final = "wire.json"
SCHEMAS: Final = {"sqlite": "schema.sqlite.sql", "postgresql": "schema.postgresql.sql"}
SETTINGS: Final[dict[str, Any]] = {"heartbeat_seconds": 3600}
"""Of every house of the story: no beat comes between the messages of a stream."""

_NIGHT: Final = timedelta(hours=22)
"""From the time at which the database was kept to early next morning."""


def releases() -> list[str]:
    """Every version that is kept, oldest first."""
    found = [path.name for path in FOLDER.iterdir() if (path / HOUSE).is_file()]
    return sorted(found, key=lambda name: [int(part) for part in re.findall(r"[0-9]+", name)])


@dataclass(frozen=True)
class Keepsake:
    """What a house needs besides its database.

    Attributes:
        version: of the product that made it.
        revision: of the database.
        now: the server's time at the end.
        secret: the server's key, of this invented house only.
        password: of everybody.
        browser: the cookie by which the browser of the first clerk is known.
        waiting: numbers that wait at the main office, in the order of the clerks' page.
        codes: codes of notices by the number of the reservation.
        keys: of devices and sessions.
    """

    version: str
    revision: str
    now: str
    secret: str
    password: str
    browser: str
    waiting: list[str]
    codes: dict[str, str]
    keys: dict[str, Key]

    def as_text(self) -> str:
        """The shape in which it is kept."""
        keys = {
            name: {part: value for part, value in vars(key).items() if value}
            for name, key in self.keys.items()
        }
        return json.dumps({**vars(self), "keys": keys}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@dataclass(frozen=True)
class Release:
    """A kept release."""

    folder: Path
    house: Keepsake
    rows: Rows
    day: tuple[Exchange, ...]
    next: tuple[Exchange, ...]
    wire: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Release":
        """Read a folder."""
        house = json.loads((folder / HOUSE).read_text("utf-8"))
        house["keys"] = {name: Key(**parts) for name, parts in house["keys"].items()}
        return cls(
            folder,
            Keepsake(**house),
            json.loads((folder / ROWS).read_text("utf-8")),
            exchanges(folder / DAY),
            exchanges(folder / NEXT),
            json.loads((folder / WIRE).read_text("utf-8")),
        )

    def load(self, url: str) -> None:
        """Bring its database, as it was, into an empty one."""
        kind = "sqlite" if url.startswith("sqlite") else "postgresql"
        load(url, (self.folder / SCHEMAS[kind]).read_text("utf-8"), self.rows)

    @property
    def now(self) -> datetime:
        """The server's time when it was kept."""
        return datetime.fromisoformat(self.house.now)

    def upgrade(self, url: str, var_dir: Path, now: datetime) -> Upgraded:
        """Bring its database to today's version, as the command does at a time.

        Raises:
            MigrationRefusedError: numbers of that day are alive.
        """
        var_dir.mkdir(parents=True, exist_ok=True)
        with closing_database(url) as database:
            database.clock = HandClock(now)
            return upgrade(database, var_dir)

    @contextmanager
    def opened(self, url: str, var_dir: Path) -> Iterator[House]:
        """A house of today on its database, which was upgraded before the next day's first number.

        No ward upgrades under living numbers. Then the clock is put back to where the database was kept, so that its day
        goes on and everything that was said can be said again.
        """
        var_dir.mkdir(parents=True, exist_ok=True)
        secret = var_dir / "secret.key"
        secret.touch(0o600)
        secret.write_bytes(bytes.fromhex(self.house.secret))
        self.upgrade(url, var_dir, self.now + _NIGHT)
        clock = HandClock(self.now)
        # The recorded day is told again as it stood; that a new day closes an old one is tried elsewhere.
        settings = {**SETTINGS, "close_day_by_itself": False}
        house = make_house(url, var_dir, clock, offices_file=self.folder / OFFICES, **settings)
        try:
            yield house
        finally:
            house.database.dispose()


def exchanges(file: Path) -> tuple[Exchange, ...]:
    """What was said on the wire, from its file."""
    return tuple(map(Exchange.from_json, json.loads(file.read_text("utf-8"))))


def text_of_exchanges(said: list[Exchange]) -> str:
    """What was said on the wire, a line each."""
    lines = ",\n".join(json.dumps(one.as_json(), ensure_ascii=False, separators=(",", ":")) for one in said)
    return f"[\n{lines}\n]\n"
