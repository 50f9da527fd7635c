"""Who acts (操作者): a person or a device, at one office, with their permissions."""

from dataclasses import dataclass
from enum import StrEnum

from backend.protection.permissions import Permission, Permissions


class ActorKind(StrEnum):
    """Whether an actor is a person or a device."""

    PERSON = "person"
    DEVICE = "device"


@dataclass(frozen=True)
class Actor:
    """A person or a device in whose name a command is carried out.

    Attributes:
        kind: person or device.
        id: the id of the account or device.
        office_id: the office of this work; a person may have several and chooses one at the sign-in.
        permissions: what they may do.
    """

    kind: ActorKind
    id: str
    office_id: str
    permissions: Permissions

    def may(self, permission: Permission) -> bool:
        """Whether they have a permission."""
        return permission in self.permissions
