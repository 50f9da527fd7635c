"""The settings as every command is told them: one sentence for what is wrong, and the command line above the file."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine reach a test."""
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)


def test_what_the_line_says_goes_before_the_file(tmp_path: Path) -> None:
    """An option counts, and an option that is not given leaves the file's value alone."""
    config = tmp_path / "server.toml"
    config.write_text(f'var_dir = "{tmp_path / "file"}"\nport = 8123\n')
    settings = settings_from(config, var_dir=tmp_path / "line", port=None)
    assert (settings.var_dir, settings.port) == (tmp_path / "line", 8123)


@pytest.mark.parametrize("content", ["prot = 8123\n", "port = \n", "port = 'many'\n"])
def test_a_wrong_file_is_one_sentence(tmp_path: Path, content: str) -> None:
    """A misspelt name, a slip of TOML and a wrong value end a command with the file's name, not with a trace."""
    config = tmp_path / "server.toml"
    config.write_text(content)
    with pytest.raises(CommandFailedError) as caught:
        settings_from(config)
    said = caught.value.format_message()
    assert str(config) in said
    assert said.endswith(".")
    assert "\n" not in said


def test_the_option_is_the_same_for_every_command(tmp_path: Path) -> None:
    """``--config`` hands over the path as it stands; a folder is refused before anything is opened."""

    @click.command()
    @config_option
    def command(config: Path | None) -> None:
        click.echo(repr(config))

    assert CliRunner().invoke(command, []).output == "None\n"
    assert CliRunner().invoke(command, ["--config", str(tmp_path)]).exit_code == 2
