"""The twelve digits that tests must never find again."""

from typing import Final

MY_NUMBER: Final = "123456789018"
"""Twelve digits with a right check digit; of nobody."""
