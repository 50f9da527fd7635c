"""What the front of the notice says under "what to bring": the ward's rules on the reserved day, in words for visitors."""

from datetime import date

from backend.common import Catalogue
from backend.documents import BringWords, RuleBook, bring_list, bring_words

SELF = "R1"
"""The recipient type of a visitor who comes in person: the sheet tells everybody else to ask."""

UNSAID = frozenset({"fee"})
"""Kinds of lines that a notice leaves out: the fee depends on why a card is made."""


def things_to_bring(rules: RuleBook, on: date) -> tuple[BringWords, ...]:
    """What a visitor who comes in person brings on a day, in Japanese; examples and conditions stand overleaf.

    Args:
        rules: dated rule sets.
        on: the day of the reservation, in Asia/Tokyo.

    Raises:
        NoRuleSetError: no rule set is in force on that day.
    """
    rule_set = rules.on(on)
    texts = Catalogue("documents")
    return tuple(
        bring_words(line, rule_set, texts)
        for line in bring_list(rule_set, SELF, on)
        if line.what not in UNSAID and not line.to_know
    )
