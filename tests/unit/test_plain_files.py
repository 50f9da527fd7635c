"""Files that somebody names for a command to read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.common import read_plain_file
from backend.common.plain_files import read_plain_text
from backend.common.toml_file import TomlFile
from backend.exchange.csv_file import read_csv
from backend.exchange.refusals import CsvFileError


def pipe(folder: Path) -> Path:
    """A pipe that nobody writes into."""
    made = folder / "pipe"
    os.mkfifo(made)
    return made


def device(_folder: Path) -> Path:
    """A device that never ends."""
    return Path("/dev/zero")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", [pipe, device])
def test_a_pipe_or_a_device_is_refused_at_once(make: Callable[[Path], Path], tmp_path: Path) -> None:
    """Nothing is waited for, and nothing is read until the memory is full, whatever reads the file."""
    path = make(tmp_path)
    with pytest.raises(OSError, match="no ordinary file"):
        read_plain_file(path)
    with pytest.raises(CsvFileError, match="the file cannot be read: this is no ordinary file"):
        read_csv(path)
    with pytest.raises(ValueError, match="cannot be read: this is no ordinary file"):
        TomlFile.read(path, "the mapping file", ValueError)


def test_a_folder_and_a_file_that_is_missing_are_told_apart(tmp_path: Path) -> None:
    """The system's own words say which it is."""
    with pytest.raises(IsADirectoryError):
        read_plain_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_plain_file(tmp_path / "nothing")


def test_a_link_is_followed_and_lines_end_alike(tmp_path: Path) -> None:
    """A file that Windows wrote reads as any other."""
    file = tmp_path / "file"
    file.write_bytes("一\r\n二\r三\n".encode())
    (tmp_path / "link").symlink_to(file)
    assert read_plain_text(tmp_path / "link") == "一\n二\n三\n"
