"""Settings of the server: one frozen object per process, from a TOML file and the environment.

Every field is documented in ``docs/operations.md``; a test fails if one is not. The environment
(``UKETSUKE_<FIELD>``) has precedence over the file, which ``UKETSUKE_CONFIG`` or ``--config`` names.
"""

import os
from datetime import date, time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.common import FileSettings, locate, read_settings
from backend.office_settings import OfficeId, OfficeSettings
from backend.wire import origin_of

_PIN_LENGTH = 4
_MY_NUMBER_LENGTH = 12
_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql+psycopg"})
_DAY, _YEAR = 24 * 60, 366
"""Minutes of a day and days of a year, as upper limits: longer times are typing errors, and very long ones overflow."""
DEFAULT_DATABASE = "sqlite:///var/uketsuke.db"
DEFAULT_KEY_STORE = "keys.db"
"""Name of the key store in ``var_dir``."""


def _network(written: object) -> IPv4Network | IPv6Network:
    try:
        network = written if isinstance(written, IPv4Network | IPv6Network) else ip_network(str(written))
    except ValueError:
        raise ValueError("an address or a network such as 10.0.0.0/24 is expected") from None
    if network.prefixlen == 0:
        raise ValueError("a network of everybody is no proxy")
    return network


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]


class SpecialOpening(BaseModel):
    """An extra opening (臨時開庁) of one office on one date, in Asia/Tokyo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    office: str
    on: date
    opens: time
    closes: time = Field(description="Last minute of the opening; 23:59 means until midnight")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "SpecialOpening":
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("times are those of Asia/Tokyo and have no offset")
        if self.opens >= self.closes:
            raise ValueError(
                "it closes before it opens; an opening ends on its own day, at 23:59 at the latest"
            )
        return self


class NumberForm(BaseModel):
    """One form of a number that visitors may type at the kiosk, without hyphens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    length: int = Field(ge=1, le=20)
    letters: bool = Field(default=False, description="Capitals A to Z may stand in it")
    check: Literal["none", "damm"] = Field(default="none", description="How the last digit checks the others")
    groups: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(), description="Sizes of the groups in which paper shows it; empty means fours"
    )

    @model_validator(mode="after")
    def _can_be_typed(self) -> "NumberForm":
        if self.letters and self.check != "none":
            raise ValueError("only digits have a check digit")
        if not self.letters and self.length == _PIN_LENGTH:
            raise ValueError("four digits alone look like a PIN")
        if not self.letters and self.length >= _MY_NUMBER_LENGTH:
            raise ValueError("twelve digits would be a My Number")
        if self.groups and sum(self.groups) != self.length:
            raise ValueError("the groups are not as long as the number")
        return self

    def lets_through(self, number: str) -> bool:
        """Whether a stored number has this length and alphabet; only the kiosk's keypad checks the check digit."""
        return len(number) == self.length and number.isascii() and (self.letters or number.isdigit())


class Settings(FileSettings, OfficeSettings):
    """The settings of the server. Names of durations end with their unit."""

    model_config = SettingsConfigDict(env_prefix="UKETSUKE_", frozen=True, extra="forbid")

    database_url: str = Field(
        default=DEFAULT_DATABASE, description="SQLAlchemy URL: sqlite:///FILE or postgresql+psycopg://…"
    )
    var_dir: Path = Field(
        default=Path("var"), description="Folder for the secret key and other files of this server"
    )
    key_store_url: str | None = Field(
        default=None,
        validate_default=True,
        description="SQLAlchemy URL of the key store; without one it is keys.db in var_dir",
    )
    key_backup_days: int = Field(
        default=35,
        ge=1,
        le=_YEAR,
        description="A backup of the key store is kept so long, and older ones are not put back",
    )
    host: str = Field(default="127.0.0.1", pattern=r"^[^\s/]+$", description="Address to listen on")
    port: int = Field(default=8710, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one")
    offices_file: Path = Field(
        default_factory=lambda: locate("offices", "shinjuku.toml"),
        description="Offices, windows, series, hours",
    )
    kinds_file: Path = Field(
        default_factory=lambda: locate("offices", "kinds.toml"),
        description="Kinds of visit: names, papers, stages",
    )
    code_patterns_file: Path = Field(
        default_factory=lambda: locate("mappings", "codes.toml"),
        description="Patterns of other systems' codes",
    )
    mapping_file: Path = Field(
        default_factory=lambda: locate("mappings", "default.toml"),
        description="The ward's columns and words, for imports, exports and the copy page",
    )
    identifying_numbers: tuple[Literal["card_number", "application_id"], ...] = Field(
        default=("card_number", "application_id"),
        description="By which numbers of an export a card is known again: card_number (製造管理番号), application_id",
    )
    number_shapes: tuple[NumberForm, ...] = Field(
        default=(
            NumberForm(length=8, groups=(4, 4)),
            NumberForm(length=10, groups=(4, 4, 2)),
            NumberForm(length=9, letters=True, groups=(3, 6)),
        ),
        description="What a typed number can be; empty: anything",
    )
    rules_dir: Path = Field(
        default_factory=lambda: locate("rules"),
        description="Folder with the dated rule files of required documents",
    )
    document_policy_file: Path = Field(
        default_factory=lambda: locate("rules", "policy", "ward.yaml"),
        description="What this ward does where municipalities differ; may name only what differs",
    )
    special_openings: tuple[SpecialOpening, ...] = Field(
        default=(), description="Extra openings (臨時開庁): office, on, opens, closes"
    )
    office: dict[OfficeId, OfficeSettings] = Field(
        default={}, description="What differs in single offices, by id: only settings of how an office works"
    )
    database_seconds: float = Field(
        default=4.0, ge=4, le=60, description="A transaction of the server that takes longer is given up"
    )
    request_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="Head and body of a request must be there within this long",
    )
    streams_per_reader: int = Field(
        default=6,
        ge=1,
        le=1000,
        description="Event streams of one session or device; one more ends the oldest",
    )
    heartbeat_seconds: float = Field(
        default=5.0,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="A comment on every idle event stream this often",
    )
    page_answer_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="A page waits this long for an answer, then says so and what to do",
    )
    stream_queue: int = Field(
        default=512,
        ge=1,
        le=1_000_000,
        description="Events that may pile up for a slow reader before its stream is ended",
    )
    event_retention_days: int = Field(
        default=40, ge=1, le=10 * _YEAR, description="Older events are dropped from the log"
    )
    request_retention_days: int = Field(
        default=7,
        ge=1,
        le=_YEAR,
        description="Older request ids are dropped; a device never repeats a request that late",
    )
    trail_years: int = Field(
        default=5,
        ge=1,
        le=100,
        description="Entries of the trail that are younger are never archived",
    )
    session_minutes: int = Field(
        default=600, ge=1, le=_YEAR * _DAY, description="A sign-in ends after this long in any case"
    )
    session_idle_minutes: int = Field(
        default=60, ge=1, le=_YEAR * _DAY, description="A sign-in ends after this long without use"
    )
    login_failures: int = Field(
        default=5,
        ge=1,
        le=100,
        description="Wrong passwords for one name from one place before the next has to wait",
    )
    lockout_minutes: int = Field(
        default=15, ge=1, le=1440, description="The longest wait after wrong passwords; it grows up to this"
    )
    first_password_hours: int = Field(
        default=72,
        ge=1,
        le=24 * _YEAR,
        description="A one-time link for setting a password is open so long",
    )
    public_url: str | None = Field(
        default=None, description="Address under which browsers open the pages, for example https://HOST"
    )
    trusted_proxies: tuple[Network, ...] = Field(
        default=(), description="Addresses and networks of proxies whose X-Forwarded-… headers are believed"
    )
    secure_cookies: bool = Field(
        default=False, description="Cookies over HTTPS only, also where public_url is not set"
    )
    log_json: bool = Field(default=False, description="Write logs as JSON lines instead of text")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(lambda level: level.lower() if isinstance(level, str) else level),
    ] = Field(default="info", description="debug, info, warning or error")

    @field_validator("database_url", "key_store_url")
    @classmethod
    def _is_a_database(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            parsed = None
        if parsed is None or parsed.drivername not in _DRIVERS:
            raise ValueError("use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
        if parsed.drivername.startswith("sqlite") and (
            not parsed.database or parsed.database.startswith((":", "file:"))
        ):
            raise ValueError("a SQLite database is a file: sqlite:///FILE")
        return url

    @field_validator("key_store_url")
    @classmethod
    def _keys_lie_elsewhere(cls, url: str | None, told: ValidationInfo) -> str | None:
        database, var_dir = told.data.get("database_url"), told.data.get("var_dir")
        if database is None or var_dir is None:
            return url  # one of these is wrong, which is reported already
        if _place(make_url(database)) == _place(_keys_url(url, var_dir)):
            raise ValueError(
                "the key store is the database itself; name another place, because keys in the database's backups could "
                "never be destroyed"
            )
        return url

    @property
    def keys_url(self) -> URL:
        """The URL of the key store, whether it exists yet or not."""
        return _keys_url(self.key_store_url, self.var_dir)

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str | None) -> str | None:
        return None if value is None else origin_of(value)

    def of_office(self, office_id: str) -> OfficeSettings:
        """The settings of an office: its own ones, and the ward's for the rest."""
        own = self.office.get(office_id)
        return self if own is None else self.model_copy(update=own.model_dump(exclude_unset=True))

    @property
    def over_tls(self) -> bool:
        """Whether browsers reach the server by HTTPS."""
        return self.secure_cookies or (self.public_url or "").startswith("https://")


def _keys_url(url: str | None, var_dir: Path) -> URL:
    return (
        make_url(url) if url is not None else URL.create("sqlite", database=str(var_dir / DEFAULT_KEY_STORE))
    )


def _place(url: URL) -> tuple[str | None, ...]:
    """The parts that identify a database in its URL, without account and driver."""
    if url.get_backend_name() == "sqlite":
        return (os.path.realpath(str(url.database)),)
    host, port = url.query.get("host") or url.host or "", url.query.get("port") or url.port or 5432
    return str(host), str(port), url.database or url.username


def load_settings(config: Path | None = None, **overrides: object) -> Settings:
    """Read the settings.

    Args:
        config: a TOML file; without one the file named by ``UKETSUKE_CONFIG``, if any.
        overrides: values from the command line; ``None`` means not given.

    Raises:
        SettingsError: a file is missing or a value is wrong.
    """
    return read_settings(Settings, config, "UKETSUKE_CONFIG", overrides)
