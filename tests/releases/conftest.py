"""Every kept release, and a house of today on its database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.releases.kept import FOLDER, Release, releases
from tests.support import House


@pytest.fixture(params=releases())
def release(request: pytest.FixtureRequest) -> Release:
    """Every release that is kept."""
    return Release.read(FOLDER / request.param)


@pytest.fixture
def opened(release: Release, database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house of today on the database of a release."""
    release.load(database_url)
    with release.opened(database_url, tmp_path / "var") as house:
        yield house
