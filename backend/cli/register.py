"""``uketsuke register``: the register of personal data as a list for whoever audits."""

import csv
import io
from pathlib import Path

import click

from backend.common import CommandFailedError, OutputFile, output_file, replace_option
from backend.protection import RegisterError, list_of, shipped_register


@click.command(
    "register",
    short_help="Print the register of personal data.",
    epilog="Example: uketsuke register --out register.csv",
)
@click.option("--json", "as_json", is_flag=True, help="The register as one JSON object.")
@click.option("--out", type=OutputFile(), help="File to write: CSV that a spreadsheet opens.")
@replace_option
def command(out: Path | None, *, as_json: bool, replace: bool) -> None:
    """Print the register of personal data (個人情報の取扱い一覧), with every kind of file that the programs write.

    Of each item: whose it is, what for, where from, who sees it, in which form it lies, for how long. It says what this
    version does, also where nothing is erased yet, and holds nobody's data.
    """
    try:
        content = shipped_register()
    except RegisterError as error:
        raise CommandFailedError(f"{error}.") from None
    if as_json:
        text = content.model_dump_json(indent=1) + "\n"
    else:
        lines = io.StringIO(newline="")
        csv.writer(lines).writerows(list_of(content))
        text = lines.getvalue()
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        with output_file(out, replace=replace) as draft:
            # The mark by which spreadsheets know the encoding.
            draft.write_text(text, "utf-8" if as_json else "utf-8-sig", newline="")
    except OSError as error:
        raise CommandFailedError(f"the register cannot be written: {error.strerror}.") from None
