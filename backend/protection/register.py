"""The register of personal data (個人情報の登録簿): read from ``assets/protection/register.toml`` and checked.

A test compares it with the tables of both databases, with what is sealed, and with every module that writes a file.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from backend.common import Loc, TomlFile, locate
from backend.protection.register_entries import Content, Item, OutletKind

_WHAT = "the register of personal data"


class RegisterError(ValueError):
    """The register is wrong; the message is one sentence that names file and line."""


@cache
def shipped_register() -> Content:
    """The register of this program.

    Raises:
        RegisterError: it is damaged.
    """
    return load_register(locate("protection", "register.toml"))


def load_register(path: Path) -> Content:
    """Read and check a register.

    Raises:
        RegisterError: it cannot be read, is not TOML, or contradicts itself.
    """
    file = TomlFile.read(path, _WHAT, RegisterError)
    content = file.check(Content)
    for loc, sentence in _mistakes(content):
        raise file.wrong(loc, sentence)
    return content


def keep_until(kind: OutletKind, day: date) -> date | None:
    """The last day on which a file may be kept that leaves on a day; none where the register names no days."""
    days = next(file.keep_days for file in shipped_register().file if file.kind == kind)
    return None if days is None else day + timedelta(days=days)


def _mistakes(content: Content) -> Iterator[tuple[Loc, str]]:
    names = Counter((table.database, table.name) for table in content.table)
    for place, table in enumerate(content.table):
        loc: Loc = ("table", place)
        if names[table.database, table.name] > 1:
            yield (*loc, "name"), f"the table {table.name} is registered twice"
        twice = [name for name, times in Counter(table.columns).items() if times > 1]
        if twice:
            yield loc, f"the table {table.name} has the column {twice[0]} twice"
        if bool(table.plain) is not bool(table.because):
            yield loc, f"the table {table.name} needs both or none of plain and because"
        yield from _of_items(content, loc, table.item)
    tables = {table.name: set(table.columns) for table in content.table}
    for place, record in enumerate(content.sealed):
        loc = ("sealed", place)
        if record.column not in tables.get(record.table, ()):
            yield (
                loc,
                f"the record {record.record} lies in {record.table}.{record.column}, which is not registered",
            )
        yield from _of_items(content, loc, record.item)
    yield from _of_files(content)


def _of_items(content: Content, loc: Loc, items: tuple[Item, ...]) -> Iterator[tuple[Loc, str]]:
    for place, item in enumerate(items):
        at: Loc = (*loc, "item", place)
        if item.purpose not in content.purpose:
            yield (*at, "purpose"), f"there is no purpose {item.purpose}"
        if item.source not in content.source:
            yield (*at, "source"), f"there is no source {item.source}"
        if item.kept not in content.keeping:
            yield (*at, "kept"), f"there is no keeping {item.kept}"


def _of_files(content: Content) -> Iterator[tuple[Loc, str]]:
    kinds = Counter(file.kind for file in content.file)
    for place, file in enumerate(content.file):
        loc: Loc = ("file", place)
        if kinds[file.kind] > 1:
            yield (*loc, "kind"), f"the file {file.kind} is registered twice"
        if file.kept not in content.keeping:
            yield (*loc, "kept"), f"there is no keeping {file.kept}"
        if (file.holds is None) is not bool(file.because) or bool(file.holds) is not bool(file.whose):
            yield loc, f"the file {file.kind} needs either holds and whose, or because"
        if file.leaves is not (file.kind in set(OutletKind)):
            yield (*loc, "kind"), f"the file {file.kind} and the outlet do not know each other"
    missing = [kind.value for kind in OutletKind if kind not in kinds]
    if missing:
        yield ("file",), f"the file {missing[0]} leaves and is not registered"
