"""Codes that a kiosk or the server refused (受付できないコード): counted by their kind, and nothing of them is kept."""

from collections.abc import Mapping
from typing import Any, Final

from backend.commands import Command, Done, Handling
from backend.protection import Actor
from backend.reception.commands import CountRefusal, RefuseNumber
from backend.reception.storing.refused_codes import count_refusal
from backend.storage import Kept, UnitOfWork
from backend.wire import RefusalKind


def _count_refusal(work: UnitOfWork, command: CountRefusal, actor: Actor) -> Done[None]:
    count_refusal(work, actor, command.kind.value)
    return Done(None, facts={"kind": command.kind.value})


def _refuse_number(work: UnitOfWork, _command: RefuseNumber, actor: Actor) -> Done[None]:
    count_refusal(work, actor, RefusalKind.MY_NUMBER.value)
    return Done(None, kept=None, facts={"kind": RefusalKind.MY_NUMBER.value})


def _nothing_to_tell(
    _work: UnitOfWork, _command: CountRefusal | RefuseNumber, _actor: Actor, _kept: Kept
) -> None:
    return None


REFUSALS: Final[Mapping[type[Command[Any]], Handling[Any, Any]]] = {
    CountRefusal: Handling(_count_refusal, _nothing_to_tell),
    RefuseNumber: Handling(_refuse_number, _nothing_to_tell),
}
"""What is done about each command."""
