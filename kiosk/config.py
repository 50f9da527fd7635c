"""Settings of a kiosk: one frozen object, from a TOML file, the environment and the command line.

Every field is documented in ``docs/settings-kiosk.md``; a test fails if one is not. The command line has precedence
over the environment (``UKETSUKE_KIOSK_<FIELD>``), and the environment over the file.
"""

from math import nan
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from backend.common import Language, SettingsError, read_settings
from backend.common.device_kit import DeviceSettings
from kiosk.camera import ADAPTIVE, AUTO, CameraAt
from kiosk.visit import Durations

ENV_PREFIX = "UKETSUKE_KIOSK_"
CONFIG_ENV = f"{ENV_PREFIX}CONFIG"

DESIGN_SIZE = (1080, 1920)
"""Width and height in pixels that the screens are designed for."""

NO_CAMERA = "none"


class KioskConfigError(SettingsError):
    """The settings are wrong; the message is one sentence that names the first mistake."""


class KioskConfig(DeviceSettings):
    """The settings of a kiosk. Names of durations end with their unit."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")
    error: ClassVar[type[SettingsError]] = KioskConfigError

    camera: str = Field(
        default="device:0",
        min_length=1,
        description="Where pictures come from: device:N, video:FILE, folder:DIR, watch:DIR, or none",
    )
    camera_width: int = Field(
        default=1280, ge=160, le=4096, description="Width asked of the camera, in pixels"
    )
    camera_height: int = Field(
        default=720, ge=120, le=4096, description="Height asked of the camera, in pixels"
    )
    camera_fps: float = Field(default=30.0, ge=1, le=120, description="Pictures per second asked of it")
    camera_exposure: str | float = Field(
        default="auto",
        description="auto (the camera decides), adaptive (the kiosk decides), or milliseconds per picture",
    )
    camera_focus: str | float = Field(
        default="auto", description="auto, or a distance in the camera's own steps"
    )
    camera_mirror: bool = Field(
        default=True, description="Show the preview mirrored, as people know it; decoding is not affected"
    )

    camera_at: CameraAt = Field(
        default=CameraAt.NONE,
        description="Where visitors find the camera: top, below, left or right of the screen; none draws no arrow",
    )
    slot_at: CameraAt = Field(
        default=CameraAt.NONE,
        description="Where visitors find the slot that gives the ticket: top, below, left or right of the screen, or none",
    )
    reduced_motion: bool = Field(
        default=False, description="Show the drawing of what to hold where as one still picture"
    )

    scanner: str = Field(
        default="keyboard",
        pattern=r"^(none|keyboard|serial:\S+)$",
        description="A hand scanner: keyboard (it types), serial:/dev/… (it sends lines), or none",
    )
    scanner_baud: int = Field(
        default=9600, ge=1200, le=921600, description="Speed of a serial hand scanner; USB ones ignore it"
    )

    printer_host: str = Field(default="127.0.0.1", min_length=1, description="Address of the network printer")
    printer_port: int = Field(default=9100, ge=1, le=65535, description="TCP port of the network printer")
    printer_confirm: Literal["auto", "process_id", "status"] = Field(
        default="auto",
        description="By which answer the printer says that a ticket is out: process_id, status, or what it knows",
    )
    printer_watch_seconds: float = Field(
        default=5.0, description="Pause between two looks at the printer while nothing is printed; 0 for none"
    )
    paper_width: Literal[58, 80] = Field(default=80, description="Width of the paper roll in millimetres")

    language: Language = Field(
        default=Language.JAPANESE, description="What the machine speaks to a new visitor"
    )
    ticket_seconds: float = Field(
        default=30.0,
        ge=25,
        description="How long the ticket screen stays after printing or a touch; for the last 20 s it says so",
    )
    ticket_settle_seconds: float = Field(
        default=2.0, ge=0, description="How long a ticket stays before another notice may replace it"
    )
    ticket_unprinted_seconds: float = Field(
        default=60.0,
        ge=25,
        description="How long it stays while it is printed, and where the paper failed or nothing is known",
    )
    trouble_seconds: float = Field(
        default=20.0,
        ge=5,
        description="Without a tap for this long on a screen that gives no number, the visitor is asked",
    )
    keypad_seconds: float = Field(
        default=60.0, ge=20, description="Without a key for this long, the visitor is asked to go on"
    )
    keypad_warning_seconds: float = Field(
        default=20.0, ge=20, description="Time to answer that question (WCAG 2.2.1)"
    )

    width: int = Field(default=1080, ge=270, le=4320, description="Width of the window in pixels")
    height: int = Field(default=1920, ge=480, le=7680, description="Height of the window in pixels")
    scale: float | None = Field(
        default=None,
        ge=0.2,
        le=4,
        description="Size of everything against the design of 1080×1920; by default what fits the window",
    )
    max_fps: int = Field(default=30, ge=5, le=60, description="Turns of the screen's loop per second")
    preview_fps: int = Field(
        default=30, ge=1, le=30, description="Camera pictures shown per second while something moves"
    )
    sound: bool = Field(default=True, description="A short sound when a number was given or a code refused")

    @field_validator("camera_exposure", "camera_focus", mode="before")
    @classmethod
    def _word_or_number(cls, value: object, info: ValidationInfo) -> str | float:
        """Read one of the allowed words, or a number in its range, which may come as text from the environment."""
        exposure = info.field_name == "camera_exposure"
        words, least, most = ({AUTO, ADAPTIVE}, 0.1, 1000.0) if exposure else ({AUTO}, 0.0, 100_000.0)
        if isinstance(value, str) and value in words:
            return value
        try:
            number = float(str(value))
        except ValueError:
            number = nan
        if isinstance(value, bool) or not least <= number <= most:
            raise ValueError(
                f"it should be {' or '.join(sorted(words))}, or a number from {least:g} to {most:g}"
            )
        return number

    @field_validator("printer_watch_seconds")
    @classmethod
    def _never_or_a_pause(cls, value: float) -> float:
        """Allow 0 (no checks of the printer), or a pause long enough to leave the printer free most of the time."""
        if value != 0 and not 1 <= value <= 600:
            raise ValueError("it should be 0, or a number from 1 to 600")
        return value

    @property
    def has_camera(self) -> bool:
        """Whether this kiosk has a camera; without one visitors type their number."""
        return self.camera != NO_CAMERA

    @property
    def scanner_port(self) -> str | None:
        """The serial port of a hand scanner, if there is one."""
        kind, _, where = self.scanner.partition(":")
        return where if kind == "serial" else None

    @property
    def window_scale(self) -> float:
        """Scale of all sizes against the design."""
        if self.scale is not None:
            return self.scale
        return min(self.width / DESIGN_SIZE[0], self.height / DESIGN_SIZE[1])

    @property
    def durations(self) -> Durations:
        """How long screens stay."""
        return Durations(
            ticket=self.ticket_seconds,
            ticket_settle=self.ticket_settle_seconds,
            ticket_unprinted=self.ticket_unprinted_seconds,
            trouble=self.trouble_seconds,
            keypad=self.keypad_seconds,
            keypad_warning=self.keypad_warning_seconds,
        )


def load_kiosk_config(config: Path | None = None, **overrides: object) -> KioskConfig:
    """Read the settings.

    Args:
        config: a TOML file; without one the file named by ``UKETSUKE_KIOSK_CONFIG``, if any.
        overrides: values from the command line; ``None`` means not given.

    Raises:
        KioskConfigError: a file is missing or a value is wrong.
    """
    return read_settings(KioskConfig, config, CONFIG_ENV, overrides)
