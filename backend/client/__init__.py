"""The typed client of the server: requests, event reader, fakes. Knows the wire only."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
