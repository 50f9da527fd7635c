"""What stands on the pages, as far as a release is judged by it."""

import re


def waiting_on(page: str) -> list[str]:
    """The numbers that wait, in the order of a clerk's page.

    Raises:
        AssertionError: the page has no such list.
    """
    rows = re.search(r'id="waiting-rows".*?</ol>', page, re.DOTALL)
    assert rows is not None, "the page lists nobody who waits"
    return re.findall(r'data-number="([^"]+)"', rows[0])


def is_ticked(page: str, mark: str) -> bool:
    """Whether a box of a clerk's page is ticked.

    Raises:
        AssertionError: the page has no such box.
    """
    box = re.search(rf'id="tick-{mark}"([^>]*)>', page)
    assert box is not None, f"the page has no box {mark}"
    return "checked" in box[1].split()


def rows_of_staff(page: str) -> dict[str, str]:
    """The rows of the staff's list, by number."""
    return dict(re.findall(r'<tr data-number="(\S+)"[^>]*>(.*?)</tr>', page, re.DOTALL))
