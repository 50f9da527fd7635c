"""Who acts (操作者): a person or a device, at one office, with their permissions."""

from dataclasses import dataclass
from enum import StrEnum

from backend.protection.permissions import OF_SYSTEM, Permission, Permissions


class ActorKind(StrEnum):
    """Whether an actor is a person, a device, or the program itself."""

    PERSON = "person"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """In whose name a command is carried out: a person, a device, or the program itself.

    Attributes:
        kind: which of these.
        id: the id of the account or device.
        office_id: the office of this work; a person may have several and chooses one at the sign-in.
        permissions: what they may do.
        role: as what they act: the role of a person, the kind of a device.
        place: the address of the machine from which they act; none where there is none.
    """

    kind: ActorKind
    id: str
    office_id: str
    permissions: Permissions
    role: str | None = None
    place: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether they have a permission."""
        return permission in self.permissions


def system_at(office_id: str, name: str = "system") -> Actor:
    """The program itself at an office, for what is due there.

    Args:
        office_id: where.
        name: how the trail calls it; ``console`` for a command that an administrator gave.
    """
    return Actor(ActorKind.SYSTEM, name, office_id, OF_SYSTEM, name)
