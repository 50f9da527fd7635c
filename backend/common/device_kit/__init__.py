"""What the programs with a window share: touches, window options, labels, pictures of screens. Never imports Kivy itself."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
