"""Papers: the notice, its reverse, and sheets of what to bring."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
