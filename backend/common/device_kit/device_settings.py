"""Settings of every device with a window: the server, the device's token, its window, its log."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from backend.common import FileSettings


class DeviceSettings(FileSettings):
    """Settings that kiosk and display have in common; each adds its own, and says how large its window is."""

    server_url: str = Field(
        default="http://127.0.0.1:8710", pattern=r"^https?://[^\s/]+/?$", description="Address of the server"
    )
    token: SecretStr | None = Field(default=None, description="The device's token; better in a file")
    token_file: Path | None = Field(default=None, description="File that holds the device's token")

    width: int
    height: int
    left: int | None = Field(default=None, description="Place of the window from the left, in pixels")
    top: int | None = Field(default=None, description="Place of the window from the top, in pixels")
    fullscreen: bool = Field(default=False, description="Fill the screen, without a frame or mouse pointer")

    log_json: bool = Field(default=False, description="JSON lines on standard output instead of text")
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error"
    )

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.token is not None and self.token_file is not None:
            raise ValueError("give either token or token_file, not both")
        return self

    def read_token(self) -> str:
        """The device's token.

        Raises:
            SettingsError: there is none, or its file cannot be read; raised as the subclass of these settings.
        """
        if self.token is not None:
            token = self.token.get_secret_value()
        elif self.token_file is not None:
            try:
                token = self.token_file.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                raise self.error(f"the token file {self.token_file} cannot be read") from None
        else:
            raise self.error("no device token is given; set token_file or token")
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable():
            raise self.error("the device token is empty or has characters that no token has")
        return token
