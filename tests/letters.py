"""Random names without digits: in a name with digits, twelve in a row could be refused as a 12-digit number."""

from uuid import uuid4

_LETTERS = str.maketrans("0123456789", "ghijkmnpqr")


def letters_by_chance() -> str:
    """32 random lower-case letters, different each time."""
    return uuid4().hex.translate(_LETTERS)
