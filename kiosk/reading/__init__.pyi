from .code_book import CodeBook as CodeBook
from .ladder import (
    DEFAULT_BUDGET_MS as DEFAULT_BUDGET_MS,
    NO_LIMIT as NO_LIMIT,
    Ladder as Ladder,
    one_thread_only as one_thread_only,
)
from .scanner import Scanner as Scanner
from .selection import Scan as Scan
