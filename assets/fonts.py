"""Fonts: where the typefaces of screens, tickets and notices are on this machine.

Fonts are Debian packages, never files of this project: ``fonts-morisawa-bizud-gothic`` (BIZ UDPGothic, a
universal-design face for Japanese and Latin) and ``fonts-noto-cjk`` (Chinese and Korean, rare kanji).
"""

from pathlib import Path

from assets.catalogue import Language

_UD = Path("/usr/share/fonts/truetype/bizud-gothic")
_NOTO = Path("/usr/share/fonts/opentype/noto")


class FontMissingError(RuntimeError):
    """A typeface is not installed; the message names the Debian package."""


def _existing(path: Path, package: str) -> Path:
    if not path.exists():
        raise FontMissingError(f"a font is missing: install the Debian package {package}")
    return path


def ud_gothic(*, bold: bool = False) -> Path:
    """BIZ UDPGothic: Japanese and Latin for screens, tickets and notices."""
    name = "BIZUDPGothic-Bold.ttf" if bold else "BIZUDPGothic-Regular.ttf"
    return _existing(_UD / name, "fonts-morisawa-bizud-gothic")


def noto_cjk(*, bold: bool = False) -> Path:
    """Noto Sans CJK, a collection whose face 0 is the Japanese one."""
    name = "NotoSansCJK-Bold.ttc" if bold else "NotoSansCJK-Regular.ttc"
    return _existing(_NOTO / name, "fonts-noto-cjk")


def face(language: Language, *, bold: bool = False) -> Path:
    """The face that covers every character of one language's texts."""
    # English: in BIZ UDPGothic p, g and y hang so little below the line that they look cut off.
    if language in {Language.CHINESE, Language.KOREAN, Language.ENGLISH}:
        return noto_cjk(bold=bold)
    return ud_gothic(bold=bold)
