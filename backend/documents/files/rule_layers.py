"""Files that build on each other: what a rule file takes over from the one that it ``extends`` (adr/0015).

A section is a mapping by code, and a code that stands again replaces the whole entry; ``remove`` takes entries away.
Every other section is taken over whole where the file does not have it. What names and dates a file is its own.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.documents.files.rule_file import MergedPlace, Record, RuleNode

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
class Override:
    """One thing that a file says of its own: an entry, an entry that it takes away, or a whole section.

    Args:
        section: where it belongs.
        code: the entry; empty for a whole section.
        place: where it stands.
        removes: it takes the entry away.
    """

    section: str
    code: str
    place: RuleNode
    removes: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """A rule file with everything it builds on.

    Attributes:
        root: the file's own keys and every section.
        files: every file that was read, the one that was asked for first.
        chain: what each of them says, in the same order.
    """

    root: Record
    files: tuple[Path, ...]
    chain: tuple[tuple[Override, ...], ...] = ()

    def fingerprint(self, more: Iterable[Path] = ()) -> str:
        """Ten hexadecimal digits that change with every file that had a say."""
        digest = hashlib.sha256()
        for file in (*self.files, *more):
            digest.update(file.read_bytes())
            digest.update(b"\0")
        return digest.hexdigest()[:10]

    @property
    def own(self) -> tuple[Override, ...]:
        """What the file itself says, in the order of its lines."""
        return tuple(sorted(self.chain[0], key=lambda one: one.place.line))

    def up_to(self, count: int) -> "Layers":
        """The same with only the first so many of what the file itself says."""
        chain = (self.own[:count], *self.chain[1:])
        return Layers(_merged(self.root, chain), self.files, chain)


def read_layers(file: Path, folders: Iterable[Path]) -> Layers:
    """Read a file and what it extends.

    Args:
        file: the rule file.
        folders: where files that are extended are looked for, after the file's own folder; each with its ``shared``.

    Raises:
        RuleFileError: a file cannot be read, is not there, or extends itself in the end.
    """
    places = [*_with_shared(file.parent), *(place for folder in folders for place in _with_shared(folder))]
    records: list[Record] = []
    paths: list[Path] = []
    following: Path | None = file
    while following is not None:
        record = RuleNode.of_file(following).record(
            required=("format", "name"), optional=(*OWN, *BY_CODE, *WHOLE)
        )
        records.append(record)
        paths.append(following)
        following = _extended(record, places)
        if following is not None and any(following.resolve() == path.resolve() for path in paths):
            raise record["extends"].error("'extends' runs in a circle")
    chain = tuple(_overrides(record) for record in records)
    return Layers(_merged(records[0], chain), tuple(paths), chain)


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


def _overrides(record: Record) -> tuple[Override, ...]:
    """What one file says of its own."""
    found = [Override(key, "", record.entries[key]) for key in WHOLE if key in record.entries]
    for section in BY_CODE:
        found += [Override(section, one.code(), one, removes=True) for one in _removed(record, section)]
        if section in record.entries:
            # The section itself, so that one that is there and empty is known to be there.
            found.append(Override(section, "", record.entries[section]))
            entries = record.entries[section].entries()
            found += [Override(section, code, place) for code, place in entries.items()]
    return tuple(found)


def _merged(own: Record, chain: tuple[tuple[Override, ...], ...]) -> Record:
    """One record of what a chain of files says, nearest first."""
    entries = {key: place for key, place in own.entries.items() if key in OWN}
    for section in WHOLE:
        found = next((one.place for layer in chain for one in layer if one.section == section), None)
        if found is not None:
            entries[section] = found
    for section in BY_CODE:
        nearest: RuleNode | None = None
        parts: dict[str, RuleNode] = {}
        for one in _in_order(chain, section):
            if one.removes:
                if one.code not in parts:
                    raise one.place.error(f"there is no '{one.code}' in {section} to remove")
                del parts[one.code]
            elif one.code:
                parts[one.code] = one.place
            else:
                nearest = one.place
        if nearest is not None:
            entries[section] = MergedPlace(nearest.file, nearest.node, section, parts)
    return Record(own.place, entries)


def _in_order(chain: tuple[tuple[Override, ...], ...], section: str) -> Iterable[Override]:
    """What every file says of a section, farthest first; of one file first what it takes away."""
    for layer in reversed(chain):
        yield from sorted((one for one in layer if one.section == section), key=lambda one: not one.removes)


def _removed(record: Record, section: str) -> list[RuleNode]:
    """The codes that a file takes away from a section."""
    place = record.get("remove")
    if place is None:
        return []
    removed = place.record(optional=BY_CODE).get(section)
    return [] if removed is None else removed.items()
