"""One visit, end to end: ``uketsuke demo --once`` through real processes, and what it leaves behind."""

import json
import os
import re
import subprocess
import unicodedata
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image, ImageChops

from backend.demo.evidence import MARK as OF_A_VISIT
from backend.demo.timeline import PlayedKind, due_steps
from backend.exchange import sample_people
from kiosk.virtual.escpos_paper import render
from kiosk.virtual.escpos_reader import EscposReader
from tests.played_support import DEADLINE_SECONDS, MARK, UKETSUKE, Played, decoded, left_behind, play

pytestmark = pytest.mark.timeout(900)

TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One visit, played for all tests of this file, into a folder with an older visit and a file of somebody's."""
    out = tmp_path_factory.mktemp("visit") / "out"
    (out / "frames").mkdir(parents=True)
    (out / OF_A_VISIT).touch()
    (out / "frames" / "999.jpg").write_bytes(b"old")
    (out / "ticket.bin").write_bytes(b"old")
    (out / "notes.txt").write_text("mine", "utf-8")
    return play(out)


def test_every_step_happened_in_the_order_of_a_visit(played: Played) -> None:
    """The timeline tells each step once, in order of time, each after what made it happen."""
    steps = [moment["step"] for moment in played.timeline()]
    assert all(moment.keys() == {"step", "at", "ticket"} for moment in played.timeline())
    assert sorted(steps) == sorted(step.value for step, _ in due_steps(PlayedKind.ALONE))
    at = played.times()
    assert list(at.values()) == sorted(at.values())
    assert played.began < at["notice_seen"] < at["checked_in"] < at["printed"]
    assert at["checked_in"] < at["waiting_shown"] < at["called"] < at["call_shown"]
    assert (
        at["called"] < at["documents_complete"] < at["handed_over"] < at["called_to_issuance"] < at["issued"]
    )
    assert at["issued"] < played.ended


def test_one_ticket_number_goes_all_the_way(played: Played) -> None:
    """Kiosk, printer, server and hall display speak of the same visitor."""
    numbers = {moment["ticket"] for moment in played.timeline()}
    assert len(numbers) == 1
    number = numbers.pop()
    assert re.fullmatch(r"M-\d{3}", number)
    assert number in played.said
    for log, events in {
        "kiosk": ("checked_in", "ticket_printed", "screen_shown"),
        "display": ("call_shown",),
    }.items():
        text = (played.out / "logs" / f"{log}.log").read_text("utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        for event in events:
            assert number in {line.get("ticket") for line in lines if line["event"] == event}, event


def test_the_camera_saw_the_notice_that_was_printed(played: Played) -> None:
    """The frames show the very code of the notice, which nobody could read at first."""
    printed = decoded(played.picture("notice.png"))
    assert len(printed) == 1
    assert printed[0].isascii()
    frames = sorted((played.out / "frames").iterdir())
    assert len(frames) >= 20
    seen = []
    for frame in frames:
        with Image.open(frame) as picture:
            assert picture.size == (1280, 720)
            seen.append(decoded(picture.convert("RGB")))
    assert seen[0] == []
    assert seen[-1] == printed
    assert {text for codes in seen for text in codes} == set(printed)


def test_the_ticket_is_what_the_printer_received(played: Played) -> None:
    """The bytes are an ESC/POS job that, rendered, is the picture beside it: paper with something on it."""
    job = (played.out / "ticket.bin").read_bytes()
    assert job.startswith(b"\x1b@")
    paper = render(list(EscposReader().feed(job))).convert("RGB")
    ticket = played.picture("ticket.png")
    assert ticket.size == paper.size
    assert ImageChops.difference(ticket, paper).getbbox() is None
    assert ticket.width >= 384
    assert ticket.height > ticket.width
    dark = ticket.convert("L").histogram()[:128]
    assert 0.02 < sum(dark) / (ticket.width * ticket.height) < 0.5


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("kiosk-welcome.png", (1080, 1920)),
        ("kiosk-ticket.png", (1080, 1920)),
        ("hall-waiting.png", (1920, 1080)),
        ("hall-called.png", (1920, 1080)),
        ("clerk-checklist.png", (1440, 900)),
        ("staff.png", (1440, 900)),
    ],
)
def test_the_windows_and_pages_really_showed_something(
    played: Played, name: str, size: tuple[int, int]
) -> None:
    """A black or empty window would have answered every command too."""
    picture = played.picture(name)
    if name.startswith(("kiosk", "hall")):
        assert picture.size == size
    else:
        assert picture.width == size[0]
        assert picture.height >= size[1]
    colours = picture.getcolors(picture.width * picture.height)
    assert colours is not None
    assert len(colours) > 50
    assert max(count for count, _ in colours) < 0.97 * picture.width * picture.height


@pytest.mark.parametrize(
    ("before", "after"),
    [("kiosk-welcome.png", "kiosk-ticket.png"), ("hall-waiting.png", "hall-called.png")],
)
def test_the_windows_changed_with_the_visit(played: Played, before: str, after: str) -> None:
    """A frozen window that looks alive is what nobody wants."""
    first, second = played.picture(before).convert("L"), played.picture(after).convert("L")
    changed = sum(ImageChops.difference(first, second).histogram()[32:])
    assert changed > 0.02 * first.width * first.height


def test_nothing_personal_stands_in_any_log(played: Played) -> None:
    """No name of the invented people, no twelve digits, no code of the notice in what the parts wrote."""
    logs = unicodedata.normalize("NFKC", played.logs())
    names = [name for pair in (*sample_people.FAMILY_NAMES, *sample_people.GIVEN_NAMES) for name in pair]
    names += [name for names in sample_people.FOREIGN_NAMES for name in names if name]
    assert [name for name in names if unicodedata.normalize("NFKC", name) in logs] == []
    assert TWELVE_DIGITS.findall(logs) == []
    assert decoded(played.picture("notice.png"))[0] not in logs


def test_an_older_visit_was_replaced_and_nothing_else_touched(played: Played) -> None:
    """The folder holds this visit only, and what was not ours stays."""
    assert not (played.out / "frames" / "999.jpg").exists()
    assert (played.out / "ticket.bin").read_bytes() != b"old"
    assert (played.out / "notes.txt").read_text("utf-8") == "mine"


def test_no_process_is_left(played: Played) -> None:
    """Servers, windows, screens and browser end with the visit."""
    assert left_behind(played.mark) == []


def test_a_visit_that_cannot_be_played_fails_in_one_sentence(tmp_path: Path) -> None:
    """Without a browser there is no visit: exit code 1, what to install, where the logs are, no process left."""
    mark = uuid4().hex
    done = subprocess.run(
        [UKETSUKE, "demo", "--once", "--out", str(tmp_path / "out")],
        env={**os.environ, MARK: mark, "PATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "install the Debian package chromium" in done.stderr
    assert str(tmp_path / "out" / "logs") in done.stderr
    assert left_behind(mark) == []
