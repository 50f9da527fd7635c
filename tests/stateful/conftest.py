"""Time for what Hypothesis does after a failure: it makes the history short before it tells, and that is many runs."""

from pathlib import Path
from typing import Final

import pytest

_HERE: Final = Path(__file__).parent
_SECONDS: Final = 900
"""More than Hypothesis takes to shorten a history; with less the failure itself is never told."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder that time."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.timeout(_SECONDS))
