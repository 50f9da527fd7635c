"""Names by chance that hold no digits: some of a long row of them could be somebody's number, and are refused as such."""

from uuid import uuid4

_LETTERS = str.maketrans("0123456789", "ghijkmnpqr")


def letters_by_chance() -> str:
    """32 small letters that nobody has had before."""
    return uuid4().hex.translate(_LETTERS)
