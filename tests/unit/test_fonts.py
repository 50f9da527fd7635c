"""Typefaces: which one has a character, what is drawn where none has it, and that every text of the product has one."""

import re
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from fontTools.ttLib import TTFont
from structlog.testing import capture_logs

from backend.__main__ import cli as uketsuke
from backend.common import fonts
from backend.common.catalogue import Catalogue, Language
from backend.common.fonts import (
    GETA,
    Typeface,
    drawable,
    file_of,
    has,
    in_one_face,
    runs,
    typeface_of,
    without_typeface,
)
from backend.common.shipped import ROOT, locate
from kiosk.__main__ import cli as kiosk
from queue_display.__main__ import command as display
from tests.catalogue_support import own_keys

NOWHERE = "\U0001f000"
"""A tile of mah-jong, which neither face has."""
DRAWN_AREAS = ("kiosk", "ticket", "display", "notice", "documents")
"""Areas whose texts stand on devices and papers; pages are drawn by a browser, which has faces of its own."""


def characters(typeface: Typeface, *, bold: bool = False) -> set[int]:
    """Every character of a face, as fontTools reads it."""
    with TTFont(file_of(typeface, bold=bold), fontNumber=0, lazy=True) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize("typeface", Typeface)
def test_a_face_is_known_as_it_is(typeface: Typeface) -> None:
    """Protects every choice of a face: has() agrees with the font file's own table, and bold has the same letters."""
    known = characters(typeface)
    assert known == characters(typeface, bold=True)
    asked = [
        *range(0x20, 0x3000, 7),
        *range(0x3000, 0xA000),
        *range(0xAC00, 0xD7A4, 5),
        *range(0x20000, 0x2A6D0),
    ]
    fonts.has.cache_clear()
    assert {code for code in asked if has(typeface, chr(code))} == known & set(asked)


def test_a_rare_kanji_is_drawn_by_the_other_face() -> None:
    """Protects 𠮷野: the letters of the language's face stay in it, and only the rare one comes from elsewhere."""
    assert runs("区𠮷野町1") == ((Typeface.UD, "区"), (Typeface.CJK, "𠮷"), (Typeface.UD, "野町1"))
    assert in_one_face("𠮷野町") == (Typeface.CJK, "𠮷野町")
    assert in_one_face("吉野町") == (Typeface.UD, "吉野町")
    assert in_one_face("신주쿠", Typeface.CJK) == (Typeface.CJK, "신주쿠")
    assert in_one_face("요쓰야") == (Typeface.CJK, "요쓰야")
    assert runs("") == ()
    assert in_one_face("") == (Typeface.UD, "")


def test_what_no_face_has_is_seen_to_be_missing_and_told_once() -> None:
    """Protects against a box, against a gap that nobody sees, and against a log that fills."""
    for cached in (drawable, in_one_face, runs, fonts._tell):
        cached.cache_clear()
    with capture_logs() as logs:
        assert drawable(f"野{NOWHERE}町") == f"野{GETA}町"
        assert runs(f"野{NOWHERE}") == ((Typeface.UD, f"野{GETA}"),)
        assert in_one_face(f"𠮷{NOWHERE}町") == (Typeface.CJK, f"𠮷{GETA}町")
    assert [(line["event"], line["character"]) for line in logs] == [
        ("character_without_typeface", "U+1F000")
    ]
    assert without_typeface(f"a{NOWHERE}b{NOWHERE}") == (NOWHERE,)
    assert all(has(typeface, GETA) for typeface in Typeface)


def test_a_text_that_no_single_face_has_loses_as_little_as_can_be() -> None:
    """Protects a screen, where a line has one face: what that face lacks is 〓, and the rest is read."""
    assert in_one_face("𠮷Ħ请") == (Typeface.CJK, "𠮷〓请")
    assert runs("𠮷Ħ") == ((Typeface.CJK, "𠮷"), (Typeface.UD, "Ħ"))


def test_a_sign_that_chooses_a_form_is_no_letter() -> None:
    """Protects 葛 with a variation selector, as exports carry it, from a box behind it."""
    assert drawable("葛\U000e0100飾\ufe00\u200d") == "葛飾"


def text_files() -> list[Path]:
    """Every file of the product that holds words."""
    folders = [ROOT / name for name in ("texts", "offices", "rules", "mappings")]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.mark.parametrize("path", text_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_character_of_every_data_file_has_a_face(path: Path) -> None:
    """Protects every text, office, rule and mapping that is shipped: nothing in it can become a box or a gap."""
    assert without_typeface(path.read_text("utf-8")) == ()


DRAWN = [
    (path.parent.name, Language(path.stem))
    for path in sorted((ROOT / "texts").glob("*/*.toml"))
    if path.parent.name in DRAWN_AREAS
]

LINES_IN_ANOTHER_LANGUAGE = {
    ("notice", "foreign.notice"): Language.ENGLISH,
    ("notice", "foreign.booking"): Language.ENGLISH,
}
"""Area and key of texts that a Japanese paper says to readers of other languages, and the language whose face they have."""


@cache
def characters_of(language: Language) -> set[int]:
    """Every character of a language's face, read once."""
    return characters(typeface_of(language))


@pytest.mark.parametrize(("area", "language"), DRAWN, ids=str)
def test_a_languages_face_has_all_of_its_words(area: str, language: Language) -> None:
    """Protects the look of every device and paper: no sentence of a catalogue needs the second face."""
    catalogue = Catalogue(area, language)
    missing = {
        char
        for key in sorted(own_keys(catalogue))
        for char in catalogue.text(key)
        if ord(char) not in characters_of(LINES_IN_ANOTHER_LANGUAGE.get((area, key), language))
    }
    assert missing <= {"\n"}


def test_a_machine_without_a_face_says_which_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Protects whoever sets a device up: the message names the Debian package."""
    monkeypatch.setattr(fonts, "_NOTO", tmp_path)
    fonts.has.cache_clear()
    fonts._characters.cache_clear()
    try:
        with pytest.raises(fonts.FontMissingError, match="fonts-noto-cjk"):
            has(Typeface.CJK, "请")
    finally:
        monkeypatch.undo()
        fonts._characters.cache_clear()


@pytest.mark.parametrize(("where", "package"), [("_UD", "morisawa-bizud-gothic"), ("_NOTO", "noto-cjk")])
@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        (kiosk, ["--token-file", "token", "--camera", "none"]),
        (display, ["--token-file", "token"]),
        (uketsuke, ["notice", "8887-1018", "--out", "sheets"]),
        (uketsuke, ["rules", "sheet", "R1", "--on", "2026-11-24", "--out", "sheets.pdf"]),
    ],
    ids=["kiosk", "display", "notice", "rules sheet"],
)
def test_a_program_that_draws_does_not_begin_without_a_face(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    program: click.Command,
    arguments: list[str],
    where: str,
    package: str,
) -> None:
    """Protects visitors from a device that fails at their ticket, and whoever sets it up from guessing: one sentence at the start."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISPLAY", ":0")
    Path("token").write_text("t" * 43)
    monkeypatch.setattr(fonts, where, tmp_path)
    done = CliRunner().invoke(program, arguments)
    assert done.exit_code == 1
    assert f"a font is missing: install the Debian package fonts-{package}" in done.stderr
    assert done.stderr.count("\n") == 1
    # Nothing was begun: neither a file, nor a database, nor a code for a notice.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["token"]


def test_a_missing_bold_face_is_missed_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Protects titles and numbers, which are bold: half of a package is told as none, and each package once."""
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"):
        (tmp_path / name).touch()
    monkeypatch.setattr(fonts, "_NOTO", tmp_path)
    fonts.need_fonts()
    (tmp_path / "NotoSansCJK-Bold.ttc").unlink()
    monkeypatch.setattr(fonts, "_ICONS", tmp_path)
    with pytest.raises(fonts.FontMissingError, match=r"^a font .* fonts-noto-cjk; a font .*-iconfont$"):
        fonts.need_fonts()


@pytest.mark.parametrize(
    ("sheet", "rule"),
    [
        ("pages/app.css", r":lang\(en\) body[^{]*\{[^}]*font-family:([^;]+);"),
        ("demo/page.css", r"\nbody \{[^}]*font-family:([^;]+);"),
    ],
)
def test_english_pages_begin_with_a_face_whose_tails_are_seen(sheet: str, rule: str) -> None:
    """In BIZ UDPGothic p, g and y look cut off; a browser takes the first face of the list that it has."""
    found = re.search(rule, locate(sheet).read_text("utf-8"))
    assert found is not None
    faces = [face.strip(' "') for face in found[1].split(",")]
    assert "Noto Sans" in faces[0]
    assert faces.index("BIZ UDPGothic") > faces.index("Noto Sans CJK JP")
