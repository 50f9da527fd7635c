"""The counter on one machine: every part as a real process, to try out or to play one whole visit automatically."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
