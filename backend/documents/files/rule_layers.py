"""Rule files that build on each other: what a file inherits from the one that it ``extends`` (adr/0015).

Sections that are mappings by code are merged: an entry with the same code replaces the whole inherited entry, and
``remove`` takes entries away. Any other section is inherited as a whole if the file lacks it. A file's name and dates
are never inherited.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.documents.files.rule_file import MergedPlace, Record, RuleNode

SHARED_FOLDER = "shared"
"""The folder of files that are only extended and judge no visit by themselves."""
BY_CODE = (
    "sources", "policies", "combinations", "facts", "papers", "documents", "templates", "recipients", "returns_if_held",
    "fees_yen", "document_checks", "flaws", "guide_questions", "guide",
)  # fmt: skip
"""Sections that are merged code by code."""
WHOLE = ("one_card", "card_expiry", "bring_examples")
"""Sections that a file has itself or inherits as a whole."""
OWN = ("format", "name", "valid_from", "valid_until", "extends", "remove")
"""Keys that are never inherited."""

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Override:
    """One change that a file makes: an entry, an entry that it removes, or a whole section.

    Args:
        section: the section's name.
        code: the entry's code; empty for a whole section.
        place: its place in the file.
        removes: whether it removes the entry.
    """

    section: str
    code: str
    place: RuleNode
    removes: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """A rule file with everything that it extends.

    Attributes:
        root: the file's own keys and every merged section.
        files: every file that was read, beginning with the rule file itself.
        chain: the changes that each of them makes, in the same order.
    """

    root: Record
    files: tuple[Path, ...]
    chain: tuple[tuple[Override, ...], ...] = ()

    def fingerprint(self, more: Iterable[Path] = ()) -> str:
        """Ten hexadecimal digits that change whenever one of the files changes."""
        digest = hashlib.sha256()
        for file in (*self.files, *more):
            digest.update(file.read_bytes())
            digest.update(b"\0")
        return digest.hexdigest()[:10]

    @property
    def own(self) -> tuple[Override, ...]:
        """The changes that the rule file itself makes, in the order of its lines."""
        return tuple(sorted(self.chain[0], key=lambda one: one.place.line))

    def up_to(self, count: int) -> "Layers":
        """The same with only the first ``count`` changes of the rule file itself."""
        chain = (self.own[:count], *self.chain[1:])
        return Layers(_merged(self.root, chain), self.files, chain)


def read_layers(file: Path, folders: Iterable[Path]) -> Layers:
    """Read a file and what it extends.

    Args:
        file: the rule file.
        folders: where extended files are looked for, after the file's own folder; each with its ``shared`` subfolder.

    Raises:
        RuleFileError: a file cannot be read or is missing, or files extend each other in a circle.
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
    """The changes that one file makes."""
    found = [Override(key, "", record.entries[key]) for key in WHOLE if key in record.entries]
    for section in BY_CODE:
        found += [Override(section, one.code(), one, removes=True) for one in _removed(record, section)]
        if section in record.entries:
            # The section itself counts, too, so that an empty one is not taken for a missing one.
            found.append(Override(section, "", record.entries[section]))
            entries = record.entries[section].entries()
            found += [Override(section, code, place) for code, place in entries.items()]
    return tuple(found)


def _merged(own: Record, chain: tuple[tuple[Override, ...], ...]) -> Record:
    """Merge a chain of files, the rule file first, into one record."""
    entries = {key: place for key, place in own.entries.items() if key in OWN}
    for layer in reversed(chain):
        entries.update({one.section: one.place for one in layer if one.section in WHOLE})
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
    """The changes to a section in the order in which they apply: the base file first, removals before entries."""
    for layer in reversed(chain):
        yield from sorted((one for one in layer if one.section == section), key=lambda one: not one.removes)


def _removed(record: Record, section: str) -> list[RuleNode]:
    """The codes that a file removes from a section."""
    place = record.get("remove")
    if place is None:
        return []
    removed = place.record(optional=BY_CODE).get(section)
    return [] if removed is None else removed.items()
