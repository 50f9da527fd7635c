"""What of a check of documents a page showed when somebody acted on it: two pages of one clerk lose nothing in silence.

A check has a version. A page sends back the version and the ticks that it showed; where the check has moved on since,
the command is refused, and what the person ticked and took away themselves is named.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.reception.deciding.ticket import Ticket
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import ChecklistError
from backend.wire import ErrorCode

_FIELDS = ("applicant", "visitor", "papers", "facts")
_APART = "apart:yes"
_MOST_NAMED = 8
_VERSIONS = re.compile(r"(?:[0-9a-f]{32}:[0-9]{1,9}(?: (?!\Z)|\Z)){0,99}", re.ASCII)
_SHAPE = re.compile(
    r"(?P<version>[0-9]{1,9}) (?P<recipient>[A-Za-z0-9-]{1,8})(?P<marks>(?: [a-z]+:[\w:-]{1,80})*)", re.ASCII
)


@dataclass(frozen=True)
class Seen:
    """A check as a page showed it; version 0 is one that nobody had begun."""

    version: int
    ticks: Ticks

    def __str__(self) -> str:
        """The shape in which a form carries it."""
        return " ".join((str(self.version), self.ticks.recipient, *_marks(self.ticks)))

    @classmethod
    def parse(cls, text: str) -> "Seen | None":
        """Read what a form carried; none where it carried nothing, as from a program.

        Raises:
            ChecklistError: not of that shape.
        """
        if not text:
            return None
        shape = _SHAPE.fullmatch(text)
        if shape is None:
            raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="seen")
        ticked: dict[str, list[str]] = {field: [] for field in _FIELDS}
        for mark in shape["marks"].split():
            field, _, code = mark.partition(":")
            if mark == _APART:
                continue
            if field not in ticked:
                raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="seen")
            ticked[field].append(code)
        apart = _APART in shape["marks"].split()
        codes = {field: tuple(values) for field, values in ticked.items()}
        return cls(int(shape["version"]), Ticks(shape["recipient"], **codes, apart=apart))


def versions_text(versions: Mapping[str, int]) -> str:
    """The versions of the checks of a party, by case, in the shape in which a form carries them."""
    return " ".join(f"{case_id}:{version}" for case_id, version in versions.items())


def versions_in(text: str) -> Mapping[str, int]:
    """Read what a form carried; none where it carried nothing, as from a program.

    Raises:
        ChecklistError: not of that shape.
    """
    if _VERSIONS.fullmatch(text) is None:
        raise ChecklistError(ErrorCode.CHECKLIST_INVALID, part="seen")
    return {case_id: int(version) for case_id, _, version in (one.partition(":") for one in text.split())}


def lost_of(seen: Ticks, wanted: Ticks, present: Ticks) -> tuple[str, ...]:
    """What somebody changed on the page they saw and the present check does not have.

    ``+field:code`` was ticked, ``-field:code`` was taken away, ``=code`` was the recipient type that was chosen.
    """
    before, after, now = set(_marks(seen)), set(_marks(wanted)), set(_marks(present))
    chosen = wanted.recipient not in {seen.recipient, present.recipient}
    return (
        *((f"={wanted.recipient}",) if chosen else ()),
        *(f"+{mark}" for mark in _marks(wanted) if mark not in before and mark not in now),
        *(f"-{mark}" for mark in _marks(seen) if mark not in after and mark in now),
    )


def stale(ticket: Ticket, lost: Iterable[str] = ()) -> ChecklistError:
    """The refusal of a command that was given on an older check; of very many ticks the first are named."""
    named = tuple(lost)
    more = {"more": str(len(named) - _MOST_NAMED)} if len(named) > _MOST_NAMED else {}
    return ChecklistError(
        ErrorCode.STALE_CHECK, number=ticket.label, lost=" ".join(named[:_MOST_NAMED]), **more
    )


def _marks(ticks: Ticks) -> tuple[str, ...]:
    marks = tuple(f"{field}:{code}" for field in _FIELDS for code in sorted(getattr(ticks, field)))
    return (*marks, _APART) if ticks.apart else marks
