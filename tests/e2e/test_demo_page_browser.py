"""The demonstration's page in a real browser: what is clicked is tapped, what is typed stays, and nothing lies on anything."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from backend.demo.page import DemoStage
from backend.demo.page_server import serving_page
from backend.demo.visitors import Sample
from kiosk.camera.frame import picture_files
from tests.support import wait_until


@dataclass
class Glass:
    """A screen that remembers where it was touched."""

    size: tuple[int, int]
    display: str
    taps: list[tuple[int, int]] = field(default_factory=list)

    def frame(self) -> Image.Image:
        """One colour, another one after every touch."""
        return Image.new("RGB", self.size, (20, 60, 40 * len(self.taps) % 256))

    def tap(self, x: int, y: int) -> None:
        """Remember the place."""
        self.taps.append((x, y))


@dataclass
class Open:
    """The page, open, and what is behind it."""

    page: Page
    kiosk: Glass
    camera: Path


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """A page with both screens, 16 notices and more tickets than fit; a script error fails the test."""
    for name in ("notices", "camera", "printer"):
        (tmp_path / name).mkdir()
    samples = []
    for number in range(16):
        picture = tmp_path / "notices" / f"{number:08}.png"
        Image.new("L", (165, 234), 240).save(picture)
        samples.append(
            Sample(picture.stem, picture, f"on time, number {number} with a rather long description")
        )
        Image.new("L", (576, 1000), 255).save(tmp_path / "printer" / f"{number + 1:03}.png")
    kiosk, hall = Glass((1080, 1920), ":4"), Glass((1920, 1080), ":5")
    links = (("Clerk's page", "http://127.0.0.1:8710/clerk", "clerk01 / a-password"),)
    stage = DemoStage(
        {"kiosk": kiosk, "hall": hall}, samples, tmp_path / "camera", tmp_path / "printer", links
    )
    troubles: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(message.text)

    with serving_page(stage, 0) as address:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.on("console", listen)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(address)
        for name in ("kiosk", "hall"):
            page.locator(f"#{name} img[src^='blob:']").wait_for()
        yield Open(page, kiosk, tmp_path / "camera")
        page.close()
    assert troubles == []


def test_a_click_is_a_tap_at_that_place_of_the_screen(opened: Open) -> None:
    """The picture is smaller than the screen; what is hit is what was aimed at, to the width of a finger."""
    box = opened.page.locator("#kiosk .screen").bounding_box()
    assert box is not None
    aims = ((0.03, 0.02), (0.5, 0.78), (0.97, 0.98))
    for across, down in aims:
        opened.page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    wait_until(lambda: len(opened.kiosk.taps) == len(aims))
    for (x, y), (across, down) in zip(opened.kiosk.taps, aims, strict=True):
        assert abs(x - 1080 * across) < 8
        assert abs(y - 1920 * down) < 8


def test_keys_move_a_mark_and_tap_and_nothing_else_is_passed_on(opened: Open) -> None:
    """Without a mouse the kiosk can be tapped; what somebody types reaches no screen."""
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.append(request.method))
    screen = opened.page.locator("#kiosk .screen")
    screen.focus()
    opened.page.keyboard.type("madoguchi-123")
    for _ in range(4):
        opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("ArrowUp")
    opened.page.keyboard.press("Enter")
    wait_until(lambda: len(opened.kiosk.taps) == 1)
    x, y = opened.kiosk.taps[0]
    assert abs(x - 1080 * 0.6) < 4
    assert abs(y - 1920 * 0.475) < 4
    assert asked.count("POST") == 1


def test_a_notice_is_held_up_by_its_button(opened: Open) -> None:
    """One press puts one picture before the camera and says so, also to whoever hears the page."""
    opened.page.get_by_role("button", name="number 7 ").click()
    expect(opened.page.locator("#said")).to_have_text(
        "Held up: on time, number 7 with a rather long description."
    )
    assert len(picture_files(opened.camera)) == 1


@pytest.mark.parametrize("width", [1920, 1440, 1200, 1000, 640, 400])
def test_nothing_lies_on_anything_at_any_width(opened: Open, width: int) -> None:
    """Every notice's button can be pressed, every part is in view, and the page never scrolls sideways."""
    opened.page.set_viewport_size({"width": width, "height": 900})
    buttons = opened.page.locator("#samples button")
    expect(buttons).to_have_count(16)
    for place in (0, 8, 15):
        buttons.nth(place).click(timeout=5000)
    wait_until(lambda: len(picture_files(opened.camera)) == 3)
    boxes = [opened.page.locator(part).bounding_box() for part in ("#kiosk", "#hall", "#paper", ".side")]
    for box in boxes:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    widest = opened.page.evaluate_handle("document.documentElement").get_property("scrollWidth").json_value()
    assert widest <= width
