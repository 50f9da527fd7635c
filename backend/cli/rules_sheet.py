"""``uketsuke rules sheet``: what to bring as a recipient type, as a page for the wall and the telephone desk."""

from datetime import datetime
from pathlib import Path

import click

from assets import locate
from assets.catalogue import Language
from assets.console import CommandFailedError
from assets.fonts import FontMissingError
from backend.documents.errors import DocumentsError
from backend.documents.rule_book import RuleBook
from backend.reservations.bring_sheet import NoSheetError, draw_bring_sheet


@click.command("sheet", epilog="Example: uketsuke rules sheet R2 --on 2026-11-24 --out R2.pdf")
@click.argument("recipient")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of visit.")
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.JAPANESE.value,
    show_default=True,
    help="Language of the sheet.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write."
)
def sheet(recipient: str, day: datetime, language: str, out: Path) -> None:
    """Write what somebody of the type RECIPIENT (for example R2) brings, from the shipped rules, as PDF (A4)."""
    try:
        rule_set = RuleBook.load(locate("rules")).on(day.date())
        out.write_bytes(draw_bring_sheet(rule_set, recipient, day, Language(language)))
    except (DocumentsError, NoSheetError, FontMissingError) as error:
        raise CommandFailedError(f"{error}; nothing was written.") from None
    except OSError as error:
        raise CommandFailedError(f"the sheet cannot be written: {error.strerror}.") from None
    click.echo(out)
