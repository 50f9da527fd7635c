"""What axe-core is asked for on every page: the rules of WCAG 2.2 AA that a machine can judge."""

from typing import Final

WCAG: Final = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
