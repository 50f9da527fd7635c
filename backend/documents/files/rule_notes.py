"""Reading the notes of a rule file: a bare code, or a code with the conditions under which it is given."""

from backend.documents.files.rule_file import RuleNode
from backend.documents.model.rules import MISSING, NoteRule, Person

_CONDITIONS = ("if_fact", "if_paper", "unless_paper", "if_missing")
_AGES = ("if_age_at_least", "if_age_below")


def read_notes(place: RuleNode) -> tuple[NoteRule, ...]:
    """Read a list of notes.

    Raises:
        RuleFileError: a note is neither a code nor a mapping of the known keys.
    """
    return tuple(_note(item) for item in place.items())


def _note(place: RuleNode) -> NoteRule:
    """One note."""
    if place.is_scalar:
        return NoteRule(place.code())
    record = place.record(
        required=("code",),
        optional=("about", *_CONDITIONS, *_AGES, "unless_fact", "unless_policy", "person", "flawed"),
    )
    if_fact, if_paper, unless_paper, if_missing = (record.read(key, RuleNode.code) for key in _CONDITIONS)
    if if_missing is not None and if_missing not in MISSING:
        raise record["if_missing"].error(f"one of {', '.join(MISSING)} is expected here")
    at_least, below = (record.read(key, RuleNode.age) for key in _AGES)
    return NoteRule(
        record["code"].code(),
        about=record.read("about", RuleNode.codes) or (),
        if_fact=if_fact,
        unless_facts=record.read("unless_fact", _one_or_more) or (),
        if_paper=if_paper,
        unless_paper=unless_paper,
        if_missing=if_missing,
        if_age_at_least=at_least,
        if_age_below=below,
        unless_policy=record.read("unless_policy", RuleNode.code),
        person=record.read("person", lambda one: one.choice(Person)),
        flawed=record.read("flawed", RuleNode.yes) or False,
    )


def _one_or_more(place: RuleNode) -> tuple[str, ...]:
    """A code, or a list of codes."""
    return place.codes() if place.is_list else (place.code(),)
