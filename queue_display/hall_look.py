"""The hall's look: the colours and sizes that its board is made with."""

from typing import Final

from backend.common.design import Look, Surface

HALL: Final = Look(Surface.HALL)
"""Layouts use it as ``hall``: ``hall.colour.navy``, ``hall.type.number1``.

A name is the same for all of Kivy's layout files of a process, so the kiosk's look has another one.
"""
