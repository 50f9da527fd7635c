"""Whose card it is that a number leads to, before it is tied to a visit: what would be tied is looked at, and nothing is changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from backend.commands import Command, Done, Handling
from backend.protection import Actor, permitted_columns
from backend.reception.check_commands import TieCard
from backend.reception.commands import TicketReply
from backend.reception.deciding.case import latest_of, open_of
from backend.reception.storing.cases import cases_of
from backend.reservations import read_fields
from backend.sealing import Records
from backend.storage import UnitOfWork

LOOKED_AT: Final = "reservation_viewed"
"""What the trail calls every look at what is known of a person."""
_ASKED: Final = ("name", "name_kana", "birth")
"""What a visitor can be asked for."""


@dataclass(frozen=True)
class LookForCard(TieCard):
    """As ``TieCard``, of which it asks the same; but whose card it is is shown first, to ask the visitor."""

    name: ClassVar[str] = "look_for_card"
    events: ClassVar[int] = 0


@dataclass(frozen=True)
class CardLook(TicketReply):
    """Whose card it is.

    Attributes:
        fields: what the reader may see of the person, and the visitor can be asked for; never sent to a program, nor kept.
    """

    fields: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


class CardLooks:
    """The command by which a card is looked at before it is tied.

    Args:
        tie: what is done about ``TieCard``: a card that it would refuse is shown to nobody, and a search that finds none
            is counted and noted as one of its own.
        records: sealed records and their keys.
    """

    def __init__(self, tie: Handling[TieCard, TicketReply], records: Records) -> None:
        self._tie = tie
        self._records = records

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {LookForCard: Handling(self._look, self._tie.tell_again)}

    def _look(self, work: UnitOfWork, command: LookForCard, actor: Actor) -> Done[TicketReply]:
        """Tie the card, read whose it is, and take that back; the trail keeps who looked, for which case, and by what.

        Raises:
            TicketStateError: as tying raises.
            KeyStoreError: the keys cannot be read, or a record does not open.
        """
        before, mark = work.connection.begin_nested(), work.mark()
        try:
            done = self._tie.carry_out(work, command, actor)
            if done.refusal is not None:
                return done
            fields = self._fields(work, command, actor)
        finally:
            before.rollback()
            work.return_to(mark)
        reply = CardLook(done.reply.ticket_id, done.reply.number, fields=fields)
        return Done(
            reply, None, subject=done.subject, facts=done.facts, noted_as=LOOKED_AT, fields=tuple(fields)
        )

    def _fields(self, work: UnitOfWork, command: LookForCard, actor: Actor) -> Mapping[str, Any]:
        """What the reader may see of whose card was just tied."""
        party = latest_of(cases_of(work.connection, command.ticket_id))
        case = next((one for one in party if one.case_id == command.case_id), None) or open_of(party)[0]
        columns = permitted_columns(actor.permissions).only(_ASKED)
        return read_fields(work.connection, self._records, case.card_id, case.reservation_id, columns)
