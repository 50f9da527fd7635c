"""The one look of every surface: colours, sizes and spaces by name, and the style sheet that is made of them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
