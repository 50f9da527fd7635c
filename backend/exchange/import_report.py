"""What an import did, or would do, as it is told to people and programs: counts, lines, columns and codes."""

from dataclasses import dataclass
from typing import Any

from backend.exchange.missing_cards import MissingCards
from backend.exchange.parsing import ParsedFile
from backend.exchange.refusals import Refusal, Remark


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        accepted: number of reservations that were not known before.
        changed: number of known reservations of which something changed.
        unchanged: number of rows that say what is known already.
        refused: why rows were refused; one line may have several reasons.
        encoding: the encoding in which the file was read, ``None`` if it failed before that was known.
        remarks: what somebody should check in rows that were read.
        pieces: in how many pieces it was written.
        longest: seconds for which the longest of them held the writer of the database.
        older: number of rows that were left out, because a newer file has told of their cards.
        conflicts: number of cards whose booking was changed here and in the ward's system, both sides anew.
        resumed_after: after how many rows the import went on that was stopped before; the counts are those of both.
        missing: what a file that should name every card does not name.
    """

    accepted: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    encoding: str | None
    remarks: tuple[Remark, ...] = ()
    pieces: int = 0
    longest: float = 0.0
    older: int = 0
    conflicts: int = 0
    resumed_after: int | None = None
    missing: MissingCards | None = None

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return len({refusal.line for refusal in self.refused})

    def as_json(self) -> dict[str, Any]:
        """The report as ``uketsuke import --json`` prints it; what there is none of is left out after ``encoding``."""
        remarks = [
            {"line": remark.line, "column": remark.column, "remark": remark.remark.value}
            for remark in self.remarks
        ]
        more: dict[str, Any] = {"remarks": remarks} if remarks else {}
        counts = {"older": self.older, "conflicts": self.conflicts, "resumed_after": self.resumed_after}
        more |= {name: count for name, count in counts.items() if count}
        if self.missing is not None:
            more["missing"] = {"cards": self.missing.count, "booked": list(self.missing.booked)}
        if self.pieces:
            more["written"] = {"pieces": self.pieces, "longest_ms": round(self.longest * 1000, 1)}
        return {
            "accepted": self.accepted,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": [
                {"line": refusal.line, "column": refusal.column, "reason": refusal.reason.value}
                for refusal in self.refused
            ],
            "encoding": self.encoding,
        } | more


def report_without_database(parsed: ParsedFile, *, skip_bad: bool = False) -> ImportReport:
    """What an import into a database that does not exist yet would do."""
    if parsed.refused and not skip_bad:
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding, parsed.remarks)
    return ImportReport(
        len(parsed.records), 0, parsed.repeated, parsed.refused, parsed.encoding, parsed.remarks
    )
