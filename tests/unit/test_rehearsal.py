"""Screens that are made before anybody comes."""

import pytest

from backend.common.catalogue import Language
from kiosk.screens.rehearsal import rehearse
from kiosk.visit.presentation import SCREENS

SHOWN_FROM_THE_BEGINNING = {"starting", "welcome", "closed", "out_of_service"}
"""Screens that a kiosk shows by itself before the first visitor."""


@pytest.mark.parametrize("language", list(Language))
def test_the_first_visitor_waits_for_no_screen_to_be_made(language: Language) -> None:
    """Every screen of a visit has its rehearsal, the ticket first; a new screen fails here until it has one."""
    views = rehearse(language)
    names = [view.name for view in views]
    assert (names[0], len(names)) == ("ticket", len(set(names)))
    assert set(names) == set(SCREENS) - SHOWN_FROM_THE_BEGINNING
    assert {view.common.language for view in views} == {language}
