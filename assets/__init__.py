"""What people see and hear: texts, fonts, office data, sounds. Shared by server, kiosk and display."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent


def locate(*parts: str) -> Path:
    """Return the path of an asset, for example ``locate("texts", "kiosk", "ja.toml")``.

    Raises:
        FileNotFoundError: the asset is not shipped; the message names it.
    """
    path = ROOT.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"asset {'/'.join(parts)} is missing")
    return path
