"""Settings of a hall display: one frozen object, from a TOML file, the environment and the command line.

Every field is documented in ``docs/settings-display.md``; a test fails if one is not. The command line wins over
the environment (``UKETSUKE_DISPLAY_<FIELD>``), and that over the file.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assets.catalogue import Language

ENV_PREFIX = "UKETSUKE_DISPLAY_"
CONFIG_ENV = f"{ENV_PREFIX}CONFIG"


class DisplayConfigError(ValueError):
    """The settings are wrong; the message is one sentence that names the first mistake."""


class DisplayConfig(BaseSettings):
    """Everything a hall display may be told. Durations carry their unit in the name."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")
    toml_path: ClassVar[Path | None] = None

    server_url: str = Field(
        default="http://127.0.0.1:8710", pattern=r"^https?://[^\s/]+/?$", description="Address of the server"
    )
    token: SecretStr | None = Field(default=None, description="The device's token; better in a file")
    token_file: Path | None = Field(default=None, description="File that holds the device's token")
    width: int = Field(default=1920, ge=320, le=7680, description="Width of the window in pixels")
    height: int = Field(default=1080, ge=180, le=4320, description="Height of the window in pixels")
    left: int | None = Field(default=None, description="Place of the window from the left, in pixels")
    top: int | None = Field(default=None, description="Place of the window from the top, in pixels")
    fullscreen: bool = Field(default=False, description="Fill the screen, without a frame or mouse pointer")
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
    log_json: bool = Field(default=False, description="JSON lines on standard output instead of text")
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error"
    )

    @field_validator("languages", "silent_offices", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        """Let the environment and the command line write a list as ``ja,en``."""
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @model_validator(mode="after")
    def _one_token(self) -> "DisplayConfig":
        if self.token is not None and self.token_file is not None:
            raise ValueError("give either token or token_file, not both")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a display reads no .env
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - nor a secrets folder
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then file."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        if cls.toml_path is not None:
            sources.append(TomlConfigSettingsSource(settings_cls, cls.toml_path))
        return tuple(sources)

    def read_token(self) -> str:
        """The device's token.

        Raises:
            DisplayConfigError: there is none, or its file cannot be read.
        """
        if self.token is not None:
            token = self.token.get_secret_value()
        elif self.token_file is not None:
            try:
                token = self.token_file.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                raise DisplayConfigError(f"the token file {self.token_file} cannot be read") from None
        else:
            raise DisplayConfigError("no device token is given; set token_file or token")
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable():
            raise DisplayConfigError("the device token is empty or has characters that no token has")
        return token

    def sounds_in(self, office_id: str | None) -> bool:
        """Tell whether calls of an office are heard on this display."""
        return self.sound and office_id not in self.silent_offices


def load_display_config(config: Path | None = None, **overrides: object) -> DisplayConfig:
    """Read the settings.

    Args:
        config: a TOML file; without one the file named by ``UKETSUKE_DISPLAY_CONFIG``, if any.
        overrides: values from the command line; ``None`` means not given.

    Raises:
        DisplayConfigError: a file is missing or a value is wrong.
    """
    path = config or (Path(os.environ[CONFIG_ENV]) if os.environ.get(CONFIG_ENV) else None)
    if path is not None and not path.is_file():
        raise DisplayConfigError(f"the settings file {path} does not exist")
    given = {key: value for key, value in overrides.items() if value is not None}
    bound = type("BoundDisplayConfig", (DisplayConfig,), {"toml_path": path, "__module__": __name__})
    try:
        settings: DisplayConfig = bound(**given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise DisplayConfigError(f"the settings file {path} is not valid TOML") from None
    except ValidationError as error:
        # The value is not repeated: it may be a token.
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "token"
        raise DisplayConfigError(f"the setting {place} is wrong: {first['msg']}") from None
    return settings
