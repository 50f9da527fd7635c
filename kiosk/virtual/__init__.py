"""The virtual printer: it listens as a network printer does, prints into files, and misbehaves on request."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
