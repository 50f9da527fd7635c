"""Searches files and databases for words, in all encodings in which they might be stored."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection, MetaData, select

_WRITINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp932")


def forms_of(word: str) -> set[bytes]:
    """A word as bytes, in every encoding, and in hexadecimal; in lower case."""
    written = {word.lower().encode(writing) for writing in _WRITINGS}
    spelt = {word.encode(writing) for writing in _WRITINGS}
    return written | {one.hex().encode() for one in spelt | written}


def found_in(content: bytes, words: Iterable[str]) -> list[str]:
    """The words that occur in some bytes, in any case."""
    folded = content.lower()
    return [word for word in words if any(form in folded for form in forms_of(word))]


def found_in_files(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """The words that occur in the files of a folder and its subfolders, each with the file's name."""
    words = list(words)
    return [
        (file.relative_to(folder).as_posix(), word)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for word in found_in(file.read_bytes(), words)
    ]


def found_in_tables(connection: Connection, words: Iterable[str]) -> list[tuple[str, str]]:
    """The words that occur in a database, each with the column's name."""
    words = list(words)
    tables = MetaData()
    tables.reflect(connection)
    return [
        (f"{table.name}.{column.name}", word)
        for table in tables.sorted_tables
        for column in table.columns
        for word in found_in(b"\n".join(_bytes_of(connection.scalars(select(column)))), words)
    ]


def _bytes_of(values: Iterable[object]) -> Iterator[bytes]:
    for value in values:
        yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
