"""Check-in, tickets and numbers, queue order, calling, hand-over (引継ぎ)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
