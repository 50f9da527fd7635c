"""Reading the guide of a rule file: the questions, and the answers that lead to a recipient type."""

from collections.abc import Mapping
from itertools import combinations
from types import MappingProxyType

from backend.documents.files.rule_file import MergedPlace, RuleNode
from backend.documents.files.value_reader import read_entry, read_value
from backend.documents.model.age_rules import AgeSpan
from backend.documents.model.questions import GuideRow, Question

AGE_KEYS = ("at_least", "below", "preschool", "until_junior_high_end")


def read_age(place: RuleNode, entries: Mapping[str, RuleNode]) -> AgeSpan:
    """Read an age span; it has exactly one limit, so that the first and last possible birth date decide for all between.

    Raises:
        RuleFileError: it has no limit, or two.
    """
    ends = MergedPlace(
        place.file, place.node, place.name, {key: entries[key] for key in AGE_KEYS if key in entries}
    )
    span = read_value(AgeSpan, ends, how={"at_least": RuleNode.age, "below": RuleNode.age})
    upper = span.below is not None or span.preschool or span.until_junior_high_end
    if span.at_least is None and not upper:
        raise place.error("an age rule needs at_least, below, preschool or until_junior_high_end")
    if span.at_least is not None and upper:
        raise place.error("an age rule has a lower or an upper end, not both")
    return span


def read_questions(place: RuleNode | None) -> Mapping[str, Question]:
    """Read the questions, in the order in which they are asked."""
    entries = {} if place is None else place.entries()
    return MappingProxyType({code: _question(entry) for code, entry in entries.items()})


def read_guide(place: RuleNode | None, questions: Mapping[str, Question]) -> Mapping[str, GuideRow]:
    """Read the rows of the guide.

    Raises:
        RuleFileError: a question or option is unknown, or two rows fit the same answers.
    """
    entries = {} if place is None else place.entries()
    rows = {code: _row(entry, questions) for code, entry in entries.items()}
    for one, other in combinations(rows.values(), 2):
        if _compatible(one, other):
            raise entries[other.code].error(f"the same answers lead to '{one.code}' as well")
    return MappingProxyType(rows)


def _compatible(one: GuideRow, other: GuideRow) -> bool:
    """Whether some answers fit both rows."""
    return all(one.when[question] & other.when[question] for question in one.when.keys() & other.when.keys())


def _question(place: RuleNode) -> Question:
    record = place.record(optional=("options", "ages", "paper"))
    if ("options" in record.entries) == ("ages" in record.entries):
        raise place.error("a question has options, or ages, and not both")
    ages: dict[str, AgeSpan | None] = {}
    if "ages" in record.entries:
        for entry in record["ages"].entries().values():
            fields = entry.record(optional=AGE_KEYS)
            ages[entry.key_code()] = read_age(entry, fields.entries) if fields.entries else None
    options = record.read("options", RuleNode.codes) or tuple(ages)
    if len(options) < 2:
        raise place.error("a question has at least two options")
    if None in list(ages.values())[:-1]:
        raise record["ages"].error("only the last option may be without an age: it is everybody else")
    return Question(
        place.key_code(),
        options,
        MappingProxyType({code: span for code, span in ages.items() if span is not None}),
        record.read("paper", RuleNode.code),
    )


def _row(place: RuleNode, questions: Mapping[str, Question]) -> GuideRow:
    row = read_entry(GuideRow, place, how={"when": lambda when: _answers(when, questions)})
    if (row.recipient is None) == (row.refuse is None):
        raise place.error("a row leads to a recipient, or refuses, and not both")
    return row


def _answers(place: RuleNode, questions: Mapping[str, Question]) -> Mapping[str, frozenset[str]]:
    when: dict[str, frozenset[str]] = {}
    for code, answer in place.entries().items():
        if code not in questions:
            raise answer.error(f"there is no question '{code}'")
        options = answer.one_or_more()
        if not options:
            raise answer.error("at least one option is expected here")
        for option in options:
            if option not in questions[code].options:
                raise answer.error(f"the question '{code}' has no option '{option}'")
        when[code] = frozenset(options)
    return MappingProxyType(when)
