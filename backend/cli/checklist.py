"""``uketsuke checklist``: the verdict of the document rules on a visit, as JSON."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from backend.cli.rule_options import PrivateCommand, rule_options, rules_from
from backend.common import Catalogue, CommandFailedError, Language
from backend.documents import (
    BirthDate,
    DocumentsError,
    RuleSet,
    Verdict,
    Visit,
    explain,
    judge,
    missing_in_short,
    missing_text,
    note_text,
    plain,
    rule_text,
    step_text,
)

_TOKYO = ZoneInfo("Asia/Tokyo")
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BETWEEN_CODES = re.compile(r"[\s,，、]+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
Value = TypeVar("Value")


class _Parsed(click.ParamType[object]):
    """A value that a function reads; the error message does not repeat the value."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Read a text; any other value was read already and is returned as it is."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except (ValueError, DocumentsError) as error:
            self.fail(str(error).rstrip("."), param, ctx)


def _read_day(text: str) -> date:
    """Read a day written YYYY-MM-DD."""
    written = text.strip()
    if not _WRITTEN.fullmatch(written):
        raise ValueError("a date is written YYYY-MM-DD")
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError("this is not a date of the calendar, written YYYY-MM-DD") from None


def _read_visit(text: str) -> date:
    """Read a day of visit. Far years are refused: no rules apply then, and computing ages needs some years more."""
    day = _read_day(text)
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"a day of visit lies in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _codes(values: tuple[str, ...]) -> frozenset[str]:
    """Codes from lists separated by any number of commas or spaces; full width is read like half width."""
    return frozenset(code for value in values for code in _BETWEEN_CODES.split(plain(value)) if code)


def _shape(verdict: Verdict, rule_set: RuleSet, texts: Catalogue) -> dict[str, object]:
    """The verdict as JSON, with a sentence for the clerk beside every code."""
    return verdict.as_dict() | {
        "missing": [
            {**missing.as_dict(), "text": missing_text(missing, texts)} for missing in verdict.missing
        ],
        "notes": [{**note.as_dict(), "text": note_text(note, rule_set, texts)} for note in verdict.notes],
    }


def _more(verdict: Verdict, rule_set: RuleSet, visit: Visit, texts: Catalogue) -> dict[str, object]:
    """What --explain adds: the shortest sentence, what to tell the visitor next, and the rules behind it."""
    return {
        "in_short": missing_in_short(
            verdict.missing, texts, alone=not rule_set.recipient(visit.recipient).visit.has_visitor
        ),
        "next_steps": [{"code": step.value, "text": step_text(step, texts)} for step in verdict.next_steps],
        "rule_files": list(rule_set.files),
        "fingerprint": rule_set.fingerprint,
        "explanation": [
            {
                "rule": line.rule,
                "evidence": None if line.evidence is None else line.evidence.value,
                "sources": list(line.sources),
                "text": rule_text(line, rule_set, texts),
            }
            for line in explain(rule_set, visit)
        ],
    }


@click.command(
    "checklist",
    cls=PrivateCommand,
    epilog="Example: uketsuke checklist --recipient R1 --on 2026-11-24 --born 1990-01-31 --applicant A03 "
    "--papers notice. Proxy: uketsuke checklist --recipient P5 --on 2026-11-24 --applicant A03,B21 "
    "--visitor A03,B21 --papers notice,ininjo,shindansho",
)
@click.option(
    "--recipient",
    required=True,
    metavar="CODE",
    help="Recipient type: R1 applicant, R1-NL applicant without notice, R2-R4 with a representative (R2-NL: a child "
    "without notice), P1-P3 and P1i "
    "legal representative alone, P4-P13 agent, X1 a reason that is never accepted.",
)
@click.option(
    "--on",
    type=_Parsed("date", _read_visit),
    metavar="YYYY-MM-DD",
    help="Day of the visit; it picks the rule set. Default: today in Tokyo.",
)
@click.option(
    "--born",
    type=_Parsed("birth date", BirthDate.parse),
    metavar="DATE",
    help="Birth date of the applicant: 1990-01-31, or 1990-01 or 1990 where the rest is unknown.",
)
@click.option(
    "--applicant",
    multiple=True,
    metavar="CODES",
    help="Documents of the applicant, by code and separated by commas or spaces, for example A03,B21. What is there but does "
    "not count is marked behind a colon: A03:expired, A03:old_name. BX: another document that staff accept (with "
    "--fact other_document_accepted).",
)
@click.option(
    "--visitor", multiple=True, metavar="CODES", help="Documents of whoever came with or for the applicant."
)
@click.option(
    "--papers",
    multiple=True,
    metavar="CODES",
    help="Papers that were shown, for example notice,ininjo,koseki,shindansho.",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="CODE",
    help="Something else that is known, for example same_household_parent_child, honseki_in_ward, renewal; "
    "may be given several times.",
)
@rule_options
@click.option(
    "--card-expires",
    type=_Parsed("date", _read_day),
    metavar="YYYY-MM-DD",
    help="Last day on which the card is valid (for many foreign residents the end of the period of stay).",
)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Add what to say next, and every rule behind the answer with its source and evidence.",
)
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.JAPANESE.value,
    show_default=True,
    help="Language of the sentences beside the codes.",
)
def command(
    recipient: str,
    on: date | None,
    born: BirthDate | None,
    applicant: tuple[str, ...],
    visitor: tuple[str, ...],
    papers: tuple[str, ...],
    facts: tuple[str, ...],
    config: Path | None,
    rules: Path | None,
    policy: Path | None,
    card_expires: date | None,
    language: str,
    *,
    explained: bool,
) -> None:
    """Whether the documents of a visit are complete, what is missing and what would do instead.

    Prints one JSON object: rule_set, accepted (false where this recipient type is not allowed on that date or for
    that age), complete, missing, combinations, to_return, notes. It says which papers are there; whose they are is
    for ward staff to verify. A wrong code is an error that lists the right ones.
    """
    day = on or datetime.now(_TOKYO).date()
    visit = Visit.of(
        plain(recipient).strip(),
        day,
        born=born,
        applicant=_codes(applicant),
        visitor=_codes(visitor),
        papers=_codes(papers),
        facts=_codes(facts),
        card_expires=card_expires,
    )
    book = rules_from(config, rules, policy)
    try:
        rule_set = book.on(day)
        verdict = judge(rule_set, visit)
    except DocumentsError as error:
        raise CommandFailedError(str(error)) from None
    texts = Catalogue("documents", Language(language))
    shape = _shape(verdict, rule_set, texts)
    if explained:
        shape |= _more(verdict, rule_set, visit, texts)
    # Written as bytes, so that the answer is UTF-8 whatever the console's locale is.
    click.echo(json.dumps(shape, ensure_ascii=False, indent=2).encode())
