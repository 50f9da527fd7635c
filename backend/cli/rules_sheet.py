"""``uketsuke rules sheet``: what a recipient type brings, as a page for the wall and the telephone desk."""

from datetime import datetime
from pathlib import Path

import click

from backend.cli.rule_options import PrivateCommand, rule_options, rules_from, rules_target
from backend.common import (
    CommandFailedError,
    FontMissingError,
    Language,
    OutputFile,
    need_fonts,
    output_file,
    replace_option,
)
from backend.documents import DocumentsError, VisitForm
from backend.printing import NoSheetError, draw_bring_sheets


@click.command(
    "sheet", cls=PrivateCommand, epilog="Example: uketsuke rules sheet R1 R2 --on 2026-11-24 --out sheets.pdf"
)
@click.argument("recipients", metavar="[RECIPIENT]...", nargs=-1)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of visit.")
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.JAPANESE.value,
    show_default=True,
    help="Language of the sheets.",
)
@click.option("--out", type=OutputFile(), required=True, help="The PDF to write.")
@replace_option
@rule_options
def sheet(
    recipients: tuple[str, ...],
    day: datetime,
    language: str,
    out: Path,
    config: Path | None,
    rules: Path | None,
    policy: Path | None,
    *,
    replace: bool,
) -> None:
    """Write what somebody of each type RECIPIENT (for example R2) brings, as PDF (A4), a page for each type.

    Without a type: every type that the rules of the day allow.
    """
    rules_target(out, config, rules, policy, replace=replace)
    book = rules_from(config, rules, policy)
    try:
        need_fonts()
        rule_set = book.on(day.date())
        codes = recipients or [
            one.code for one in rule_set.recipient_types() if one.visit is not VisitForm.NEVER
        ]
        sheets = draw_bring_sheets(rule_set, codes, day, Language(language))
        with output_file(out, replace=replace) as draft:
            draft.write_bytes(sheets)
    except (DocumentsError, NoSheetError, FontMissingError) as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}; nothing was written.") from None
    except OSError as error:
        raise CommandFailedError(f"the sheet cannot be written: {error.strerror}.") from None
    click.echo(out)
