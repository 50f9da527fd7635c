"""What may be asked about a visitor's documents and cards at a reception window, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from backend.cards import IndexKind
from backend.protection import Permission
from backend.reception.commands import OfTicket
from backend.reception.deciding.check_seen import Seen
from backend.reception.deciding.ticks import Ticks


@dataclass(frozen=True)
class OfCheck(OfTicket):
    """A command about the check of a visitor's documents.

    Attributes:
        seen: the check as the page showed it; where it has moved on since, the command is refused. None compares nothing.
        case_id: the card of the party that it is about; may be left out where one alone is open.
    """

    needs: ClassVar[Permission] = Permission.CHECK_DOCUMENTS
    seen: Seen | None = field(default=None, kw_only=True)
    case_id: str | None = field(default=None, kw_only=True)

    def body(self) -> Mapping[str, Any]:
        """The ticket, its card, and the version that was seen."""
        return {
            **super().body(),
            **({} if self.case_id is None else {"case": self.case_id}),
            **({} if self.seen is None else {"seen": self.seen.version}),
        }


@dataclass(frozen=True)
class ChooseRecipient(OfCheck):
    """Set the recipient type (受取人種別) that answers lead to. The answers themselves are not kept.

    Attributes:
        answers: answer by question.
    """

    name: ClassVar[str] = "choose_recipient"
    changes: ClassVar[tuple[str, ...]] = ("recipient_type",)
    answers: Mapping[str, str]

    def body(self) -> Mapping[str, Any]:
        """With the answers."""
        return {**super().body(), "answers": dict(self.answers)}


@dataclass(frozen=True)
class Tick(OfCheck):
    """Note what is ticked."""

    name: ClassVar[str] = "tick"
    changes: ClassVar[tuple[str, ...]] = ("recipient_type",)
    events: ClassVar[int] = 0
    ticks: Ticks

    def body(self) -> Mapping[str, Any]:
        """With the ticks, in an order that does not depend on the page."""
        return {**super().body(), **self.ticks.as_body()}


@dataclass(frozen=True)
class OfParty(OfCheck):
    """A command about every open card of a visit.

    Attributes:
        versions: of the checks of the open cards, by case, as the page showed them; where there is another card, or one
            has moved on since, the command is refused. Empty compares nothing.
    """

    versions: Mapping[str, int] = field(default_factory=dict, kw_only=True)

    def body(self) -> Mapping[str, Any]:
        """With the versions that were seen."""
        return {**super().body(), **({"versions": dict(self.versions)} if self.versions else {})}


@dataclass(frozen=True)
class HandOver(OfParty):
    """Hand a visitor over to ward staff (引継ぎ) with the cards whose papers are complete; the others end as incomplete."""

    name: ClassVar[str] = "hand_over"


@dataclass(frozen=True)
class EndIncomplete(OfParty):
    """Papers are missing: the visitor fetches them, or makes a new reservation."""

    name: ClassVar[str] = "end_incomplete"


@dataclass(frozen=True)
class UntieCard(OfTicket):
    """The card that was tied to a visit is another person's: the visit is about no card again.

    Attributes:
        case_id: of which card of the party; may be left out where one alone is open.
    """

    name: ClassVar[str] = "untie_card"
    needs: ClassVar[Permission] = Permission.TIE_CARDS
    case_id: str | None = field(default=None, kw_only=True)

    def body(self) -> Mapping[str, Any]:
        """The ticket, and its card where one was named."""
        return {**super().body(), **({} if self.case_id is None else {"case": self.case_id})}


@dataclass(frozen=True)
class TieCard(OfTicket):
    """Somebody came without a notice, and their card was found: from now on the visit is about that card.

    Attributes:
        kind: what the number is.
        number: as it was typed; never in the trail.
        born: the birthday, ISO 8601, where it was asked for.
        case_id: of which card of the party; may be left out where one alone is open.
    """

    name: ClassVar[str] = "tie_card"
    needs: ClassVar[Permission] = Permission.TIE_CARDS
    kind: IndexKind
    number: str = field(repr=False)
    born: str | None = field(default=None, repr=False)
    case_id: str | None = field(default=None, kw_only=True)

    def body(self) -> Mapping[str, Any]:
        """The ticket, its card where one was named, and what was asked; of it a keyed hash alone is kept."""
        return {
            **super().body(),
            **({} if self.case_id is None else {"case": self.case_id}),
            "kind": self.kind.value,
            "number": self.number,
            **({} if self.born is None else {"born": self.born}),
        }
