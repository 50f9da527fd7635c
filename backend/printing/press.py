"""What all sheets of one day have in common, read once: who sends them, what to bring, what stands overleaf."""

from collections.abc import Mapping, Sequence
from datetime import date

from backend.documents import RuleBook
from backend.offices import Directory
from backend.printing.notice_bring import things_to_bring
from backend.printing.notice_reverse import Reverse
from backend.printing.notice_sheet import draw_sheets
from backend.printing.sheet_front import Sender
from backend.reservations import Notice


class Press:
    """Draws enclosures.

    Args:
        directory: the offices; the first is the main one, which is asked and booked at.
        rules: dated rule sets.
        groups: sizes of the groups in which a number of a length is shown.
        today: the day of the print, in Asia/Tokyo.

    Raises:
        NoRuleSetError: no rule set is in force on that day.
    """

    def __init__(
        self, directory: Directory, rules: RuleBook, groups: Mapping[int, Sequence[int]], today: date
    ) -> None:
        self.directory = directory
        self.rules = rules
        self.sender = Sender(directory.authority, next(iter(directory)), groups)
        self._bring = things_to_bring(rules, today)
        self._reverse = Reverse(rules.on(today), today)

    def draw_enclosures(self, notices: Sequence[Notice]) -> bytes:
        """Enclosures as one file: a front and a reverse of each.

        Raises:
            FontMissingError: a typeface is not installed.
        """
        return draw_sheets(notices, self.sender, self._bring, self._reverse)
