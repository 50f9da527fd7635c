"""The twelve digits that must never appear in anything that the product writes."""

from typing import Final

MY_NUMBER: Final = "123456789018"
"""Twelve digits with a correct check digit; an invented number."""
