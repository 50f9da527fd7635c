"""Where the shipped data is: texts, offices, rules, mappings, pages. ``assets/`` contains data only."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "assets"


def locate(*parts: str) -> Path:
    """Return the path of an asset, for example ``locate("texts", "kiosk", "ja.toml")``.

    Raises:
        FileNotFoundError: the asset is not shipped; the message names it.
    """
    path = ROOT.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"asset {'/'.join(parts)} is missing")
    return path
