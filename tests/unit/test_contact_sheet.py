"""The book of pictures: what its index lists is what is there, and only its own pictures are replaced."""

import json
from pathlib import Path

import pytest
from PIL import Image

from backend.common.device_kit.contact_sheet import THUMB, PictureBook
from backend.common.output_files import FolderTakenError


def picture(colour: str, size: tuple[int, int] = (540, 960)) -> Image.Image:
    """A screen of one colour."""
    return Image.new("RGB", size, colour)


def files(folder: Path) -> set[str]:
    """Every file under a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def a_book(folder: Path) -> PictureBook:
    """Three pictures in two languages."""
    book = PictureBook(folder, "Screens <all>")
    book.add(picture("red"), "welcome", "ja")
    book.add(picture("blue"), "ticket", "ja")
    book.add(picture("red"), "welcome", "ja-easy")
    return book


def test_the_index_lists_what_is_there(tmp_path: Path) -> None:
    """Protects whoever reads the index by program or by eye: each picture once, in order, with scene and language."""
    a_book(tmp_path).finish()
    rows = json.loads((tmp_path / "index.json").read_text("utf-8"))
    assert rows == [
        {"file": "ja/01-welcome.png", "scene": "welcome", "language": "ja"},
        {"file": "ja/02-ticket.png", "scene": "ticket", "language": "ja"},
        {"file": "ja-easy/01-welcome.png", "scene": "welcome", "language": "ja-easy"},
    ]
    others = {"index.json", "index.html", "contact-ja.png", "contact-ja-easy.png"}
    assert files(tmp_path) == {row["file"] for row in rows} | others
    page = (tmp_path / "index.html").read_text("utf-8")
    assert all(f'src="{row["file"]}"' in page for row in rows)
    assert "<title>Screens &lt;all&gt;</title>" in page


def test_a_sheet_shows_every_picture_of_its_language(tmp_path: Path) -> None:
    """Protects against a picture that nobody sees: each is on the sheet, whole, whatever its shape."""
    book = PictureBook(tmp_path, "Screens")
    sizes = {"#ff0000": (540, 960), "#00ff00": (1920, 1080), "#0000ff": (576, 1300), "#ffff00": (30, 20)}
    for colour, size in sizes.items():
        book.add(picture(colour, size), "scene", "ja")
    book.finish()
    with Image.open(tmp_path / "contact-ja.png") as sheet:
        colours = {colour: count for count, colour in sheet.getcolors(sheet.width * sheet.height) or ()}
    for colour, (width, height) in sizes.items():
        shrunk = min(1.0, THUMB / max(width, height))
        wanted = width * height * shrunk**2
        seen = colours[tuple(bytes.fromhex(colour[1:]))]
        assert abs(seen - wanted) <= 0.01 * wanted


def test_an_earlier_book_goes_and_nothing_else(tmp_path: Path) -> None:
    """Protects files of other people in the folder, and readers from pictures of yesterday."""
    a_book(tmp_path).finish()
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / "ja" / "mine.png").write_bytes(b"mine")
    outside = tmp_path.parent / "outside.png"
    outside.write_bytes(b"mine")
    beyond = {"file": "../outside.png", "scene": "welcome", "language": "ja"}
    rows = [*json.loads((tmp_path / "index.json").read_text("utf-8")), beyond]
    (tmp_path / "index.json").write_text(json.dumps(rows), "utf-8")
    PictureBook(tmp_path, "Screens")
    assert files(tmp_path) == {"notes.txt", "ja/mine.png"}
    assert outside.read_bytes() == b"mine"
    assert not (tmp_path / "ja-easy").exists()


def test_a_book_that_was_ended_half_way_is_replaced(tmp_path: Path) -> None:
    """Protects a second run after one that was killed: the index lists a picture before it is drawn."""
    a_book(tmp_path)
    assert len(json.loads((tmp_path / "index.json").read_text("utf-8"))) == 3
    assert len(a_book(tmp_path).finish()) == 3


@pytest.mark.parametrize("content", ["[{", "{}", '[{"file": "ja/01-welcome.png"}]', "[7]"])
def test_an_index_of_another_program_is_left_alone(tmp_path: Path, content: str) -> None:
    """Protects a site's or a program's own index.json, and the pictures that it lists."""
    (tmp_path / "ja").mkdir()
    theirs = {"index.json": content, "ja/01-welcome.png": "theirs"}
    for name, written in theirs.items():
        (tmp_path / name).write_text(written, "utf-8")
    with pytest.raises(FolderTakenError, match=r"index\.json was not made by an earlier run"):
        PictureBook(tmp_path, "Screens")
    assert {name: (tmp_path / name).read_text("utf-8") for name in files(tmp_path)} == theirs


@pytest.mark.parametrize("name", ["index.html", "contact-ja.png", "ja/01-welcome.png"])
def test_no_file_of_somebody_else_becomes_a_picture(tmp_path: Path, name: str) -> None:
    """Protects every file that stands where a picture, a sheet or the page would."""
    (tmp_path / "ja").mkdir()
    (tmp_path / name).write_text("theirs", "utf-8")
    with pytest.raises(FolderTakenError, match="left alone"):
        a_book(tmp_path)
    assert (tmp_path / name).read_text("utf-8") == "theirs"
