"""The one way to carry out a command: commands as values, the rooms' handlings of them, and the runner."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
