"""The ticket's way onto paper: printers, what they say of themselves, and what became of a job."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
