"""Frames from a camera, a video, a folder or the virtual camera, by one interface."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
