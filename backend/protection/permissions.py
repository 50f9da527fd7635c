"""What somebody may do and see: a role is a named set of permissions.

No other code asks which role somebody has, only whether they have a permission.

Source of the columns: the ward's own paper, its lists of items (情報項目) for 予約電話受付 and 交付窓口受付: the counter
does not get telephone, e-mail, application id, period of stay, progress or expiry.
"""

from collections.abc import Collection, Mapping
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
    READ_TRAIL = "read_trail"


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
    Role.CLERK: _CLERK,
    Role.STAFF: _STAFF,
    Role.BRANCH_STAFF: _CLERK | _STAFF,
    Role.AUDITOR: frozenset({Permission.READ_TRAIL}),
}
OF_DEVICE: Mapping[DeviceKind, Permissions] = {
    DeviceKind.KIOSK: frozenset({Permission.RECEIVE_VISITORS, Permission.FOLLOW_OFFICE}),
    DeviceKind.DISPLAY: frozenset({Permission.FOLLOW_OFFICE}),
}

OF_SYSTEM: Permissions = frozenset({Permission.CLOSE_DAYS, Permission.KEEP_NOTICES})
"""Of the program itself, and of whoever gives it a command at the server's console."""

_COLUMNS: Mapping[Permission, tuple[str, ...]] = {
    Permission.SEE_COUNTER_COLUMNS: (
        "name",
        "name_kana",
        "alias",
        "birth",
        "address",
        "card_number",
        "dispatch_number",
        "number",
        "recipient_type",
        "proxy_name",
        "starts_at",
        "office_id",
    ),
    Permission.SEE_STAFF_COLUMNS: ("foreign_category", "stay_expires_on", "card_expires_on", "state"),
}


def permitted_columns(permissions: Collection[Permission]) -> tuple[str, ...]:
    """The columns of a reservation that somebody may read, in the order in which a page shows them."""
    return tuple(
        column for permission, columns in _COLUMNS.items() if permission in permissions for column in columns
    )
