"""Counts documents: which of those shown count for a person, and what a combination still lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.documents.model.ages import age_on
from backend.documents.model.combinations import Combination
from backend.documents.model.document import Document, DocumentClass
from backend.documents.model.own_source import Although
from backend.documents.model.persons import Person
from backend.documents.model.policy import PolicyValue
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.shown import read_shown
from backend.documents.model.visit import Lack, Note, Visit

NEEDS_STAFF = "document_needs_staff"
"""The note on a document that counts only if staff accept it."""
NOT_YET = "document_not_yet"
"""The note on a document that did not exist on the day."""
NOT_THERE = "document_not_there"
"""The note on a document that cannot have been shown, because that contradicts other facts."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The documents of one person, counted in the way that combinations ask for them.

    Attributes:
        a: documents of class A.
        total: documents of class A or B.
        photo: those of them with a face photo.
        tn: 通知カード or 個人番号通知書.
        counted: the documents that count.
        refused: for each document that does not count, the note that says why.
        handed_in: papers that the shown documents are at the same time, whether they count or not.
        flawed: codes of documents that would count without their flaw.
    """

    a: int
    total: int
    photo: int
    tn: int
    counted: tuple[Document, ...]
    refused: tuple[Note, ...]
    handed_in: frozenset[str] = frozenset()
    flawed: tuple[str, ...] = ()

    @property
    def needs_staff(self) -> bool:
        """Whether a document would count if staff accepted it."""
        return any(note.code == NEEDS_STAFF for note in self.refused)

    def lack(self, combination: Combination) -> Lack | None:
        """What a combination still lacks, or None if it is satisfied."""
        a = max(0, combination.a - self.a)
        photo = max(0, combination.photo - self.photo)
        tn = max(0, combination.tn - self.tn)
        total = max(0, combination.total - self.total, a, photo)
        if not total and not tn:
            return None
        return Lack(a=a, total=total, photo=photo, tn=tn)


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """How one shown document counts.

    Attributes:
        document: the document as it counts, or would count, for the person.
        reason: the note that says why it does not count, or None.
        flawed: whether it would count without its flaw.
    """

    document: Document
    reason: str | None
    flawed: bool


class ReadTable:
    """The documents that were shown in one visit, with a cache of how each counts under the policies that affect it.

    Args:
        rule_set: the rules; they know every code of the visit.
        visit: the visit, with the reliable facts only.
    """

    def __init__(self, rule_set: RuleSet, visit: Visit) -> None:
        self.rule_set = rule_set
        self.visit = visit
        self._shown: dict[Person, list[_Line]] = {}
        self._readings: dict[tuple[object, ...], ReadDocument] = {}

    def shown(self, person: Person) -> list["_Line"]:
        """The documents of one person, in display order."""
        lines = self._shown.get(person)
        if lines is None:
            lines = self._shown[person] = self._lines(person)
        return lines

    def reading(
        self, line: "_Line", policies: Mapping[str, PolicyValue], recipient: RecipientType, person: Person
    ) -> ReadDocument:
        """How one of them counts under these policies."""
        key = (line.document.code, person, recipient.code, *(policies[code] for code in line.policies))
        found = self._readings.get(key)
        if found is None:
            whose = (policies, recipient, person, self.visit)
            found = self._readings[key] = _read(self.rule_set, line.document, line.flaws, whose)
        return found

    def _lines(self, person: Person) -> list["_Line"]:
        shown = dict(read_shown(self.visit.applicant if person is Person.APPLICANT else self.visit.visitor))
        if person is Person.APPLICANT:
            for paper in self.visit.papers:
                sheet = self.rule_set.paper_table[paper].counts_as
                if sheet is not None:
                    shown.setdefault(sheet, frozenset())
        return [
            _Line(document, shown[code], tuple(document.policies))
            for code, document in self.rule_set.document_table.items()
            if code in shown
        ]


@dataclass(frozen=True, slots=True)
class _Line:
    """A document that was shown, with its flaws, and the codes of the policies that affect it."""

    document: Document
    flaws: frozenset[str]
    policies: tuple[str, ...]


def count(
    table: ReadTable, policies: Mapping[str, PolicyValue], recipient: RecipientType, person: Person
) -> Tally:
    """Count the documents of one person; those that do not count are in ``refused`` with the reason.

    A document counts once, however often it was given; documents that are the same card (特定在留カード, or a card
    with and without photo) count once, as the strongest of them.
    """
    rule_set, facts = table.rule_set, table.visit.facts
    counted: list[Document] = []
    refused: list[Note] = []
    flawed: list[str] = []
    handed_in: set[str] = set()
    for line in table.shown(person):
        reading = table.reading(line, policies, recipient, person)
        code = line.document.code
        if reading.flawed:
            flawed.append(code)
        if reading.reason is None:
            counted.append(reading.document)
        else:
            refused.append(Note(reading.reason, (code,)))
        if reading.reason not in {NOT_THERE, NOT_YET}:
            handed_in.update(line.document.hands_in)
    a = total = photo = 0
    tn = sum(document.kind is DocumentClass.TN for document in counted)
    others = (document for document in counted if document.kind is not DocumentClass.TN)
    for card in _cards(rule_set, others, flawed):
        a += any(document.kind is DocumentClass.A for document in card)
        total += 1
        photo += any(rule_set.bears_photo(document, facts) for document in card)
    return Tally(a, total, photo, tn, tuple(counted), tuple(refused), frozenset(handed_in), tuple(flawed))


def _read(
    rule_set: RuleSet,
    listed: Document,
    flaws: frozenset[str],
    whose: tuple[Mapping[str, PolicyValue], RecipientType, Person, Visit],
) -> ReadDocument:
    """How a document with these flaws counts for a person."""
    policies, recipient, person, visit = whose
    theirs = listed.held_by(recipient.code, person, policies) or listed
    document = _as_held(theirs, person, visit)
    reason = _refusal(rule_set, document, policies, recipient, person, visit)
    if reason is not None:
        return ReadDocument(document, reason, flawed=False)
    flaw = _flaw(rule_set, document, flaws, person, visit)
    if flaw is not None:
        return ReadDocument(document, flaw, flawed=True)
    rules = (_overlooked(document, one, person, visit) for one in sorted(flaws))
    although = next((one for one in rules if one is not None), None)
    return ReadDocument(document if although is None else document.in_spite_of(although), None, flawed=False)


def _cards(rule_set: RuleSet, counted: Iterable[Document], flawed: Iterable[str]) -> Iterable[list[Document]]:
    """The documents that count, in one group for each physical card.

    Two documents that are each the same card as a third are one card: somebody with a 特定在留カード has no separate
    マイナンバーカード or 在留カード. Flawed documents link others in the same way, but are not in the groups.
    """
    there: dict[str, Document | None] = {one.code: one for one in counted}
    there |= dict.fromkeys(flawed)
    while there:
        # A card is the set of all documents that are linked, directly or through others.
        group, ahead = [], [next(iter(there))]
        while ahead:
            code = ahead.pop()
            if code not in there:
                continue
            document = there.pop(code)
            if document is not None:
                group.append(document)
            ahead += rule_set.one_card_with(code)
        if group:
            yield group


def _refusal(
    rule_set: RuleSet,
    document: Document,
    policies: Mapping[str, PolicyValue],
    recipient: RecipientType,
    person: Person,
    visit: Visit,
) -> str | None:
    """The note that says why a document does not count, or None."""
    reason = None
    if document.valid_until is not None and visit.on > document.valid_until:
        reason = document.ended
    elif document.valid_from is not None and visit.on < document.valid_from:
        reason = NOT_YET
    elif document.policy is not None and not policies[document.policy]:
        reason = "document_not_adopted"
    elif document.held_by(recipient.code, person, policies) is None:
        reason = "document_not_for_person"
    elif not rule_set.is_for_group(document, recipient, policies):
        reason = "document_not_for_type"
    elif document.needs_fact and document.needs_fact.get(person) not in visit.facts:
        reason = NEEDS_STAFF
    elif person is Person.APPLICANT and document.not_with_facts & visit.facts:
        reason = NOT_THERE
    elif person is Person.APPLICANT and not _may_hold(document, visit):
        reason = "document_not_for_age"
    return reason


def _flaw(
    rule_set: RuleSet, document: Document, flaws: frozenset[str], person: Person, visit: Visit
) -> str | None:
    """The note on the first flaw that keeps a document from counting, in the order of the rule set.

    Only the applicant's documents can count in spite of a flaw: the facts for that are about the applicant's card.
    """
    for code, flaw in rule_set.flaw_table.items():
        if code in flaws and _overlooked(document, code, person, visit) is None:
            return flaw.note
    return None


def _overlooked(document: Document, flaw: str, person: Person, visit: Visit) -> Although | None:
    """The rule by which a document counts in spite of a flaw."""
    although = document.counts_although.get(flaw)
    if although is None or person is not Person.APPLICANT or although.fact not in visit.facts:
        return None
    return although


def _as_held(document: Document, person: Person, visit: Visit) -> Document:
    """The document for the person's age; if the birth date is partly known, as for the youngest possible age."""
    if document.photo_from is None or person is not Person.APPLICANT or visit.born is None:
        return document
    return document.of_a_child() if _may_be_below(document.photo_from.age, visit) else document


def _may_hold(document: Document, visit: Visit) -> bool:
    """Whether the applicant may be of an age at which people have this document."""
    return document.holder_below is None or _may_be_below(document.holder_below, visit)


def _may_be_below(age: int, visit: Visit) -> bool:
    """Whether the applicant may be below an age in years on the day of the visit."""
    return visit.born is None or any(age_on(day, visit.on) < age for day in visit.born.candidates(visit.on))


def shortest(lacks: list[Lack]) -> tuple[Lack, ...]:
    """The ways to complete, fewest documents first, without those that are met whenever another one is."""
    kept: list[Lack] = []
    for lack in sorted(lacks, key=lambda one: (one.count, one.a, one.photo, one.tn)):
        if not any(other.covers(lack) for other in kept):
            kept.append(lack)
    return tuple(kept)
