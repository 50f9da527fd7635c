"""The tokens as CSS: every name is there in every theme, under the right selectors."""

import re

import pytest

from backend.common.design.token_css import css_variables, stylesheet
from backend.common.design.token_file import Surface, Theme, colours, tokens, type_sizes

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def rules() -> list[tuple[str, dict[str, str]]]:
    """Selector and properties of every rule, in order."""
    return [
        (selector.split("*/")[-1].strip(), dict(re.findall(r"([\w-]+): ([^;]+);", body)))
        for selector, body in RULE.findall(stylesheet())
    ]


@pytest.mark.parametrize(
    ("selector", "theme", "scheme"),
    [
        (':root, [data-theme="light"]', Theme.LIGHT, "light"),
        ('[data-theme="dark"]', Theme.DARK, "dark"),
        ('[data-theme="contrast"]', Theme.CONTRAST, "dark"),
        (":root:not([data-theme])", Theme.CONTRAST, "dark"),
        (":root:root, [data-theme][data-theme]", Theme.PRINT, "light"),
    ],
)
def test_every_theme_has_every_colour(selector: str, theme: Theme, scheme: str) -> None:
    """Protects pages in every theme: no colour is missing or left from another one, and the browser's own parts follow."""
    (found,) = (said for where, said in rules() if where.endswith(selector))
    wanted = {f"--{name.replace('_', '-')}": colour.css for name, colour in colours(theme).items()}
    assert found == {"color-scheme": scheme, **wanted}


def test_more_contrast_and_paper_are_asked_of_the_browser() -> None:
    """Protects whoever set the browser to more contrast, and paper from grounds of colour."""
    text = stylesheet()
    assert text.index("(prefers-contrast: more)") < text.index(":root:not([data-theme])")
    assert text.index("@media print") < text.index(":root:root")
    assert text.count("{") == text.count("}")


def test_sizes_follow_the_size_that_the_reader_chose() -> None:
    """Protects readers who set the browser to larger letters: sizes are no pixels, 17 pixels are 1.0625rem."""
    measures = rules()[0][1]
    assert measures["--type-body"] == "1.0625rem"
    assert {name for name in measures if name.startswith("--type-")} == {
        f"--type-{name}" for name in type_sizes(Surface.WEB)
    }
    assert measures["--space-block"] == f"{tokens().space.block:g}px"


def test_nothing_moves_where_people_asked_for_stillness() -> None:
    """Protects people whom movement makes ill: every duration is nought then."""
    still = [said for _, said in rules() if set(said.values()) == {"0ms"}]
    assert [set(said) for said in still] == [{f"--motion-{name}" for name in tokens().motion}]


def test_a_page_that_stands_alone_has_the_colours_of_its_theme() -> None:
    """Protects forms that are saved as one file: they carry their colours with them."""
    assert "--ink: #000000;" in css_variables(Theme.PRINT)
    assert css_variables(Theme.DARK).startswith(":root {\n  color-scheme: dark;")
