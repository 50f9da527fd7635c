"""``uketsuke rules``: look at the document rules, check a ward's own, and write them as a paper."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from backend.cli.rule_options import PrivateCommand, rules_target
from backend.cli.rules_open import open_form
from backend.cli.rules_sheet import sheet
from backend.common import (
    Catalogue,
    CommandFailedError,
    Language,
    OutputFile,
    locate,
    output_file,
    replace_option,
)
from backend.documents import (
    DocumentsError,
    NoRuleSetError,
    Note,
    Resolved,
    RuleBook,
    RuleChange,
    RuleFileError,
    RuleNode,
    RuleSet,
    VisitForm,
    changes,
    handbook,
    load_policies,
    name_of,
    note_text,
    policies_in_use,
    read_policy_file,
    read_rule_set,
    walk,
)
from backend.ward_rules import refuse_numbers
from backend.wire import FieldShape, contains_my_number

_RULE_KEYS = frozenset({"valid_from", "extends", "recipients", "documents"})
_NO_KIND = {"outcome": "recipient", "example": "document"}
_policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="What the ward does where municipalities differ. Default: the shipped policy file.",
)
_language_option = click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.JAPANESE.value,
    show_default=True,
    help="Language of the names beside the codes.",
)


@click.group("rules")
def command() -> None:
    """Look at the rules of required documents, check a ward's own file, or write them as a paper."""


command.add_command(sheet)
command.add_command(open_form)


@command.command(
    "check", cls=PrivateCommand, epilog="Example: uketsuke rules check our-policy.yaml 2027-04-01.yaml"
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE…"
)
@_policy_option
@_language_option
def check(files: tuple[Path, ...], policy: Path | None, language: str) -> None:
    """Check a ward's own rule or policy files, and show what each would change.

    Each file is compared with the shipped rules: a rule file with those of its first day, a policy file with every shipped
    rule set. A mistake is named with file and line, and the exit code is 1.
    """
    texts = Catalogue("documents", Language(language))
    wrong = 0
    for file in files:
        try:
            lines = _checked(file, policy, texts)
        except DocumentsError as error:
            wrong += 1
            click.echo(f"uketsuke rules check: {_printable(error)}", err=True)
            continue
        click.echo("\n".join(lines))
    if wrong:
        raise CommandFailedError(f"{wrong} of {len(files)} files cannot be used; nothing was changed.")


@command.command("list", cls=PrivateCommand)
@_policy_option
def list_sets(policy: Path | None) -> None:
    """List the dated rule sets: first day, name, fingerprint, and the files that have a say."""
    for one in _shipped(policy).rule_sets():
        click.echo(f"{one.valid_from}  {one.name}  {one.fingerprint}  {', '.join(one.files)}")


@command.command("document", cls=PrivateCommand)
@click.option("--out", type=OutputFile(), help="File to write. Default: standard output.")
@replace_option
@_policy_option
@_language_option
def document(out: Path | None, policy: Path | None, language: str, *, replace: bool) -> None:
    """Write every rule with its source and evidence as Markdown (docs/document-rules.md)."""
    if out is not None:
        rules_target(out, None, None, policy, replace=replace)
    paper = handbook(_shipped(policy), Catalogue("documents", Language(language)))
    if out is None:
        click.echo(paper.encode(), nl=False)
        return
    try:
        with output_file(out, replace=replace) as draft:
            draft.write_bytes(paper.encode())
    except OSError as error:
        raise CommandFailedError(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"{out} was written.", err=True)


def _printable(error: DocumentsError) -> str:
    """An error as it may be shown, without 12-digit numbers, which a ward's file may hold."""
    if not contains_my_number(str(error), FieldShape.PATH):
        return str(error)
    place = f"{error.file.name}:{error.line}: " if isinstance(error, RuleFileError) else ""
    shown = "" if contains_my_number(place, FieldShape.PATH) else place
    return f"{shown}a 12-digit number stands here and is not repeated."


def _shipped(policy: Path | None) -> RuleBook:
    """The shipped rules, with the ward's policies if a file is given."""
    try:
        return RuleBook.load(locate("rules"), policy_file=policy)
    except DocumentsError as error:
        raise CommandFailedError(str(error)) from None


def _checked(file: Path, policy: Path | None, texts: Catalogue) -> list[str]:
    """What a file would change, line by line.

    Raises:
        DocumentsError: it cannot be used.
    """
    shipped = RuleBook.load(locate("rules"), policy_file=policy)
    keys = RuleNode.of_file(file).entries()
    if "policies" in keys and not keys.keys() & _RULE_KEYS:
        read_policy_file(file, load_policies([locate("rules")]))
        with_file = RuleBook.load(locate("rules"), policy_file=file)
        pairs = list(zip(shipped.rule_sets(), with_file.rule_sets(), strict=True))
        lines = [f"{file.name}: a policy file, without mistakes."]
        lines += [f"  {remark}" for remark in _unused(with_file.rule_sets())]
    else:
        own = read_rule_set(
            file, folders=[locate("rules")], policies=load_policies([locate("rules")], policy)
        )
        unguided = _unguided(own, file, keys.get("guide"))
        pairs = [(_compared_with(shipped, own), own)]
        lines = [f"{file.name}: a rule file for visits from {own.valid_from} on, without mistakes."]
        lines += [f"  {remark}" for remark in (*_nameless(own, texts), *unguided, *_unused([own]))]
    refuse_numbers(file)
    differences: dict[tuple[str, ...], list[str]] = {}
    for before, after in pairs:
        day = _day_of(shipped, before, max(before.valid_from, after.valid_from))
        found = tuple(_said(one, texts) for one in changes(before, after, day))
        differences.setdefault(found, []).append(before.name)
    for found, names in differences.items():
        lines.append(
            f"  against the shipped rules {', '.join(names)}:" + ("" if found else " changes nothing.")
        )
        lines += [f"    {line}" for line in found]
    return lines


def _compared_with(shipped: RuleBook, own: RuleSet) -> RuleSet:
    """The shipped rules of the file's first day; for a day before all of them, the first."""
    try:
        return shipped.on(own.valid_from)
    except NoRuleSetError:
        return shipped.rule_sets()[0]


def _day_of(shipped: RuleBook, before: RuleSet, day: date) -> date:
    """The day on which both are compared: today if the shipped rules apply today, so that ended documents count as ended."""
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    return max(day, today) if before.name == shipped.rule_sets()[-1].name else day


def _nameless(rule_set: RuleSet, texts: Catalogue) -> list[str]:
    """Codes for which the catalogue has no name: the pages would show the bare code."""
    tables = {
        "document": rule_set.document_table,
        "paper": rule_set.paper_table,
        "recipient": rule_set.recipient_table,
        "fact": rule_set.fact_table,
        "combination": rule_set.combination_table,
        "flaw": rule_set.flaw_table,
    }
    return _speechless(rule_set, texts) + [
        f"remark: the {kind} {code} has no name in assets/texts/documents; the code itself would be shown"
        for kind, table in tables.items()
        for code in table
        if name_of(kind, code, texts) == code
    ]


def _speechless(rule_set: RuleSet, texts: Catalogue) -> list[str]:
    """Notes without a sentence, or whose sentence names a fee that no longer exists: clerks would see the bare code."""
    rules = (
        *(note for one in rule_set.documents() for note in one.notes),
        *(note for one in rule_set.fact_table.values() for note in one.notes),
        *(note for one in rule_set.recipient_types() for note in one.notes),
    )
    codes = {note.code for note in rules}
    codes.update(flaw.note for flaw in rule_set.flaw_table.values())
    codes.update(one.ended for one in rule_set.documents())
    codes.update(code for one in rule_set.documents() if one.also_for for code in one.also_for.notes)
    return [
        f"remark: the note {code} has no sentence in assets/texts/documents, or names a fee that is not there; "
        "the code itself would be shown"
        for code in sorted(codes)
        if note_text(Note(code), rule_set, texts) == code
    ]


def _unused(rule_sets: Iterable[RuleSet]) -> list[str]:
    """Policies that no rule depends on: whatever the ward sets there has no effect."""
    known: dict[str, bool] = {}
    for rules in rule_sets:
        used = policies_in_use(rules)
        for code in rules.policy_table:
            known[code] = known.get(code, False) or code in used
    return [f"remark: no rule uses the policy {code}" for code, used in known.items() if not used]


def _unguided(rule_set: RuleSet, file: Path, guide: RuleNode | None) -> list[str]:
    """What the guide never reaches: answers that are never offered, and types to which no answers lead.

    Raises:
        RuleFileError: answers lead nowhere, or there are too many ways through the questions.
    """
    offered: set[tuple[str, str]] = set()
    reached: set[str] = set()
    try:
        for answers, end in walk(rule_set, rule_set.valid_from):
            offered.update(answers.items())
            reached.update(end.recipients if isinstance(end, Resolved) else ())
    except DocumentsError as error:
        line = None if guide is None else guide.line
        raise RuleFileError(file, line, f"guide: {str(error).rstrip('.')}") from None
    if not rule_set.guide:
        return []
    return [
        f"remark: the guide never offers the answer {option} of the question {question.code}"
        for question in rule_set.questions.values()
        for option in question.options
        if (question.code, option) not in offered
    ] + [
        f"remark: no answers of the guide lead to {one.code}"
        for one in rule_set.recipient_types()
        if one.visit is not VisitForm.NEVER and one.code not in reached
    ]


def _said(change: RuleChange, texts: Catalogue) -> str:
    """One difference as a line."""
    name = name_of(_NO_KIND.get(change.kind, change.kind), change.code, texts)
    if change.kind == "combination":
        name = change.code  # not the catalogue's name, which says what the shipped combination asks for
    named = change.code if name == change.code else f"{change.code} ({name})"
    if change.kind == "outcome":
        shown = ", ".join(name_of("document", code, texts) for code in change.shown)
        return f"outcome {named}, {change.field} {shown}: {change.before} -> {change.after}"
    if not change.before:
        return f"{change.kind} {named}: new ({change.after})"
    if not change.after:
        return f"{change.kind} {named}: no longer there (was {change.before})"
    return f"{change.kind} {named}, {change.field}: {change.before} -> {change.after}"
