"""Reading the notes of a rule file: a bare code, or a code with the conditions under which it is given."""

from backend.documents.files.rule_file import RuleNode
from backend.documents.files.value_reader import read_value
from backend.documents.model.missing import MISSING
from backend.documents.model.note_rule import NoteRule


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
    return read_value(
        NoteRule,
        place,
        names={"unless_facts": "unless_fact"},
        how={
            "unless_facts": RuleNode.one_or_more,
            "if_missing": _missing,
            "if_age_at_least": RuleNode.age,
            "if_age_below": RuleNode.age,
        },
    )


def _missing(place: RuleNode) -> str:
    """What may be missing."""
    code = place.code()
    if code not in MISSING:
        raise place.error(f"one of {', '.join(MISSING)} is expected here")
    return code
