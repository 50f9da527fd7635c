"""Cards (カード): how far each has come, whose it is (sealed), its notices and their codes, and where it lies."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
