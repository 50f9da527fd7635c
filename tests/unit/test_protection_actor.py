"""People and devices as those who ask for something: what each may do, and nothing beyond it."""

import pytest

from backend.protection.actor import Actor, ActorKind
from backend.protection.device_tokens import Device
from backend.protection.permissions import OF_ROLE, Permission
from backend.protection.roles import DeviceKind, Role


@pytest.mark.parametrize(
    ("role", "its_own", "of_the_others"),
    [
        (Role.CLERK, Permission.CALL_VISITORS, Permission.ISSUE_CARDS),
        (Role.STAFF, Permission.ISSUE_CARDS, Permission.CHECK_DOCUMENTS),
    ],
)
def test_a_person_may_do_their_own_part_of_the_counter(
    role: Role, its_own: Permission, of_the_others: Permission
) -> None:
    """Clerks do not hand cards out, staff do not check papers, and neither has the permissions of a kiosk."""
    person = Actor(ActorKind.PERSON, "suzuki", "00", OF_ROLE[role])
    assert person.may(its_own)
    assert not person.may(of_the_others)
    assert not person.may(Permission.RECEIVE_VISITORS)


@pytest.mark.parametrize(("kind", "receives"), [(DeviceKind.KIOSK, True), (DeviceKind.DISPLAY, False)])
def test_a_device_asks_for_its_own_office_and_never_as_a_person(kind: DeviceKind, receives: bool) -> None:
    """A token that was taken from a device opens no window, no check and no reservation."""
    actor = Device("d1", "hall", kind, "01").actor
    assert (actor.kind, actor.id, actor.office_id) == (ActorKind.DEVICE, "d1", "01")
    assert actor.may(Permission.RECEIVE_VISITORS) is receives
    allowed = {permission for permission in Permission if actor.may(permission)}
    assert allowed <= {Permission.RECEIVE_VISITORS, Permission.FOLLOW_OFFICE}
