"""Messages and codes on the wire. Imported by all rooms; imports no other room."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
