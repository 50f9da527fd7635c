"""The demonstration's page over a real socket: whom it lets in, what it taps, and what it never gives out."""

import io
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import httpx2
import numpy as np
import pytest
from PIL import Image

from backend.demo.errors import DemoError
from backend.demo.page import TICKETS_SHOWN, DemoStage
from backend.demo.page_server import serving_page
from backend.demo.visitors import Sample
from kiosk.camera.frame import picture_files

SIZE = (320, 480)


@dataclass
class Glass:
    """A screen of one colour that remembers where it was touched."""

    size: tuple[int, int] = SIZE
    display: str = ":7"
    colour: tuple[int, int, int] = (200, 30, 30)
    broken: bool = False
    looks: int = 0
    taps: list[tuple[int, int]] = field(default_factory=list)

    def frame(self) -> Image.Image:
        """What it shows."""
        if self.broken:
            raise DemoError("the virtual screen cannot be read")
        self.looks += 1
        return Image.new("RGB", self.size, self.colour)

    def tap(self, x: int, y: int) -> None:
        """Remember the place, as a screen that refuses what lies beside it."""
        if not (0 <= x < self.size[0] and 0 <= y < self.size[1]):
            raise ValueError
        self.taps.append((x, y))


@dataclass
class Visit:
    """Somebody with the page open."""

    address: str
    glass: Glass
    folder: Path
    browser: httpx2.Client

    @property
    def origin(self) -> str:
        """Scheme, host and port of the page."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask for something of the page."""
        return self.browser.get(self.address + path, headers=named(headers))

    def post(self, path: str, body: object, **headers: str) -> httpx2.Response:
        """Give a command as the page's script does."""
        told = {"Content-Type": "application/json", "Origin": self.origin, **named(headers)}
        return self.browser.post(self.address + path, content=json.dumps(body), headers=told)


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Names of headers from names of arguments."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A page with one screen, one printed notice, one that is still to be printed, a camera and a printer."""
    for name in ("notices", "camera", "printer"):
        (tmp_path / name).mkdir()
    sheet = tmp_path / "notices" / "12345679.png"
    Image.new("L", (827, 1170), 230).save(sheet)
    (tmp_path / "secret.png").write_bytes(sheet.read_bytes())
    samples = (
        Sample("12345679", sheet, "on time"),
        Sample("87654321", tmp_path / "notices" / "87654321.png", "late"),
    )
    glass = Glass()
    stage = DemoStage(
        screens={"kiosk": glass},
        samples=samples,
        camera=tmp_path / "camera",
        printer=tmp_path / "printer",
        links=(("Clerk's page", "http://127.0.0.1:8710/clerk", "clerk01 / password"),),
    )
    with serving_page(stage, 0) as address, httpx2.Client(trust_env=False) as browser:
        yield Visit(address, glass, tmp_path, browser)


def test_it_listens_on_the_loopback_only(visit: Visit) -> None:
    """Nobody in the network reaches the screens."""
    host, port = urlsplit(visit.address).hostname, urlsplit(visit.address).port
    assert host == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port or 0), timeout=2):
        pass


@pytest.mark.parametrize("path", ["", "state", "page.js", "screens/kiosk.jpg", "icon.svg"])
def test_without_the_secret_there_is_nothing(visit: Visit, path: str) -> None:
    """Another person on this machine, who can guess the port, sees and taps nothing."""
    own = urlsplit(visit.address).path[1:-1]
    another = own[:-1] + ("y" if own.endswith("x") else "x")
    for secret in ("", "x/", f"{another}/", "%2e%2e/"):
        answer = visit.browser.get(f"{visit.origin}/{secret}{path}")
        assert answer.status_code == 404
        assert answer.text == "there is nothing here"
    assert visit.get(path).status_code == 200
    assert visit.browser.post(f"{visit.origin}/screens/kiosk/tap", json={"x": 1, "y": 1}).status_code == 404
    assert visit.glass.taps == []


def test_two_demonstrations_have_two_secrets(visit: Visit) -> None:
    """The secret of yesterday opens nothing today."""
    with serving_page(DemoStage({}, (), None, None, ()), 0) as other:
        assert urlsplit(other).path != urlsplit(visit.address).path
        assert len(urlsplit(other).path) > 20


@pytest.mark.parametrize(
    "host", ["counter.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "[::1]:{port}", ""]
)
def test_another_name_for_this_machine_is_refused(visit: Visit, host: str) -> None:
    """A page elsewhere whose name is made to lead here reads and taps nothing, even with the secret."""
    port = str(urlsplit(visit.address).port)
    told = host.replace("{port}", port)
    assert visit.get("state", Host=told).status_code in {400, 403}
    assert visit.post(
        "screens/kiosk/tap", {"x": 1, "y": 1}, Host=told, Origin=f"http://{told}"
    ).status_code in {400, 403}
    assert visit.glass.taps == []


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "https://127.0.0.1:{port}"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
])  # fmt: skip
def test_another_page_in_the_same_browser_is_refused(visit: Visit, headers: dict[str, str]) -> None:
    """What does not come from our own page neither taps nor holds anything up."""
    port = str(urlsplit(visit.address).port)
    told = {name: value.replace("{port}", port) for name, value in headers.items()}
    assert visit.post("screens/kiosk/tap", {"x": 1, "y": 1}, **told).status_code == 403
    assert visit.post("samples/12345679/hold-up", {}, **told).status_code == 403
    assert visit.get("state", **told).status_code == 403
    assert visit.glass.taps == []
    assert picture_files(visit.folder / "camera") == []


def test_a_link_on_a_console_in_a_browser_opens_it(visit: Visit) -> None:
    """Opening the address is allowed wherever the link stood; the script of that place still reads nothing."""
    opened = visit.get("", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
    framed = visit.get("", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe")
    assert (opened.status_code, framed.status_code) == (200, 403)
    assert "frame-ancestors 'none'" in opened.headers["content-security-policy"]
    assert opened.headers["referrer-policy"] == "no-referrer"
    assert opened.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_form_is_no_command(visit: Visit, kind: str) -> None:
    """What a form of any page can send without asking first is not understood."""
    assert visit.post("screens/kiosk/tap", {"x": 1, "y": 1}, Content_Type=kind).status_code == 415
    assert visit.glass.taps == []


def test_a_tap_reaches_the_place_that_was_clicked(visit: Visit) -> None:
    """The corners are on the screen, and the order stays."""
    for x, y in ((0, 0), (319, 479), (17, 230)):
        assert visit.post("screens/kiosk/tap", {"x": x, "y": y}).status_code == 204
    assert visit.glass.taps == [(0, 0), (319, 479), (17, 230)]


@pytest.mark.parametrize("body", [
    {"x": 320, "y": 0}, {"x": 0, "y": 480}, {"x": -1, "y": 0}, {"x": 0, "y": -1}, {"x": 10**30, "y": 0},
    {"x": 1.5, "y": 0}, {"x": "1", "y": 0}, {"x": True, "y": 0}, {"x": None, "y": 0}, {"x": float("nan"), "y": 0},
    {"x": 1}, {}, [], "tap", None, {"x": 1, "y": 1, "key": "Return"}, {"key": "a"}, {"x": 1, "y": 1, "button": 3},
])  # fmt: skip
def test_what_is_no_place_on_the_screen_taps_nothing(visit: Visit, body: object) -> None:
    """Beside the screen, half a pixel, a key, another button: nothing of it is passed on."""
    assert visit.post("screens/kiosk/tap", body).status_code == 422
    assert visit.glass.taps == []


def test_a_long_command_is_not_read_to_its_end(visit: Visit) -> None:
    """Nobody fills the memory of the machine."""
    assert visit.post("screens/kiosk/tap", {"x": 1, "y": 1, "z": "0" * 5000}).status_code == 413


def test_a_screen_is_looked_at_only_while_somebody_looks(visit: Visit) -> None:
    """No pictures are made while no browser asks, and one that was seen already is not sent again."""
    visit.get("state")
    assert visit.glass.looks == 0
    first = visit.get("screens/kiosk.jpg?width=200")
    picture = Image.open(io.BytesIO(first.content))
    assert (picture.format, picture.size) == ("JPEG", (200, 300))
    red, green, blue = np.asarray(picture).reshape(-1, 3).mean(axis=0)
    assert red > 180
    assert max(green, blue) < 60
    mark = first.headers["x-mark"]
    assert visit.get(f"screens/kiosk.jpg?seen={mark}").status_code == 204
    visit.glass.colour = (0, 0, 0)
    visit.post("screens/kiosk/tap", {"x": 1, "y": 1})
    assert visit.get(f"screens/kiosk.jpg?seen={mark}").status_code == 200, (
        "what a tap changed is seen at once"
    )


@pytest.mark.parametrize(
    ("width", "given"),
    [("99999", 320), ("1", 160), ("-5", 320), ("x", 320), ("", 320), ("²", 320), ("9" * 400, 320)],
)
def test_no_width_makes_a_picture_larger_than_the_screen(visit: Visit, width: str, given: int) -> None:
    """Whatever is asked for, the picture has a size that the machine bears."""
    answer = visit.get(f"screens/kiosk.jpg?width={width}")
    assert Image.open(io.BytesIO(answer.content)).size[0] == given


def test_a_screen_that_is_gone_is_said_and_not_crashed_on(visit: Visit) -> None:
    """While everything ends the page gets a refusal that it understands."""
    visit.glass.broken = True
    assert visit.get("screens/kiosk.jpg").status_code == 503


def test_holding_up_puts_whole_pictures_before_the_camera(visit: Visit) -> None:
    """Every press is one more picture in the camera's folder, and the notice itself stays."""
    for _ in range(3):
        assert visit.post("samples/12345679/hold-up", {}).status_code == 204
    held = picture_files(visit.folder / "camera")
    assert len(held) == 3
    for file in held:
        assert cv2.imread(str(file)) is not None
    assert (visit.folder / "notices" / "12345679.png").is_file()


def test_what_is_not_printed_yet_is_not_held_up(visit: Visit) -> None:
    """The page says so, and nothing half lies before the camera."""
    told = {one["name"]: one["printed"] for one in visit.get("state").json()["samples"]}
    assert told["12345679"] is not None
    assert told["87654321"] is None
    assert visit.post("samples/87654321/hold-up", {}).status_code == 409
    assert visit.get("samples/87654321.jpg").status_code == 404
    assert picture_files(visit.folder / "camera") == []


HOSTILE = [
    "..", "../secret", "..%2fsecret", "%2e%2e%2fsecret", "..%5csecret", "%2fetc%2fpasswd", "12345679%00", "12345679/..", "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_lead_nowhere(visit: Visit, name: str) -> None:
    """A name from outside never becomes a path: only what was prepared is shown or held up."""
    for path in (
        f"samples/{name}.jpg",
        f"tickets/{name}.png",
        f"tickets/{name}",
        f"screens/{name}.jpg",
        name,
    ):
        assert visit.get(path).status_code in {400, 404}, path
    for path in (f"samples/{name}/hold-up", f"screens/{name}/tap"):
        assert visit.post(path, {}).status_code in {400, 404, 405}
    assert picture_files(visit.folder / "camera") == []


def test_the_newest_tickets_are_shown_and_nothing_else_of_that_folder(visit: Visit) -> None:
    """Papers come as pictures, the newest first; bytes, modes and other files stay where they are."""
    printer = visit.folder / "printer"
    for number in range(1, 10):
        Image.new("L", (576, 900), 255).save(printer / f"{number:03}.png")
        (printer / f"{number:03}.bin").write_bytes(b"\x1b@")
    (printer / "mode").write_text("ok\n")
    (printer / "other.png").write_bytes(b"")
    shown = visit.get("state").json()["tickets"]
    assert shown == [f"{number:03}.png" for number in range(9, 9 - TICKETS_SHOWN, -1)]
    assert visit.get("tickets/009.png").headers["content-type"] == "image/png"
    for name in ("009.bin", "mode", "other.png", "010.png"):
        assert visit.get(f"tickets/{name}").status_code == 404


@pytest.mark.parametrize(
    ("mode", "status"), [("paper_out", 204), ("ok", 204), ("drop", 422), ("../x", 422), ("", 422)]
)
def test_paper_is_taken_out_and_put_in(visit: Visit, mode: str, status: int) -> None:
    """The two modes that a person at a printer knows, and no others."""
    assert visit.post("printer", {"mode": mode}).status_code == status
    file = visit.folder / "printer" / "mode"
    assert (file.read_text("utf-8").strip() if file.exists() else None) == (mode if status == 204 else None)


def test_without_virtual_devices_the_page_offers_none(tmp_path: Path) -> None:
    """With a real camera, printer and screen nothing can be held up, torn off or tapped from the page."""
    Image.new("L", (10, 10)).save(tmp_path / "1.png")
    stage = DemoStage({}, (Sample("1", tmp_path / "1.png", "on time"),), None, None, ())
    with serving_page(stage, 0) as address, httpx2.Client(trust_env=False) as browser:
        state = browser.get(f"{address}state").json()
        assert (state["screens"], state["camera"], state["printer"], state["tickets"]) == (
            [],
            False,
            False,
            [],
        )
        assert browser.post(f"{address}samples/1/hold-up", json={}).status_code == 409
        assert browser.get(f"{address}tickets/001.png").status_code == 404
