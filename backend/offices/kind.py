"""A kind of visit (来庁の用件): what somebody comes for. Plain values; ``kinds_file`` reads the file."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PICK_UP: Final = "pick_up"
"""The kind "receive a card" (受け取り). Every office offers it; its papers are those of the document rules."""


class Stages(StrEnum):
    """The windows that a visit goes through."""

    RECEPTION = "reception"
    """It ends at the reception window."""
    RECEPTION_AND_ISSUANCE = "reception_and_issuance"
    """It is handed over to an issuance window."""


@dataclass(frozen=True)
class KindPaper:
    """A paper that clerks check, for kinds of visit without document rules.

    Attributes:
        name: by language tag, at least in Japanese.
        source: how it is known.
    """

    name: dict[str, str]
    source: str


@dataclass(frozen=True)
class VisitKind:
    """A kind of visit, from the ward's file of kinds.

    Attributes:
        code: its name in tickets, cases and figures.
        name: by language tag, at least in Japanese.
        icon: name of the icon beside the words.
        series: code of the series of its numbers; None for the office's series for visitors without a reservation.
        stages: the windows that it goes through.
        papers: what clerks check; empty if the document rules define it, or nobody has defined it yet.
        papers_confirmed: whether the ward has confirmed the papers; if not, pages say so.
        minutes: usual length of a visit in minutes; None for that of the office.
        bookable: whether a time can be reserved for it.
        walk_in: whether a kiosk offers it to people without a reservation.
        usual: whether offices that name no kinds of their own offer it.
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
        """Whether it ends at reception, so that nobody is handed over."""
        return self.stages is Stages.RECEPTION
