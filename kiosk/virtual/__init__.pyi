from .printer_modes import PrinterMode as PrinterMode
from .virtual_printer import (
    MODE_FILE as MODE_FILE,
    Habits as Habits,
    VirtualPrinter as VirtualPrinter,
    follow_mode_file as follow_mode_file,
)
