"""``uketsuke demo --pictures``: every picture of the papers, from one visit, and nobody's own pictures lost."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.__main__ import cli
from backend.demo import picture_set
from backend.demo.errors import DemoError
from backend.demo.picture_set import OF_A_VISIT, make_pictures
from backend.demo.starting import Starting
from tests.architecture.papers import ROOT

SHEETS = ["hall-contact-ja.png", "kiosk-contact-ja.png"]
DRAWS = '#!/bin/sh\nmkdir -p "$3/more"\necho "$0" > "$3/more/contact-ja.png"\n'


def play(out: Path, *, port: int, starting: Starting) -> str:
    """A visit that leaves its files at once."""
    assert port == 0
    assert starting is not None
    out.mkdir()
    for name in (*OF_A_VISIT, "timeline.json"):
        (out / name).write_text(f"new {name}", "utf-8")
    return "M-001"


@pytest.fixture(autouse=True)
def _played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No visit of minutes, and programs that draw one sheet."""
    drawing(monkeypatch, tmp_path, DRAWS)
    monkeypatch.setattr(picture_set, "play_once", play)


def drawing(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let a script stand for the programs of kiosk and hall."""

    def of(name: str) -> str:
        """Where it is."""
        path = folder / name
        path.write_text(script, "utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    monkeypatch.setattr(picture_set, "program", of)


def test_the_papers_have_all_their_pictures_and_the_sheets_stand_aside(tmp_path: Path) -> None:
    """Whoever runs it finds what README and docs show under the same names, and every screen on sheets."""
    out = tmp_path / "pictures"
    made = make_pictures(out, replace=False, starting=Starting(lambda _text: None))
    assert {path.name for path in made} == {*OF_A_VISIT, *SHEETS}
    assert sorted(path.name for path in (out / "sheets").iterdir()) == SHEETS
    assert sorted(path.name for path in out.iterdir()) == sorted({*OF_A_VISIT, "sheets"})
    assert (out / "ticket.png").read_text("utf-8") == "new ticket.png"


def test_the_pictures_of_readme_are_those_that_it_makes() -> None:
    """A picture that nothing makes anew would show an older product for ever."""
    shown = {path.name for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert shown == set(OF_A_VISIT)
    papers = "".join(path.read_text("utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))
    assert {name for name in OF_A_VISIT if f"pictures/{name}" not in papers} == set()


def test_a_picture_that_is_there_is_replaced_only_where_that_was_said(tmp_path: Path) -> None:
    """Nothing is overwritten unasked, and it is found out before the visit begins."""
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "staff.png"
    mine.write_text("mine", "utf-8")
    refused = CliRunner().invoke(cli, ["demo", "--pictures", str(tmp_path / "out")])
    assert refused.exit_code == 1
    assert "staff.png exists already and was left alone" in refused.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["staff.png"]
    done = CliRunner().invoke(cli, ["demo", "--pictures", str(tmp_path / "out"), "--replace"])
    assert (done.exit_code, mine.read_text("utf-8")) == (0, "new staff.png")
    assert "10 pictures are in" in done.stdout


def test_a_program_that_draws_nothing_is_told_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A missing window or font is named, and no picture is replaced by half a set."""
    drawing(monkeypatch, tmp_path, "#!/bin/sh\necho 'no window can be opened' >&2\nexit 1\n")
    out = tmp_path / "pictures"
    with pytest.raises(DemoError, match="uketsuke-kiosk drew no screens: no window can be opened"):
        make_pictures(out, replace=True, starting=Starting(lambda _text: None))
    assert not out.exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--once", "--pictures", "x"], "name one"),
        (["--once", "--replace"], "--replace goes with --pictures"),
        (["--pictures", "x", "--printer", "127.0.0.1"], "--printer goes without"),
        (["--pictures", "x", "--out", "y"], "--out goes with --once"),
        (["--party"], "go with --once"),
        (["--pictures", "x", "--no-card"], "go with --once"),
        (["--once", "--party", "--walk-in"], "name one"),
    ],
)
def test_options_that_do_not_go_together_are_refused(asked: list[str], says: str) -> None:
    """Nothing begins where it is unclear what was meant."""
    refused = CliRunner().invoke(cli, ["demo", *asked])
    assert refused.exit_code == 2
    assert says in refused.stderr
