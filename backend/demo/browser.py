"""A real browser without a window (headless): Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error as BrowserError, Playwright, sync_playwright

from backend.demo.errors import DemoError

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A counter's network is closed: the browser must not ask for anything but our pages.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find_browser() -> str:
    """The path of the browser.

    Raises:
        DemoError: there is none.
    """
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise DemoError("there is no browser: install the Debian package chromium")
    return path


@contextmanager
def open_browser(*, seconds: float) -> Iterator[Browser]:
    """A browser that ends with the block.

    Args:
        seconds: the deadline of its start.

    Raises:
        DemoError: there is no Chromium, or it does not start.
    """
    path = find_browser()
    manager = sync_playwright()
    try:
        playwright = manager.start()
    except Exception as error:  # noqa: BLE001 - Playwright raises just Exception if its driver does not run
        raise DemoError(f"Playwright's driver does not run: {error}") from None
    try:
        browser = _launch(playwright, path, seconds)
        try:
            yield browser
        finally:
            browser.close()
    finally:
        playwright.stop()


def _launch(playwright: Playwright, path: str, seconds: float) -> Browser:
    """Start the browser; without its sandbox if that does not work, as for root and in some containers.

    Only our own pages are opened, so no foreign code runs outside of the sandbox.
    """
    for sandbox in (True, False):
        if sandbox and os.getuid() == 0:
            continue
        try:
            return playwright.chromium.launch(
                executable_path=path,
                args=list(_QUIET),
                chromium_sandbox=sandbox,
                # Ctrl-C is handled here: the browser must not end before its block does.
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=seconds * 1000,
            )
        except BrowserError:
            continue
    raise DemoError(f"the browser {path} did not start within {seconds:.0f} seconds")
