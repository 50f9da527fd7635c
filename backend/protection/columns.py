"""Which columns of a card's person and booking somebody may read: the two lists of the ward's paper, and what staff see.

A sealed record is opened with :class:`Columns` alone, and gives no other than these. They come from somebody's
permissions, or are what the program itself needs for a task that the register names.
"""

from collections.abc import Collection, Mapping
from typing import Final

from backend.protection.permissions import Permission


class Columns(tuple[str, ...]):
    """Names of columns that a reader may have, in the order in which a page shows them; never made from a request."""

    __slots__ = ()

    def only(self, names: Collection[str]) -> "Columns":
        """Those that are among some names."""
        return Columns(one for one in self if one in names)

    def without(self, names: Collection[str]) -> "Columns":
        """Those that are not among some names."""
        return Columns(one for one in self if one not in names)


COUNTER_LIST: Final = (
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
"""マイナンバーカード交付窓口受付業務において処理される情報項目.

Kana is the 氏名, 交付窓口 the office, and 受付番号 the number of our own ticket: the window and the number that the ward's system
has besides are needed by nobody. 個人番号, which stands there too, is never kept.
"""
TELEPHONE_LIST: Final = (
    "name",
    "name_kana",
    "alias",
    "birth",
    "address",
    "phone",
    "foreign_category",
    "stay_expires_on",
    "application_id",
    "card_number",
    "dispatch_number",
    "number",
    "email",
    "recipient_type",
    "proxy_name",
    "starts_at",
    "office_id",
    "state",
    "card_expires_on",
)
"""マイナンバーカード予約電話受付業務において処理される情報項目."""
STAFF_LIST: Final = ("foreign_category", "stay_expires_on", "card_expires_on", "state")
"""What the ward's staff see besides those of the counter; a proposal of this product."""

_LISTS: Final[Mapping[Permission, tuple[str, ...]]] = {
    Permission.SEE_COUNTER_COLUMNS: COUNTER_LIST,
    Permission.SEE_STAFF_COLUMNS: STAFF_LIST,
    Permission.SEE_TELEPHONE_COLUMNS: TELEPHONE_LIST,
}


def permitted_columns(permissions: Collection[Permission]) -> Columns:
    """The columns that somebody may read, each once, in the order in which a page shows them."""
    return Columns(
        dict.fromkeys(
            column
            for permission, columns in _LISTS.items()
            if permission in permissions
            for column in columns
        )
    )


def columns_for_program(*names: str) -> Columns:
    """Columns that the program itself needs: to import, to search, to judge, or for a file that the outlet enters.

    Nothing that is read so may reach a page; a test names every module that asks.
    """
    return Columns(names)
