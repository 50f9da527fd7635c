"""The documents of one person on a checklist: the few that have keys, the others folded, and how many count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from backend.common import Catalogue
from backend.documents import CombinationState, DocumentClass, Person, name_of, read_shown, search_keys
from backend.reception import CheckSheet
from backend.web.desk.tick_boxes import Box, marks_of

_KEYS: Final = 6
"""Documents that have a key of their own."""


@dataclass(frozen=True)
class Ways:
    """A combination that would be enough, and whether it is satisfied already."""

    name: str
    satisfied: bool


@dataclass(frozen=True)
class Folded:
    """A list to open or to search: its class, and its boxes."""

    kind: str
    boxes: tuple[Box, ...]

    @property
    def ticked(self) -> int:
        """How many of it are ticked; if any are, the list is shown open."""
        return sum(box.ticked for box in self.boxes)


@dataclass(frozen=True)
class DocumentLists:
    """The documents of one person: the few that have keys, the others folded.

    Attributes:
        name: the person in a word, for a tab.
        had: documents that count so far, of ``needed``; both 0 where none is asked for.
        first: those of list A that the office sees most, each with a key.
        folded: the others.
        strays: ticked for another recipient type; they stay visible, so that they can be unticked.
    """

    person: Person
    name: str
    title: str
    had: int
    needed: int
    ways: tuple[Ways, ...]
    first: tuple[Box, ...]
    folded: tuple[Folded, ...]
    strays: tuple[Box, ...]

    @property
    def is_enough(self) -> bool:
        """Whether nothing more is needed of this person."""
        return self.had == self.needed


def documents_of(
    sheet: CheckSheet,
    person: Person,
    ticked: tuple[str, ...],
    texts: Catalogue,
    documents: Catalogue,
    wanted: Collection[str],
) -> DocumentLists:
    """The documents of one person.

    Args:
        sheet: rules, ticks and verdict of a visit.
        person: whose documents.
        ticked: what was ticked for them.
        texts: the catalogue ``pages``, for readings to search by.
        documents: the catalogue ``documents``.
        wanted: codes of the documents that the office wants to see first.
    """
    rules = sheet.rule_set
    listed = rules.documents_for(sheet.ticks.recipient, person)
    codes = {document.code for document in listed}
    shown = read_shown(ticked)

    def box(code: str) -> Box:
        name = name_of("document", code, documents)
        keys = search_keys("document", code, documents, texts)
        marks = tuple(marks_of(sheet, person, code, shown[code], documents)) if code in shown else ()
        return Box(person.value, code, name, code in shown, "|".join(keys), marks)

    list_a = [one.code for one in listed if one.kind is DocumentClass.A]
    first = _first_of(list_a, wanted)
    folded = (
        Folded("A", tuple(box(code) for code in list_a if code not in first)),
        Folded("B", tuple(box(one.code) for one in listed if one.kind is not DocumentClass.A)),
    )
    states = [state for state in sheet.verdict.combinations if state.person is person]
    had, needed = _counted(sheet, person, states, len(shown))
    return DocumentLists(
        person=person,
        name=texts.text(f"check.person_{person.value}"),
        title=name_of("person", person, documents),
        had=had,
        needed=needed,
        ways=tuple(
            Ways(name_of("combination", code, documents), code in state.satisfied)
            for state in states
            for code in state.would_do
        ),
        first=tuple(box(code) for code in first),
        folded=tuple(one for one in folded if one.boxes),
        strays=tuple(box(code) for code in shown if code not in codes),
    )


def _first_of(codes: list[str], wanted: Collection[str]) -> list[str]:
    """The codes to see first, in the order of the rules: those that are wanted, filled up with what comes next."""
    chosen = [code for code in codes if code in wanted][:_KEYS]
    rest = [code for code in codes if code not in chosen][: _KEYS - len(chosen)]
    return [code for code in codes if code in {*chosen, *rest}]


def _counted(
    sheet: CheckSheet, person: Person, states: Iterable[CombinationState], shown: int
) -> tuple[int, int]:
    """How many documents of a person count, and how many are needed by the way that is nearest."""
    table = sheet.rule_set.combination_table
    ways = [code for state in states for code in (state.satisfied or state.would_do)]
    sizes = sorted(table[code].total + table[code].tn for code in ways)
    lacks = [
        lack.count
        for one in sheet.verdict.missing
        if one.what == f"{person.value}_id"
        for lack in one.add
    ]  # fmt: skip
    if not sizes:
        return 0, 0
    if not lacks:
        return sizes[0], sizes[0]
    lack = min(lacks)
    needed = max((size for size in sizes if lack <= size <= lack + shown), default=lack)
    return needed - lack, needed
