"""The counter on one machine: every part as a real process, for trying out and for one whole visit by itself."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
