"""What there is to tick on a checklist: documents with their flaws, papers, facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from backend.common import Catalogue
from backend.documents import AGE_SETTLED, MARK, PaperRole, PaperSlot, Person, RecipientType, RuleSet, name_of
from backend.reception import CheckSheet, Ticks


@dataclass(frozen=True)
class Box:
    """One thing to tick.

    ``find`` is the text by which typing finds it, folded: readings, name and code, separated by ``|``. ``marks`` are the
    boxes of a ticked document: its flaws, and that staff accept it.
    """

    field: str
    code: str
    name: str
    ticked: bool
    find: str = ""
    marks: "tuple[Box, ...]" = ()


@dataclass(frozen=True)
class PaperList:
    """Papers that are asked for in one role, for example as proof."""

    role: str
    boxes: tuple[Box, ...]


def marks_of(
    sheet: CheckSheet, person: Person, code: str, flaws: frozenset[str], documents: Catalogue
) -> Iterable[Box]:
    """The boxes of a ticked document: that staff accept it, if it needs that, and its flaws."""
    needed = sheet.rule_set.document_table[code].needs_fact.get(person)
    if needed is not None:
        yield Box("facts", needed, name_of("fact", needed, documents), needed in sheet.ticks.facts)
    for flaw in sheet.rule_set.flaw_table:
        value = MARK.join((person.value, code, flaw))
        yield Box("flaw", value, name_of("flaw", flaw, documents), flaw in flaws)


def papers_of(
    rules: RuleSet, recipient: RecipientType, ticks: Ticks, documents: Catalogue
) -> Iterable[PaperList]:
    """The papers to tick, by what they are asked for; those ticked for another type stay visible."""

    def boxes(codes: Iterable[str]) -> tuple[Box, ...]:
        return tuple(
            Box("papers", code, name_of("paper", code, documents), code in ticks.papers)
            for code in dict.fromkeys(codes)
        )

    slots = tuple(slot for slot in rules.papers_for(recipient.code) if _is_asked(rules, slot, ticks))
    shown = [slot.paper.code for slot in slots]
    if "notice" not in shown and "notice" in rules.paper_table:
        # The notice can always be ticked: if it turns up after all, less is asked for.
        yield PaperList(PaperRole.NOTICE.value, boxes(["notice"]))
        shown.append("notice")
    for role, group in groupby(slots, key=lambda slot: slot.role):
        yield PaperList(role.value, boxes(slot.paper.code for slot in group))
    strays = [code for code in ticks.papers if code not in shown]
    if strays:
        yield PaperList("other", boxes(strays))


def _is_asked(rules: RuleSet, slot: PaperSlot, ticks: Ticks) -> bool:
    """Whether a paper is on the list; one that only a common fact asks for appears with that fact."""
    return not slot.if_facts or any(
        not rules.fact_table[fact].common or fact in ticks.facts for fact in slot.if_facts
    )


def facts_of(sheet: CheckSheet, documents: Catalogue) -> Iterable[Box]:
    """Facts that a clerk may tick; facts by which staff accept a document are beside that document instead."""
    ticked = sheet.ticks.facts
    # Facts that staff decide are offered only if there is something to decide.
    needless = set() if any(note.code == "age_unclear" for note in sheet.verdict.notes) else {AGE_SETTLED}
    if "notice" in sheet.ticks.papers:
        needless.update(sheet.rule_set.recipient(sheet.ticks.recipient).notice_waive_if)
    facts = sheet.rule_set.facts_for(sheet.ticks.recipient)
    # Facts by which staff accept a document are beside that document.
    beside = {fact for document in sheet.rule_set.documents() for fact in document.needs_fact.values()}
    listed = [fact.code for fact in facts if fact.code not in needless]
    for code in (one for one in dict.fromkeys((*listed, *ticked)) if one not in beside):
        yield Box("facts", code, name_of("fact", code, documents), code in ticked)
