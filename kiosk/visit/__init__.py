"""The course of a visit, without side effects: what may happen, what the screens show, and what has to be done."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
