"""What every printer of ours keeps, and what the library beneath keeps for us."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from backend.common.receipt.escpos_job import build_job
from backend.common.receipt.ticket_image import draw_ticket
from backend.wire.codes import PrintState
from kiosk.cli.ticket import SAMPLE
from kiosk.paper.printer import NetworkPrinter, Printer, PrinterState, PrintResult
from kiosk.virtual.printer_modes import PrinterMode
from tests.running_printer import running_virtual_printer

JOB = build_job(draw_ticket(SAMPLE, 384), 384)

MakePrinter = Callable[[PrinterMode], Printer]


@pytest.fixture(params=["network"])
def make_printer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakePrinter]:
    """A maker of printers of each kind, each before the virtual printer in a mode."""
    from contextlib import ExitStack

    assert request.param == "network"
    with ExitStack() as running:

        def make(mode: PrinterMode) -> Printer:
            virtual = running.enter_context(
                running_virtual_printer(tmp_path / mode.value, mode, drop_after=500)
            )
            return NetworkPrinter("127.0.0.1", virtual.port, 0.3, confirm_timeout=1.0)

        yield make


@pytest.mark.parametrize("mode", PrinterMode)
def test_printing_ends_in_a_result_that_agrees_with_itself(
    make_printer: MakePrinter, mode: PrinterMode
) -> None:
    """In every condition: no exception, printed exactly if there is no trouble, a last byte if all was sent."""
    result: PrintResult = make_printer(mode).print(JOB)
    assert (result.state is PrintState.PRINTED) == (result.trouble is None)
    assert result.state in {PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED}
    assert (result.last_byte_at is None) == (result.state is PrintState.FAILED)
    assert (result.last_byte_at is None) == (result.last_byte_wall is None)
    if result.last_byte_wall is not None:
        assert result.last_byte_wall.utcoffset() is not None


@pytest.mark.parametrize("mode", PrinterMode)
def test_a_status_is_always_given(make_printer: MakePrinter, mode: PrinterMode) -> None:
    """Asking never raises, and the trouble's code goes with the state."""
    status = make_printer(mode).status()
    assert (status.trouble is None) == (status.state is PrinterState.READY)


def test_the_library_keeps_what_the_job_is_built_on() -> None:
    """python-escpos still makes GS v 0 strips, checks the width, and reads a picture's black as ink."""
    dummy = importlib.import_module("escpos.printer.dummy").Dummy()
    dummy.image(Image.new("1", (8, 3), 0), impl="bitImageRaster", fragment_height=2)
    assert dummy.output == b"\x1dv0\x00\x01\x00\x02\x00\xff\xff" + b"\x1dv0\x00\x01\x00\x01\x00\xff"
    dummy.clear()
    dummy.hw("INIT")
    dummy.print_and_feed(4)
    assert dummy.output == b"\x1b@\x1bd\x04"
