"""Checks that rules make sense: finds well-formed rules that would let a visit pass wrongly, or never have an effect."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from backend.documents.files.rule_file import RuleNode
from backend.documents.model.document import DocumentClass, Photo
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.paper_rules import ExtraPaper
from backend.documents.model.policy import Evidence
from backend.documents.model.rule_set import RuleSet


class _Known(Protocol):
    """A rule with its evidence."""

    @property
    def evidence(self) -> Evidence | None:
        """How the rule is known."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Where it was read."""


PROVEN = (
    "shogaisha_techo", "ryoiku_techo", "shogai_fukushi_jukyusha", "jiritsu_shien", "shitei_nanbyo", "tokubetsu_jifu_shosho",
    "kaigo_hihokensha", "kaigo_hihokensha_valid", "boshi_techo", "gakuseisho", "zaigaku_shomei",
)  # fmt: skip
"""Papers that an identity document may be at the same time: 手帳 and certificates, but none that gives authority."""
HANDED_IN = ("old_card", "boshi_techo")
"""Papers that an identity document may be even if it does not count as one."""
IN_PLACE_OF_NOTICE = ("shokaisho",)
"""Papers that may replace the notice: those that the ward itself sent."""


def check_sense(rule_set: RuleSet, sections: Mapping[str, RuleNode]) -> None:
    """Check that no rule asks for something impossible, and none waives what must be asked for.

    Raises:
        RuleFileError: a rule does; the message names its line.
    """
    for section, code, problem in _problems(rule_set):
        whole = sections[section]
        raise (whole if whole.is_list else whole.entries()[code]).error(problem)


Problem = tuple[str, str, str]


def _problems(rule_set: RuleSet) -> Iterator[Problem]:
    """Every rule that makes no sense: section, entry, what is wrong."""
    yield from _sources(rule_set)
    yield from _combinations(rule_set)
    yield from _documents(rule_set)
    yield from _facts(rule_set)
    yield from _recipients(rule_set)


def _known(rule_set: RuleSet) -> Iterator[tuple[str, str, Iterable[_Known | None]]]:
    """Every entry with its rules that have evidence: section, entry, rules."""
    for code, one in rule_set.document_table.items():
        yield "documents", code, (one, one.also_for, *one.counts_although.values())
    for code, row in rule_set.recipient_table.items():
        yield "recipients", code, (row, *row.proofs)
    for section, table in (
        ("combinations", rule_set.combination_table),
        ("facts", rule_set.fact_table),
        ("papers", rule_set.paper_table),
        ("returns_if_held", rule_set.returns),
        ("fees_yen", rule_set.fees),
        ("document_checks", rule_set.checks),
        ("flaws", rule_set.flaw_table),
    ):
        yield from ((section, code, (rule,)) for code, rule in table.items())
    yield "card_expiry", "evidence", (rule_set.card_expiry,)
    yield "one_card", "", rule_set.one_card


def _sources(rule_set: RuleSet) -> Iterator[Problem]:
    for section, code, rules in _known(rule_set):
        for rule in rules:
            if rule is not None and rule.evidence is Evidence.PAGE and not rule.sources:
                yield section, code, "evidence: V is a page that was seen; sources is to name it"
    for code, source in rule_set.source_table.items():
        if source.url is not None and not source.url.startswith(("https://", "http://")):
            yield "sources", code, "url: an address that begins with https:// or http:// is expected here"


def _combinations(rule_set: RuleSet) -> Iterator[Problem]:
    for code, one in rule_set.combination_table.items():
        if one.tn > 1:
            yield "combinations", code, "TN: nobody has more than one sheet of this kind"
    for card in rule_set.one_card:
        if len(card.documents) < 2:
            yield "one_card", "", "documents: at least two are expected, which may be one card"


def _documents(rule_set: RuleSet) -> Iterator[Problem]:
    for code, one in rule_set.document_table.items():
        if one.kind is DocumentClass.A and one.photo is Photo.NEVER:
            yield (
                "documents",
                code,
                "class: list A holds documents with a photo; without one it is of class B",
            )
        if one.also_for is not None and not one.also_for.applicant | one.also_for.visitor:
            yield (
                "documents",
                code,
                "also_for: it names no recipient type, neither for applicant nor for visitor",
            )
        if 0 in {one.holder_below, one.also_for and one.also_for.holder_below}:
            yield "documents", code, "holder_below: nobody is below 0"
        if one.photo_from is not None and one.photo_from.age == 0:
            yield (
                "documents",
                code,
                "photo_from: nobody is below 0; leave it out where there is always a photo",
            )
        for field, papers, allowed in (("proves", one.proves, PROVEN), ("hands_in", one.hands_in, HANDED_IN)):
            yield from _only("documents", code, field, papers, allowed)
        yield from _notes(rule_set, "documents", code, one.notes)


def _facts(rule_set: RuleSet) -> Iterator[Problem]:
    for code, fact in rule_set.fact_table.items():
        if fact.extra is not None:
            yield from _extras("facts", code, (fact.extra,))
        yield from _notes(rule_set, "facts", code, fact.notes)


def _recipients(rule_set: RuleSet) -> Iterator[Problem]:
    for code, row in rule_set.recipient_table.items():
        yield from _only("recipients", code, "notice_or", row.notice_or, IN_PLACE_OF_NOTICE)
        yield from _extras("recipients", code, row.extras)
        yield from _notes(rule_set, "recipients", code, row.notes)
        if any(age.span.below == 0 for age in row.ages):
            yield "recipients", code, "age: nobody is below 0"
    for code, question in rule_set.questions.items():
        if any(span.below == 0 for span in question.ages.values()):
            yield "guide_questions", code, "ages: nobody is below 0"


def _only(
    section: str, code: str, field: str, named: Iterable[str], allowed: tuple[str, ...]
) -> Iterator[Problem]:
    """Papers outside of a closed list."""
    for paper in named:
        if paper not in allowed:
            yield section, code, f"{field} names '{paper}'; it may be one of {', '.join(allowed)}"


def _extras(section: str, code: str, extras: Iterable[ExtraPaper]) -> Iterator[Problem]:
    """Papers that a fact asks for and waives at the same time."""
    for extra in extras:
        if extra.fact in extra.unless_facts:
            yield (
                section,
                code,
                f"unless_facts names '{extra.fact}', which asks for the paper: it is never asked for",
            )


def _notes(rule_set: RuleSet, section: str, code: str, notes: Iterable[NoteRule]) -> Iterator[Problem]:
    """Notes that are about nothing, or can never be given."""
    tables = (
        rule_set.document_table, rule_set.recipient_table, rule_set.paper_table, rule_set.fact_table,
        rule_set.policy_table, rule_set.combination_table,
    )  # fmt: skip
    for note in notes:
        for about in note.about:
            if not any(about in table for table in tables):
                yield (
                    section,
                    code,
                    f"notes: '{note.code}' is about '{about}', which is not defined in this file",
                )
        if note.if_fact in note.unless_facts:
            yield section, code, f"notes: '{note.code}' is given with '{note.if_fact}' and not with it: never"
        if note.if_age_below == 0:
            yield section, code, f"notes: '{note.code}' is for an age below 0: never"


def policies_in_use(rule_set: RuleSet) -> frozenset[str]:
    """Codes of the policies that some rule depends on."""
    shown = frozenset(rule_set.document_table)
    notes = (
        *(note for one in rule_set.documents() for note in one.notes),
        *(note for one in rule_set.fact_table.values() for note in one.notes),
        *(note for one in rule_set.recipient_types() for note in one.notes),
    )
    named = {note.unless_policy for note in notes}
    named |= {paper.age_policy for paper in rule_set.paper_table.values()}
    said = (rule_set.policies_with_a_say(row, shown) for row in rule_set.recipient_types())
    return frozenset(code for code in named if code is not None).union(*said)
