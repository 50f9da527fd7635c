"""Import from the ward's system: its file, its columns, its dates and names, row by row."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
