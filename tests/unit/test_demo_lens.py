"""Looking at a virtual screen: one picture for everybody who looks at once, and a mark that changes with it."""

import io
from dataclasses import dataclass

import pytest
from PIL import Image

from backend.demo.lens import Lens, jpeg


@dataclass
class Glass:
    """A screen of one colour that counts how often it is read."""

    colour: int = 0
    looks: int = 0
    size: tuple[int, int] = (30, 20)
    display: str = ":7"

    def frame(self) -> Image.Image:
        """What it shows now."""
        self.looks += 1
        return Image.new("RGB", self.size, (self.colour,) * 3)

    def tap(self, x: int, y: int) -> None:
        """Nobody taps here."""
        raise AssertionError((x, y))


def test_everybody_who_looks_at_once_sees_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many browsers cost one look at the screen; a picture that has grown old is taken anew, and has another mark."""
    now = [100.0]
    monkeypatch.setattr("backend.demo.lens.time.monotonic", lambda: now[0])
    glass = Glass()
    looking = Lens(glass)
    first = looking.look()
    glass.colour = 200
    now[0] += 0.1
    assert (looking.look(), glass.looks) == (first, 1)
    now[0] += 0.1
    picture, mark = looking.look()
    assert (picture.getpixel((0, 0)), mark != first[1], glass.looks) == ((200, 200, 200), True, 2)
    now[0] += 1
    assert (looking.look()[1], glass.looks) == (mark, 3)


def test_after_a_tap_the_next_look_is_a_new_one() -> None:
    """Who taps sees what the tap did, not what was there before."""
    glass = Glass()
    looking = Lens(glass)
    looking.look()
    looking.forget()
    looking.look()
    assert glass.looks == 2


@pytest.mark.parametrize(("width", "size"), [(300, (300, 200)), (150, (150, 100)), (1, (1, 1))])
def test_a_picture_keeps_its_shape_at_every_width(width: int, size: tuple[int, int]) -> None:
    """A tap on a smaller picture must meet the same place of the screen."""
    with Image.open(io.BytesIO(jpeg(Image.new("RGB", (300, 200)), width))) as made:
        assert (made.format, made.size) == ("JPEG", size)
