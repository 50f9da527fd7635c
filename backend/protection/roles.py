"""Roles and the columns of a reservation that each may see.

Source: the item lists of the seed document (情報項目) for 予約電話受付 and 交付窓口受付: the counter does not get
telephone, e-mail, application id, period of stay, progress or expiry.
"""

from enum import StrEnum


class Role(StrEnum):
    """Who works with the system."""

    CLERK = "clerk"
    STAFF = "staff"


COUNTER_COLUMNS: tuple[str, ...] = (
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
)
"""What 交付窓口受付業務 may see of a reservation."""

_COLUMNS: dict[Role, tuple[str, ...]] = {
    Role.CLERK: COUNTER_COLUMNS,
    Role.STAFF: (*COUNTER_COLUMNS, "foreign_category", "stay_expires_on", "card_expires_on", "state"),
}


def permitted_columns(role: Role) -> tuple[str, ...]:
    """The columns of a reservation that a role may read, in the order in which a page shows them."""
    return _COLUMNS[role]
