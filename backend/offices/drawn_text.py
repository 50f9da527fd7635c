"""Texts of the ward's files that devices show or papers have printed on them."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from backend.common import FontMissingError, code_points, without_typeface


def _drawable(text: str) -> str:
    """Refuse characters that no typeface has: screens and tickets could not show them."""
    try:
        missing = without_typeface(text)
    except FontMissingError:
        # Fonts are missing, so this machine draws nothing; devices put 〓 for what they cannot draw.
        return text
    if missing:
        raise ValueError(f"no typeface has the character {code_points(missing)}")
    return text


Drawn = Annotated[str, AfterValidator(_drawable)]
"""A text whose every character some typeface has."""
DrawnLine = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_drawable)]
"""The same, and not empty."""
