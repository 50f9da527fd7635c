"""The one way to carry out a command, for people and devices alike.

Identify the caller, lock the office, look the request id up, carry the command out, write its line of the audit trail
and its request id: all of this is one commit (adr/0023). Nobody gets an answer before it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from backend.commands.command import Command, Done, Due, Handling
from backend.protection import Actor, record_audit
from backend.storage import Connection, Database, StorageError, UnitOfWork, body_hash, recall, remember

Reply = TypeVar("Reply")
Identify = Callable[[Connection, datetime], Actor]
"""Finds out who asks, in the command's transaction; raises the exception for the caller if they are unknown."""


log = structlog.get_logger()


class Agenda(Protocol):
    """Knows which commands are due at an office before the next one."""

    def due(self, work: UnitOfWork, office_id: str) -> Sequence[Due]:
        """The commands to carry out first. It is called before every command, and there are nearly always none."""

    def gave_up(self, work: UnitOfWork, office_id: str) -> None:
        """Note that one of them failed and was rolled back; ``due`` must not return it again at once."""


class NotPermittedError(Exception):
    """Somebody gave a command that they may not give.

    Attributes:
        actor: who gave it.
    """

    def __init__(self, actor: Actor) -> None:
        super().__init__("not permitted")
        self.actor = actor


class Runner:
    """Carries out commands.

    Args:
        database: the database of the commands.
        key: the key for the fingerprints of requests.
        handlings: how each kind of command is carried out.
        agenda: the commands that are due before the next one; none by default.
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
            request_id: made by the caller; a repetition with the same id and command is not carried out again.
            command: what is to be done.
            by: who asks, or how to find out.

        Raises:
            NotPermittedError: the caller may not give this command.
            RequestIdReusedError: the id was used for another command.
            StorageError: it was not committed, or that is not known in time; it may be repeated with the same id.
            Exception: the command's own refusal.
        """
        order = self._order(request_id, command, by)
        return _told(self._database.writer.carry_out(order))

    async def run_soon(self, request_id: UUID, command: Command[Reply], by: Actor | Identify) -> Reply:
        """As ``run``, but for the event loop: no thread waits."""
        order = self._order(request_id, command, by)
        return _told(await self._database.writer.carry_out_soon(order))

    def _order(self, request_id: UUID, command: Command[Reply], by: Actor | Identify) -> "_Order[Reply]":
        return _Order(request_id, command, by, self._handlings[type(command)], self._key, self._first_do)

    def _first_do(self, work: UnitOfWork, office_id: str) -> None:
        """Carry out what is due. If that fails, it is rolled back and logged, and the command itself goes on."""
        if self._agenda is None:
            return
        for due in self._agenda.due(work, office_id):
            mark = work.mark()
            try:
                with work.connection.begin_nested():
                    done = self._handlings[type(due.command)].carry_out(work, due.command, due.actor)
                    _note(work, due.command, due.actor, done)
            except StorageError:
                raise  # of the whole transaction, which begins anew
            except Exception as error:  # noqa: BLE001 - nobody at a kiosk is refused for what was left open yesterday
                work.return_to(mark)
                self._agenda.gave_up(work, office_id)
                log.warning("due_command_failed", command=due.command.name, error=type(error).__name__)


@dataclass(frozen=True)
class _Refused:
    """A refusal that has written something, which is committed before the caller gets the refusal."""

    error: Exception


def _told(outcome: "Reply | _Refused") -> Reply:
    if isinstance(outcome, _Refused):
        raise outcome.error
    return outcome


def _note(work: UnitOfWork, command: Command[Any], actor: Actor, done: Done[Any]) -> None:
    """Write the command's entry of the trail, in its transaction."""
    record_audit(
        work,
        actor,
        done.noted_as or command.name,
        done.subject,
        done.facts,
        about=command.about,
        fields=(*command.changes, *done.fields),
    )


class _Order(Generic[Reply]):
    """A command that is being carried out; it learns here who the caller is."""

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
        """Find out who asks; only events of the office where they work may be written.

        Raises:
            NotPermittedError: the caller may not give this command.
        """
        actor = self._by if isinstance(self._by, Actor) else self._by(connection, now)
        if not actor.may(self._command.needs):
            raise NotPermittedError(actor)
        self._actor = actor
        return {actor.office_id: self._command.events}

    def carry_out(self, work: UnitOfWork) -> "Reply | _Refused":
        """Carry the command out, unless its request id was seen before; then remember the id."""
        actor, command = self._actor, self._command
        if actor is None:
            raise RuntimeError("nobody was asked for")
        self._first_do(work, actor.office_id)
        fingerprint = body_hash(self._key, command.name, actor.id, command.body())
        kept = recall(work, self._request_id, command.name, fingerprint)
        if kept is not None:
            return self._handling.tell_again(work, command, actor, kept)
        done = self._handling.carry_out(work, command, actor)
        _note(work, command, actor, done)
        if done.kept is not None:
            remember(work, self._request_id, command.name, fingerprint, done.kept)
        return done.reply if done.refusal is None else _Refused(done.refusal)
