"""A visit as the clerk sees it, and the verdict of the rules on it. Codes only: no name, no number, no free text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from backend.documents.model.ages import BirthDate
from backend.documents.model.missing import NextStep
from backend.documents.model.persons import Person


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to the reception window, as codes of the rule set.

    Args:
        recipient: code of the recipient type (受取人種別).
        on: day of the visit, a business day in Asia/Tokyo.
        born: birth date of the applicant, or None if the clerk was not told.
        applicant: documents of the applicant that were shown, each with its flaws after colons (``A03:expired``). A
            code given twice counts once.
        visitor: documents of the person who came with or for the applicant.
        papers: the notice and other papers that were shown.
        facts: what else is known.
        card_expires: the last day on which the card to be received is valid (有効期限; for many foreign residents the
            在留期間満了日), or None if the clerk was not told.
    """

    recipient: str
    on: date
    born: BirthDate | None = None
    applicant: frozenset[str] = frozenset()
    visitor: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    card_expires: date | None = None

    @classmethod
    def of(
        cls,
        recipient: str,
        on: date,
        *,
        born: BirthDate | None = None,
        applicant: Iterable[str] = (),
        visitor: Iterable[str] = (),
        papers: Iterable[str] = (),
        facts: Iterable[str] = (),
        card_expires: date | None = None,
    ) -> "Visit":
        """A visit from any collections of codes."""
        return cls(
            recipient,
            on,
            born,
            frozenset(applicant),
            frozenset(visitor),
            frozenset(papers),
            frozenset(facts),
            card_expires,
        )


@dataclass(frozen=True, slots=True)
class Lack:
    """Documents that a combination lacks.

    ``total`` documents of class A or B, of which at least ``a`` of class A and ``photo`` with a face photo; and
    ``tn`` of 通知カード・個人番号通知書.
    """

    a: int = 0
    total: int = 0
    photo: int = 0
    tn: int = 0

    @property
    def count(self) -> int:
        """How many documents these are."""
        return self.total + self.tn

    @property
    def kinds(self) -> tuple[int, int, int, int]:
        """The counts with each document counted once: class A, others with a face photo, any others, 通知カード."""
        with_photo = max(0, self.photo - self.a)
        return self.a, with_photo, self.total - self.a - with_photo, self.tn

    def covers(self, other: "Lack") -> bool:
        """Whether bringing the documents of the other also meets this one, so that the other need not be named."""
        return (
            self.a <= other.a
            and self.total <= other.total
            and self.photo <= max(other.photo, other.a)
            and self.tn <= other.tn
        )

    def as_dict(self) -> dict[str, int]:
        """The counts that are not zero; ``any`` includes ``A`` and ``photo``."""
        counts = {"A": self.a, "any": self.total, "photo": self.photo, "TN": self.tn}
        return {key: count for key, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing.

    Args:
        what: ``applicant_id``, ``visitor_id``, ``notice``, ``seal``, ``authority``, ``proof``, ``extra``, ``birth_date``
            or ``contradiction`` (facts that cannot hold together).
        need: codes, any one of which is enough: combinations for the first two, papers for the others. For a
            contradiction: the facts and papers that cannot all be true.
        add: for documents, what to add, fewest first; any one of them is enough.
        unless: facts that would make it unnecessary.
    """

    what: str
    need: tuple[str, ...]
    add: tuple[Lack, ...] = ()
    unless: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The missing thing as JSON output has it; empty parts are left out."""
        shape: dict[str, object] = {"what": self.what, "need": list(self.need)}
        if self.add:
            shape["add"] = [lack.as_dict() for lack in self.add]
        if self.unless:
            shape["unless"] = list(self.unless)
        return shape


@dataclass(frozen=True, slots=True)
class CombinationState:
    """The combinations for one person: which are satisfied, and which would be enough."""

    person: Person
    satisfied: tuple[str, ...]
    would_do: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the clerk should know or check. ``about`` are codes of the rule set."""

    code: str
    about: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The note as JSON output has it; an empty ``about`` is left out."""
        return {"code": self.code, **({"about": list(self.about)} if self.about else {})}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of the rules on a visit. ``complete`` means that the papers are there; staff check the identity.

    Args:
        rule_set: name of the rule set that judged.
        accepted: False if the recipient type is not allowed on this day or with this age or these facts; notes say why.
        complete: whether it is accepted and nothing is missing.
        missing: what is missing, in the order in which a clerk asks for it.
        combinations: for each person whose documents are asked for, the combinations.
        to_return: codes of what is collected if the visitor has it; empty if the visit is not accepted.
        notes: for the clerk, reasons first.
        next_steps: what to tell the visitor next, the best first; never empty.
    """

    rule_set: str
    accepted: bool
    complete: bool
    missing: tuple[Missing, ...]
    combinations: tuple[CombinationState, ...]
    to_return: tuple[str, ...]
    notes: tuple[Note, ...]
    next_steps: tuple[NextStep, ...]

    @property
    def next_step(self) -> NextStep:
        """The best of the next steps."""
        return self.next_steps[0]

    def as_dict(self) -> dict[str, object]:
        """The verdict as JSON output has it."""
        combinations: Mapping[str, object] = {
            str(state.person): {"satisfied": list(state.satisfied), "would_do": list(state.would_do)}
            for state in self.combinations
        }
        return {
            "rule_set": self.rule_set,
            "accepted": self.accepted,
            "complete": self.complete,
            "missing": [item.as_dict() for item in self.missing],
            "combinations": combinations,
            "to_return": list(self.to_return),
            "notes": [note.as_dict() for note in self.notes],
        }
