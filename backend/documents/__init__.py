"""Required documents (必要書類): dated rule sets and the checklist they give. Pure: no database, no web."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
