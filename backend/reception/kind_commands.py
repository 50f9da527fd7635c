"""The commands that are about kinds of visit (用件): what somebody comes for, and that it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from backend.commands import Command
from backend.protection import Permission
from backend.reception.commands import OfTicket
from backend.wire import CheckInReply


@dataclass(frozen=True)
class TakeNumber(Command[CheckInReply]):
    """A visitor without notice or reservation asks for a number of the assisted queue.

    Attributes:
        language: of the kiosk's screen at that moment.
        kind: what they come for, by the ward's code; None for what the office offers first.
    """

    name: ClassVar[str] = "walk_in"
    needs: ClassVar[Permission] = Permission.RECEIVE_VISITORS
    language: str
    kind: str | None = None

    def body(self) -> Mapping[str, Any]:
        """The language, and the kind where one was chosen: as older servers kept it, where none was."""
        return {"language": self.language, **({} if self.kind is None else {"kind": self.kind})}


@dataclass(frozen=True)
class FinishVisit(OfTicket):
    """What somebody came for, other than a card, is done."""

    name: ClassVar[str] = "finish"
    needs: ClassVar[Permission] = Permission.CALL_VISITORS
