"""The pages of what to bring in one situation: a few things at a time first, what there is to say of them after that."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

from backend.common import Language
from backend.wire import BringItem, BringSituation
from kiosk.visit.texts import choose

MOST_THINGS: Final = 4
"""Most things on one page: as many as are remembered on the way home, in large letters."""


class PageKind(StrEnum):
    """What a page is for."""

    THINGS = "things"
    DETAILS = "details"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class BringPage:
    """A page: the names of some things, all things with what there is to say of them, or examples and advice."""

    kind: PageKind
    items: tuple[BringItem, ...]


def bring_pages(situation: BringSituation, language: Language) -> tuple[BringPage, ...]:
    """The pages in the order in which they are turned; there is at least one.

    Args:
        situation: who comes, with what is brought then.
        language: the reader's language.
    """
    bring = choose(situation.bring, language) or []
    know = choose(situation.know, language) or []
    names = [BringItem(thing=one.thing) for one in bring]
    kinds = [(PageKind.THINGS, names)]
    if any(one.note for one in bring):
        kinds.append((PageKind.DETAILS, bring))
    kinds.append((PageKind.KNOW, know))
    pages = [BringPage(kind, some) for kind, items in kinds for some in _shared_out(items)]
    return tuple(pages) or (BringPage(PageKind.THINGS, ()),)


def _shared_out(items: list[BringItem]) -> list[tuple[BringItem, ...]]:
    """The items on as few pages as there must be, about as many on each."""
    pages = ceil(len(items) / MOST_THINGS)
    each = ceil(len(items) / pages) if pages else 1
    return [tuple(items[at : at + each]) for at in range(0, len(items), each)]
