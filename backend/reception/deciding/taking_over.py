"""The documents of whoever came are shown once for all the cards that they receive: ticked once, they count for each. Pure.

A parent with two children has one driving licence. What is ticked, unticked or marked of the visitor's documents of one
card is so for each other card of the party that the same visitor receives. A card that somebody else receives is set
apart and has ticks of its own. What belongs to one card, like the notice or the proof of parenthood, is never taken over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backend.documents import MARK, Person, RuleSet
from backend.reception.deciding.ticks import Ticks


@dataclass(frozen=True)
class _Shared:
    """What is ticked of a visitor: documents with their flaws, and the facts by which staff accept some of them."""

    documents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def after(self, before: "_Shared", now: "_Shared") -> "_Shared":
        """The same with what changed elsewhere from ``before`` to ``now``."""
        new = [one for one in now.documents if one not in before.documents]
        gone = (_codes(before.documents) - _codes(now.documents)) | _codes(new)
        dropped = set(before.facts) - set(now.facts)
        added = [one for one in now.facts if one not in before.facts and one not in self.facts]
        return _Shared(
            (*(one for one in self.documents if _code(one) not in gone), *new),
            (*(one for one in self.facts if one not in dropped), *added),
        )


_NOTHING = _Shared()


def is_shared(rule_set: RuleSet, ticks: Ticks) -> bool:
    """Whether a card is received by the visitor who receives the others of the party."""
    return not ticks.apart and rule_set.recipient(ticks.recipient).visit.has_visitor


def begun(rule_set: RuleSet, recipient: str, others: Iterable[Ticks]) -> Ticks:
    """What is ticked of a card that nobody has checked yet: what was ticked of its visitor for other cards.

    Args:
        rule_set: the rules of the day.
        recipient: the type that is assumed of it.
        others: what is ticked of the other open cards of the party.
    """
    ticks = Ticks(recipient)
    return _with(rule_set, ticks, _held(rule_set, others)) if is_shared(rule_set, ticks) else ticks


def taken_over(
    rule_set: RuleSet, before: Ticks | None, after: Ticks, others: Mapping[str, Ticks]
) -> tuple[Ticks, Mapping[str, Ticks]]:
    """What is ticked of a card and of the others of its party after one was changed.

    A card that comes to be received by the visitor of the others takes what is ticked for them; one that is set apart
    keeps nothing of it, as it is another person's.

    Args:
        rule_set: the rules of the day.
        before: what was ticked of the card; None where nobody had checked it.
        after: what somebody ticked of it now.
        others: what is ticked of the other open cards, by case.

    Returns:
        The card's own ticks, and those of the others that changed.
    """
    was_shared = before is not None and is_shared(rule_set, before)
    start = _NOTHING if before is None else _of(rule_set, before)
    end = _of(rule_set, after)
    if not is_shared(rule_set, after):
        left = was_shared and after.apart
        return (_with(rule_set, after, _NOTHING.after(start, end)) if left else after), {}
    own = end
    if not was_shared:
        held = _held(rule_set, others.values())
        own, start = (end, _NOTHING) if held == _NOTHING else (held.after(start, end), held)
    changed = {
        case_id: _with(rule_set, ticks, _of(rule_set, ticks).after(start, own))
        for case_id, ticks in others.items()
        if is_shared(rule_set, ticks)
    }
    return _with(rule_set, after, own), {
        case_id: ticks for case_id, ticks in changed.items() if not same(ticks, others[case_id])
    }


def same(one: Ticks, other: Ticks) -> bool:
    """Whether the same is ticked, in whichever order."""
    return one.as_body() == other.as_body()


def _held(rule_set: RuleSet, others: Iterable[Ticks]) -> _Shared:
    """What is ticked of the visitor for the cards that they receive."""
    found = (_of(rule_set, ticks) for ticks in others if is_shared(rule_set, ticks))
    return next((one for one in found if one != _NOTHING), _NOTHING)


def _of(rule_set: RuleSet, ticks: Ticks) -> _Shared:
    beside = _beside(rule_set)
    return _Shared(ticks.visitor, tuple(one for one in ticks.facts if one in beside))


def _with(rule_set: RuleSet, ticks: Ticks, shared: _Shared) -> Ticks:
    beside = _beside(rule_set)
    own = tuple(one for one in ticks.facts if one not in beside)
    return replace(ticks, visitor=shared.documents, facts=(*own, *shared.facts))


def _beside(rule_set: RuleSet) -> frozenset[str]:
    """The facts that are about a document of the visitor."""
    needed = (one.needs_fact.get(Person.VISITOR) for one in rule_set.documents())
    return frozenset(fact for fact in needed if fact is not None)


def _code(written: str) -> str:
    """A document without its flaws."""
    return written.partition(MARK)[0]


def _codes(written: Iterable[str]) -> set[str]:
    return {_code(one) for one in written}
