"""The hall's look: the colours and sizes that its board is made with."""

from typing import Final

from backend.common.design import Look, Surface

HALL: Final = Look(Surface.HALL)
"""Layouts know it as ``hall``: ``hall.colour.navy``, ``hall.type.number1``. Kivy knows the name in every file, so the kiosk's is another."""
