"""Settings of a hall display: one frozen object, from a TOML file, the environment and the command line.

Every field is documented in ``docs/settings-display.md``; a test fails if one is not. The command line has precedence
over the environment (``UKETSUKE_DISPLAY_<FIELD>``), and the environment over the file.
"""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from backend.common import Language, SettingsError, read_settings
from backend.common.device_kit import DeviceSettings

ENV_PREFIX = "UKETSUKE_DISPLAY_"
CONFIG_ENV = f"{ENV_PREFIX}CONFIG"


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
        description="First language large, the others take turns in the small line",
    )
    sound: bool = Field(default=True, description="Chime with every call")
    silent_offices: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Offices whose displays never sound, whatever `sound` says"
    )
    call_rows: int = Field(
        default=6, ge=2, le=8, description="Current calls beside the newest that are shown large"
    )
    recent_rows: int = Field(default=6, ge=5, le=8, description="Lines of the list of earlier calls")
    heartbeat_seconds: float = Field(
        default=5.0, gt=0, le=300, description="How often the server sends a sign of life; as on the server"
    )
    office_seconds: float = Field(
        default=60.0, ge=1, description="How often opening hours and the server's clock are asked for"
    )
    idle_fps: int = Field(
        default=10, ge=2, le=60, description="Turns of the screen's loop per second while nothing happens"
    )

    @field_validator("languages", "silent_offices", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        """Split a list that the environment or the command line writes as ``ja,en``."""
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    def sounds_in(self, office_id: str | None) -> bool:
        """Whether this display sounds a chime for calls of an office; None where the office is not known yet."""
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
