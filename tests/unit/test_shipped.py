"""What is shipped beside the code is found, and what is not is named."""

import pytest

from backend.common.shipped import ROOT, locate


def test_what_is_shipped_is_found_whatever_the_folder_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A program that is started elsewhere has its texts: nothing is looked for in the folder of whoever starts it."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert locate("texts", "kiosk", "ja.toml").is_file()
    assert ROOT.is_absolute()


def test_what_is_missing_is_named_without_the_machines_folders() -> None:
    """A package that lacks a file says which one, and not where somebody keeps the product."""
    with pytest.raises(FileNotFoundError) as caught:
        locate("texts", "kiosk", "tlh.toml")
    assert str(caught.value) == "asset texts/kiosk/tlh.toml is missing"
