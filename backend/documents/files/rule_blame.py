"""Whose line it is: a mistake that a ward's own file makes in a file that it builds on is told at the ward's line.

A ward that takes a paper away which a shipped row asks for would otherwise be told the line of that row, in a file that it
did not write. What it changed is put in force again line by line, until the same mistake is there.
"""

from collections.abc import Callable

from backend.documents.files.policy_file import Policies
from backend.documents.files.rule_file import RuleNode
from backend.documents.files.rule_layers import Layers
from backend.documents.model.errors import RuleFileError

Read = Callable[[Layers, Policies], object]
"""Reads a rule set; raises ``RuleFileError`` where it cannot be."""


def at_its_line(error: RuleFileError, layers: Layers, policies: Policies, read: Read) -> RuleFileError:
    """The error at the line of the ward that leads to it, or as it is where no such line does.

    Args:
        error: what reading said.
        layers: what was read.
        policies: what the ward does.
        read: reads again, with less of either.
    """
    changes = policies.changes()
    if changes and error.file not in {one.changed.file for one in changes if one.changed is not None}:
        states = (changes[0].before or Policies(), *changes)
        count = _first(error, len(changes), lambda count: read(layers, states[count]))
        place = states[count].changed if count else None
        if place is not None:
            return _moved(error, place, "this")
    if error.file != layers.files[0]:
        count = _first(error, len(layers.own), lambda count: read(layers.up_to(count), policies))
        if count:
            override = layers.own[count - 1]
            return _moved(
                error, override.place, f"taking '{override.code}' away" if override.removes else "this"
            )
    return error


def _first(error: RuleFileError, count: int, read: Callable[[int], object]) -> int:
    """How many changes lead to the error, where one less does not; 0 where it cannot be read without any either."""

    def said(count: int) -> str:
        try:
            read(count)
        except RuleFileError as other:
            return str(other)
        return ""

    if said(0):
        return 0
    sound, wrong = 0, count
    while wrong - sound > 1:
        middle = (sound + wrong) // 2
        if said(middle) == str(error):
            wrong = middle
        else:
            sound = middle
    return wrong


def _moved(error: RuleFileError, place: RuleNode, what: str) -> RuleFileError:
    """The same error at another place, with the place where it shows."""
    return place.error(f"{what} is refused at {str(error).rstrip('.')}")
