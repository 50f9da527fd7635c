"""Shapes and codes on the wire. Imported by all, imports nothing of the house."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
