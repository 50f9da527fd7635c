"""Time and bytes of a ticket: drawn as a raster and turned into a print job."""

import time

from backend.common.receipt import escpos_job
from backend.common.receipt.ticket_image import WIDTHS, draw_ticket
from kiosk.cli.ticket import SAMPLE
from tests.bench.measurement import Fact, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References

AREA = "ticket"


def measure(plan: Plan, references: References) -> list[Measurement]:
    """Measure both paper widths."""
    escpos_job.warm_up()
    return [_paper(width, dots, plan.papers, references) for width, dots in WIDTHS.items()]


def _paper(width: str, dots: int, count: int, references: References) -> Measurement:
    """Draw and encode the sample ticket; the first one, which loads the typeface, does not count."""
    job = escpos_job.build_job(draw_ticket(SAMPLE, dots), dots)
    times, drawing = [], 0.0
    for _ in range(count):
        began = time.perf_counter()
        image = draw_ticket(SAMPLE, dots)
        drawn = time.perf_counter()
        escpos_job.build_job(image, dots)
        times.append((time.perf_counter() - began) * 1000)
        drawing += drawn - began
    facts: dict[str, Fact] = {
        "bytes": len(job),
        "dots": f"{image.width}×{image.height}",
        "drawing, % of the time": round(100 * drawing / (sum(times) / 1000)),
    }
    return Measurement.of(
        AREA, f"raster + job, {width} mm", times, against=(references.loop, references.commit), facts=facts
    )
