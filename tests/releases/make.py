"""Making a release: the story is told to a house of today, and what came of it is text."""

from pathlib import Path

from alembic import command

from backend.common.console import product_version
from backend.protection.passwords import verify
from backend.storage.migration import _config
from tests.migrated import closing_database, fresh_postgres
from tests.releases.chance import repeatable
from tests.releases.days import day_before, set_up, the_day, what_follows
from tests.releases.kept import (
    DAY,
    HOUSE,
    NEXT,
    OFFICES,
    ROWS,
    SCHEMAS,
    SETTINGS,
    WIRE,
    Keepsake,
    text_of_exchanges,
)
from tests.releases.pages import waiting_on
from tests.releases.shapes import shapes_of_wire, text_of_shapes
from tests.releases.story import DAY_BEFORE, PASSWORD, Story
from tests.releases.tables import rows_of, schema_of_postgresql, schema_of_sqlite, text_of
from tests.releases.ward import OFFICES as OFFICES_TEXT
from tests.support import HandClock, House, make_house, serving

SEED = "uketsuke"
"""If a file of a new release holds twelve digits in a row by chance, another seed makes another one."""


def made(url: str, folder: Path) -> dict[str, str]:
    """Tell the story to a house on a database, and return the files of the release, the tables aside.

    Args:
        url: of an empty or a migrated database.
        folder: for the house's own files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    offices = folder / OFFICES
    offices.write_text(OFFICES_TEXT, "utf-8")
    # The first check of a password in a process draws for itself; afterwards every process draws alike.
    verify(None, PASSWORD)
    with repeatable(SEED) as chance:
        house = make_house(url, folder / "var", HandClock(), offices_file=offices, **SETTINGS)
        try:
            return {OFFICES: OFFICES_TEXT, **_told(Story(house, chance), house, folder)}
        finally:
            house.database.dispose()


def _told(story: Story, house: House, folder: Path) -> dict[str, str]:
    set_up(story)
    story.at("08:00", DAY_BEFORE)
    with serving(house) as address, story.connected(address):
        day_before(story)
        the_day(story)
        day, story.said = story.said, [*story.said]
        rows = rows_of(house.database.url)
        keepsake = Keepsake(
            version=product_version(),
            revision=rows["alembic_version"][0]["version_num"],
            now=house.clock.now.isoformat(),
            secret=(folder / "var" / "secret.key").read_bytes().hex(),
            password=PASSWORD,
            browser=story.browser,
            waiting=waiting_on(story.page("clerk01")),
            codes=dict(story.codes),
            keys=dict(story.keys),
        )
        what_follows(story)
    following = story.said[len(day) :]
    return {
        ROWS: text_of(rows),
        HOUSE: keepsake.as_text(),
        DAY: text_of_exchanges(day),
        NEXT: text_of_exchanges(following),
        WIRE: text_of_shapes(shapes_of_wire()),
    }


def tables_of_sqlite(folder: Path, revision: str = "head") -> dict[str, str]:
    """The tables of a SQLite database as the migrations make them, up to one of them."""
    file = folder / "tables.db"
    _migrate(f"sqlite:///{file}", revision)
    return {SCHEMAS["sqlite"]: schema_of_sqlite(file)}


def tables_of_postgresql(server: str, programs: Path, revision: str = "head") -> dict[str, str]:
    """The tables of a PostgreSQL database as the migrations make them, up to one of them."""
    with fresh_postgres(server) as url:
        _migrate(url, revision)
        return {SCHEMAS["postgresql"]: schema_of_postgresql(url, programs)}


def _migrate(url: str, revision: str) -> None:
    config = _config()
    with closing_database(url) as database, database.write() as work:
        config.attributes["connection"] = work.connection
        command.upgrade(config, revision)
