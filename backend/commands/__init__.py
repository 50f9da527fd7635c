"""The one way to carry out a command: values, what a room does about them, and the runner."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
