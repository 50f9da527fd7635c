"""What the register of personal data (個人情報の登録簿) says of a column, a field of a sealed record and a file."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.protection.permissions import Permission

Nobody = Literal["nobody"]
Said = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class OutletKind(StrEnum):
    """A kind of file with personal data that is written for somebody to take away."""

    NOTICE_SHEET = "notice_sheet"
    BOOKING_SHEET = "booking_sheet"
    BACKUP = "backup"
    KEY_BACKUP = "key_backup"
    WARD_RESERVATIONS = "ward_reservations"
    WARD_RECEPTIONS = "ward_receptions"
    WARD_RESULTS = "ward_results"
    TRAIL_EXPORT = "trail_export"
    TRAIL_ARCHIVE = "trail_archive"


class OutletState(StrEnum):
    """How far a file has come that leaves."""

    BEGUN = "begun"
    """It was about to be written; after a crash it may be there or not."""
    WRITTEN = "written"
    FAILED = "failed"


class Whose(StrEnum):
    """Whose data it is."""

    PERSON = "person"
    """The person whose card it is (本人)."""
    PROXY = "proxy"
    """Who comes in their place (代理人)."""
    HANDLER = "handler"
    """Who works here (取扱者)."""


class Lies(StrEnum):
    """In which form it lies there."""

    CLEAR = "clear"
    SEALED = "sealed"
    DIGEST = "digest"
    """Keyed or hashed: it can be compared, and not read."""


class TableHome(StrEnum):
    """Which of the two databases a table is in."""

    MAIN = "main"
    KEYS = "keys"


class Entry(BaseModel):
    """An entry of the register: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Term(Entry):
    """A purpose or a source, in the ward's words."""

    ja: Said


class Keeping(Entry):
    """How long something is kept.

    Attributes:
        ja: in the ward's words.
        setting: the setting that says how long, where one does.
        deleted_by: the function that deletes it, with its module; none where nothing deletes it today.
    """

    ja: Said
    setting: str | None = None
    deleted_by: str | None = None


class Item(Entry):
    """Columns, or fields of a sealed record, that hold one item of personal data (情報項目).

    Attributes:
        columns: their names.
        ja: what it is.
        whose: whose data it is.
        purpose: what for; a purpose of the register.
        source: where it comes from; a source of the register.
        seen_by: the permissions that show it.
        lies: in which form.
        kept: how long; a keeping of the register.
    """

    columns: tuple[Said, ...] = Field(min_length=1)
    ja: Said
    whose: Whose
    purpose: Said
    source: Said
    seen_by: tuple[Permission, ...] | Nobody
    lies: Lies = Lies.CLEAR
    kept: Said


class Table(Entry):
    """A table with all its columns.

    Attributes:
        name: of the table.
        database: where it is.
        ja: what it is for.
        item: what is personal.
        plain: columns that are not personal.
        because: why these are not.
    """

    name: Said
    database: TableHome = TableHome.MAIN
    ja: Said
    item: tuple[Item, ...] = ()
    plain: tuple[Said, ...] = ()
    because: Said | None = None

    @property
    def columns(self) -> list[str]:
        """Every column that is registered, as often as it is."""
        return [*(name for item in self.item for name in item.columns), *self.plain]


class SealedRecord(Entry):
    """The fields inside of a sealed column.

    Attributes:
        record: what the record is called where it is sealed.
        table: in which table it lies.
        column: in which column.
        item: its fields.
    """

    record: Said
    table: Said
    column: Said
    item: tuple[Item, ...] = Field(min_length=1)


class File(Entry):
    """A kind of file that the product writes.

    Attributes:
        kind: what the register calls it.
        ja: what it is.
        named: the names of such files.
        holds: the personal data that may be in it; none where it holds nothing personal.
        whose: whose.
        because: why it holds nothing personal.
        kept: how long; a keeping of the register.
        written_by: the modules that write it.
        leaves: whether it is written for somebody to take away; then it goes through the outlet.
        keep_days: for how many days whoever takes it away may keep it.
    """

    kind: Said
    ja: Said
    named: Said
    holds: Said | None = None
    whose: tuple[Whose, ...] = ()
    because: Said | None = None
    kept: Said
    written_by: tuple[Said, ...] = Field(min_length=1)
    leaves: bool = False
    keep_days: int | None = Field(default=None, ge=0, le=3650)


class Content(Entry):
    """The whole file."""

    headings: dict[str, Said]
    permission: dict[Permission | Nobody, Term]
    whose: dict[Whose, Term]
    lies: dict[Lies, Term]
    purpose: dict[str, Term]
    source: dict[str, Term]
    keeping: dict[str, Keeping]
    table: tuple[Table, ...]
    sealed: tuple[SealedRecord, ...]
    file: tuple[File, ...]
