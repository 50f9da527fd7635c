"""What to bring, as a kiosk shows it to everybody: a few situations, each with its lines, from the document rules.

A situation is not a recipient type: visitors are not asked in the hall for the reason why somebody cannot come. If
several types belong to one situation, only what all of them need is shown, with the advice to ask.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.common import Catalogue, Language, read_once
from backend.documents import (
    BringLine,
    BringWords,
    NoRuleSetError,
    RecipientType,
    RuleBook,
    RuleSet,
    VisitForm,
    bring_list,
    bring_words,
    said_in_two,
)
from backend.wire import BringGuide, BringItem, BringSituation


@dataclass(frozen=True, slots=True)
class _Situation:
    """A situation: its code, its recipient types, and whether some types need more than what all have in common."""

    code: str
    covers: Callable[[RecipientType], bool]
    ask: bool = False


_SITUATIONS: Final = (
    _Situation("self", lambda row: row.code == "R1"),
    _Situation("lost", lambda row: row.code == "R1-NL"),
    _Situation("child", lambda row: row.code == "R2"),
    _Situation("agent", lambda row: row.visit is VisitForm.AGENT, ask=True),
)


def bring_guide(rules: RuleBook, on: date) -> BringGuide:
    """What visitors bring on a day; without situations if no rules are in force.

    Args:
        rules: the rules of all days.
        on: the business day (Asia/Tokyo).
    """
    try:
        rule_set = rules.on(on)
    except NoRuleSetError:
        return BringGuide(business_day=on)
    made = (_situation(one, rule_set, on) for one in _SITUATIONS)
    return BringGuide(business_day=on, situations=[one for one in made if one is not None])


def _situation(situation: _Situation, rule_set: RuleSet, on: date) -> BringSituation | None:
    """A situation with its lines; None if the rules have no type for it."""
    lists = [
        lines
        for row in rule_set.recipient_types()
        if situation.covers(row) and (lines := bring_list(rule_set, row.code, on))
    ]
    if not lists:
        return None
    shared = [line for line in lists[0] if all(line in others for others in lists[1:])]
    title: dict[str, str] = {}
    bring: dict[str, list[BringItem]] = {}
    know: dict[str, list[BringItem]] = {}
    for language in Language:
        texts = Catalogue("documents", language)
        title[language] = texts.text(f"situation.{situation.code}")
        bring[language] = _items((line for line in shared if not line.to_know), rule_set, texts)
        know[language] = _items((line for line in shared if line.to_know), rule_set, texts)
        if situation.ask:
            bring[language].append(_item(said_in_two(f"situation.{situation.code}_ask", texts)))
        if language is Language.EASY_JAPANESE:
            bring[language], know[language] = _read_once(bring[language]), _read_once(know[language])
    return BringSituation(code=situation.code, title=title, bring=bring, know=know)


def _items(lines: Iterable[BringLine], rule_set: RuleSet, texts: Catalogue) -> list[BringItem]:
    return [_item(bring_words(line, rule_set, texts)) for line in lines]


def _read_once(items: list[BringItem]) -> list[BringItem]:
    """The same lines, in which only the first use of a word has its reading; a kiosk shows one list per screen."""
    texts = iter(read_once(text for item in items for text in (item.thing, item.note)))
    return [BringItem(thing=next(texts), note=next(texts)) for _ in items]


def _item(said: BringWords) -> BringItem:
    return BringItem(thing=said.thing, note=said.note)
