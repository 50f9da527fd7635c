"""A command (操作): what somebody asks to be done, as values; and how a room carries it out."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Generic, TypeVar

from backend.protection import Actor, ObjectKind, Permission
from backend.storage import Kept, UnitOfWork

Reply = TypeVar("Reply")
Asked = TypeVar("Asked", bound="Command[Any]")


@dataclass(frozen=True)
class Command(Generic[Reply]):
    """What somebody asks to be done. It holds values only, so that a repetition is equal to the original.

    Attributes:
        name: its name in the audit trail and with the request ids.
        needs: the permission that is needed to give it.
        events: how many events it usually writes; if it writes more or fewer, that costs one more SQL statement.
        about: the kind of object that the trail names.
        changes: names of the columns of a person, a booking or a contact that it changes, for the trail.
    """

    name: ClassVar[str]
    needs: ClassVar[Permission]
    events: ClassVar[int] = 1
    about: ClassVar[ObjectKind] = ObjectKind.TICKET
    changes: ClassVar[tuple[str, ...]] = ()

    def body(self) -> Mapping[str, Any]:
        """The values by which a repetition is recognised as the same command."""
        return {value.name: getattr(self, value.name) for value in fields(self)}


@dataclass(frozen=True)
class Done(Generic[Reply]):
    """The outcome of a command.

    Attributes:
        reply: the answer.
        kept: codes and ids from which the reply can be given again; nothing personal. None if not even the request id
            may be kept; then a repetition is carried out again.
        subject: id of what the command was about, for the audit trail.
        facts: what else the audit trail keeps: codes and counts.
        noted_as: its name in the audit trail, if that is not the command's own name.
        fields: names of the columns that were seen, for the trail.
        refusal: the exception that the caller gets instead of the reply; what was written is committed all the same.
    """

    reply: Reply
    kept: Kept | None = field(default_factory=dict)
    subject: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    noted_as: str | None = None
    fields: Collection[str] = ()
    refusal: Exception | None = None


@dataclass(frozen=True)
class Due:
    """A command that nobody sent; it is due, and carried out before the next command of the same office.

    Attributes:
        command: what is to be done.
        actor: in whose name it is done.
    """

    command: Command[Any]
    actor: Actor


@dataclass(frozen=True)
class Handling(Generic[Asked, Reply]):
    """How a room carries out one kind of command.

    Attributes:
        carry_out: carries it out; called again from the beginning if another transaction was faster.
        tell_again: gives the reply to a command that was carried out before, by the present state.
    """

    carry_out: Callable[[UnitOfWork, Asked, Actor], Done[Reply]]
    tell_again: Callable[[UnitOfWork, Asked, Actor, Kept], Reply]
