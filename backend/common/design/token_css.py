"""The tokens as CSS custom properties: ``--navy``, ``--type-body``, ``--space-block``, ``--radius-card``, ``--motion-press``.

A page chooses a theme by ``data-theme`` on any element. Without it the theme is light, or high contrast if the browser
is set to more contrast. On paper every page has the colours of print.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from backend.common.design.icons import ICON_FACE, ICONS
from backend.common.design.token_file import Colour, Surface, Theme, colours, tokens, type_sizes

TOKENS_CSS: Final = "tokens.css"
"""The name under which pages find the style sheet."""

_ROOT_PIXELS: Final = 16.0
"""Browsers' default letter size in pixels; sizes in ``rem`` follow the size that the reader has chosen instead."""


@cache
def stylesheet(icons_address: str = "") -> str:
    """The whole style sheet.

    Args:
        icons_address: the address of the icons' font; without it there are no icons, only their words.
    """
    dark = (Theme.DARK, Theme.CONTRAST)
    return "\n".join(
        (
            "/* Made from assets/design/tokens.toml. */",
            _block(":root", "", _measures()),
            _block(':root, [data-theme="light"]', "light", _colours(colours(Theme.LIGHT))),
            *(_block(f'[data-theme="{theme}"]', "dark", _colours(colours(theme))) for theme in dark),
            *_icons(icons_address),
            "@media (prefers-contrast: more) {",
            _block(":root:not([data-theme])", "dark", _colours(colours(Theme.CONTRAST))),
            "}",
            "@media (prefers-reduced-motion: reduce) {",
            _block(":root", "", ((f"motion-{name}", "0ms") for name in tokens().motion)),
            "}",
            "@media print {",
            _block(":root:root, [data-theme][data-theme]", "light", _colours(colours(Theme.PRINT))),
            "}",
            "",
        )
    )


def css_variables(theme: Theme) -> str:
    """The colours of one theme as a CSS rule, for a page in a single file that cannot load the style sheet."""
    return _block(
        ":root", "light" if theme in {Theme.LIGHT, Theme.PRINT} else "dark", _colours(colours(theme))
    )


def _icons(address: str) -> Iterator[str]:
    """The icons as classes: ``<span class="icon icon-ticket" aria-hidden="true"></span>``."""
    if not address:
        yield ".icon { display: none; }"
        return
    yield f'@font-face {{ font-family: "{ICON_FACE}"; src: url("{address}") format("woff2"); font-display: block; }}'
    yield (
        f'.icon {{ font: normal 1.25em/1 "{ICON_FACE}"; display: inline-block; vertical-align: -0.25em; '
        "text-transform: none; white-space: nowrap; }"
    )
    for name, letter in ICONS.items():
        yield f'.icon-{name}::before {{ content: "\\{ord(letter):x}"; }}'


def _block(selector: str, scheme: str, lines: Iterator[tuple[str, str]]) -> str:
    said = "".join(f"  --{name.replace('_', '-')}: {value};\n" for name, value in lines)
    return f"{selector} {{\n{f'  color-scheme: {scheme};{chr(10)}' if scheme else ''}{said}}}"


def _colours(named: Mapping[str, Colour]) -> Iterator[tuple[str, str]]:
    return ((name, colour.css) for name, colour in named.items())


def _measures() -> Iterator[tuple[str, str]]:
    said = tokens()
    for name, size in type_sizes(Surface.WEB).items():
        yield f"type-{name}", f"{size / _ROOT_PIXELS:g}rem"
    for kind, named in (("space", said.space), ("radius", said.radius), ("border", said.border)):
        for name, size in named.items():
            yield f"{kind}-{name}", f"{size:g}px"
    for name, milliseconds in said.motion.items():
        yield f"motion-{name}", f"{milliseconds:g}ms"
