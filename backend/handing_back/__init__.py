"""What goes back to the ward's system: bookings, the day's numbers, and what became of each card."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
