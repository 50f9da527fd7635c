"""Sealed records (封印): what is personal is written under a key of its own, and is gone with that key."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
