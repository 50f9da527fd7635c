"""What the front of a sheet says under "what to bring": the ward's rules on a day, in words for visitors."""

from datetime import date

from backend.common import Catalogue
from backend.documents import BringWords, RuleBook, bring_list, bring_words
from backend.printing.bring_sheet import NoSheetError

SELF = "R1"
"""The recipient type of a visitor who comes in person: the enclosure tells everybody else to ask."""

UNSAID = frozenset({"fee"})
"""Kinds of lines that a sheet leaves out: the fee depends on why a card is made."""


def things_to_bring(rules: RuleBook, on: date, recipient: str = SELF) -> tuple[BringWords, ...]:
    """What a visitor brings on a day, in Japanese; examples and conditions stand overleaf.

    Args:
        rules: dated rule sets.
        on: the day of the visit, or of the print where nothing is booked, in Asia/Tokyo.
        recipient: code of the recipient type.

    Raises:
        NoRuleSetError: no rule set is in force on that day.
        UnknownCodeError: there is no such type.
        NoSheetError: the type is never allowed.
    """
    rule_set = rules.on(on)
    texts = Catalogue("documents")
    lines = bring_list(rule_set, recipient, on)
    if not lines:
        raise NoSheetError(f"the recipient type {recipient} is never allowed: there is no sheet for it")
    return tuple(
        bring_words(line, rule_set, texts) for line in lines if line.what not in UNSAID and not line.to_know
    )
