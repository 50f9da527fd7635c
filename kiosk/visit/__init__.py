"""The course of a visit (pure): what may happen, what is shown and said, and what is to be done about it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
