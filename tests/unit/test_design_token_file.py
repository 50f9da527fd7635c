"""The file of tokens: every pair has its contrast in every theme, and what is not there is told."""

import math
from pathlib import Path

import pytest
import uharfbuzz

from backend.common.design.token_file import (
    Colour,
    Surface,
    Theme,
    TokenError,
    UnknownTokenError,
    colours,
    read_tokens,
    tokens,
    type_sizes,
)
from backend.common.fonts import noto_cjk, ud_gothic
from backend.common.shipped import ROOT

SHIPPED = (ROOT / "design" / "tokens.toml").read_text("utf-8")


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two opaque colours, 1 to 21. Source: WCAG 2.2, 1.4.3."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_that_of_the_standard() -> None:
    """Protects the measure itself: black on white is 21 to 1, and #767676 on white is the grey that just passes."""
    white = Colour.of("#FFFFFF")
    assert contrast(Colour.of("#000000"), white) == pytest.approx(21)
    assert contrast(Colour.of("#767676"), white) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", list(Theme))
def test_every_pair_has_its_contrast(theme: Theme) -> None:
    """Protects people with weak sight: 4.5 for text, 7 for numbers, 3 for edges, in every theme."""
    named = colours(theme)
    poor = {
        name: round(contrast(named[pair.above], named[pair.ground]), 2)
        for name, pair in tokens().pairs.items()
        if contrast(named[pair.above], named[pair.ground]) < pair.least
    }
    assert not poor


def test_kiosk_letters_are_seen_at_arms_length() -> None:
    """Protects who stands half a metre away (EN 301 549, 5.1.4): a capital H of the least size takes 0.7 degrees, 6.1 mm.

    The panel is the smallest that the product names: 24 inches upright, 1080 pixels on 299 mm.
    """
    least = 2 * 500 * math.tan(math.radians(0.7 / 2))
    assert least == pytest.approx(6.1, abs=0.05)
    for face in (ud_gothic(), noto_cjk()):
        font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face))))
        letter = font.get_glyph_extents(font.get_nominal_glyph(ord("H")) or 0)
        share = abs(letter.height) / font.face.upem
        for name, pixels in type_sizes(Surface.KIOSK).items():
            assert pixels * 299 / 1080 * share >= least, (face.name, name)


def test_every_colour_that_carries_something_is_in_a_pair() -> None:
    """Protects a new colour from escaping the computation: only what decorates or lets light through is in no pair."""
    paired = {name for pair in tokens().pairs.values() for name in (pair.above, pair.ground)}
    assert set(colours(Theme.LIGHT)) - paired == {"line", "veil", "shadow", "clear"}


def test_the_high_contrast_is_high() -> None:
    """Protects whoever asks for more contrast: there, every text has at least 7 to 1."""
    named = colours(Theme.CONTRAST)
    for name, pair in tokens().pairs.items():
        assert contrast(named[pair.above], named[pair.ground]) >= min(7.0, 1.6 * pair.least), name


def test_sizes_are_what_can_be_read_from_where_people_stand() -> None:
    """Protects readers: 38 pixels at the kiosk, 44 in the hall, 14 on pages are the least."""
    least = {Surface.KIOSK: 38, Surface.HALL: 44, Surface.WEB: 14}
    for surface, size in least.items():
        assert min(type_sizes(surface).values()) >= size


def test_an_unknown_name_is_an_error_that_names_it() -> None:
    """Protects whoever misspells a token: it is told at once, with the names that there are."""
    with pytest.raises(UnknownTokenError, match="no colour called navvy; there are: paper, "):
        _ = colours(Theme.LIGHT).navvy
    with pytest.raises(UnknownTokenError, match="no size of letters of the surface hall called huge"):
        _ = type_sizes(Surface.HALL).huge


def test_a_colour_is_written_as_each_surface_takes_it() -> None:
    """Protects one colour from becoming three: Kivy, Pillow and CSS get the same."""
    assert Colour.of("#0B6168").rgb == (11, 97, 104)
    assert Colour.of("#0B6168").css == "#0b6168"
    assert Colour.of("#0B616880").css == "#0b616880"
    assert Colour.of("#FF0000")[:] == (1.0, 0.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="not a colour"):
        Colour.of("navy")


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        ('navy = "#12304D"', 'navy = "dark blue"', "line .*color.navy"),
        ('number = ["navy", ', 'number = ["navvy", ', "the pair number names navvy, which is no colour"),
        ("[theme.dark]", '[theme.dark]\nnavvy = "#000000"', "theme dark changes navvy, which is no colour"),
        ("[theme.dark]", "[theme.darker]", "line .*theme"),
        ("[type.hall]", "[type.lobby]", "line .*type"),
        ("[color]", "[color", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(tmp_path: Path, found: str, instead: str, said: str) -> None:
    """Protects whoever edits the file: what is wrong is told with its place, before anything is drawn."""
    assert found in SHIPPED
    path = tmp_path / "tokens.toml"
    path.write_text(SHIPPED.replace(found, instead, 1), "utf-8")
    with pytest.raises(TokenError, match=said):
        read_tokens(path)


def test_a_surface_without_sizes_is_told(tmp_path: Path) -> None:
    """Protects a surface from being forgotten: each has its sizes of letters."""
    path = tmp_path / "tokens.toml"
    path.write_text(
        SHIPPED.replace("[type.hall]", "[type.kiosk2]").split("[type.kiosk2]")[0]
        + "[space]\na = 1\n[radius]\n[border]\n[motion]\n",
        "utf-8",
    )
    with pytest.raises(TokenError, match="no sizes of letters for hall, web, ticket, a4"):
        read_tokens(path)
