"""``uketsuke rules open``: what the ward has to settle, as a form with boxes to tick."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.cli.rule_options import PrivateCommand, rule_options, rules_from, rules_target
from backend.common import Catalogue, CommandFailedError, OutputFile, output_file, replace_option
from backend.documents import GROUPS, DocumentsError, RuleSet, open_rules

_TEMPLATE = "rules_open.html"


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
        form = draw_form(book.on(on))
    except DocumentsError as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}; nothing was written.") from None
    try:
        with output_file(out, replace=replace) as draft:
            draft.write_text(form, encoding="utf-8")
    except OSError as error:
        raise CommandFailedError(f"the form cannot be written: {error.strerror}.") from None
    click.echo(out)


def draw_form(rule_set: RuleSet) -> str:
    """The form of one rule set, as a page that needs nothing else."""
    words = Catalogue("rules")
    about = words.text(
        "form.rules_of", name=rule_set.name, day=rule_set.valid_from, fingerprint=rule_set.fingerprint
    )
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lines = open_rules(rule_set, Catalogue("documents"), words)
    return templates.get_template(_TEMPLATE).render(words=words.text, about=about, groups=GROUPS, lines=lines)
