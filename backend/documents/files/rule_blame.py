"""Reports a mistake at the line of the ward's file that causes it, even if it appears in a file that it extends.

If a ward removes a paper that a shipped row asks for, the error is in that row, in a file that the ward did not write.
To find the ward's line, its changes are applied one by one until the same error appears.
"""

from collections.abc import Callable

from backend.documents.files.policy_file import DocumentPolicies
from backend.documents.files.rule_file import RuleNode
from backend.documents.files.rule_layers import Layers
from backend.documents.model.errors import RuleFileError

Read = Callable[[Layers, DocumentPolicies], object]
"""Reads a rule set; raises ``RuleFileError`` where it cannot be."""


def at_its_line(
    error: RuleFileError, layers: Layers, policies: DocumentPolicies, read: Read
) -> RuleFileError:
    """The error, moved to the line of the ward's file that causes it; unchanged if there is none.

    Args:
        error: the error from reading.
        layers: the rule file with everything it extends.
        policies: the ward's policies.
        read: reads the rules again, with only some of the changes of layers or policies.
    """
    changes = policies.changes()
    if changes and error.file not in {one.changed.file for one in changes if one.changed is not None}:
        states = (changes[0].before or DocumentPolicies(), *changes)
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
    """The smallest number of changes that causes the error; 0 if reading fails without any change, too."""

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
    """The same error at another place; the message also names the place where it shows."""
    return place.error(f"{what} is refused at {str(error).rstrip('.')}")
