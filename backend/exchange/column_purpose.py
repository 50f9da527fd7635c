"""What the columns of the ward's export are for, so that each is searched for a 個人番号 by its own shape."""

from typing import Final

from backend.wire import FieldShape, contains_my_number

COLUMN_SHAPES: Final = {
    "number": FieldShape.NUMBER,
    "card_number": FieldShape.NUMBER,
    "dispatch_number": FieldShape.NUMBER,
    "group_number": FieldShape.NUMBER,
    "application_id": FieldShape.APPLICATION_ID,
    "phone": FieldShape.PHONE,
    "birth": FieldShape.DATE,
    "stay_expires_on": FieldShape.DATE,
    "card_expires_on": FieldShape.DATE,
    "starts_at": FieldShape.DATE,
    "as_of": FieldShape.DATE,
}
"""Fields that have a shape of their own; every other column that is stored is free text."""


def holds_my_number(text: str, field: str | None = None) -> bool:
    """Whether a value may be or hold a 個人番号.

    Args:
        text: the value.
        field: its field, as the mapping names it; None for a column of which nothing is stored.
    """
    if field is None:
        # Nothing of it is stored, so only what is written like a 個人番号 is refused, not digits that match by chance.
        return contains_my_number(text, FieldShape.UNREAD)
    return contains_my_number(text, COLUMN_SHAPES.get(field, FieldShape.TEXT))
