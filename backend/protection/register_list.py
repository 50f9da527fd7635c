"""The register as a list (個人情報の取扱い一覧), in the ward's words: for whoever audits, and for a spreadsheet."""

from collections.abc import Iterator

from backend.protection.register_entries import Content, File, Item, Table, Whose

Row = tuple[str, ...]
_COLUMNS = ("place", "columns", "ja", "whose", "purpose", "source", "seen_by", "lies", "kept")
_BETWEEN = "、"


def list_of(content: Content) -> Iterator[Row]:
    """The headings, then every item of every table and record, what is not personal with the reason, and every file."""
    yield tuple(content.headings[name] for name in _COLUMNS)
    for table in content.table:
        yield from _of_table(content, table)
    for record in content.sealed:
        place = f"{content.headings['database']} {record.table}.{record.column} ({record.record})"
        yield from (_of_item(content, place, item) for item in record.item)
    yield from (_of_file(content, file) for file in content.file)


def _of_table(content: Content, table: Table) -> Iterator[Row]:
    place = f"{content.headings['keys' if table.database == 'keys' else 'database']} {table.name}"
    yield from (_of_item(content, place, item) for item in table.item)
    if table.because is not None:
        told = f"{content.headings['plain']}: {table.because}"
        yield (place, " ".join(table.plain), told, *[""] * (len(_COLUMNS) - 3))


def _of_item(content: Content, place: str, item: Item) -> Row:
    seen = ("nobody",) if item.seen_by == "nobody" else item.seen_by
    words = {str(key): said.ja for key, said in content.permission.items()}
    return (
        place,
        " ".join(item.columns),
        item.ja,
        content.whose[item.whose].ja,
        content.purpose[item.purpose].ja,
        content.source[item.source].ja,
        _BETWEEN.join(words[str(one)] for one in seen),
        content.lies[item.lies].ja,
        _kept(content, item.kept),
    )


def _of_file(content: Content, file: File) -> Row:
    told = file.holds or f"{content.headings['plain']}: {file.because}"
    return (
        f"{content.headings['files']} {file.ja}",
        file.named,
        told,
        _whose(content, file.whose),
        *[""] * (len(_COLUMNS) - 5),
        _kept(content, file.kept, file.keep_days),
    )


def _whose(content: Content, whose: tuple[Whose, ...]) -> str:
    return _BETWEEN.join(content.whose[one].ja for one in whose)


def _kept(content: Content, code: str, days: int | None = None) -> str:
    """How long, with the setting or the number of days that says so."""
    keeping = content.keeping[code]
    said = keeping.setting if days is None else f"{days}{content.headings['days']}"
    return keeping.ja if said is None else f"{keeping.ja} ({said})"
