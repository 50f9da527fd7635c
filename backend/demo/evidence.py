"""The files that a played visit leaves in a folder, and how those of an earlier visit, and no others, are removed."""

import os
import shutil
from pathlib import Path

from backend.common import FolderTakenError

PICTURES = ("kiosk-welcome.png", "kiosk-ticket.png", "hall-waiting.png", "hall-called.png")
SHEETS = ("clerk-checklist.png", "staff.png")
OF_A_PARTY = ("notice-2.png", "notice-3.png", "notice-stray.png", "kiosk-stray.png", "kiosk-party.png")
"""Files that only the visit of a party leaves."""
OF_A_WALK_IN = ("kiosk-kinds.png",)
FILES = (
    "notice.png",
    "ticket.bin",
    "ticket.png",
    *PICTURES,
    *SHEETS,
    *OF_A_PARTY,
    *OF_A_WALK_IN,
    "timeline.json",
)
FOLDERS = ("frames", "logs")
MARK = ".uketsuke-visit"
"""The file that marks a folder as written by a visit."""


def clear(out: Path) -> None:
    """Remove what an earlier visit left in a folder, and nothing else; the folder is made if it is not there.

    Raises:
        FolderTakenError: a file with the name of one to be written is there, but no visit wrote it.
        OSError: the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    if not (out / MARK).exists():
        for name in (*FILES, *FOLDERS):
            if os.path.lexists(out / name):
                raise FolderTakenError(out / name)
    (out / MARK).touch()
    for name in FILES:
        (out / name).unlink(missing_ok=True)
    for name in FOLDERS:
        if (out / name).exists():
            shutil.rmtree(out / name)
        (out / name).mkdir()
