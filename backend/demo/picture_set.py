"""Makes all pictures of the product: those of README and docs, from one visit, and sheets with all screens."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backend.common import output_file, refuse_taken
from backend.demo.errors import DemoError
from backend.demo.once import play_once
from backend.demo.processes import program
from backend.demo.starting import Starting

OF_A_VISIT = (
    "kiosk-welcome.png",
    "kiosk-ticket.png",
    "ticket.png",
    "notice.png",
    "hall-waiting.png",
    "hall-called.png",
    "clerk-checklist.png",
    "staff.png",
)
"""Names of the pictures that README and docs show."""

_SHEETS = "sheets"
_SCREENS = {"kiosk": "uketsuke-kiosk", "hall": "uketsuke-display"}
_CONTACT = "contact-*.png"


def make_pictures(out: Path, *, replace: bool, starting: Starting) -> list[Path]:
    """Play one visit, draw every screen, and keep the pictures; returns their paths.

    Args:
        out: folder for the pictures of README and docs; sheets with all screens go into its subfolder ``sheets``.
        replace: whether existing pictures may be replaced.
        starting: prints what happens on the console.

    Raises:
        CommandFailedError: a picture exists and may not be replaced; nothing was made.
        DemoError: the visit failed, or a program could not draw its screens.
        OSError: the folder cannot be written.
    """
    for name in OF_A_VISIT:
        refuse_taken(out / name, replace=replace)
    with tempfile.TemporaryDirectory(prefix="uketsuke-pictures-") as folder:
        work = Path(folder)
        play_once(work / "visit", port=0, starting=starting)
        made = [(work / "visit" / name, Path(name)) for name in OF_A_VISIT]
        for part, name in _SCREENS.items():
            with starting.step(f"every screen of the {part}") as result:
                sheets = [
                    (sheet, Path(_SHEETS) / f"{part}-{sheet.name}") for sheet in _drawn(name, work / part)
                ]
                result.words = f"on {len(sheets)} sheets"
            made += sheets
        (out / _SHEETS).mkdir(parents=True, exist_ok=True)
        for source, place in made:
            with output_file(out / place, replace=replace) as draft:
                draft.write_bytes(source.read_bytes())
    return [out / place for _, place in made]


def _drawn(name: str, folder: Path) -> Iterator[Path]:
    """The sheets of a program's screens, drawn into a folder.

    Raises:
        DemoError: it could not draw them; the message has the last lines of its output.
    """
    done = subprocess.run(  # noqa: S603 - our own program with a folder of ours
        [program(name), "screens", "--out", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise DemoError(f"{name} drew no screens: {words[-1] if words else 'it said nothing'}")
    yield from sorted(folder.rglob(_CONTACT))
