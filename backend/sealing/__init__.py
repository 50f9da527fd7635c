"""Sealed records (封印): personal data is encrypted with a key per card, and unreadable once that key is destroyed."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
