"""What devices read and write for themselves: their token, sounds, pictures of their window."""

import wave
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field

from backend.common import SettingsError
from backend.common.device_kit.device_settings import DeviceSettings
from backend.common.device_kit.sound_player import write_sound
from backend.common.device_kit.window_picture import picture_of


class Device(DeviceSettings):
    """A device with a small window."""

    width: int = Field(default=4)
    height: int = Field(default=2)


def test_a_token_is_read_without_the_line_end_of_its_file(tmp_path: Path) -> None:
    """Protects whoever writes the token with an editor from a device that the server does not know."""
    file = tmp_path / "token"
    file.write_text("kiosk.abc\n", "utf-8")
    assert Device(token_file=file).read_token() == "kiosk.abc"


@pytest.mark.parametrize("content", ["", " \n", "kiosk.あ", "two\nlines"])
def test_what_is_no_token_is_said_before_the_server_is_asked(tmp_path: Path, content: str) -> None:
    """Protects from a device that is refused again and again for an empty or damaged file."""
    file = tmp_path / "token"
    file.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match="empty or has characters"):
        Device(token_file=file).read_token()
    with pytest.raises(SettingsError, match="cannot be read"):
        Device(token_file=tmp_path / "missing").read_token()
    with pytest.raises(SettingsError, match="no device token"):
        Device().read_token()


def test_a_sound_is_one_channel_of_the_samples_that_were_given(tmp_path: Path) -> None:
    """Protects the chime from being played twice as fast, or as noise."""
    with wave.open(str(write_sound(tmp_path / "a.wav", [0, 1000, -1000], 16_000)), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        assert file.readframes(3) == b"\x00\x00\xe8\x03\x18\xfc"


def test_a_window_stands_upright_on_its_picture() -> None:
    """Protects the pictures of the papers: OpenGL counts rows from below."""

    class Window:
        """Two rows of a red and a blue pixel each."""

        size = (2, 2)
        drawn: ClassVar[list[str]] = []

        def dispatch(self, event: str) -> None:
            """Draw."""
            self.drawn.append(event)

    class OpenGl:
        """Gives what the window shows, the lowest row first."""

        GL_RGB = GL_UNSIGNED_BYTE = 0

        def glReadPixels(self, *_: Any) -> bytes:  # noqa: N802 - OpenGL's name
            """The pixels."""
            return bytes([255, 0, 0] * 2 + [0, 0, 255] * 2)

    picture = picture_of(Window(), OpenGl())
    assert Window.drawn == ["on_draw"]
    assert (picture.getpixel((0, 0)), picture.getpixel((0, 1))) == ((0, 0, 255), (255, 0, 0))
