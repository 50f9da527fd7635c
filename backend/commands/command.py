"""A command (操作): what somebody asks to be done, as values; and what a room does about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Generic, TypeVar

from backend.protection import Actor, Permission
from backend.storage import Kept, UnitOfWork

Reply = TypeVar("Reply")
Asked = TypeVar("Asked", bound="Command[Any]")


@dataclass(frozen=True)
class Command(Generic[Reply]):
    """What somebody asks to be done: values only, the same however often they are sent.

    Attributes:
        name: what the trail and the request ids call it.
        needs: what somebody must be permitted, to give it.
        events: how many events it usually writes; more or fewer cost one order to the database.
    """

    name: ClassVar[str]
    needs: ClassVar[Permission]
    events: ClassVar[int] = 1

    def body(self) -> Mapping[str, Any]:
        """The values by which a repeated command is known as the same one."""
        return {value.name: getattr(self, value.name) for value in fields(self)}


@dataclass(frozen=True)
class Done(Generic[Reply]):
    """What became of a command.

    Attributes:
        reply: what is answered.
        kept: codes and ids from which the reply can be told again; nothing personal. None where not even the id of the
            request may be kept: it is carried out again each time.
        subject: id of what it was about, for the trail.
        facts: what else the trail keeps; codes and counts.
        noted_as: what the trail calls it, where that is not the command's name.
        refusal: what whoever asked is told in place of the reply, though what was written of it stays.
    """

    reply: Reply
    kept: Kept | None = field(default_factory=dict)
    subject: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    noted_as: str | None = None
    refusal: Exception | None = None


@dataclass(frozen=True)
class Due:
    """A command that nobody sent, and that is carried out before another one of an office.

    Attributes:
        command: what is to be done.
        actor: in whose name.
    """

    command: Command[Any]
    actor: Actor


@dataclass(frozen=True)
class Handling(Generic[Asked, Reply]):
    """What a room does about one kind of command.

    Attributes:
        carry_out: does it; may be called again from the beginning, where somebody else was faster.
        tell_again: the reply to a command that was carried out before, as things stand now.
    """

    carry_out: Callable[[UnitOfWork, Asked, Actor], Done[Reply]]
    tell_again: Callable[[UnitOfWork, Asked, Actor, Kept], Reply]
