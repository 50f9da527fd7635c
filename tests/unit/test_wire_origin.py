"""A server's address as browsers write it: a form of our own page is known as ours, however the setting is typed."""

import pytest

from backend.wire.origin import origin_of


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://Uketsuke.Example.JP", "https://uketsuke.example.jp"),
        ("https://uketsuke.example.jp:443/", "https://uketsuke.example.jp"),
        ("http://uketsuke.example.jp:80", "http://uketsuke.example.jp"),
        ("http://uketsuke.example.jp:443", "http://uketsuke.example.jp:443"),
        ("https://uketsuke.example.jp.", "https://uketsuke.example.jp"),
        ("https://受付.example.jp", "https://xn--bnqq5j.example.jp"),
        ("http://[2001:DB8:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("http://192.0.2.1:8080", "http://192.0.2.1:8080"),
    ],
)
def test_one_server_has_one_address(typed: str, origin: str) -> None:
    """Capitals, the port that goes without saying, a slash or a dot at the end, kanji: the browser says the same."""
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "", "uketsuke.example.jp", "ftp://uketsuke.example.jp", "https://", "http://[", "https://a b.example.jp",
        "https://somebody@uketsuke.example.jp", "https://uketsuke.example.jp/queue", "https://uketsuke.example.jp?a=1",
        "https://uketsuke.example.jp:0", "https://uketsuke.example.jp:70000", "http://192.0.2.300", "http://0x7f.1",
    ],
)  # fmt: skip
def test_what_no_browser_could_open_is_no_address(typed: str) -> None:
    """A setting that no form could ever agree with is told at the start, not by every sign-in being refused."""
    with pytest.raises(ValueError, match=r"(?i)address|port|paths|url"):
        origin_of(typed)
