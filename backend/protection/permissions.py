"""What somebody may do and see: a role is a named set of permissions.

No other code asks which role somebody has, only whether they have a permission. Which columns a permission shows stands in
:mod:`backend.protection.columns`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from backend.protection.roles import DeviceKind, Role


class Permission(StrEnum):
    """One thing that somebody may do or see."""

    SIT_AT_WINDOW = "sit_at_window"
    CALL_VISITORS = "call_visitors"
    CHECK_DOCUMENTS = "check_documents"
    ISSUE_CARDS = "issue_cards"
    CANCEL_NUMBERS = "cancel_numbers"
    TIE_CARDS = "tie_cards"
    COPY_RECORDS = "copy_records"
    CLOSE_DAYS = "close_days"
    KEEP_NOTICES = "keep_notices"
    RECEIVE_VISITORS = "receive_visitors"
    FOLLOW_OFFICE = "follow_office"
    SEE_COUNTER_COLUMNS = "see_counter_columns"
    SEE_STAFF_COLUMNS = "see_staff_columns"
    SEE_TELEPHONE_COLUMNS = "see_telephone_columns"
    READ_TRAIL = "read_trail"
    KEEP_ROSTER = "keep_roster"
    UNLOCK_ACCOUNTS = "unlock_accounts"


Permissions = frozenset[Permission]

_CLERK = frozenset(
    {
        Permission.SIT_AT_WINDOW,
        Permission.CALL_VISITORS,
        Permission.CHECK_DOCUMENTS,
        Permission.CANCEL_NUMBERS,
        Permission.TIE_CARDS,
        Permission.FOLLOW_OFFICE,
        Permission.SEE_COUNTER_COLUMNS,
    }
)
_STAFF = frozenset(
    {
        Permission.SIT_AT_WINDOW,
        Permission.ISSUE_CARDS,
        Permission.CANCEL_NUMBERS,
        Permission.TIE_CARDS,
        Permission.COPY_RECORDS,
        Permission.FOLLOW_OFFICE,
        Permission.SEE_COUNTER_COLUMNS,
        Permission.SEE_STAFF_COLUMNS,
    }
)

OF_ROLE: Mapping[Role, Permissions] = {
    Role.OPERATOR: frozenset({Permission.SEE_TELEPHONE_COLUMNS}),
    Role.CLERK: _CLERK,
    Role.STAFF: _STAFF,
    Role.RESPONSIBLE: frozenset({Permission.KEEP_ROSTER, Permission.UNLOCK_ACCOUNTS}),
    Role.SUPERVISOR: frozenset({Permission.FOLLOW_OFFICE}),
    Role.AUDITOR: frozenset({Permission.READ_TRAIL}),
    Role.ADMINISTRATOR: frozenset({Permission.UNLOCK_ACCOUNTS}),
}
OF_DEVICE: Mapping[DeviceKind, Permissions] = {
    DeviceKind.KIOSK: frozenset({Permission.RECEIVE_VISITORS, Permission.FOLLOW_OFFICE}),
    DeviceKind.DISPLAY: frozenset({Permission.FOLLOW_OFFICE}),
}

OF_SYSTEM: Permissions = frozenset({Permission.CLOSE_DAYS, Permission.KEEP_NOTICES})
"""Of the program itself, and of whoever gives it a command at the server's console."""


_BY_CONSOLE_ALONE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


def may_give(role: Role) -> bool:
    """Whether whoever keeps the roster may give or take a role; those who look at their work are named at the console."""
    return role not in _BY_CONSOLE_ALONE


def permissions_of(roles: Iterable[Role]) -> Permissions:
    """What somebody may do who is all of these at one office."""
    return frozenset(permission for role in roles for permission in OF_ROLE[role])
