"""Fees to pay, as far as the facts of a visit show."""

from backend.documents.model.cited import Fee
from backend.documents.model.rule_set import RuleSet

RENEWAL, REISSUE, DAMAGED, NO_OLD_CARD = "renewal", "reissue", "reissue_damaged", "no_old_card"
"""Facts of the shipped rules that fees depend on."""


def fees_due(rule_set: RuleSet, facts: frozenset[str]) -> tuple[Fee, ...]:
    """The fees of a visit, in the order of the rule file; those that the rule file does not know are left out.

    The first card and a renewal are free; a reissue costs, and a renewal that brings no old card back as well.
    Sources: section ``fees_yen`` of the rule file.
    """
    if facts & {REISSUE, DAMAGED} or {RENEWAL, NO_OLD_CARD} <= facts:
        wanted = {"reissue_card", "reissue_cert"}
    else:
        wanted = {"expiry_or_full_renewal"} if RENEWAL in facts else {"first"}
    return tuple(fee for code, fee in rule_set.fees.items() if code in wanted)
