"""Who does something (操作者): a person or a device, at one office, with what they may do."""

from dataclasses import dataclass
from enum import StrEnum

from backend.protection.permissions import Permission, Permissions


class ActorKind(StrEnum):
    """What an actor is."""

    PERSON = "person"
    DEVICE = "device"


@dataclass(frozen=True)
class Actor:
    """A person or a device that asks for something to be done.

    Attributes:
        kind: which of them.
        id: of the account or device.
        office_id: the office of this work; a person may have several and chooses one at the sign-in.
        permissions: what they may do.
    """

    kind: ActorKind
    id: str
    office_id: str
    permissions: Permissions

    def may(self, permission: Permission) -> bool:
        """Whether a permission is among theirs."""
        return permission in self.permissions
