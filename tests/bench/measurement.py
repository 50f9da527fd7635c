"""A measurement: many samples of one thing, summed up as three percentiles and as ratios to references."""

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
        statistic: the percentile that it is about.
        limit: the largest allowed value, in the measurement's unit; with ``at_least`` the smallest.
        words: what it consists of, for people.
        at_least: whether more is better.
    """

    statistic: Statistic
    limit: float
    words: str
    at_least: bool = False


@dataclass(frozen=True)
class Measurement:
    """Samples of one thing.

    Attributes:
        area: the area of the table that it belongs to.
        name: what was measured, unique within the area.
        unit: unit of the percentiles, for example ``ms``.
        n: number of samples.
        p50: 50th percentile.
        p95: 95th percentile.
        p99: 99th percentile.
        ratios: p50 divided by the p50 of another measurement of the same run, by its name.
        facts: further counts and values, by name.
        figure: the figure to reach, if the product has one.
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
            area: the area of the table that it belongs to.
            name: what was measured.
            samples: the samples, in ``unit``.
            unit: unit of the samples.
            against: measurements of the same unit and run, to give the ratios to.
            facts: further counts and values.
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
        """Sum up interleaved rounds as one multiple: the ratio of the medians of the rounds.

        Args:
            area: the area of the table that it belongs to.
            name: what was measured, and what it is a multiple of.
            ours: one value per round.
            theirs: one value per round of what it is compared with.
            facts: further counts and values.
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
        """The measured value divided by the figure's limit, or the limit divided by the value if more is better.

        The figure is reached if this is at most 1. None without a figure.
        """
        if self.figure is None:
            return None
        values: dict[Statistic, float] = {"p50": self.p50, "p95": self.p95, "p99": self.p99}
        share = values[self.figure.statistic] / self.figure.limit
        return 1 / share if self.figure.at_least else share
