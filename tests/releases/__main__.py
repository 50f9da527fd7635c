"""``python -m tests.releases``: make the files of the present version, to be kept when it is released."""

import tempfile
from pathlib import Path

import click
import structlog

from backend.common.console import product_version, run
from tests.postgres_server import program_folder, running_postgres
from tests.releases.kept import FOLDER
from tests.releases.make import made, tables_of_postgresql, tables_of_sqlite


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER / product_version(),
    show_default="tests/releases/VERSION",
    help="Folder for the files; files of these names in it are overwritten.",
)
def command(out: Path) -> None:
    """Tell the story to a house of today, and write what came of it as text.

    A release that went out is never made anew: what is kept of it is what is in the field.
    """
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="uketsuke-release-") as made_in,
        running_postgres(durable=False) as server,
    ):
        folder = Path(made_in)
        files = {
            **made(f"sqlite:///{folder / 'house.db'}", folder),
            **tables_of_sqlite(folder),
            **tables_of_postgresql(server, program_folder()),
        }
    for name, text in sorted(files.items()):
        (out / name).write_text(text, "utf-8")
        click.echo(f"{out / name}: {len(text.encode())} bytes")


if __name__ == "__main__":
    run(command, "python -m tests.releases")
