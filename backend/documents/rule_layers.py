"""Files that build on each other: what a rule file takes over from the one that it ``extends`` (adr/0015).

A section is a mapping by code, and a code that stands again replaces the whole entry; ``remove`` takes entries away.
Every other section is taken over whole where the file does not have it. What names and dates a file is its own.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.documents.rule_file import MergedPlace, Place, Record

SHARED_FOLDER = "shared"
"""Files in this folder judge no visit by themselves; they are only extended."""
BY_CODE = (
    "sources", "policies", "combinations", "facts", "papers", "documents", "templates", "recipients", "returns_if_held",
    "fees_yen", "document_checks", "flaws", "guide_questions", "guide",
)  # fmt: skip
"""Sections that are merged code by code."""
WHOLE = ("one_card", "card_expiry", "bring_examples")
"""Sections that a file has or takes over whole."""
OWN = ("format", "name", "valid_from", "valid_until", "extends", "remove")
"""Keys that are never taken over."""

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layers:
    """A rule file with everything it builds on.

    Attributes:
        root: the file's own keys and every section.
        files: every file that was read, the one that was asked for first.
    """

    root: Record
    files: tuple[Path, ...]

    def fingerprint(self, more: Iterable[Path] = ()) -> str:
        """Ten hexadecimal digits that change with every file that had a say."""
        digest = hashlib.sha256()
        for file in (*self.files, *more):
            digest.update(file.read_bytes())
            digest.update(b"\0")
        return digest.hexdigest()[:10]


def read_layers(file: Path, folders: Iterable[Path]) -> Layers:
    """Read a file and what it extends.

    Args:
        file: the rule file.
        folders: where files that are extended are looked for, after the file's own folder; each with its ``shared``.

    Raises:
        RuleFileError: a file cannot be read, is not there, or extends itself in the end.
    """
    places = [*_with_shared(file.parent), *(place for folder in folders for place in _with_shared(folder))]
    chain: list[Record] = []
    paths: list[Path] = []
    following: Path | None = file
    while following is not None:
        record = Place.of_file(following).record(
            required=("format", "name"), optional=(*OWN, *BY_CODE, *WHOLE)
        )
        chain.append(record)
        paths.append(following)
        following = _extended(record, places)
        if following is not None and any(following.resolve() == path.resolve() for path in paths):
            raise record["extends"].error("'extends' runs in a circle")
    return Layers(_merged(chain), tuple(paths))


def _with_shared(folder: Path) -> tuple[Path, Path]:
    return folder, folder / SHARED_FOLDER


def _extended(record: Record, folders: list[Path]) -> Path | None:
    """The file that a file extends."""
    place = record.get("extends")
    if place is None:
        return None
    name = place.text()
    if not _FILE_NAME.fullmatch(name):
        raise place.error("the name of a rule file, without folder and ending, is expected here")
    for folder in folders:
        for ending in (".yaml", ".yml"):
            if (folder / f"{name}{ending}").is_file():
                return folder / f"{name}{ending}"
    raise place.error(f"there is no rule file '{name}.yaml' to extend")


def _merged(chain: list[Record]) -> Record:
    """One record of a chain of files, nearest first."""
    own = chain[0]
    entries = {key: place for key, place in own.entries.items() if key in OWN}
    for section in WHOLE:
        found = next((one.entries[section] for one in chain if section in one.entries), None)
        if found is not None:
            entries[section] = found
    for section in BY_CODE:
        holders = [one for one in reversed(chain) if section in one.entries]
        parts: dict[str, Place] = {}
        for one in reversed(chain):
            for code in _removed(one, section):
                if code.code() not in parts:
                    raise code.error(f"there is no '{code.code()}' in {section} to remove")
                del parts[code.code()]
            if section in one.entries:
                parts.update(one.entries[section].entries())
        if holders:
            nearest = holders[-1].entries[section]
            entries[section] = MergedPlace(nearest.file, nearest.node, section, parts)
    return Record(own.place, entries)


def _removed(record: Record, section: str) -> list[Place]:
    """The codes that a file takes away from a section."""
    place = record.get("remove")
    if place is None:
        return []
    removed = place.record(optional=BY_CODE).get(section)
    return [] if removed is None else removed.items()
