"""A measurement: many samples of one thing, told by three percentiles and as a ratio to something named."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

Statistic = Literal["p50", "p95", "p99"]
Fact = str | int | float
TIMES = "×"
"""The unit of a multiple."""


class BenchError(Exception):
    """Something could not be measured; the message is one sentence for the person at the console."""


def percentile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest sample that at least ``share`` (0 to 1) of all do not exceed.

    Raises:
        BenchError: there is no sample.
    """
    if not samples:
        raise BenchError("nothing was measured")
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Figure:
    """A figure to reach, from the product's list.

    Attributes:
        statistic: which percentile it is about.
        limit: its largest value, in the measurement's unit; its smallest where ``at_least``.
        words: what it is made of, for people.
        at_least: more is better.
    """

    statistic: Statistic
    limit: float
    words: str
    at_least: bool = False


@dataclass(frozen=True)
class Measurement:
    """Samples of one thing.

    Attributes:
        area: what it belongs to; one block of the table.
        name: what was measured, unique within the area.
        unit: of the percentiles, for example ``ms``.
        n: number of samples.
        p50: half of the samples are not above it.
        p95: the same for 95 of 100.
        p99: the same for 99 of 100.
        ratios: p50 divided by the p50 of something measured in the same run, by its name.
        facts: counts and values beside the time, by name.
        figure: the figure to reach, where the product has one.
    """

    area: str
    name: str
    unit: str
    n: int
    p50: float
    p95: float
    p99: float
    ratios: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    figure: Figure | None = None

    @classmethod
    def of(
        cls,
        area: str,
        name: str,
        samples: Sequence[float],
        *,
        unit: str = "ms",
        against: Sequence["Measurement"] = (),
        facts: Mapping[str, Fact] | None = None,
        figure: Figure | None = None,
    ) -> "Measurement":
        """Sum up samples.

        Args:
            area: what it belongs to.
            name: what was measured.
            samples: in ``unit``.
            unit: of the samples.
            against: measurements of the same unit and run that it is a multiple of.
            facts: counts and values beside it.
            figure: the figure to reach.

        Raises:
            BenchError: there is no sample, or a unit differs.
        """
        p50, p95, p99 = (percentile(samples, share) for share in (0.50, 0.95, 0.99))
        for other in against:
            if other.unit != unit:
                raise BenchError(
                    f"{name} in {unit} cannot be told as a multiple of {other.name} in {other.unit}"
                )
        ratios = {other.name: p50 / other.p50 for other in against}
        return cls(area, name, unit, len(samples), p50, p95, p99, ratios, dict(facts or {}), figure)

    @classmethod
    def multiple(
        cls,
        area: str,
        name: str,
        ours: Sequence[float],
        theirs: Sequence[float],
        *,
        facts: Mapping[str, Fact] | None = None,
        figure: Figure | None = None,
    ) -> "Measurement":
        """Tell what was measured in interleaved rounds as one multiple: the ratio of the medians of the rounds.

        Args:
            area: what it belongs to.
            name: what was measured, and of what it is a multiple.
            ours: one value per round.
            theirs: the same of what it is compared with, in the same rounds.
            facts: counts and values beside it.
            figure: the figure to reach, about the multiple.

        Raises:
            BenchError: there is no round, or the rounds differ.
        """
        if not ours or len(ours) != len(theirs):
            raise BenchError(f"{name} was not measured in the same rounds")
        ratio = median(ours) / median(theirs)
        each = [one / other for one, other in zip(ours, theirs, strict=True)]
        told: dict[str, Fact] = {"rounds": f"{min(each):.2f} to {max(each):.2f}", **(facts or {})}
        return cls(area, name, TIMES, len(ours), ratio, ratio, ratio, {}, told, figure)

    @property
    def share_of_figure(self) -> float | None:
        """The measured value divided by the figure's limit, or the other way round where more is better.

        Up to 1 the figure is reached. None without a figure.
        """
        if self.figure is None:
            return None
        values: dict[Statistic, float] = {"p50": self.p50, "p95": self.p95, "p99": self.p99}
        share = values[self.figure.statistic] / self.figure.limit
        return 1 / share if self.figure.at_least else share
