"""Settings of a hall display: one frozen object, from a TOML file, the environment and the command line.

Every field is documented in ``docs/settings-display.md``; a test fails if one is not. The command line has precedence
over the environment (``UKETSUKE_DISPLAY_<FIELD>``), and the environment over the file.
"""

from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from backend.common import TOKYO, Language, SettingsError, read_settings
from backend.common.design import Theme
from backend.common.device_kit import DeviceSettings

ENV_PREFIX = "UKETSUKE_DISPLAY_"
CONFIG_ENV = f"{ENV_PREFIX}CONFIG"
RETIRED: Final = frozenset({"call_rows", "recent_rows"})
"""Settings that an old file may still have; since 0.2.0 the screen's shape decides how many calls are shown."""


class HallTheme(StrEnum):
    """When the hall is dark."""

    LIGHT = "light"
    DARK = "dark"
    DUSK = "dusk"


class DisplayConfigError(SettingsError):
    """The settings are wrong; the message is one sentence that names the first mistake."""


class DisplayConfig(DeviceSettings):
    """The settings of a hall display. Names of durations end with their unit."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")
    error: ClassVar[type[SettingsError]] = DisplayConfigError

    width: int = Field(default=1920, ge=320, le=7680, description="Width of the window in pixels")
    height: int = Field(default=1080, ge=180, le=4320, description="Height of the window in pixels")
    languages: Annotated[tuple[Language, ...], NoDecode] = Field(
        default=(Language.JAPANESE, Language.ENGLISH),
        min_length=1,
        description="First language large, the others take turns",
    )
    sound: bool = Field(default=True, description="Chime with every call")
    silent_offices: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Offices whose displays never sound, whatever `sound` says"
    )
    theme: HallTheme = Field(
        default=HallTheme.LIGHT, description="Light, dark, or dusk: dark between `dusk_at` and `dawn_at`"
    )
    dusk_at: time = Field(default=time(17), description="From when `dusk` is dark, in Asia/Tokyo")
    dawn_at: time = Field(default=time(6), description="Until when `dusk` is dark, in Asia/Tokyo")
    heartbeat_seconds: float = Field(
        default=5.0, gt=0, le=300, description="How often the server sends a sign of life; as on the server"
    )
    office_seconds: float = Field(
        default=60.0, ge=1, description="How often opening hours and the server's clock are asked for"
    )
    idle_fps: int = Field(
        default=10, ge=2, le=60, description="Turns of the screen's loop per second while nothing happens"
    )

    @model_validator(mode="before")
    @classmethod
    def _without_retired(cls, values: dict[str, object]) -> dict[str, object]:
        """Leave out settings of 0.1.0 that have no effect any more, so that old files can still be used."""
        return {name: value for name, value in values.items() if name not in RETIRED}

    @field_validator("languages", "silent_offices", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        """Split a list that the environment or the command line writes as ``ja,en``."""
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    def theme_at(self, moment: datetime | None) -> Theme:
        """The theme at a moment (aware). While the time is not known yet (None), a theme that follows it is light."""
        if self.theme is not HallTheme.DUSK:
            return Theme(self.theme)
        if moment is None:
            return Theme.LIGHT
        now, dusk, dawn = moment.astimezone(TOKYO).time(), self.dusk_at, self.dawn_at
        dark = dusk <= now < dawn if dusk < dawn else now >= dusk or now < dawn
        return Theme.DARK if dark else Theme.LIGHT

    def sounds_in(self, office_id: str | None) -> bool:
        """Whether this display plays a chime for calls of an office; ``office_id`` is None if it is not known yet."""
        return self.sound and office_id not in self.silent_offices


def load_display_config(config: Path | None = None, **overrides: object) -> DisplayConfig:
    """Read the settings.

    Args:
        config: a TOML file; without one the file named by ``UKETSUKE_DISPLAY_CONFIG``, if any.
        overrides: values from the command line; ``None`` means not given.

    Raises:
        DisplayConfigError: a file is missing or a value is wrong.
    """
    return read_settings(DisplayConfig, config, CONFIG_ENV, overrides)
