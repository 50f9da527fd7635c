"""``uketsuke rules open``: the open questions that the ward has to settle, as a form with boxes to tick."""

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.cli.rule_options import PrivateCommand, rule_options, rules_from, rules_target
from backend.common import (
    Catalogue,
    CommandFailedError,
    OutputFile,
    era_date,
    era_month,
    output_file,
    replace_option,
)
from backend.common.design import Surface, Theme, css_variables, type_sizes
from backend.documents import GROUPS, DocumentsError, RuleSet, open_rules

_TEMPLATE = "rules_open.html"
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)(?:-(\d\d))?(?!\d)")


@click.command("open", cls=PrivateCommand, epilog="Example: uketsuke rules open --out open-rules.html")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of visit. Default: today in Tokyo.")
@click.option("--out", type=OutputFile(), required=True, help="The HTML file to write.")
@replace_option
@rule_options
def open_form(
    day: datetime | None,
    out: Path,
    config: Path | None,
    rules: Path | None,
    policy: Path | None,
    *,
    replace: bool,
) -> None:
    """Write what the ward has to settle as a form in Japanese: to tick on the screen, or to print.

    It holds every policy that is not settled (check: true), and every rule that rests on memory, on a decision of
    ours, or on a public page of which only the beginning was read.
    """
    rules_target(out, config, rules, policy, replace=replace)
    book = rules_from(config, rules, policy)
    on = (day or datetime.now(ZoneInfo("Asia/Tokyo"))).date()
    try:
        form = draw_form(book.on(on), on)
    except DocumentsError as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}; nothing was written.") from None
    try:
        with output_file(out, replace=replace) as draft:
            draft.write_text(form, encoding="utf-8")
    except OSError as error:
        raise CommandFailedError(f"the form cannot be written: {error.strerror}.") from None
    click.echo(out)


def draw_form(rule_set: RuleSet, on: date) -> str:
    """The form of one rule set for visits on a day, as one self-contained page."""
    words = Catalogue("rules")
    about = words.text(
        "form.rules_of",
        name=rule_set.name,
        day=era_date(rule_set.valid_from),
        fingerprint=rule_set.fingerprint,
    )
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["in_eras"] = in_eras
    lines = open_rules(rule_set, Catalogue("documents"), words, on)
    return templates.get_template(_TEMPLATE).render(
        words=words.text,
        about=about,
        groups=GROUPS,
        lines=lines,
        colours=css_variables(Theme.PRINT),
        sizes=type_sizes(Surface.A4),
    )


def in_eras(text: str) -> str:
    """A Japanese text with its ISO dates and months as offices write them: 令和5年5月8日, or 令和5年8月."""

    def written(found: re.Match[str]) -> str:
        year, month, day = found.groups()
        try:
            said = date(int(year), int(month), int(day or 1))
            return era_date(said) if day else era_month(said)
        except (ValueError, StopIteration):
            # No such date, or one before the first known era: it stays as it was written.
            return found[0]

    return _ISO_DAY.sub(written, text)
