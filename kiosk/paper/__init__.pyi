from .ports import (
    PaperMaker as PaperMaker,
    PrinterAsker as PrinterAsker,
)
from .printer import (
    Confirm as Confirm,
    NetworkPrinter as NetworkPrinter,
    Printer as Printer,
    PrinterState as PrinterState,
    PrinterStatus as PrinterStatus,
    PrintResult as PrintResult,
)
from .printer_name import (
    MAKER as MAKER,
    MODEL as MODEL,
    ask_name as ask_name,
)
from .printer_turns import PrinterTurns as PrinterTurns
from .ticket_paper import TicketPaper as TicketPaper
from .trial_print import draw_trial as draw_trial
