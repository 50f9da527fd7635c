"""The mapping file: what the columns and values of a ward's export mean. Format: ``docs/import.md``."""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.cards import WardWord
from backend.common import TomlFile, locate
from backend.exchange.dates import DateRules, Notation
from backend.exchange.export_words import ExportPart, WardWords, merged_export, words_of
from backend.offices import Directory, fold_name

FieldName = Literal[
    "number",
    "name",
    "name_kana",
    "alias",
    "birth",
    "address",
    "phone",
    "email",
    "foreign_category",
    "stay_expires_on",
    "application_id",
    "card_number",
    "dispatch_number",
    "recipient_type",
    "proxy_name",
    "starts_at",
    "office",
    "ward_ticket_number",
    "group_number",
    "state",
    "card_expires_on",
    "kept_at",
    "as_of",
]

RecipientCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9A-Za-z-]{1,7}$")]
RECIPIENTS_OF_NO_RULE = ("LEGAL", "PROXY")
"""Recipient codes without a rule of their own, for words that fit several rules: the clerk chooses at the window."""

OF_BOOKING: frozenset[FieldName] = frozenset({"state", "office", "starts_at"})
"""The columns of a booking, which have one owner."""
KEYS: tuple[FieldName, ...] = ("number", "card_number", "application_id")
"""By which a row is known again; a file has one of these columns at least."""

Spellings = list[Annotated[str, StringConstraints(min_length=1)]]


class MappingError(ValueError):
    """A mapping file is wrong; the message is one sentence."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _FilePart(_Closed):
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","


class _DatesPart(_Closed):
    notations: list[Notation] = Field(min_length=1)


class _AcceptPart(_Closed):
    """Which irregular values and rows are accepted; every row that has one gets a remark."""

    holiday_marks: bool
    english_weekdays: bool
    wrong_weekday: bool
    heisei_continued: bool
    short_rows: bool
    unknown_states: Literal["refuse", "keep"]


class _OwnersPart(_Closed):
    here: list[FieldName]


class _Content(_Closed):
    """The shape of the TOML file."""

    required: list[FieldName]
    file: _FilePart = _FilePart()
    dates: _DatesPart
    accept: _AcceptPart
    owners: _OwnersPart
    columns: dict[FieldName, Spellings]
    states: dict[WardWord, Spellings]
    recipients: dict[RecipientCode, Spellings]
    offices: dict[str, Spellings] = {}
    export: ExportPart


def fold_header(text: str) -> str:
    """Fold a column name or a coded value for comparison: width, spaces and letter case do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\ufeff", "").casefold().split())


def _inverse(file: TomlFile, section: str, table: dict[Any, Spellings], what: str) -> dict[str, Any]:
    """Map each spelling to its code; a spelling that stands for two codes is a mistake of the file."""
    found: dict[str, Any] = {}
    for code, spellings in table.items():
        for spelling in spellings:
            other = found.setdefault(fold_header(spelling), code)
            if other != code:
                place = next((one for one in (code, other) if file.has((section, str(one)))), code)
                raise file.wrong(
                    (section, str(place)), f"the mapping gives two meanings to one {what}: {spelling}"
                )
    return found


@dataclass(frozen=True)
class ColumnMapping:
    """A mapping that was read and checked.

    Attributes:
        required: fields whose columns the file must have.
        delimiter: what separates the fields of a line.
        dates: how the file may write dates, and which irregular ones are accepted with a remark.
        short_rows: whether rows that lack only optional fields at their end are read, with a remark.
        unknown_states: whether rows with a word of 処理状況 that no meaning has are read, with a remark.
        owned_here: whether a booking that was made, moved or cancelled here is ours until both sides agree.
        columns: folded column name to field.
        states: folded value of 処理状況 to state.
        recipients: folded value of 受取人種別 to rule code.
        offices: office id to more spellings of its name.
        shown: field to the column name by which its absence is reported.
        words: the same backwards, for exports.
        file: the file that was read: the ward's, or else the shipped one.
        shipped_offices: offices of which only the shipped file has spellings; the ward may have none like them.
    """

    required: tuple[FieldName, ...]
    delimiter: str
    dates: DateRules
    short_rows: bool
    unknown_states: bool
    owned_here: bool
    columns: dict[str, FieldName]
    states: dict[str, WardWord]
    recipients: dict[str, str]
    offices: dict[str, list[str]]
    shown: dict[FieldName, str]
    words: WardWords
    file: TomlFile
    shipped_offices: frozenset[str] = frozenset()


def load_mapping(path: Path | None = None) -> ColumnMapping:
    """Read the shipped mapping, and replace parts of it by a file of the ward.

    A field, state, recipient type or office that the file names replaces the shipped one; everything else stays.

    Raises:
        MappingError: the file is missing, is not TOML, or contradicts itself.
    """
    own = None if path == locate("mappings", "default.toml") else path
    shipped = _read(locate("mappings", "default.toml"))
    file = shipped if own is None else _read(own)
    content = dict(shipped.said)
    for key, value in file.said.items():
        if isinstance(value, dict) and isinstance(content.get(key), dict):
            content[key] = (merged_export if key == "export" else _over)(content[key], value)
        else:
            content[key] = value
    checked = file.check(_Content, content)
    recipients = _inverse(file, "recipients", checked.recipients, "recipient type")
    for code in checked.recipients:
        recipients.setdefault(fold_header(code), code)
    return ColumnMapping(
        required=tuple(dict.fromkeys((*checked.required, "name"))),
        delimiter=checked.file.delimiter,
        dates=DateRules(
            notations=frozenset(checked.dates.notations),
            holiday_marks=checked.accept.holiday_marks,
            english_weekdays=checked.accept.english_weekdays,
            wrong_weekday=checked.accept.wrong_weekday,
            heisei_continued=checked.accept.heisei_continued,
        ),
        short_rows=checked.accept.short_rows,
        unknown_states=checked.accept.unknown_states == "keep",
        owned_here=_owned_here(file, checked.owners),
        columns=_inverse(file, "columns", checked.columns, "column name"),
        states=_inverse(file, "states", checked.states, "state"),
        recipients=recipients,
        offices=checked.offices,
        shown={field: names[0] for field, names in checked.columns.items() if names},
        words=words_of(checked.export, checked.states, checked.recipients),
        file=file,
        shipped_offices=_offices_of(shipped) - (set() if own is None else _offices_of(file)),
    )


def _offices_of(file: TomlFile) -> frozenset[str]:
    return frozenset(file.said.get("offices", {}))


def _owned_here(file: TomlFile, owners: _OwnersPart) -> bool:
    """A booking is one thing: its state without its time would be a booking that nobody made."""
    named = set(owners.here)
    if named not in (set(), OF_BOOKING):
        raise file.wrong(
            ("owners", "here"),
            f"the mapping must name {', '.join(sorted(OF_BOOKING))} together as ours, or none of them",
        )
    return bool(named)


def _over(shipped: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return {**shipped, **said}


def refuse_unknown_recipients(path: Path, known: Callable[[], Collection[str]]) -> None:
    """Refuse a mapping file of the ward that names a recipient type which no rule has.

    Args:
        path: the file, which was read without mistakes.
        known: returns the types of the rules, to which :data:`RECIPIENTS_OF_NO_RULE` are added; called only if the
            file names any type.

    Raises:
        MappingError: there is one; file, line and the known types are named.
    """
    file = _read(path)
    named = file.said.get("recipients")
    if not named:
        return
    types = (*known(), *RECIPIENTS_OF_NO_RULE)
    for code in named:
        if code not in types:
            raise file.wrong(
                ("recipients", code),
                f"the mapping names a recipient type that no rule has: {code}; known are {', '.join(types)}",
            )


def _read(path: Path) -> TomlFile:
    return TomlFile.read(path, "the mapping file", MappingError)


class OfficeNames:
    """Finds the office, and the window if there is one, in the text of 交付窓口.

    Args:
        directory: every office of the authority.
        more: further spellings, by office id.
        file: the mapping file that has them; errors name its lines.

    Raises:
        MappingError: a spelling is given to an office that does not exist, or to two.
    """

    def __init__(
        self,
        directory: Directory,
        more: dict[str, list[str]] | None = None,
        file: TomlFile | None = None,
    ) -> None:
        self._file = file
        self.directory = directory
        self._exact: dict[str, str] = {}
        self._ids = frozenset(office.id for office in directory)
        for office in directory:
            self._add(office.id, (key for key in office.search_keys() if key != fold_name(office.id)))
            self._exact[fold_name(office.id)] = office.id
        for office_id, spellings in (more or {}).items():
            if directory.get(office_id) is None:
                known = ", ".join(office.id for office in directory)
                raise self._wrong(
                    office_id,
                    f"the mapping names an office that does not exist: {office_id}; known are {known}",
                )
            self._add(office_id, (fold_name(spelling) for spelling in spellings))
        self._cache: dict[str, tuple[str, str | None] | None] = {}

    @classmethod
    def of(cls, directory: Directory, mapping: ColumnMapping) -> "OfficeNames":
        """The names of a mapping; what the shipped one says of offices that an authority does not have is nothing to it.

        Raises:
            MappingError: as the class.
        """
        more = {
            office_id: spellings
            for office_id, spellings in mapping.offices.items()
            if office_id not in mapping.shipped_offices or directory.get(office_id) is not None
        }
        return cls(directory, more, mapping.file)

    def _add(self, office_id: str, keys: Iterable[str]) -> None:
        for key in keys:
            if self._exact.setdefault(key, office_id) != office_id:
                raise self._wrong(office_id, f"the office name {key} belongs to two offices")

    def _wrong(self, office_id: str, reason: str) -> Exception:
        if self._file is None:
            return MappingError(reason)
        return self._file.wrong(("offices", office_id), reason)

    @cached_property
    def _by_length(self) -> list[tuple[str, str]]:
        """Names that a window may follow, longest first; without ids, or 001 would be window 1 of office 00."""
        names = [(key, office) for key, office in self._exact.items() if key not in self._ids]
        return sorted(names, key=lambda pair: -len(pair[0]))

    def find(self, text: str) -> tuple[str, str | None] | None:
        """Return the office id, and the window's name if one follows; ``None`` if the office is unknown."""
        if text not in self._cache:
            self._cache[text] = self._find(fold_name(text))
        return self._cache[text]

    def _find(self, key: str) -> tuple[str, str | None] | None:
        if key in self._exact:
            return self._exact[key], None
        for name, office_id in self._by_length:
            if key.startswith(name):
                window = key[len(name) :].strip("-・/:()　 ")
                return office_id, window.upper() or None
        return None
