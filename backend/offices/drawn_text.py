"""Texts of the ward's files that devices show or that are printed on papers."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from backend.common import FontMissingError, code_points, without_typeface


def _drawable(text: str) -> str:
    """Refuse characters that no typeface has: screens and tickets could not show them."""
    try:
        missing = without_typeface(text)
    except FontMissingError:
        # Fonts are missing, so this machine cannot check; devices draw 〓 for characters that they lack.
        return text
    if missing:
        raise ValueError(f"no typeface has the character {code_points(missing)}")
    return text


Drawn = Annotated[str, AfterValidator(_drawable)]
"""A text for whose characters there are typefaces."""
DrawnLine = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_drawable)]
"""The same, and not empty."""
