"""The results of a module's faults, in words and as the table of docs/testing.md."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Survivor:
    """A fault that no test noticed."""

    line: int
    kind: str
    diff: str


@dataclass(frozen=True)
class Report:
    """One module's figures; ``unfit`` if its tests fail without any fault."""

    module: str
    path: str
    sampled: int = 0
    equal: int = 0
    noticed: int = 0
    survivors: tuple[Survivor, ...] = ()
    seconds: float = 0.0
    unfit: bool = False

    @property
    def counted(self) -> int:
        """How many of the sampled faults change what the module does."""
        return self.sampled - self.equal


def words(report: Report) -> str:
    """A line for the module, and the survivors below it."""
    if report.unfit:
        return f"{report.module}: its tests fail without any fault"
    equal = f", {report.equal} equal" if report.equal else ""
    lines = [f"{report.module}: {report.noticed} of {report.counted} noticed{equal} ({report.seconds:.0f} s)"]
    for one in report.survivors:
        lines += [
            f"  {report.path}:{one.line} {one.kind}",
            *(f"    {line}" for line in one.diff.splitlines()),
        ]
    return "\n".join(lines)


def markdown(reports: Sequence[Report]) -> str:
    """The table: a row for each module, and the sum as the last row."""
    rows = ["| module | sampled | equal | noticed | not noticed |", "|---|---|---|---|---|"]
    rows += [
        f"| `{one.module}` | {one.sampled} | {one.equal} | {one.noticed} | {len(one.survivors)} |"
        for one in reports
    ]
    sums = (
        sum(one.sampled for one in reports),
        sum(one.equal for one in reports),
        sum(one.noticed for one in reports),
        sum(len(one.survivors) for one in reports),
    )
    rows.append("| **all** | " + " | ".join(map(str, sums)) + " |")
    return "\n".join(rows) + "\n"
