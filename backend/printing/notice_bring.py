"""What the notice sheet says under "what to bring": the ward's rules on the reserved day, in words for visitors."""

from datetime import date

from backend.common import Catalogue
from backend.documents import RuleBook, bring_list, bring_text

SELF = "R1"
"""The recipient type of a visitor who comes in person: the sheet tells everybody else to ask."""

UNSAID = frozenset({"fee"})
"""Kinds of lines that a notice leaves out: the fee depends on why a card is made."""
_CHECK = "check"


def lines_to_bring(rules: RuleBook, on: date) -> tuple[str, ...]:
    """What a visitor who comes in person brings on a day, line by line, in Japanese.

    Args:
        rules: dated rule sets.
        on: the day of the reservation, in Asia/Tokyo.

    Raises:
        NoRuleSetError: no rule set is in force on that day.
    """
    rule_set = rules.on(on)
    texts = Catalogue("documents")
    said, checks = [], []
    for line in bring_list(rule_set, SELF, on):
        if line.what == _CHECK:
            checks.append(bring_text(line, rule_set, texts))
        elif line.what not in UNSAID:
            said.append(bring_text(line, rule_set, texts))
    if checks:
        said.append(Catalogue("notice").text("bring.checks", checks="、".join(checks)))
    return tuple(said)
