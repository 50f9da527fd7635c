"""What to bring as tests compare it: a thing and its note in one sentence."""

from backend.documents import BringLine, RuleSet, bring_words
from backend.documents.saying.verdict_words import Texts


def bring_text(line: BringLine, rule_set: RuleSet, texts: Texts) -> str:
    """One line of what to bring as one sentence."""
    said = bring_words(line, rule_set, texts)
    return texts.text("list.detail").join(part for part in (said.thing, said.note) if part)
