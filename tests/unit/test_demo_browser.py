"""The demonstration's browser is the one that the machine has."""

from pathlib import Path

import pytest

from backend.demo.browser import find_browser, open_browser
from backend.demo.errors import DemoError


def test_debians_browser_comes_before_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package that the papers name is taken where it is, another one of its kind otherwise."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("google-chrome", "chromium"):
        (tmp_path / name).touch(0o755)
        assert find_browser() == str(tmp_path / name)


def test_a_machine_without_a_browser_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace of a library: one sentence with the package's name, before anything is started."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DemoError, match="Debian package chromium"), open_browser(seconds=1):
        pass
