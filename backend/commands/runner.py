"""The one way to carry out a command, for people and devices alike.

Who asks is found out, the office of the work is locked, the request id is looked up, the command is carried out, its line
of the trail and its id are written, and all of it is one commit (adr/0023). Nobody is answered before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from backend.commands.command import Command, Due, Handling
from backend.protection import Actor, record_audit
from backend.storage import Connection, Database, StorageError, UnitOfWork, body_hash, recall, remember

Reply = TypeVar("Reply")
Identify = Callable[[Connection, datetime], Actor]
"""Finds out who asks, in the transaction of the command; raises what the asker is told where it is nobody."""


log = structlog.get_logger()


class Agenda(Protocol):
    """What is due at an office before the next command."""

    def due(self, work: UnitOfWork, office_id: str) -> Sequence[Due]:
        """Commands that are to be carried out first; in nearly every case none, and asked before every command."""

    def gave_up(self, work: UnitOfWork, office_id: str) -> None:
        """One of them failed and was taken back; it is not to be asked for at once again."""


class NotPermittedError(Exception):
    """Somebody gave a command that is not theirs to give.

    Attributes:
        actor: who.
    """

    def __init__(self, actor: Actor) -> None:
        super().__init__("not permitted")
        self.actor = actor


class Runner:
    """Carries out commands.

    Args:
        database: where everything is kept.
        key: keys the fingerprints of requests.
        handlings: what is done about each kind of command.
        agenda: what is due before the next command; nothing by default.
    """

    def __init__(
        self,
        database: Database,
        key: bytes,
        handlings: Mapping[type[Command[Any]], Handling[Any, Any]],
        agenda: Agenda | None = None,
    ) -> None:
        self._database = database
        self._key = key
        self._handlings = handlings
        self._agenda = agenda

    def run(self, request_id: UUID, command: Command[Reply], by: Actor | Identify) -> Reply:
        """Carry out a command once and wait for its commit; for threads.

        Args:
            request_id: made by whoever asks; the same id and command again is the same command.
            command: what is asked.
            by: who asks, or how to find out.

        Raises:
            NotPermittedError: it is not theirs to give.
            RequestIdReusedError: the id was used for another command.
            StorageError: it was not committed, or nobody knows in time; the same id may be tried again.
            Exception: what the command itself is refused with.
        """
        order = self._order(request_id, command, by)
        return _told(self._database.writer.carry_out(order))

    async def run_soon(self, request_id: UUID, command: Command[Reply], by: Actor | Identify) -> Reply:
        """As ``run``, for the event loop: no thread waits."""
        order = self._order(request_id, command, by)
        return _told(await self._database.writer.carry_out_soon(order))

    def _order(self, request_id: UUID, command: Command[Reply], by: Actor | Identify) -> "_Order[Reply]":
        return _Order(request_id, command, by, self._handlings[type(command)], self._key, self._first_do)

    def _first_do(self, work: UnitOfWork, office_id: str) -> None:
        """Carry out what is due. Where that fails, it is taken back and told to the log: the command itself goes on."""
        if self._agenda is None:
            return
        for due in self._agenda.due(work, office_id):
            mark = work.mark()
            try:
                with work.connection.begin_nested():
                    done = self._handlings[type(due.command)].carry_out(work, due.command, due.actor)
                    facts = done.facts
                    record_audit(
                        work, due.actor.id, due.command.name, done.subject, facts, office_id=office_id
                    )
            except StorageError:
                raise  # of the whole transaction, which begins anew
            except Exception as error:  # noqa: BLE001 - nobody at a kiosk is refused for what was left open yesterday
                work.return_to(mark)
                self._agenda.gave_up(work, office_id)
                log.warning("due_command_failed", command=due.command.name, error=type(error).__name__)


@dataclass(frozen=True)
class _Refused:
    """A refusal of which something was written, and is committed before it is told."""

    error: Exception


def _told(outcome: "Reply | _Refused") -> Reply:
    if isinstance(outcome, _Refused):
        raise outcome.error
    return outcome


class _Order(Generic[Reply]):
    """A command on its way: with who asked, once that is known."""

    def __init__(
        self,
        request_id: UUID,
        command: Command[Reply],
        by: Actor | Identify,
        handling: Handling[Any, Reply],
        key: bytes,
        first_do: Callable[[UnitOfWork, str], None],
    ) -> None:
        self._request_id = request_id
        self._command = command
        self._by = by
        self._handling = handling
        self._key = key
        self._first_do = first_do
        self._actor: Actor | None = None

    def name_offices(self, connection: Connection, now: datetime) -> Mapping[str, int]:
        """Find out who asks; the office of their work is the one whose events may be written.

        Raises:
            NotPermittedError: the command is not theirs to give.
        """
        actor = self._by if isinstance(self._by, Actor) else self._by(connection, now)
        if not actor.may(self._command.needs):
            raise NotPermittedError(actor)
        self._actor = actor
        return {actor.office_id: self._command.events}

    def carry_out(self, work: UnitOfWork) -> "Reply | _Refused":
        """Carry the command out unless its id was seen before, and keep that it was."""
        actor, command = self._actor, self._command
        if actor is None:
            raise RuntimeError("nobody was asked for")
        self._first_do(work, actor.office_id)
        fingerprint = body_hash(self._key, command.name, actor.id, command.body())
        kept = recall(work, self._request_id, command.name, fingerprint)
        if kept is not None:
            return self._handling.tell_again(work, command, actor, kept)
        done = self._handling.carry_out(work, command, actor)
        noted_as = done.noted_as or command.name
        record_audit(work, actor.id, noted_as, done.subject, done.facts, office_id=actor.office_id)
        if done.kept is not None:
            remember(work, self._request_id, command.name, fingerprint, done.kept)
        return done.reply if done.refusal is None else _Refused(done.refusal)
