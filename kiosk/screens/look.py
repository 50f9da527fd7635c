"""The kiosk's look: the colours and sizes that its screens are made with."""

from typing import Final

from backend.common.design import Look, Surface

LOOK: Final = Look(Surface.KIOSK)
"""Layouts know it as ``look``: ``look.colour.navy``, ``look.type.title``."""
