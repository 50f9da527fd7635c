"""A kind of visit (来庁の用件): what somebody comes for. Plain values; the file is read by ``kinds_file``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PICK_UP: Final = "pick_up"
"""The kind for which a card is received (受け取り). Every office does it; its papers are those of the document rules."""


class Stages(StrEnum):
    """Through which windows a visit goes."""

    RECEPTION = "reception"
    """It ends at the reception window."""
    RECEPTION_AND_ISSUANCE = "reception_and_issuance"
    """It is handed over to an issuance window."""


@dataclass(frozen=True)
class KindPaper:
    """A paper that clerks look for, where no document rules say it.

    Attributes:
        name: by language tag, at least in Japanese.
        source: from where it is known.
    """

    name: dict[str, str]
    source: str


@dataclass(frozen=True)
class VisitKind:
    """A kind of visit, as the ward's file of kinds says it.

    Attributes:
        code: by which tickets, cases and figures name it.
        name: by language tag, at least in Japanese.
        icon: name of the picture beside the words.
        series: code of the series of its numbers; None for the one of those without a reservation.
        stages: through which windows it goes.
        papers: what clerks look for; empty where the document rules say it, or nobody has.
        papers_confirmed: the ward has looked at the papers; else pages say that nobody has.
        minutes: usual length of a visit; None for that of the office.
        bookable: whether a time can be reserved for it.
        walk_in: whether a kiosk offers it to people without a reservation.
        usual: whether an office does it that names no kinds of its own.
    """

    code: str
    name: dict[str, str]
    icon: str = "info"
    series: str | None = None
    stages: Stages = Stages.RECEPTION
    papers: tuple[KindPaper, ...] = ()
    papers_confirmed: bool = False
    minutes: float | None = None
    bookable: bool = False
    walk_in: bool = True
    usual: bool = False

    @property
    def ends_at_reception(self) -> bool:
        """Whether nobody is handed over with it."""
        return self.stages is Stages.RECEPTION
